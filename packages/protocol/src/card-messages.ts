/**
 * What stands behind the pages people look at: the card, what runs, delegations, analytics. Times
 * are integer milliseconds since the epoch, UTC; types only, as in `messages.ts`.
 */
import type { RequestStatus, RequestView } from "./messages.ts";
import type { DecidedBy } from "./problem.ts";

/** Everything a person may do to a request, and what only its identity may. */
export type CardAction =
  | "approve"
  | "reject"
  | "edit"
  | "ask"
  | "answer"
  | "delegate"
  | "extend"
  | "override"
  | "interrupt"
  | "retract"
  | "resolve"
  | "follow_up";

/**
 * Whether this person could do it now, given what the form asks them for (a reason, statements, a
 * passkey). Advice for the page: the decision is made again when it is asked for.
 */
export interface Allowance {
  readonly allowed: boolean;
  /** Why not, in a plain sentence; null where it is allowed. */
  readonly why: string | null;
}

export type CardFieldKind =
  "money" | "text" | "number" | "boolean" | "list" | "object" | "secret" | "null";

/** One argument. What it is follows from its JSON type and the schema's `format`, never a guess. */
export interface CardField {
  /** Dotted path in the revision: `action.properties.amount`. */
  readonly path: string;
  /** The last segment of it. */
  readonly label: string;
  /** The schema's `format`; null where there is none. */
  readonly format: string | null;
  /** `list` and `object` are empty ones, or what is too much to take apart: all of it is in `raw`. */
  readonly kind: CardFieldKind;
  /** As to be shown: invisible characters made visible, nothing cut. Secrets: see `secret`. */
  readonly value: string;
  /** The value as it is in the revision; null for a secret. */
  readonly raw: unknown;
  /** Only for `money`: plain decimal amount and ISO 4217 code. */
  readonly money: { readonly amount: string; readonly currency: string } | null;
  /** Only for `secret`: the commitment's first characters; its length is always the same. */
  readonly secret: { readonly prefix: string; readonly length: number } | null;
  readonly editable: boolean;
}

/** What is known of the action's effect from those of the same name that ran in the last 30 days. */
export interface CardEffects {
  /** As the action's definition says; null where it does not. */
  readonly reversible: boolean | null;
  /** The first field the schema calls money; null where there is none. */
  readonly amount: {
    readonly path: string;
    readonly amount: string;
    readonly currency: string;
    /** Of the same currency; null where none ran. */
    readonly median_30d: string | null;
    /** This amount over that median, two decimals; null where there is none, or it is 0. */
    readonly times_median: number | null;
    readonly compared: number;
  } | null;
  /** The first on this resource within `compared`. */
  readonly first_for_resource: boolean;
  /** For each field the action's definition names as a recipient. */
  readonly first_for: readonly {
    readonly path: string;
    readonly value: string;
    readonly first: boolean;
  }[];
  /** How many were looked at, since when; `complete`: all of that time. */
  readonly compared: { readonly count: number; readonly since: number; readonly complete: boolean };
}

/** What the classifier sees in the call, and from what. Says what it could do, not what is allowed. */
export interface CardImpact {
  /** Kinds of harm, gravest first; empty: none. */
  readonly categories: readonly string[];
  readonly access: "read" | "write" | "unknown";
  readonly findings: readonly {
    readonly category: string;
    /** `low`: it may be so and cannot be told for certain. */
    readonly confidence: "high" | "low";
    /** Dotted path in the revision; null: the tool's name, description or schema. */
    readonly path: string | null;
    /** In words of ours; never a sensitive value. */
    readonly evidence: string;
  }[];
  /** Recipients, hosts and accounts that are not the organisation's own; empty beside sensitive fields. */
  readonly outside: readonly string[];
  /** Paths of arguments whose value first appeared in a tool's result, as the point observed it. */
  readonly from_results: readonly string[];
}

/** An earlier request of the same identity for the same action that a person decided. */
export interface SimilarDecision {
  readonly id: string;
  readonly short_id: string;
  readonly title: string;
  /** What it is now. */
  readonly status: RequestStatus;
  /** What the person made of it. */
  readonly verdict: "approved" | "rejected" | "overridden" | "interrupted";
  readonly decided: DecidedBy;
  readonly at: number;
}

