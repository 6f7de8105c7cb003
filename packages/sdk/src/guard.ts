/**
 * `guard` stands where the effect happens: submit, wait for people, redeem once, run exactly what
 * the redemption returned, report. In doubt nothing runs.
 */
import type {
  FieldChange,
  Redemption,
  RequestView,
  Resource,
  Revision,
  Stoppable,
  SubmitBody,
} from "@haltpoint/protocol";
import { bindableCopy } from "./binding.ts";
import type { Client } from "./client.ts";
import { BadAnswer, NotStarted, Unreachable } from "./errors.ts";
import { Hold, type Redeemed } from "./hold.ts";
import { isLeaseAlive, type LostReport, runUnderLease } from "./run.ts";

/** A redemption whose answer came too late is given back and made again, this often in all. */
const REDEMPTIONS_MAX = 3;
const STOP_WITHIN_MS = 15_000;

type Context = Readonly<Record<string, unknown>>;

/** What people see beside the arguments. The arguments themselves are bound whatever it says. */
export interface Mapped {
  readonly resource?: Resource;
  readonly context?: Context;
}

/** What the guarded function gets beside its arguments. */
export interface RunContext {
  /**
   * Stop when it aborts, and throw. Its reason is an `Interrupted`, a `LeaseLapsed`, or that of the
   * caller's own signal. A function that returns is taken to have done the whole thing.
   */
  readonly signal: AbortSignal;
  readonly requestId: string;
  /** For the system that is called: the same for one action, whatever is sent twice (T3). */
  readonly idempotencyKey: string;
  /** All that was approved; its `action.properties` are the arguments. */
  readonly content: Revision;
}

/** What one call may say for itself; over what the guard says for all. */
export interface GuardedCall {
  /**
   * The Idempotency-Key, e.g. thread and tool-call id, by which an identical call joins this one,
   * also after a restart. Without one each call is a request of its own.
   */
  readonly key?: string | undefined;
  /** Aborted while held: withdrawn. While running: passed on to the function. */
  readonly signal?: AbortSignal | undefined;
  /** Called when it is held, and again when something about it changes (a question, an edit). */
  readonly onHeld?: ((request: RequestView) => void) | undefined;
  /** Called before edited arguments run. Sensitive values are commitments in `changes`. */
  readonly onEdited?:
    ((changes: readonly FieldChange[], reason: string | null) => void) | undefined;
}

export interface GuardOptions<Args extends object> extends Omit<GuardedCall, "key"> {
  readonly client: Client;
  /** The action's name, e.g. `purchase_order.submit`. */
  readonly action: string;
  /** What is acted upon; here or from `map`. */
  readonly resource?: Resource | ((args: Args) => Resource);
  readonly context?: Context | ((args: Args) => Context);
  /** Pure: it is asked again about edited arguments. */
  readonly map?: (args: Args) => Mapped;
  readonly stoppable?: Stoppable;
  /** Callers come back with the same key for a late approval: a longer grant deadline. */
  readonly callerReturns?: boolean;
  /** How long a call waits for people. Default: until the request's own deadline. */
  readonly waitMs?: number;
  readonly key?: (args: Args) => string;
  /** How long a function that was told to stop may take before the call throws. Default 15 s. */
  readonly stopWithinMs?: number;
  /**
   * Called when the function ended but that could not be reported within 30 s. The call still
   * returns, or throws, what the function did: the effect is no less true for it.
   */
  readonly onReportLost?: (lost: LostReport) => void;
}

/**
 * Wraps a function so that it runs only what Haltpoint released, once.
 *
 * @throws Refusal (`Denied`, `Rejected`, `Expired`, `Interrupted`, `Halted`, `Cancelled`,
 * `StillHeld`, `NotStarted`, `AlreadyRun`, `OutcomeUnknown`), `Unreachable`, `BadAnswer` or
 * `HaltpointProblem`; of these only `Interrupted` with `hadBegun`, `OutcomeUnknown` and `AlreadyRun`
 * leave open that something happened. Else what the function itself throws.
 */
