/**
 * The state of one request. Everything the next decision depends on is in here or in the facts;
 * the content of the revision is not: the machine binds its digest and never looks inside.
 */
import type { Basis, OutcomeResult, RequestStatus, Stoppable } from "@haltpoint/protocol";
import type { Assurance, BudgetUse, Effect, Obligations, Risk, StepUp } from "../policy/model.ts";

/** Who did something. Identities never review (I4); the clock never authorises (I5). */
export type Actor =
  | { readonly kind: "identity"; readonly id: string }
  | {
      readonly kind: "person";
      readonly id: string;
      /** What the sign-in port says this person has proven for this very command. */
      readonly stepUp: StepUp;
      /** How the person signed in, for the record: `token`, `development`. */
      readonly via: string;
    }
  | { readonly kind: "clock" };

export interface Review {
  readonly person: string;
  readonly verdict: "approve" | "reject";
  readonly revision: number;
  readonly digest: string;
  readonly at: number;
  readonly stepUp: StepUp;
  readonly confirmed: readonly string[];
  readonly reason: string | null;
}

/** Single-use authority to run one revision before a deadline. A row, never a bearer token. */
export interface Grant {
  readonly revision: number;
  readonly digest: string;
  readonly approvedAt: number;
  readonly notBefore: number;
  readonly deadline: number;
  /** The halt epoch when it was made: a later matching halt kills it, also once lifted. */
  readonly haltEpoch: number;
  /** The veto or undo window it was made with; a longer one at redeem still counts. */
  readonly windowMs: number;
}

export interface Run {
  /** SHA-256 of the attempt id; the attempt itself is only in its holder's memory. */
  readonly attemptHash: string;
  readonly startedAt: number;
  readonly leaseMs: number;
  readonly leaseUntil: number;
  readonly maxUntil: number;
}

/**
 * The last decision about a request, for whoever comes after it. What its run reports decides
 * nothing: a late reviewer is told who approved it, not that the agent has finished.
 */
export interface Decided {
  readonly status: RequestStatus;
  /** `person:ana`, `identity:agent-1`, `halt:halt_01`, `clock` or `policy`. */
  readonly by: string;
  readonly at: number;
  readonly reason: string | null;
}

/** Why an approval went back to being held. */
export type ReturnReason =
  "retracted" | "policy" | "reviews_no_longer_count" | "membership_unconfirmed" | "no_interrupter";

export interface Question {
  readonly by: string;
  readonly text: string;
  readonly askedAt: number;
  /** How far the deadline was moved when it was asked. */
  readonly pausedMs: number;
  readonly answer: string | null;
}

export type FollowUp =
  | { readonly status: "none" }
  | { readonly status: "due" | "overdue"; readonly dueAt: number }
  | { readonly status: "done"; readonly verdict: "ok" | "violation"; readonly by: string };

/** What halts may match. Taken from the registry and the revision at submit. */
export interface RequestScope {
  readonly identity: string;
  readonly owner: string;
  readonly groups: readonly string[];
  readonly session: string | null;
  readonly trace: string | null;
  readonly action: string;
  readonly impact: string | null;
  /** Every kind of harm it could do; absent: none. */
  readonly impacts?: readonly string[];
}

/** What policy said of the current revision, in what the record keeps of it. */
export interface PolicySummary {
  readonly effect: Effect;
  readonly version: string;
  readonly reasons: readonly string[];
  readonly rules: readonly string[];
  readonly risk: Risk;
  readonly impact: string | null;
  /** Every kind of harm it could do, by rules and by the classifier; absent: none. */
  readonly impacts?: readonly string[];
  readonly vetoWindowMs: number;
  readonly grantDeadlineMs: number;
  readonly shadow: { readonly effect: Effect; readonly rules: readonly string[] } | null;
  /** How the budgets stood that a condition looked at; absent: none was. */
  readonly budgets?: readonly Omit<BudgetUse, "relied">[];
}

export interface RequestState {
  readonly id: string;
  /** Grows by one with each event; the fence of every write. */
  readonly version: number;
  readonly status: RequestStatus;
  readonly scope: RequestScope;
  readonly identityType: string;
  readonly actsForPeople: boolean;
  readonly onBehalfOf: string | null;
  readonly assurance: Assurance;
  readonly stoppable: Stoppable;
  readonly releaseOnly: boolean;
  readonly callerReturns: boolean;
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly lifetimeEndsAt: number;
  readonly revision: { readonly number: number; readonly digest: string };
  readonly edits: readonly { readonly by: string; readonly at: number; readonly reason: string }[];
  readonly policy: PolicySummary;
  /** Null exactly when policy allowed and nothing has asked for a person since. */
  readonly obligations: Obligations | null;
  readonly heldAt: number | null;
  readonly holdDeadline: number | null;
  /** How many escalation steps have been taken, by their time after `heldAt`. */
  readonly escalatedUntilMs: number;
  readonly nobodyEligible: boolean;
  /** Why it was approved and is held again; null once it is approved anew. */
  readonly returned: {
    readonly why: ReturnReason;
    readonly detail: string;
    readonly at: number;
  } | null;
  readonly question: Question | null;
  readonly reviews: readonly Review[];
  readonly basis: Basis | null;
  /** Persons whose approvals filled the slots; the ones who may take it back. */
  readonly counted: readonly string[];
  readonly grant: Grant | null;
  readonly run: Run | null;
  readonly spentAttempts: readonly string[];
  /**
   * The last redemption that may have had an effect, for budgets (I9); null: there was none, or a
   * mediated point or a person said that nothing happened.
   */
  readonly spent: { readonly revision: number; readonly at: number } | null;
  readonly interruptedBy: {
    readonly by: string;
    readonly at: number;
    readonly reason: string;
  } | null;
  readonly override: { readonly by: string; readonly at: number; readonly reason: string } | null;
  readonly followUp: FollowUp;
  readonly outcome: {
    readonly result: OutcomeResult;
    readonly detail: string | null;
    readonly by: string;
  } | null;
  readonly contradicted: boolean;
  readonly decided: Decided | null;
}

const TERMINAL: ReadonlySet<RequestStatus> = new Set([
  "denied",
  "rejected",
  "expired",
  "cancelled",
  "interrupted",
  "released",
  "succeeded",
  "failed",
] as const);

/** Whether the state absorbs everything (I6). */
export function isTerminal(status: RequestStatus): boolean {
  return TERMINAL.has(status);
}

/** `person:ana`, `identity:agent-1` or `clock`. */
export function actorName(actor: Actor): string {
  return actor.kind === "clock" ? "clock" : `${actor.kind}:${actor.id}`;
}
