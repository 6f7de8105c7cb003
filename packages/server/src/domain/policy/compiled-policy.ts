/** A policy ready to be asked. Made by `loadPolicy`, never changed. */
import type { CompiledAction } from "./actions.ts";
import type { CompiledBudget } from "./compiled-budget.ts";
import type { Condition } from "./condition/condition.ts";
import type { Impact } from "../impact/model.ts";
import type { Scope } from "./condition/scope.ts";
import type { LoadProblem } from "./load-problem.ts";
import type { Assurance, Effect, Obligations, PolicyInput, ReviewerSource, Risk } from "./model.ts";
import type { NamePattern } from "./pattern.ts";

/**
 * What is asked for once a rule applies. Rules of a policy that ask for the same share one object,
 * so that a decision over many rules looks at few of them.
 */
export interface Demand {
  /** Exactly where the decision is `hold`. */
  readonly obligations: Obligations | null;
  readonly risk: Risk;
  readonly impact: string | null;
  readonly requestFields: readonly (readonly string[])[];
  readonly assurance: Assurance;
  readonly vetoWindowMs: number;
  readonly grantDeadlineMs: number;
}

/** What a rule, or the default, says once it applies. */
export interface Outcome {
  /** The rule's id, or `default`. */
  readonly id: string;
  readonly why: string;
  /** Its place in the file; the default comes last. */
  readonly order: number;
  readonly decision: Effect;
  readonly demand: Demand;
}

export interface Match {
  /** None covers another; empty: any action. */
  readonly actions: readonly NamePattern[];
  /** Null: nothing but the action is looked at. Shared by the rules that have the same. */
  readonly restrictions: Restrictions | null;
}

/** Empty lists restrict nothing. */
export interface Restrictions {
  readonly subjectTypes: readonly NamePattern[];
  readonly subjectIds: readonly NamePattern[];
  readonly subjectGroups: readonly NamePattern[];
  readonly resourceTypes: readonly NamePattern[];
  readonly resourceIds: readonly NamePattern[];
  /** Any of these kinds of harm, as the classifier sees it. */
  readonly impacts: readonly Impact[];
}

export interface CompiledRule extends Outcome {
  readonly mode: "enforce" | "shadow";
  readonly match: Match;
  /** Null: holds whenever it matches. */
  readonly condition: Condition | null;
  /** Whether the condition looks at claims about the world (I13). */
  readonly readsClaims: boolean;
}

/** What is looked at of a rule that turns out not to apply, in one small object. */
export interface IndexedRule {
  /** Null where the rule has no condition. */
  readonly judge: ((scope: Scope) => boolean) | null;
  /** Null where nothing but the action is looked at. */
  readonly concerns: ((input: PolicyInput) => boolean) | null;
  readonly rule: CompiledRule;
}

export interface RuleIndex {
  /**
   * Calls back once for each rule that could be about this action by a member of these groups: a
   * rule's patterns never overlap. Whether it is about the request is for `concerns` to say.
   */
  forEach(action: string, groups: readonly string[], visit: (rule: IndexedRule) => void): void;
}

export interface CompiledPolicy {
  /** base64url of the SHA-256 of the text. */
  readonly version: string;
  readonly mode: "enforce" | "shadow";
  readonly unknownActions: "default" | "deny";
  readonly fallback: Outcome;
  readonly rules: readonly CompiledRule[];
  readonly index: RuleIndex;
  readonly actions: ReadonlyMap<string, CompiledAction>;
  readonly budgets: ReadonlyMap<string, CompiledBudget>;
  readonly groups: ReadonlyMap<string, readonly string[]>;
  /** Everybody who may be asked: what a roster for this policy must know. */
  readonly sources: readonly ReviewerSource[];
  /** What is not wrong, but is worth knowing. */
  readonly warnings: readonly LoadProblem[];
}