/** Others of the same identity that wait and would do the same. */
export interface CardAlike {
  /** How many, this one not counted. */
  readonly waiting: number;
  readonly oldest_at: number;
  /** The oldest of them that the person may see. */
  readonly others: readonly {
    readonly id: string;
    readonly short_id: string;
    readonly created_at: number;
  }[];
}

/** A rule that took part, and the values it looked at. */
export interface CardRule {
  readonly rule: string;
  readonly why: string;
  readonly effect: "allow" | "hold" | "deny";
  readonly outcome: "matched" | "error" | "shadow";
  /** Paths and what they were, as text; never a sensitive value. Empty without sight of arguments. */
  readonly values: Readonly<Record<string, string>>;
  /** For `error`: what went wrong. */
  readonly detail: string | null;
}

export interface TimelineItem {
  /** Place in the request's stream, from 1. */
  readonly sequence: number;
  readonly at: number;
  readonly kind: string;
  /** `person:ana`, `identity:agent-1`, `clock`, `operator`. */
  readonly actor: string;
  /** In words of ours; what people and agents wrote is in `said`. */
  readonly text: string;
  /** A reason, question, answer or detail, as plain text; unverified where an agent wrote it. */
  readonly said: string | null;
}

/** One item of `GET /v1/people/names`, which every person may read. */
export interface PersonName {
  readonly id: string;
  readonly name: string;
}

/** `GET /v1/requests/:id/card`: everything the card shows, in one answer. */
export interface Card {
  readonly request: RequestView;
  /** One sentence of ours: verb, object, amount. */
  readonly sentence: string;
  /** `metadata`: without arguments, values, similar decisions and bytes. */
  readonly visibility: "full" | "metadata";
  readonly can: Readonly<Record<CardAction, Allowance>>;
  readonly because: readonly CardRule[];
  /** Null without sight of arguments. */
  readonly impact: CardImpact | null;
  readonly effects: CardEffects | null;
  /** JSON Schema of `action.properties`, of the policy in force; null where it has none. */
  readonly schema: Readonly<Record<string, unknown>> | null;
  readonly fields: readonly CardField[];
  readonly similar: readonly SimilarDecision[];
  /** What waits and would do the same; each is decided by itself. Null: nothing else. */
  readonly alike: CardAlike | null;
  /** Who may decide it and is not conflicted, the person who asks aside. */
  readonly delegates: readonly PersonName[];
  /** On whose behalf it is routed to the person who asks, by a delegation in force. */
  readonly for: readonly PersonName[];
  readonly timeline: readonly TimelineItem[];
  /** The exact bytes the digest is over, as text; null without sight of arguments. */
  readonly canonical: string | null;
  readonly digest: string;
  /** The server's clock when this was made. */
  readonly now: number;
}

/** Requests of one identity that wait and would do the same, whatever session or reason they name. */
export interface LookAlikeView {
  /** Opaque; the same for those that are alike. */
  readonly group: string;
  /** How many wait, this one included. */
  readonly waiting: number;
  readonly oldest_at: number;
}

/** One item of `GET /v1/requests`. */
export interface ListedRequest extends RequestView {
  /** Null for what does not wait, and for identities. */
  readonly look_alike: LookAlikeView | null;
}

/** One item of `GET /v1/inbox`. */
export interface InboxItem extends ListedRequest {
  /** Nobody else can decide it now. */
  readonly only_you: boolean;
  /** On whose behalf it is routed here, by a delegation in force; ids. */
  readonly for: readonly string[];
}

/** One item of `GET /v1/running`: what runs, is being stopped, or was lost. */
export interface RunningItem extends RequestView {
  readonly can: { readonly interrupt: Allowance; readonly resolve: Allowance };
  readonly interrupted_by: {
    readonly by: string;
    readonly at: number;
    readonly reason: string;
  } | null;
}

/** `POST /v1/requests/:id/seen`. */
export interface SeenBody {
  /** How long the card has been in front of the person in all, as the page measured it. */
  readonly read_ms?: number;
}
export interface SeenAnswer {
  /** Null for whoever may not decide it: their looks are not noted. */
  readonly first_seen_at: number | null;
  readonly last_seen_at: number | null;
}

