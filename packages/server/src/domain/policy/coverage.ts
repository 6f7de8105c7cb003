/** Which rules are about a request, whatever their conditions say; and which actions rules name. */
import type { CompiledPolicy, CompiledRule } from "./compiled-policy.ts";
import type { PolicyInput } from "./model.ts";
import { matchesName, type NamePattern } from "./pattern.ts";

/** The rules whose `match` is about the request, in no order. */
export function rulesAbout(policy: CompiledPolicy, input: PolicyInput): readonly CompiledRule[] {
  const rules: CompiledRule[] = [];
  policy.index.forEach(input.revision.action.name, input.identity.groups, (indexed) => {
    if (indexed.concerns === null || indexed.concerns(input)) rules.push(indexed.rule);
  });
  return rules;
}

/**
 * How a rule finds this action: it names it, or it looks at the impact, or neither. `*` names nothing.
 */
export function coveredBy(rule: CompiledRule, action: string): "action" | "impact" | "other" {
  const { actions, restrictions } = rule.match;
  if (actions.some((each) => each.stem !== "" && matchesName(each, action))) return "action";
  const restricts = (restrictions?.impacts ?? []).length > 0;
  const reads = rule.condition?.reads.some(({ path }) => path[0] === "impact") ?? false;
  return restricts || reads ? "impact" : "other";
}

/** The actions that rules name, in the order of the file. */
export function namedActions(
  policy: CompiledPolicy,
): readonly { readonly rule: string; readonly pattern: NamePattern }[] {
  return policy.rules.flatMap(({ id, match }) =>
    match.actions.flatMap((pattern) => (pattern.stem === "" ? [] : [{ rule: id, pattern }])),
  );
}
