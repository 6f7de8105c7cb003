/** From the redemption to the outcome: the effect, the lease under it, and the report after it. */
import type { OutcomeBody, RequestView } from "@haltpoint/protocol";
import type { Client } from "./client.ts";
import { backoffMs, pause, type Stopwatch, stopwatch } from "./clock.ts";
import { HaltpointProblem, Interrupted, LeaseLapsed, OutcomeUnknown } from "./errors.ts";
import type { Redeemed } from "./hold.ts";
import { isPassing } from "./transport.ts";

/** Effects shorter than this need no heartbeat; an interrupt is still heard within a second. */
const FIRST_HEARTBEAT_MS = 250;
const REPORT_MAX_MS = 30_000;
const DETAIL_LENGTH_MAX = 1_000;
/** The server does not take these words; what happened is worth more than how it is put. */
const UNFIT: ReadonlySet<number> = new Set([400, 413, 422]);

/** What could not be reported. The server will call the run indeterminate; nobody retries it. */
export interface LostReport {
  readonly requestId: string;
  readonly result: OutcomeBody["result"];
  readonly error: unknown;
}

export interface RunOptions {
  readonly client: Client;
  readonly redeemed: Redeemed;
  readonly signal: AbortSignal | undefined;
  /** How long a function that was told to stop may take before its caller is told. */
  readonly stopWithinMs: number;
  readonly onReportLost: ((lost: LostReport) => void) | undefined;
}

type Ending<Result> =
  | { readonly kind: "resolved"; readonly value: Result }
  | { readonly kind: "threw"; readonly error: unknown }
  | { readonly kind: "running_on" };

/** Whether the local lease still allows an effect to start (T39). */
export function isLeaseAlive({ redemption, since }: Redeemed): boolean {
  return since() < Math.min(redemption.lease_ms, redemption.run_max_ms);
}

/**
 * Runs an effect under its lease. The effect is called before this function first waits, so that
 * nothing comes between the caller's check of the lease and the start.
 *
 * Returns what the effect returned, also when it was told to stop and finished all the same. Throws
 * what it threw, but Interrupted where a person stopped it, and OutcomeUnknown where the lease ran
 * out under it or it did not stop when told to.
 */
export async function runUnderLease<Result>(
  effect: (signal: AbortSignal) => Result | Promise<Result>,
  options: RunOptions,
): Promise<Result> {
  const run = new Run(options);
  const settled: Promise<Ending<Result>> = (async () => effect(run.stop))().then(
    (value) => ({ kind: "resolved", value }) as const,
    (error: unknown) => ({ kind: "threw", error }) as const,
  );
  run.watch();
  const ending = await Promise.race([settled, run.overran()]);
  if (ending.kind === "running_on") {
    // It may still finish: the attempt's late report is what a person then need not find out.
    void settled.then((late) => run.end(late));
  } else await run.end(ending);
  return run.verdict(ending);
}

class Run {
  readonly #options: RunOptions;
  readonly #id: string;
  readonly #stop = new AbortController();
  readonly #done = new AbortController();
  readonly #onCallerGone = (): void => this.#halt(this.#options.signal?.reason);
  #lease: { readonly since: Stopwatch; readonly ms: number };
  #leaseTimer: ReturnType<typeof setTimeout> | undefined;
  #stopping: Stopwatch | undefined;
  #decided: RequestView["decided"] = null;

  constructor(options: RunOptions) {
    const { redemption, since } = options.redeemed;
    this.#options = options;
    this.#id = redemption.request_id;
    this.#lease = { since, ms: redemption.lease_ms };
  }

  /** What the effect sees; aborts with Interrupted, LeaseLapsed, or the caller's own reason. */
  get stop(): AbortSignal {
    return this.#stop.signal;
  }

