/** Policy: proposed, put in force, and tried on what is on record. */

export interface NewPolicyBody {
  readonly text: string;
  /** Why, for whoever decides it. */
  readonly reason?: string;
  /** Put in force at once; only a development server does. */
  readonly live?: boolean;
}

export interface PublishedPolicy {
  readonly version: string;
  /** False: it was in force already, or waits for a second person. */
  readonly changed: boolean;
  /** The request that a second person decides; null: none is needed. */
  readonly proposal: { readonly id: string; readonly link: string } | null;
}

/** A policy that is, or was, in force. */
export interface PolicyVersionView {
  readonly version: string;
  /** `setup`, `development`, `operator`, or `person:ana` who proposed it. */
  readonly by: string;
  readonly at: number;
  readonly how: "first" | "proposal" | "development" | "recovery";
  /** The request that a second person approved. */
  readonly request: string | null;
  /** Why an operator put it in force on the host. */
  readonly reason: string | null;
}

/** The newest first. */
export interface PolicyVersionsView {
  readonly items: readonly PolicyVersionView[];
}

export interface PolicyView extends PolicyVersionView {
  readonly text: string;
}

/** What was decided of a request, or would be. */
export type DisposedAs = "allowed" | "held" | "denied";

export interface ReplayBody {
  /** The policy to try. */
  readonly text: string;
  /** Requests submitted at or after; milliseconds since the epoch. Default: 30 days ago. */
  readonly since?: number;
  /** Of these the latest so many. */
  readonly latest?: number;
}

export interface ReplayExample {
  readonly id: string;
  /** Without its arguments. */
  readonly title: string;
  readonly at: number;
  readonly link: string;
}

/** Requests of which something else would have been decided. */
export interface ReplayChange {
  readonly from: DisposedAs;
  /** `held` from `held`: others, more or fewer would have been asked. */
  readonly to: DisposedAs;
  readonly count: number;
  /** By the rule that said the stricter of the two; `default` where none did. */
  readonly rules: readonly { readonly rule: string; readonly count: number }[];
  readonly examples: readonly ReplayExample[];
}

export type ReplayCounts = Readonly<Record<DisposedAs, number>>;

export interface ReplayView {
  /** Of the policy that was tried. */
  readonly version: string;
  readonly in_force: string | null;
  /** Against that one, a line each. */
  readonly difference: readonly string[];
  readonly since: number;
  readonly until: number;
  /** Requests on record in that time. */
  readonly recorded: number;
  /** The latest of them that were judged, and when the first of these was submitted. */
  readonly judged: number;
  readonly judged_since: number | null;
  readonly before: ReplayCounts;
  readonly after: ReplayCounts;
  readonly changes: readonly ReplayChange[];
  /** Of each rule that held or denied anything, by the one that decided. */
  readonly rules: readonly {
    readonly rule: string;
    readonly before: Pick<ReplayCounts, "held" | "denied">;
    readonly after: Pick<ReplayCounts, "held" | "denied">;
  }[];
  /** Approvals that were, and would have been, asked for. */
  readonly decisions: {
    readonly before: number;
    readonly after: number;
    /** Null: too little time is on record to say. */
    readonly more_per_week: number | null;
  };
  /** An estimate: decisions a week times the middle of how long people looked at one. */
  readonly minutes: {
    readonly per_decision_ms: number | null;
    /** How many decisions that is from. */
    readonly measured: number;
    readonly more_per_week: number | null;
  };
  /** What was taken for granted, a sentence each. */
  readonly assumed: readonly string[];
}
