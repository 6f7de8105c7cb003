/** Why policy says what it said: the rules that took part, and the values that made them. */
import type { CardRule, Revision } from "@haltpoint/protocol";
import { totalsThen } from "../../domain/policy/budget-values.ts";
import type { RequestState } from "../../domain/request/model.ts";
import type { Standing } from "../../ports/store.ts";
import type { App } from "../app.ts";
import type { Content } from "../known-content.ts";
import { policyInput } from "../policy-input.ts";

/**
 * Asked again, of the very policy that said it and at the time it said it. Where the registry has
 * changed so that a rule no longer takes part, the rule is there with its reason and no values.
 */
export async function becauseOf(
  app: App,
  state: RequestState,
  content: Content,
  standing: Standing,
): Promise<readonly CardRule[]> {
  const { policy } = state;
  const said = new Set([...policy.rules, ...(policy.shadow?.rules ?? [])]);
  const inForce = await app.policies.current(standing.epochs.policy);
  const asked =
    inForce.version === policy.version ? inForce : await app.policies.earlier(policy.version);
  const membership = await app.facts.membership(standing.epochs.membership);
  const identity = await membership.identity(state.scope.identity);
  if (asked === null || identity === null) return unexplained(said, state);
  const input = policyInput(app, identity, {
    revision: shownTo(asked.sensitivePaths(content.plain.action.name), content),
    assurance: state.assurance,
    now: state.edits.at(-1)?.at ?? state.createdAt,
  });
  const { traces } = asked.decide({ ...input, budgets: totalsThen(policy.budgets ?? []) });
  const rules = traces.flatMap((trace): readonly CardRule[] => {
    const { rule, why, outcome, effect, values, detail } = trace;
    if (outcome === "missed" || !said.has(rule)) return [];
    return [{ rule, why, outcome, effect, values, detail: detail ?? null }];
  });
  const found = new Set(rules.map(({ rule }) => rule));
  return [...rules, ...unexplained(new Set([...said].filter((rule) => !found.has(rule))), state)];
}

function unexplained(rules: ReadonlySet<string>, state: RequestState): readonly CardRule[] {
  const { effect, reasons } = state.policy;
  const why = reasons[0] ?? "policy asks for a person";
  return [...rules].map((rule) => {
    return { rule, why, effect, outcome: "matched", values: {}, detail: null };
  });
}

/**
 * INVARIANT: T28. What was sensitive when it was submitted stays so, whatever that policy's list
 * says of an edited revision: then policy is shown the commitments too.
 */
function shownTo(hidden: readonly string[], content: Content): Revision {
  const isHidden = content.openings.every(({ path }) =>
    hidden.some((each) => {
      const keys = each.split(".");
      return keys.every((key, at) => key === "*" || key === String(path[at]));
    }),
  );
  return isHidden ? content.plain : content.committed;
}
