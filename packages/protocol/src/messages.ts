/**
 * What travels between enforcement points, people's tools and the server. JSON members are
 * snake_case, like AuthZEN's. Times are integer milliseconds since the epoch, UTC. Types only:
 * the server validates what arrives against schemas that are checked against these types.
 */
import type { DecidedBy, FieldChange, Problem } from "./problem.ts";

/** AuthZEN's nouns. */
export interface Subject {
  readonly type: string;
  readonly id: string;
  readonly properties?: Readonly<Record<string, unknown>>;
}
export interface Action {
  readonly name: string;
  readonly properties?: Readonly<Record<string, unknown>>;
}
export interface Resource {
  readonly type: string;
  readonly id: string;
  readonly properties?: Readonly<Record<string, unknown>>;
}

/** The bound part of a request: exactly what is reviewed, granted and run. */
export interface Revision {
  readonly subject: Subject;
  readonly action: Action;
  readonly resource: Resource;
  /** Bound context, e.g. `justification`, `on_behalf_of`, `session`. */
  readonly context?: Readonly<Record<string, unknown>>;
}

/** Whether a run can be stopped once it has begun; declared by the enforcement point. */
export type Stoppable = "yes" | "until_sent" | "no";

/** How the enforcement point will behave. Assurance is not here: the registry says it. */
export interface EnforcementDeclaration {
  readonly stoppable?: Stoppable;
  /** Hands the action over and sees no more of it (hooks, external authorizers). */
  readonly release_only?: boolean;
  /** The caller comes back for a late approval; lengthens the default grant deadline. */
  readonly caller_returns?: boolean;
}

/** `POST /v1/requests`; the identity's key says who submits; `Idempotency-Key` is required. */
export interface SubmitBody {
  /** May be left out: the identity of the credential. If sent it must be that identity. */
  readonly subject?: Subject;
  readonly action: Action;
  readonly resource: Resource;
  readonly context?: Readonly<Record<string, unknown>>;
  readonly enforcement?: EnforcementDeclaration;
  /** With `?redeem=true`: redeem with this attempt as soon as the request is approved. */
  readonly attempt?: string;
}

export type RequestStatus =
  | "denied"
  | "held"
  | "approved"
  | "running"
  | "interrupting"
  | "indeterminate"
  | "rejected"
  | "expired"
  | "cancelled"
  | "interrupted"
  | "released"
  | "succeeded"
  | "failed";

export const TERMINAL_STATUSES: readonly RequestStatus[] = [
  "denied",
  "rejected",
  "expired",
  "cancelled",
  "interrupted",
  "released",
  "succeeded",
  "failed",
];

export type Basis = "policy" | "quorum" | "self" | "override";

export interface ReviewView {
  readonly person: string;
  readonly verdict: "approve" | "reject";
  readonly revision: number;
  readonly at: number;
  readonly reason: string | null;
  readonly confirmed: readonly string[];
}

