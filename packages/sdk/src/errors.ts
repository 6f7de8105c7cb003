/**
 * Everything this package throws. Three families:
 *
 * - {@link Refusal}: something said no, or nobody can say. Its message is written for an agent: what
 *   happened, and what to do about it. `code` is stable; messages may change.
 * - {@link HaltpointProblem}: the server refused a call, in its own words (RFC 9457).
 * - {@link Unreachable}, {@link BadAnswer}: there was no answer, or none that can be trusted.
 *
 * No message and no member of any of them holds a credential or an attempt.
 */
import type { DecidedBy, FieldChange, Problem, ProblemCode } from "@haltpoint/protocol";

/** What is known of a refusal, besides its kind. */
export interface RefusalFacts {
  readonly requestId?: string | undefined;
  /** The words of the person or policy that decided. */
  readonly reason?: string | undefined;
  /** `person:ana`, `identity:agent-1`, `clock` or `policy`. */
  readonly by?: string | undefined;
  readonly cause?: unknown;
}

export type RefusalCode =
  | "denied"
  | "rejected"
  | "expired"
  | "interrupted"
  | "halted"
  | "cancelled"
  | "still_held"
  | "not_started"
  | "already_redeemed"
  | "lease_lapsed"
  | "outcome_unknown";

/** Base of all refusals of {@link guard}. */
export class Refusal extends Error {
  readonly code: RefusalCode;
  /** Null where there is no request: it was refused before one was made. */
  readonly requestId: string | null;
  readonly reason: string | null;
  readonly by: string | null;

  constructor(code: RefusalCode, message: string, facts: RefusalFacts) {
    super(message, facts.cause === undefined ? {} : { cause: facts.cause });
    this.name = new.target.name;
    this.code = code;
    this.requestId = facts.requestId ?? null;
    this.reason = facts.reason ?? null;
    this.by = facts.by ?? null;
  }
}

const said = ({ reason }: RefusalFacts): string => (reason === undefined ? "" : `: ${reason}`);

/** Who decided, as an agent can name them to its own people. */
function who({ by }: RefusalFacts, otherwise: string): string {
  if (by?.startsWith("person:") === true) return by.slice("person:".length);
  return by?.startsWith("halt:") === true ? "A halt" : otherwise;
}

/** Policy does not allow it, whoever approves. */
export class Denied extends Refusal {
  constructor(facts: RefusalFacts) {
    const message = `Policy denies this${said(facts)}. It did not run; do not send it unchanged.`;
    super("denied", message, facts);
  }
}

/** A person said no. */
export class Rejected extends Refusal {
  constructor(facts: RefusalFacts) {
    const words = `${who(facts, "A reviewer")} rejected this${said(facts)}.`;
    super("rejected", `${words} It did not run; do not send it unchanged.`, facts);
  }
}

/** Nobody decided, or nobody came back, in time. Never a person's no. */
export class Expired extends Refusal {
  constructor(facts: RefusalFacts) {
    const message = "Nobody decided this in time, so it did not run. Nobody said no: ask again.";
    super("expired", message, facts);
  }
}

/** A person stopped it, or a halt did. */
export class Interrupted extends Refusal {
  /** Whether it had begun: then part of it may have happened. */
  readonly hadBegun: boolean;

  constructor(facts: RefusalFacts & { readonly hadBegun: boolean }) {
    const state = facts.hadBegun
      ? "It was running and stopped; part of it may have happened, so look before going on."
      : "It did not run.";
    super(
      "interrupted",
      `${who(facts, "A person")} interrupted this${said(facts)}. ${state}`,
      facts,
    );
    this.hadBegun = facts.hadBegun;
  }
}

/** A halt is in force, and the caller did not want to wait for its end. */
export class Halted extends Refusal {
  constructor(facts: RefusalFacts) {
    super("halted", `Nothing runs at present${said(facts)}. This did not run; ask later.`, facts);
  }
}

/** The caller gave it up, or another holder of the same key withdrew it. */
export class Cancelled extends Refusal {
  constructor(facts: RefusalFacts) {
    super("cancelled", `This was withdrawn${said(facts)}. It did not run.`, facts);
  }
}

/** `waitMs` is over and nobody has decided. */
export class StillHeld extends Refusal {
  constructor(facts: RefusalFacts & { readonly joinable: boolean }) {
    const next = facts.joinable
      ? "It is still held: make the identical call with the same key to join it."
      : "It was withdrawn; ask again if it is still wanted.";
    super("still_held", `Nobody has decided this yet, so it did not run. ${next}`, facts);
  }
}

/** Approved and redeemed, but given back unused: the answer came too late to start on. */
export class NotStarted extends Refusal {
  constructor(facts: RefusalFacts) {
    super("not_started", `This was approved but did not run${said(facts)}. Ask again.`, facts);
  }
}

/** The same key ran, or is running, elsewhere. */
export class AlreadyRun extends Refusal {
  constructor(facts: RefusalFacts & { readonly status: string }) {
    const message = `This was started before under the same key (it is \`${facts.status}\`); it was not run again.`;
    super("already_redeemed", message, facts);
  }
}

/** Why a running function's signal aborts when nobody can renew its lease. */
export class LeaseLapsed extends Refusal {
  constructor(facts: RefusalFacts) {
    super("lease_lapsed", "Haltpoint could not be asked whether this may go on; stop now.", facts);
  }
}

/** It began, and nobody knows how far it got. Never retried by a machine (I1). */
export class OutcomeUnknown extends Refusal {
  constructor(facts: RefusalFacts) {
    const message =
      "Nobody knows whether this happened. Do not repeat it: find out first, or ask a person.";
    super("outcome_unknown", message, facts);
  }
}

/** There was no answer, after all tries that a call has. The network's fault is the `cause`. */
export class Unreachable extends Error {
  override readonly name = "Unreachable";
  readonly code = "unreachable";
}

/** An answer that is not what the protocol says. Nothing is run on it. */
export class BadAnswer extends Error {
  override readonly name = "BadAnswer";
  readonly code = "bad_answer";
}

/** The server's refusal of one call; members as in the protocol's `Problem`. */
export class HaltpointProblem extends Error {
  override readonly name = "HaltpointProblem";
  /** One of the pinned table; newer servers may send others. */
  readonly code: ProblemCode | (string & {});
  readonly status: number;
  /** What is wrong and what to do next. The same text as `message`. */
  readonly detail: string;
  readonly title: string | undefined;
  readonly field: string | undefined;
  readonly limit: Problem["limit"] | undefined;
  readonly retryAfterMs: number | undefined;
  readonly requestId: string | undefined;
  readonly decided: DecidedBy | undefined;
  readonly diff: readonly FieldChange[] | undefined;
  readonly candidates: readonly string[] | undefined;

  constructor(problem: Partial<Problem> & { readonly status: number; readonly detail: string }) {
    super(problem.detail);
    this.code = problem.code ?? "internal";
    this.status = problem.status;
    this.detail = problem.detail;
    this.title = problem.title;
    this.field = problem.field;
    this.limit = problem.limit;
    this.retryAfterMs = problem.retry_after_ms;
    this.requestId = problem.request_id;
    this.decided = problem.decided;
    this.diff = problem.diff;
    this.candidates = problem.candidates;
  }
}