/** `POST /v1/delegations`: for a period, to somebody who decides in their own right. */
export interface NewDelegationBody {
  readonly to: string;
  /** Default: at once. */
  readonly starts_at?: number;
  readonly ends_at: number;
  readonly reason: string;
}
export interface DelegationView {
  readonly id: string;
  readonly from: string;
  readonly to: string;
  readonly starts_at: number;
  readonly ends_at: number;
  readonly reason: string;
  readonly created_at: number;
  /** When it was ended before its time; null else. */
  readonly ended_at: number | null;
  /** In force now. */
  readonly active: boolean;
}

/** A spread of durations in milliseconds; null where there were none. */
export interface Durations {
  readonly count: number;
  readonly p50_ms: number | null;
  readonly p90_ms: number | null;
}

export interface RuleAnalytics {
  readonly rule: string;
  readonly matched: number;
  readonly held: number;
  /** Of those held: decided by people. */
  readonly decided: number;
  readonly approved: number;
  readonly edited: number;
  readonly expired: number;
  /** At least 98 % approved and never edited, over enough decisions: holding them tells nothing. */
  readonly suggest_relaxing: boolean;
  readonly human_minutes_per_week: number;
}

/** `GET /v1/analytics?since&until`: about requests submitted in the period. Aggregates only … */
export interface AnalyticsView {
  readonly since: number;
  readonly until: number;
  readonly volume: {
    readonly requests: number;
    readonly allowed: number;
    readonly held: number;
    readonly denied: number;
    readonly days: readonly {
      /** Start of the day, UTC. */
      readonly day: number;
      readonly requests: number;
      readonly held: number;
    }[];
  };
  /** From being held to a person's decision. */
  readonly deciding: Durations & {
    readonly approved: number;
    readonly rejected: number;
    readonly edited: number;
  };
  /** From submission to the end of the wait, whatever ended it. */
  readonly waiting: Durations & { readonly total_ms: number };
  /** Held, and nobody decided. */
  readonly expired: number;
  /** What has an impact and ran on policy alone. */
  readonly unattended: {
    readonly count: number;
    readonly impacts: readonly { readonly impact: string; readonly count: number }[];
    readonly values: readonly {
      readonly currency: string;
      readonly amount: string;
      readonly count: number;
    }[];
  };
  readonly rules: readonly RuleAnalytics[];
  readonly identities: readonly (Durations & {
    readonly identity: string;
    readonly requests: number;
    readonly held: number;
    readonly waited_ms: number;
    readonly human_minutes_per_week: number;
  })[];
  /** Null where fewer than three people decided: it would be about one of them. */
  readonly reading: { readonly measured: number; readonly faster_than_reading: number } | null;
  readonly concentration: {
    readonly people: number;
    readonly approvals: number;
    /** Shares from 0 to 1; null where nobody approved. */
    readonly largest_share: number | null;
    readonly three_largest_share: number | null;
  };
  readonly overrides: number;
  readonly interrupts: number;
  readonly human_minutes_per_week: number;
  /** What waits now, whatever the period. */
  readonly load: {
    /** By where approvals come from, the longest queue first; `person`: all named persons together. */
    readonly sources: readonly {
      readonly source: string;
      readonly waiting: number;
      /** Who can decide any of them now, and has not yet. */
      readonly people: number;
      /** Null where nobody can. */
      readonly per_person: number | null;
      readonly longest_wait_ms: number;
    }[];
    /** Of the person who asks. */
    readonly you: {
      readonly waiting: number;
      /** Of them: nobody else can decide it now. */
      readonly only_you: number;
      readonly decided_24h: number;
      readonly decided_7d: number;
    };
  };
  /** … beside the figures of the person who asks, for them alone. */
  readonly own: {
    readonly reviews: number;
    readonly approved: number;
    readonly rejected: number;
    readonly share_of_approvals: number | null;
    readonly measured: number;
    readonly faster_than_reading: number;
    readonly median_reading_ms: number | null;
    readonly minutes_per_week: number;
  };
}
