/** A policy cut down to the rules that name what they are about. */
import type { CompiledPolicy, CompiledRule } from "./compiled-policy.ts";
import { ActionIndex } from "./rule-index.ts";

type ActionPattern = CompiledRule["match"]["actions"][number];

/** The policy with only the rules one of whose actions is `named`; null where there is none. */
export function policyAbout(
  policy: CompiledPolicy,
  named: (pattern: ActionPattern) => boolean,
): CompiledPolicy | null {
  const rules = policy.rules.filter(({ match }) => match.actions.some(named));
  if (rules.length === 0) return null;
  const index = new ActionIndex(rules);
  return { ...policy, rules, index, unknownActions: "default", actions: new Map() };
}
