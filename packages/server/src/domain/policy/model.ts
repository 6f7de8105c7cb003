/**
 * What policy says of one revision, and what it is told.
 *
 * These are the shapes the state machine and the policy engine share. They are plain data, so that
 * a decision can be written to the ledger, compared in a test and shown to a person as it is.
 */

import type { Organisation } from "../impact/model.ts";

/** How much friction the review gets; set by policy. Ordered: a later one is stricter. */
export const RISKS = ["low", "medium", "high", "critical"] as const;
export type Risk = (typeof RISKS)[number];

/** What a person must have done beyond being signed in. Ordered: a later one is stricter. */
export const STEP_UPS = ["none", "passkey"] as const;
export type StepUp = (typeof STEP_UPS)[number];

/** Whether only the enforcement point holds the credential. */
export type Assurance = "mediated" | "cooperative";

/**
 * Who may fill a slot, as written in policy: `group:NAME`, `person:ID`, `oncall:NAME`,
 * `owner_of:identity` or `owner_of:resource`. Kept as its text; it is a key of {@link Roster}. Of a
 * request that is about an identity the latter becomes `owner_of:identity/ID`.
 */
export type ReviewerSource = string;

/** The owner of the identity that a request is about. */
export const RESOURCE_OWNER: ReviewerSource = "owner_of:resource";

/** Among the excluded persons: whoever suspended the identity that a request is about. */
export const RESOURCE_SUSPENDER = "suspender_of:resource";

/** After `afterMs` on hold the persons of `to` may fill this clause's slots as well. */
export interface Escalation {
  readonly afterMs: number;
  readonly to: ReviewerSource;
}

/** `count` distinct persons out of any of `from`. Escalation adds to `from`; nothing takes away. */
export interface QuorumClause {
  readonly count: number;
  readonly from: readonly ReviewerSource[];
  readonly escalate: readonly Escalation[];
}

/** A statement each approver ticks; part of the review. */
export interface ConfirmStatement {
  readonly id: string;
  readonly text: string;
}

/**
 * Everything that must be true before a held request may be approved, already merged over all
 * rules that matched. Merging two of these never asks for less (see `mergeObligations`).
 */
export interface Obligations {
  readonly risk: Risk;
  /** `self`: the person the identity acts for confirms; `quorum`: the clauses are filled. */
  readonly approval: "self" | "quorum";
  readonly quorum: readonly QuorumClause[];
  readonly confirm: readonly ConfirmStatement[];
  readonly stepUp: StepUp;
  /** Dotted paths a person may change, e.g. `action.properties.amount`; empty: no edit. */
  readonly editableFields: readonly string[];
  readonly editorMayApprove: boolean;
  /** Whether the identity's owner may fill a slot. */
  readonly ownerMayApprove: boolean;
  /** Whether the person the identity acts for may fill a slot. */
  readonly onBehalfOfMayApprove: boolean;
  /** Persons that must not fill a slot, by id. */
  readonly excludedPersons: readonly string[];
  /** How long the request may stay held. */
  readonly deadlineMs: number;
  /** How long one extension may add; 0: not extendable. */
  readonly extendMs: number;
  /** How long after approval a counted reviewer may retract; sets notBefore. 0: none. */
  readonly undoMs: number;
  /** How long an approval may wait for its redemption, from notBefore. */
  readonly grantDeadlineMs: number;
  readonly assurance: Assurance;
  readonly onReject: "none" | "halt_session";
  /** Ids of the persons accountable for the rules that hold. */
  readonly ruleOwners: readonly string[];
  readonly controls: readonly string[];
}

/** One rule that took part, or nearly did. */
export interface RuleTrace {
  readonly rule: string;
  readonly why: string;
  readonly outcome: "matched" | "error" | "missed" | "shadow";
  readonly effect: Effect;
  /** CEL paths and the values they had, as display text; sensitive values are never here. */
  readonly values: Readonly<Record<string, string>>;
  /** For `missed`: what would have had to be true. For `error`: what went wrong. */
  readonly detail?: string;
}

