/** What agents call, what that is taken for, and which rules are about it. */
import type { ReplayCounts } from "./policy-messages.ts";

/** How the rules of the policy in force find a call: its name, its impact, or something else. */
export type CoveredBy = "action" | "impact" | "other";

/** A rule of the policy in force that is about some of these requests. */
export interface CoverageRule {
  readonly rule: string;
  readonly by: CoveredBy;
  /** What it says where its condition holds. */
  readonly decision: "allow" | "hold" | "deny";
  readonly mode: "enforce" | "shadow";
  /** Requests that its `match` is about. */
  readonly requests: number;
  /** Of these, those of which it would say something today: its condition holds too. */
  readonly applies: number;
  /** What was decided, as recorded, where a rule of this id had a part in it. */
  readonly decided: ReplayCounts;
}

/** One kind of harm that requests were taken for. */
export interface CoverageImpact {
  readonly category: string;
  readonly requests: number;
  /** Of these, those with a finding of high confidence. */
  readonly sure: number;
  /** Why, of one of them: a sentence without anything of its arguments. */
  readonly evidence: string;
}

export interface CoverageCounts {
  readonly requests: number;
  /** Who asked: a few of them, and how many they are. */
  readonly identities: { readonly names: readonly string[]; readonly count: number };
  /** As recorded. */
  readonly decided: ReplayCounts;
  readonly assurance: { readonly mediated: number; readonly cooperative: number };
  readonly access: { readonly read: number; readonly write: number; readonly unknown: number };
  /** How sure the classification of a request is. */
  readonly confidence: { readonly high: number; readonly low: number };
  /** Gravest first. A request may be of several kinds. */
  readonly impacts: readonly CoverageImpact[];
  /** Those that name it first, then by how many requests they are about. */
  readonly rules: readonly CoverageRule[];
  /** Further rules are about it, and are not listed. */
  readonly more_rules: boolean;
  /** Requests of which only the default would decide today. */
  readonly by_default: number;
}

export interface CoverageTool extends CoverageCounts {
  /** The action's name, as the agent sent it. */
  readonly action: string;
}

/** What was found, at most so many, and how many more there are. */
export interface CoverageList<T> {
  readonly items: readonly T[];
  readonly left_out: number;
}

export interface CoverageView {
  /** Version of the policy in force. */
  readonly policy: string;
  readonly since: number;
  readonly until: number;
  /** Requests on record in that time. */
  readonly recorded: number;
  /** The latest of them that were looked at, and when the first of these was submitted. */
  readonly judged: number;
  readonly judged_since: number | null;
  /** What only the default decides first, and of these the gravest. */
  readonly tools: readonly CoverageTool[];
  /** Of all names beyond those listed, together; null: there are none. */
  readonly left_out: CoverageCounts | null;
  /** Actions that rules name and nobody called. */
  readonly not_called: CoverageList<{ readonly rule: string; readonly action: string }>;
  /** Patterns of identities' `may` that nothing they asked for matched. */
  readonly not_used: CoverageList<{ readonly identity: string; readonly may: string }> & {
    readonly since: number;
  };
  /** What was taken for granted, a sentence each. */
  readonly assumed: readonly string[];
}