/** A request as its owner, its reviewers and its requester see it. */
export interface RequestView {
  readonly id: string;
  readonly short_id: string;
  /** Grows with every change; what a long poll compares. */
  readonly version: number;
  readonly status: RequestStatus;
  /** One sentence of ours: verb, object, amount. */
  readonly title: string;
  /** What to do about it, in words an agent or a person can act on. */
  readonly message: string;
  readonly basis: Basis | null;
  readonly risk: string;
  readonly impact: string | null;
  readonly assurance: "mediated" | "cooperative";
  readonly stoppable: Stoppable;
  readonly release_only: boolean;
  /** The halt in force that keeps it from starting, by id; null where none does, or once it ended. */
  readonly halt: string | null;
  readonly identity: { readonly id: string; readonly type: string; readonly owner: string };
  readonly on_behalf_of: string | null;
  readonly created_at: number;
  readonly updated_at: number;
  /** When the hold ends, or the grant; null where no timer runs. */
  readonly deadline: number | null;
  readonly not_before: number | null;
  readonly revision: {
    readonly number: number;
    readonly digest: string;
    /** What is reviewed and would run; sensitive fields as commitments. */
    readonly content: Revision;
  };
  /** Against revision 0, after edits. */
  readonly changes: readonly FieldChange[];
  readonly edits: readonly { readonly by: string; readonly at: number; readonly reason: string }[];
  readonly reasons: readonly string[];
  /** Why an approval went back to being held; null: it did not, or was approved anew. */
  readonly returned: {
    readonly why:
      | "retracted"
      | "policy"
      | "reviews_no_longer_count"
      | "membership_unconfirmed"
      | "no_interrupter";
    readonly detail: string;
    readonly at: number;
  } | null;
  readonly rules: readonly string[];
  /** That a condition looked at: for people who have sight of the arguments; else empty. */
  readonly budgets: readonly BudgetView[];
  readonly policy_version: string;
  readonly quorum: {
    readonly needed: readonly { readonly count: number; readonly from: readonly string[] }[];
    readonly filled: number;
    readonly slots: number;
    /** Nobody who may decide this could fill it now. */
    readonly impossible: boolean;
    /** Reviewers whose membership the identity provider has not confirmed of late. */
    readonly unconfirmed: readonly string[];
  } | null;
  readonly confirm: readonly { readonly id: string; readonly text: string }[];
  readonly step_up: "none" | "passkey";
  readonly reason_required: boolean;
  readonly editable_fields: readonly string[];
  readonly reviews: readonly ReviewView[];
  readonly question: {
    readonly by: string;
    readonly text: string;
    readonly answer: string | null;
  } | null;
  readonly run: {
    readonly started_at: number;
    readonly lease_until: number;
    readonly max_until: number;
  } | null;
  /** Who ended or decided it, if anybody. */
  readonly decided: DecidedBy | null;
  readonly outcome: { readonly result: string; readonly detail: string | null } | null;
  readonly follow_up: "none" | "due" | "done" | "overdue";
  readonly contradicted: boolean;
  readonly shadow: { readonly effect: string; readonly rules: readonly string[] } | null;
}

/** A budget as it stands for one request. Money as `11400.00 USD`, numbers as `3`. */
export interface BudgetView {
  readonly name: string;
  /** One sentence of ours: `would be 11,400.00 of 10,000.00 USD in 24 hours; …`. */
  readonly text: string;
  /** How long a redeemed request counts, as the policy writes it: `24h`. */
  readonly window: string;
  /** What counts, this request left out. */
  readonly total: string;
  /** With this request. */
  readonly after: string;
  readonly limit: string;
  readonly over: boolean;
}

/** What a successful redemption returns: run these arguments and no others (I2). */
export interface Redemption {
  readonly request_id: string;
  readonly digest: string;
  readonly revision: number;
  /** The complete content, sensitive fields included. */
  readonly content: Revision;
  /** Changes a person made against what was submitted. */
  readonly changes: readonly FieldChange[];
  readonly edit_reason: string | null;
  /** How long the lease lasts, counted by the point from before it sent the redemption. */
  readonly lease_ms: number;
  readonly heartbeat_ms: number;
  readonly run_max_ms: number;
  /** Handed over; no heartbeat and no outcome are expected. */
  readonly released: boolean;
}

/** Answer to submit and to redeem. `redemption` is null while the request is not approved yet. */
export interface SubmitAnswer {
  readonly request: RequestView;
  readonly redemption: Redemption | null;
  /** Same key, same content: the request existed already. */
  readonly replayed: boolean;
}

export interface RedeemBody {
  /** Random, at least 128 bits, base64url; kept only in the memory of this attempt. */
  readonly attempt: string;
}
export interface HeartbeatBody {
  readonly attempt: string;
}
/** Answer to a heartbeat; a long poll with `wait`, so that an interrupt is heard at once. */
export interface HeartbeatAnswer {
  readonly status: RequestStatus;
  /** Stop the effect now. */
  readonly interrupt: boolean;
  readonly reason: string | null;
  /** What is left of the lease, counted from before the heartbeat was sent. */
  readonly lease_ms: number;
}
export type OutcomeResult = "succeeded" | "failed" | "not_started" | "interrupted";
export interface OutcomeBody {
  readonly attempt: string;
  readonly result: OutcomeResult;
  readonly detail?: string;
  /** How long it took to stop, where it was interrupted. */
  readonly stopped_after_ms?: number;
}
export interface WithdrawBody {
  readonly reason?: string;
}
/** Answer to everything a person does to a request. */
export interface DecisionAnswer {
  readonly request: RequestView;
  /** The same key was used for the same thing before; this is what it did then. */
  readonly replayed: boolean;
}
export interface AnswerBody {
  readonly text: string;
}