export function guard<Args extends object, Result>(
  fn: (args: Args, run: RunContext) => Result | Promise<Result>,
  options: GuardOptions<Args>,
): (args: Args, call?: GuardedCall) => Promise<Result> {
  return async (args, call = {}) => {
    const { client, waitMs, onReportLost, stopWithinMs = STOP_WITHIN_MS } = options;
    const bound = bindableCopy(args) as Args;
    const signal = anyOf(options.signal, call.signal);
    const hold = new Hold({
      client,
      body: submissionOf(options, bound),
      key: call.key ?? options.key?.(bound),
      waitMs,
      signal,
      onHeld: call.onHeld ?? options.onHeld,
    });
    for (let redemptions = 1; ; redemptions += 1) {
      const redeemed = await redeemedBy(hold, options, call);
      // No effect starts after its lease (T39): nothing waits between this line and the effect.
      if (isLeaseAlive(redeemed)) {
        const effect = (stop: AbortSignal) => fn(...argumentsOf<Args>(redeemed.redemption, stop));
        return runUnderLease(effect, { client, redeemed, signal, stopWithinMs, onReportLost });
      }
      await giveBack(hold, redeemed, redemptions);
    }
  };
}

/** INVARIANT: I2 what runs is what the redemption returned; what the caller passed is not used. */
function argumentsOf<Args extends object>(
  { content, request_id: requestId }: Redemption,
  signal: AbortSignal,
): readonly [Args, RunContext] {
  const args = (content.action.properties ?? {}) as Args;
  return [args, { signal, requestId, idempotencyKey: requestId, content }];
}

async function redeemedBy<Args extends object>(
  hold: Hold,
  options: GuardOptions<Args>,
  call: GuardedCall,
): Promise<Redeemed> {
  return leaving(hold, async () => {
    const redeemed = await hold.redeem();
    const { revision, changes, edit_reason } = redeemed.redemption;
    checkEdited(redeemed, options);
    if (revision > 0) (call.onEdited ?? options.onEdited)?.(changes, edit_reason);
    hold.throwIfAborted();
    return redeemed;
  });
}

function giveBack(hold: Hold, { redemption }: Redeemed, redemptions: number): Promise<void> {
  return leaving(hold, async () => {
    await hold.giveBack();
    if (redemptions < REDEMPTIONS_MAX) return;
    const reason = "the answers came too late to start on";
    throw new NotStarted({ requestId: redemption.request_id, reason });
  });
}

/** Tidies up where nothing will run. */
async function leaving<T>(hold: Hold, step: () => Promise<T>): Promise<T> {
  try {
    return await step();
  } catch (error) {
    await hold.leave();
    if (!(error instanceof Unreachable)) throw error;
    throw new Unreachable(`${error.message} This did not run.`, { cause: error.cause });
  }
}

function submissionOf<Args extends object>(options: GuardOptions<Args>, args: Args): SubmitBody {
  const { resource, context } = mappedOf(options, args);
  const { stoppable, callerReturns } = options;
  return {
    action: { name: options.action, properties: args as Readonly<Record<string, unknown>> },
    resource,
    ...(context === undefined ? {} : { context }),
    enforcement: {
      ...(stoppable === undefined ? {} : { stoppable }),
      ...(callerReturns === undefined ? {} : { caller_returns: callerReturns }),
    },
  };
}

function mappedOf<Args extends object>(options: GuardOptions<Args>, args: Args) {
  const { resource, context, map } = options;
  const mapped = map?.(args) ?? {};
  const shown = mapped.resource ?? (typeof resource === "function" ? resource(args) : resource);
  if (shown === undefined) {
    throw new TypeError(
      `\`${options.action}\` needs a resource: give \`resource\`, or \`map\` one`,
    );
  }
  const about = mapped.context ?? (typeof context === "function" ? context(args) : context);
  return { resource: shown, context: about };
}

/**
 * The resource is what people looked at, the arguments are what runs: after an edit of one of them
 * they may speak of different things, and then nothing runs (I2).
 */
function checkEdited<Args extends object>(redeemed: Redeemed, options: GuardOptions<Args>): void {
  const { revision, content } = redeemed.redemption;
  if (revision === 0) return;
  const { resource } = mappedOf(options, (content.action.properties ?? {}) as Args);
  if (resource.type === content.resource.type && resource.id === content.resource.id) return;
  throw new BadAnswer(
    "an edit made the arguments and the resource disagree: both must be edited. Nothing was run.",
  );
}

function anyOf(...signals: readonly (AbortSignal | undefined)[]): AbortSignal | undefined {
  const given = signals.filter((signal) => signal !== undefined);
  return given.length > 1 ? AbortSignal.any(given) : given[0];
}
