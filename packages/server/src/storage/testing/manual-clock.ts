/** A clock that a test moves. */
import type { Clock } from "../../ports/clock.ts";

export class ManualClock implements Clock {
  #wallMs = 1_800_000_000_000;
  #monotonicMs = 5_000;

  wallMs(): number {
    return this.#wallMs;
  }

  monotonicMs(): number {
    return this.#monotonicMs;
  }

  /** Time passes. */
  advance(ms: number): void {
    this.#wallMs += ms;
    this.#monotonicMs += ms;
  }

  /** Somebody sets the clock. */
  jump(ms: number): void {
    this.#wallMs += ms;
  }
}
