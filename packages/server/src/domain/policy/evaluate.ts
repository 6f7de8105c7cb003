/**
 * What policy says of a request. Pure and total: the same policy and input give the same decision,
 * and no input makes it throw.
 *
 * Most restrictive wins: deny > hold > allow with a veto window > allow. Rules that match replace
 * the default; rules that read claims, and rules that could not be judged, add to it (I13).
 */
import { classificationOf } from "../impact/classification.ts";
import { combine, type Applied, type Verdict } from "./combine.ts";
import type { CompiledPolicy, CompiledRule, IndexedRule } from "./compiled-policy.ts";
import type { ReadPaths } from "./condition/condition.ts";
import { ConditionError, CostExceeded } from "./condition/value.ts";
import { requestOf, refreshed, ValueDisplay, type Request } from "./input-scope.ts";
import type { BudgetUse, Effect, PolicyDecision, PolicyInput, RuleTrace } from "./model.ts";
import { matchesName, namePattern } from "./pattern.ts";

export interface EvaluateOptions {
  /** Also trace rules about the action whose condition was false, with what each lacked. */
  readonly nearMisses?: boolean;
}

/** Asks the policy. Never throws; what cannot be judged tightens and says so. */
export function evaluate(
  policy: CompiledPolicy,
  input: PolicyInput,
  options: EvaluateOptions = {},
): PolicyDecision {
  const request = requestOf(policy, input);
  const sensitive = policy.actions.get(input.revision.action.name)?.sensitive ?? [];
  const values = new ValueDisplay(request.scope, sensitive);
  const inShadow = policy.mode === "shadow" || input.identity.mode === "shadow";
  const applied: Applied[] = [];
  const traces: RuleTrace[] = [];
  policy.index.forEach(input.revision.action.name, input.identity.groups, (indexed) => {
    if (indexed.concerns !== null && !indexed.concerns(input)) return;
    const judgement = judge(indexed, request);
    if (judgement === FALSE && options.nearMisses !== true) return;
    const { rule } = indexed;
    if (judgement.kind === "false") {
      traces.push(nearMiss(rule, request, values));
      return;
    }
    const each: Applied = { rule, judgement };
    applied.push(each);
    traces.push(trace(each, inShadow, values));
  });
  const refusal = refusalOf(policy, input) ?? misfitOf(policy, input, request);
  return decisionOf(policy, input, { applied, traces, request, refusal, inShadow });
}

interface Findings {
  readonly applied: readonly Applied[];
  readonly traces: readonly RuleTrace[];
  readonly request: Request;
  readonly refusal: Refusal | null;
  readonly inShadow: boolean;
}

function decisionOf(policy: CompiledPolicy, input: PolicyInput, found: Findings): PolicyDecision {
  const { applied, request, refusal, inShadow } = found;
  const about = { policy, input, mismatch: request.mismatch };
  const everything = combine(applied, { ...about, denial: refusal?.sentence ?? null });
  const enforced = applied.filter(({ rule }) => rule.mode === "enforce");
  let verdict = everything;
  if (inShadow) {
    // The registry's `may` is not policy: it limits the identity whatever the roll-out.
    const kept = refusal?.by === "registry" ? refusal.sentence : null;
    verdict = kept === null ? permitted(everything) : combine([], { ...about, denial: kept });
  } else if (enforced.length < applied.length) {
    verdict = combine(enforced, { ...about, denial: refusal?.sentence ?? null });
  }
  const { impacts } = classificationOf(input);
  const stricter = EFFECTS.indexOf(everything.effect) > EFFECTS.indexOf(verdict.effect);
  return {
    effect: verdict.effect,
    vetoWindowMs: verdict.vetoWindowMs,
    obligations: verdict.obligations,
    fallback: policy.fallback.demand.obligations,
    missingFields: verdict.missingFields,
    reasons: verdict.reasons,
    matchedRules: verdict.rules,
    grantDeadlineMs: verdict.grantDeadlineMs,
    risk: verdict.risk,
    impact: verdict.impact,
    impacts: [...new Set(verdict.impact === null ? impacts : [verdict.impact, ...impacts])],
    shadow: stricter ? { effect: everything.effect, rules: everything.decisive } : null,
    policyVersion: policy.version,
    budgets: request.scope.budgets?.used() ?? NO_BUDGETS,
    traces: found.traces,
  };
}

