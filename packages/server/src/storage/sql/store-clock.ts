/**
 * The store's clock.
 *
 * INVARIANT: I7 now = max(stored high-water, wall clock): time never goes back, also over restarts.
 *
 * Time is `trusted` while the wall clock keeps step with the monotonic clock and is not behind the
 * high-water. It stops being trusted when the two drift apart by more than 5 s, and is trusted
 * again after the wall clock has kept step for a minute *and* is no more than 5 s behind the
 * high-water. So:
 * - a jump forward (a laptop that slept, a clock set right) suspends trust for one minute;
 * - a jump back makes the store's clock stand still, untrusted, until real time has caught up. A
 *   restart does not shorten that: the high-water is in the database;
 * - a jump forward by mistake that is corrected later is, from then on, a jump back.
 */
import type { Clock } from "../../ports/clock.ts";
import type { StoreTime } from "../../ports/store.ts";

const DRIFT_MAX_MS = 5_000;
const STEADY_MS = 60_000;
/** Drift is summed up for an hour. A time daemon's slow correction stays below 2 s in that time. */
const ANCHOR_MAX_MS = 3_600_000;

export class StoreClock {
  readonly #clock: Clock;
  /** What later readings are compared with. Not the last one: small steps would go unseen. */
  #anchor: { readonly wallMs: number; readonly monotonicMs: number };
  /** Monotonic time of the last jump; null: none was seen, or it is over. */
  #jumpedAtMs: number | null = null;
  #highWaterMs = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#anchor = { wallMs: clock.wallMs(), monotonicMs: clock.monotonicMs() };
  }

  /**
   * @param storedHighWaterMs as just read from the database. Another server may have moved it.
   */
  read(storedHighWaterMs: number): StoreTime {
    const wallMs = this.#clock.wallMs();
    this.#compare(wallMs, this.#clock.monotonicMs());
    const now = Math.max(this.#highWaterMs, storedHighWaterMs, Math.floor(wallMs));
    this.#highWaterMs = now;
    return { now, trusted: this.#jumpedAtMs === null && now - wallMs <= DRIFT_MAX_MS };
  }

  #compare(wallMs: number, monotonicMs: number): void {
    const elapsedMs = monotonicMs - this.#anchor.monotonicMs;
    const driftMs = wallMs - this.#anchor.wallMs - elapsedMs;
    if (Math.abs(driftMs) > DRIFT_MAX_MS) {
      this.#jumpedAtMs = monotonicMs;
      this.#anchor = { wallMs, monotonicMs };
      return;
    }
    if (this.#jumpedAtMs !== null && monotonicMs - this.#jumpedAtMs >= STEADY_MS) {
      this.#jumpedAtMs = null;
    }
    if (elapsedMs > ANCHOR_MAX_MS) this.#anchor = { wallMs, monotonicMs };
  }
}