  watch(): void {
    const { signal } = this.#options;
    this.#armLease();
    if (signal?.aborted === true) this.#onCallerGone();
    signal?.addEventListener("abort", this.#onCallerGone, { once: true });
    void this.#beat();
  }

  /** Resolves when the effect was told to stop and did not within the time it has for it. */
  async overran(): Promise<{ readonly kind: "running_on" }> {
    if (!this.stop.aborted) {
      await new Promise((resolve) => {
        this.stop.addEventListener("abort", resolve, { once: true });
      });
    }
    await pause(this.#options.stopWithinMs, this.#done.signal);
    return { kind: "running_on" };
  }

  /** Ends the watch and reports. Never throws: a lost report does not undo what happened. */
  async end(ending: Ending<unknown>): Promise<void> {
    this.#done.abort();
    clearTimeout(this.#leaseTimer);
    this.#options.signal?.removeEventListener("abort", this.#onCallerGone);
    const outcome = this.#outcomeOf(ending);
    try {
      this.#decided = (await this.#report(outcome)).decided;
    } catch (error) {
      try {
        this.#options.onReportLost?.({ requestId: this.#id, result: outcome.result, error });
      } catch {
        // The effect happened, or not: a fault of the callback must not be taken for that.
      }
    }
  }

  verdict<Result>(ending: Ending<Result>): Result {
    if (ending.kind === "resolved") return ending.value;
    const requestId = this.#id;
    const reason: unknown = this.stop.reason;
    const cause: unknown = ending.kind === "threw" ? ending.error : reason;
    if (ending.kind === "running_on" || reason instanceof LeaseLapsed) {
      throw new OutcomeUnknown({ requestId, cause });
    }
    if (reason instanceof Interrupted) {
      const by = this.#decided?.by;
      const words = reason.reason ?? undefined;
      throw new Interrupted({ requestId, reason: words, by, cause, hadBegun: true });
    }
    // Whatever the effect threw is its caller's to understand.
    throw ending.error;
  }

  #halt(reason: unknown): void {
    if (this.stop.aborted) return;
    this.#stopping = stopwatch();
    this.#stop.abort(reason);
  }

  #lapse(cause?: unknown): void {
    this.#halt(new LeaseLapsed({ requestId: this.#id, cause }));
  }

  #leaseLeftMs(): number {
    const { redemption, since } = this.#options.redeemed;
    return Math.min(this.#lease.ms - this.#lease.since(), redemption.run_max_ms - since());
  }

  #armLease(): void {
    clearTimeout(this.#leaseTimer);
    const leftMs = this.#leaseLeftMs();
    if (leftMs <= 0) return this.#lapse();
    this.#leaseTimer = setTimeout(() => this.#armLease(), Math.ceil(leftMs));
  }

  /** Heartbeats, as long polls, until the effect ends or is told to stop. Never throws. */
  async #beat(): Promise<void> {
    const { client, redeemed } = this.#options;
    const { heartbeat_ms: beatMs } = redeemed.redemption;
    const signal = AbortSignal.any([this.#done.signal, this.stop]);
    await pause(Math.min(FIRST_HEARTBEAT_MS, beatMs), signal);
    // A redemption that took long to arrive left little of the lease: the first renewal is asked for
    // at once, since a long poll would tell of it too late.
    let isUrgent = this.#leaseLeftMs() < 2 * beatMs;
    for (let failures = 0; !signal.aborted;) {
      const since = stopwatch();
      const waitMs = failures === 0 && !isUrgent ? beatMs : 0;
      isUrgent = false;
      const call = { waitMs, signal, retriesMax: 0, timeoutMs: Math.max(beatMs / 2, 100) };
      try {
        const answer = await client.heartbeat(this.#id, { attempt: redeemed.attempt }, call);
        if (signal.aborted) return;
        const { status, interrupt, reason } = answer;
        const isOurs = status === "running" || status.startsWith("interrupt");
        if (isOurs && (interrupt || status !== "running")) {
          const words = reason ?? undefined;
          const facts = { requestId: this.#id, reason: words, hadBegun: true };
          return this.#halt(new Interrupted(facts));
        }
        // INVARIANT: I10 what is not plainly `running` stops.
        if (!isOurs) return this.#lapse();
        this.#lease = { since, ms: answer.lease_ms };
        this.#armLease();
        failures = 0;
        await pause(beatMs - since(), signal);
      } catch (error) {
        if (signal.aborted) return;
        // A refusal says that this run is not, or no longer, ours. Anything else may pass: until
        // the lease runs out.
        if (error instanceof HaltpointProblem && !isPassing(error)) return this.#lapse(error);
        await pause(Math.min(backoffMs(failures), beatMs), signal);
        failures += 1;
      }
    }
  }

  #outcomeOf(ending: Ending<unknown>): Omit<OutcomeBody, "attempt"> {
    if (ending.kind !== "threw") return { result: "succeeded" };
    const { error } = ending;
    const words = error instanceof Error ? error.message : String(error);
    const detail = words.slice(0, DETAIL_LENGTH_MAX).toWellFormed();
    if (!(this.stop.reason instanceof Interrupted)) return { result: "failed", detail };
    const stopped_after_ms = Math.round(this.#stopping?.() ?? 0);
    return { result: "interrupted", detail, stopped_after_ms };
  }

  async #report(outcome: Omit<OutcomeBody, "attempt">): Promise<RequestView> {
    const { client, redeemed } = this.#options;
    let body: OutcomeBody = { ...outcome, attempt: redeemed.attempt };
    const since = stopwatch();
    for (let failures = 0; ; failures += 1) {
      try {
        return await client.outcome(this.#id, body, { retriesMax: 0 });
      } catch (error) {
        const isRefused = error instanceof HaltpointProblem && !isPassing(error);
        const { detail, ...bare } = body;
        if (isRefused && detail !== undefined && UNFIT.has(error.status)) body = bare;
        else if (isRefused || since() > REPORT_MAX_MS) throw error;
        else await pause(backoffMs(failures));
      }
    }
  }
}