export interface ReviewBody {
  readonly verdict: "approve" | "reject";
  /** The digest that was displayed (I2). */
  readonly digest: string;
  readonly reason?: string;
  /** Ids of the `confirm` statements that were ticked. */
  readonly confirmed?: readonly string[];
  /** The digest of what was shown (`displayDigest`); another one now: `stale_revision`. */
  readonly display_digest?: string;
  /** How long the card was open. Recorded, never enforced. */
  readonly read_ms?: number;
  readonly signature?: SignatureBody;
}
/** A passkey's answer to a challenge of this request. */
export interface SignatureBody {
  readonly ceremony: string;
  /** What `navigator.credentials.get` gave, as JSON. */
  readonly response: Readonly<Record<string, unknown>>;
}
/** `POST /v1/requests/:id/challenges`: exactly what is going to be sent as review or override. */
export interface ChallengeBody {
  readonly for: "review" | "override";
  /** Of a review. */
  readonly verdict?: "approve" | "reject";
  readonly digest: string;
  readonly display_digest: string;
  readonly reason?: string;
  readonly confirmed?: readonly string[];
}
/** `POST /v1/reviews`: the same word on each; every item is decided by itself. */
export interface BatchReviewBody {
  readonly items: readonly { readonly id: string; readonly digest: string }[];
  readonly verdict: "approve" | "reject";
  readonly reason?: string;
}
export interface BatchReviewView {
  readonly results: readonly {
    readonly id: string;
    readonly ok: boolean;
    /** Why not. */
    readonly problem?: Problem;
  }[];
}
export interface EditBody {
  readonly digest: string;
  /** Dotted path → new value. */
  readonly set: Readonly<Record<string, unknown>>;
  readonly reason: string;
  /** Also review the new revision with approve; counts only where the rule lets editors approve. */
  readonly approve?: boolean;
  readonly confirmed?: readonly string[];
}
export interface QuestionBody {
  readonly text: string;
}
export interface ReasonBody {
  readonly reason: string;
}
export interface ExtendBody {
  readonly reason?: string;
}
export interface DelegateBody {
  readonly to: string;
  readonly reason?: string;
}
export interface OverrideBody {
  readonly digest: string;
  readonly reason: string;
  readonly display_digest?: string;
  readonly read_ms?: number;
  readonly signature?: SignatureBody;
}
export interface FollowUpBody {
  readonly verdict: "ok" | "violation";
  readonly reason: string;
}
export interface ResolveBody {
  /** `not_started`: nothing happened; what budgets kept for it is given back. */
  readonly result: "succeeded" | "failed" | "interrupted" | "not_started";
  readonly reason: string;
}

/** One item of `GET /v1/events`; its SSE id is the log index. */
export interface EventView {
  readonly index: number;
  readonly stream: string;
  readonly sequence: number;
  readonly kind: string;
  readonly at: number;
  readonly request_id: string | null;
  readonly status: RequestStatus | null;
}

export interface PageView<T> {
  readonly items: readonly T[];
  /** Send as `cursor` for the next page; null on the last. */
  readonly cursor: string | null;
}

/** `GET /v1/whoami`. */
export interface WhoAmI {
  readonly kind: "identity" | "person";
  readonly id: string;
  readonly rights: readonly string[];
  /** `key`, `token`, `passkey`, `oidc` or `development`. */
  readonly via: string;
}

/** A ledger entry as served; `canonical` is what `hash` is over. */
export interface EntryView {
  readonly index: number;
  readonly stream: string;
  readonly sequence: number;
  readonly kind: string;
  readonly at: number;
  readonly actor: string;
  readonly canonical: string;
  readonly hash: string;
}

/** `GET /v1/report?since=…`: what policy and people did in a period. */
export interface ReportView {
  readonly since: number;
  readonly until: number;
  readonly requests: number;
  readonly by_status: Readonly<Record<string, number>>;
  readonly by_basis: Readonly<Record<string, number>>;
  /** Held by policy in force. */
  readonly held: number;
  /** What shadow mode would have done; never counted as oversight. */
  readonly shadow: { readonly held: number; readonly denied: number };
  readonly rules: readonly {
    readonly rule: string;
    readonly matched: number;
    readonly held: number;
    readonly denied: number;
    readonly shadow: number;
  }[];
}