const NO_BUDGETS: readonly BudgetUse[] = [];

/** Loosest first. */
const EFFECTS: readonly Effect[] = ["allow", "hold", "deny"];

/** What shadow mode lets through: at once, with the record of what would have been. */
function permitted(verdict: Verdict): Verdict {
  return {
    ...verdict,
    effect: "allow",
    vetoWindowMs: 0,
    obligations: null,
    missingFields: [],
    reasons: ["shadow mode: recorded, not enforced", ...verdict.reasons],
  };
}

interface Refusal {
  readonly by: "registry" | "policy";
  readonly sentence: string;
}

/** What is refused before any rule is asked. */
function refusalOf(policy: CompiledPolicy, { identity, revision }: PolicyInput): Refusal | null {
  const { name } = revision.action;
  if (identity.may !== null && !identity.may.some((may) => matchesName(namePattern(may), name))) {
    return { by: "registry", sentence: "the identity may not do this: its `may` does not name it" };
  }
  if (policy.unknownActions === "deny" && !policy.actions.has(name)) {
    return { by: "policy", sentence: "the policy does not declare this action" };
  }
  return null;
}

/** Where no rule may be gone round by arguments that none can see into. */
function misfitOf(
  policy: CompiledPolicy,
  { revision }: PolicyInput,
  { mismatch }: Request,
): Refusal | null {
  if (mismatch === null) return null;
  const isDenied = policy.actions.get(revision.action.name)?.misfit === "deny";
  return isDenied ? { by: "policy", sentence: mismatch } : null;
}

type Judgement = Applied["judgement"] | { readonly kind: "false" };
const MATCHED: Judgement = { kind: "matched" };
const FALSE: Judgement = { kind: "false" };

function judge(indexed: IndexedRule, { scope, mismatch }: Request): Judgement {
  if (indexed.judge === null) return MATCHED;
  // Arguments that do not fit would make comparisons false without an error, so nothing is
  // compared: what holds, holds; what allows or denies cannot be told.
  if (mismatch !== null) return indexed.rule.decision === "hold" ? MATCHED : FALSE;
  try {
    return indexed.judge(scope) ? MATCHED : FALSE;
  } catch (error) {
    return { kind: "error", detail: detailOf(error) };
  }
}

function detailOf(error: unknown): string {
  const known = error instanceof ConditionError || error instanceof CostExceeded;
  return known ? error.message : "it failed in an unforeseen way";
}

const NO_PATHS: ReadPaths = [];

function trace({ rule, judgement }: Applied, inShadow: boolean, values: ValueDisplay): RuleTrace {
  const { id, why, decision, condition, mode } = rule;
  const shown = values.of(condition === null ? NO_PATHS : condition.paths);
  const shadow = inShadow || mode === "shadow";
  if (judgement.kind === "matched") {
    const outcome = shadow ? "shadow" : "matched";
    return { rule: id, why, outcome, effect: decision, values: shown };
  }
  const outcome = shadow ? "shadow" : "error";
  return { rule: id, why, outcome, effect: decision, values: shown, detail: judgement.detail };
}

/** What would have had to be true: the outermost parts of the condition and what they were. */
function nearMiss(rule: CompiledRule, request: Request, values: ValueDisplay): RuleTrace {
  const { condition } = rule;
  const shown = values.of(condition?.paths ?? NO_PATHS);
  const scope = refreshed(request.scope);
  const parts = (condition?.operands ?? []).map(({ text, judge: part }) => {
    try {
      return `\`${text}\` is ${String(part(scope))}`;
    } catch (error) {
      return `\`${text}\` cannot be judged: ${detailOf(error)}`;
    }
  });
  const detail = request.mismatch === null ? parts.join("; ") : request.mismatch;
  return {
    rule: rule.id,
    why: rule.why,
    outcome: "missed",
    effect: rule.decision,
    values: shown,
    detail,
  };
}