export type Effect = "allow" | "hold" | "deny";

/** What policy says of a revision. Deterministic: same policy, same input, same decision. */
export interface PolicyDecision {
  readonly effect: Effect;
  /**
   * Runs at the earliest this long after it was allowed or approved, unless a person interrupts;
   * the longest of all matching rules, also where another of them holds. 0: at once.
   */
  readonly vetoWindowMs: number;
  /** Present exactly when `effect` is `hold`. */
  readonly obligations: Obligations | null;
  /**
   * What to ask for where the machine must hold an action that policy allows (a veto window that
   * nobody could be told of): the default's. Null where the default denies.
   */
  readonly fallback: Obligations | null;
  /** Fields the rules demand of the submitter and that are absent; makes the effect `deny`. */
  readonly missingFields: readonly string[];
  /** One sentence each, for people and agents; the first is the one to show. */
  readonly reasons: readonly string[];
  readonly matchedRules: readonly string[];
  /** Grant deadline for an allowed action, from notBefore. */
  readonly grantDeadlineMs: number;
  readonly risk: Risk;
  /** The kind of harm that a rule names; null: none does. */
  readonly impact: string | null;
  /** Every kind of harm it could do: what a rule names, then what the classifier sees, gravest first. */
  readonly impacts: readonly string[];
  /** Where shadow mode kept something from being held or denied: what it would have been. */
  readonly shadow: { readonly effect: Effect; readonly rules: readonly string[] } | null;
  /** Digest of the policy text this came from: the policy version. */
  readonly policyVersion: string;
  /** Budgets that a condition looked at, by name. */
  readonly budgets: readonly BudgetUse[];
  readonly traces: readonly RuleTrace[];
}

/** A budget as it stood for one request. Amounts as `11400.00 USD`, numbers as `3`. */
export interface BudgetUse {
  readonly name: string;
  /** As the policy writes it: `24h`. */
  readonly window: string;
  /** What counts, this request left out. */
  readonly total: string;
  /** With this request. */
  readonly after: string;
  readonly limit: string;
  readonly over: boolean;
  /** Whether more was looked at than on which side of the limit it falls. */
  readonly relied: "over" | "total";
}

/** What counts for a budget now, the request itself left out. */
export interface BudgetTotal {
  readonly total: bigint;
  /** Whether the request's distinct value is among those that count. */
  readonly includes: boolean;
}

/** What the registry knows of the identity that asks. Never what the request claims. */
export interface IdentityFacts {
  readonly id: string;
  readonly type: string;
  readonly owner: string;
  readonly stage: string;
  readonly groups: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
  readonly actsForPeople: boolean;
  /** Action patterns the identity is limited to; null: not limited. */
  readonly may: readonly string[] | null;
  readonly mode: "enforce" | "shadow";
}

/** What a rule may look at: the revision, the registry, the organisation's own, the time. */
export interface PolicyInput {
  readonly revision: {
    readonly subject: { readonly type: string; readonly id: string; readonly properties?: unknown };
    readonly action: { readonly name: string; readonly properties?: unknown };
    readonly resource: {
      readonly type: string;
      readonly id: string;
      readonly properties?: unknown;
    };
    readonly context?: unknown;
  };
  readonly identity: IdentityFacts;
  readonly assurance: Assurance;
  /** What the organisation calls its own, from the configuration. */
  readonly organisation: Organisation;
  /** Milliseconds since the epoch, from the store's clock. */
  readonly now: number;
  /** By the budget's name. One that is not there cannot be judged. */
  readonly budgets?: ReadonlyMap<string, BudgetTotal>;
}

/** Who is in each source right now: `group:finance` → person ids. Only active, known persons. */
export type Roster = ReadonlyMap<ReviewerSource, readonly string[]>;
