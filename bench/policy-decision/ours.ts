/** P4: Haltpoint's policy engine, as the use cases call it. */
import { evaluate, loadPolicy } from "../../packages/server/src/domain/policy/policy.ts";
import { allActions, moneyText, policyInput, verdictOf } from "./rules.ts";
import type { Condition, Facts, Rule } from "./rules.ts";
import type { Decider } from "./decider.ts";

/** Every action has a schema, which every decision checks the arguments against. */
export function haltpoint(rules: readonly Rule[], requests: readonly Facts[]): Decider {
  const loaded = loadPolicy(policyText(rules), { file: "policy.yaml" });
  if (!loaded.ok) throw new Error(loaded.problems.map(({ message }) => message).join("\n"));
  const { policy } = loaded;
  const effects = new Map(rules.map((rule) => [rule.id, rule]));
  const inputs = requests.map(policyInput);
  const ask = (number: number) => {
    const input = inputs[number];
    if (input === undefined) throw new Error(`there is no request ${number}`);
    // A request that was not seen before: its impact is classified as well.
    return evaluate(policy, { ...input, revision: { ...input.revision } });
  };
  return {
    name: "haltpoint",
    decide: ask,
    verdict(number) {
      const decision = ask(number);
      const verdict = verdictOf(decision.matchedRules.flatMap((id) => effects.get(id) ?? []));
      if (decision.effect !== verdict.effect) {
        throw new Error(`the effect ${decision.effect} does not follow from its rules`);
      }
      return verdict;
    },
  };
}

function policyText(rules: readonly Rule[]): string {
  const schema = `{ type: object, required: [amount, region, target, count], additionalProperties: false, properties: { amount: { type: string, format: money }, region: { type: string }, target: { type: string }, count: { type: integer } } }`;
  const actions = allActions().map((name) => `  ${name}: { properties: ${schema} }`);
  return [
    "version: 1",
    "default: { decision: hold, approvers: group:security, owner: chen, deadline: 4h }",
    "groups: { security: [ana, bo] }",
    "actions:",
    ...actions,
    "rules:",
    ...rules.map(ruleText),
  ].join("\n");
}

function ruleText(rule: Rule): string {
  const { about, subjectGroup, effect } = rule;
  const name = about.kind === "action" ? about.name : `${about.name}.*`;
  const subject = subjectGroup === null ? "" : `, subject: { group: ${subjectGroup} }`;
  const hold =
    effect === "hold" ? ", owner: chen, approval: { approvers: group:security, deadline: 8h }" : "";
  const when = JSON.stringify(conditionText(rule.condition));
  return `  - { id: ${rule.id}, why: "Rule ${rule.id} says so", match: { action: "${name}"${subject} }, when: ${when}, decision: ${effect}${hold} }`;
}

function conditionText(condition: Condition): string {
  switch (condition.kind) {
    case "amount_over":
      return `money(action.properties.amount) > money("${moneyText(condition.minorUnits)}")`;
    case "label":
      return `subject.labels.env == "${condition.env}"`;
    case "region_in":
      return `action.properties.region in ${JSON.stringify(condition.regions)}`;
    case "target_begins":
      return `action.properties.target.startsWith("${condition.text}")`;
    case "many_of_type":
      return `action.properties.count > ${condition.count} && resource.type == "${condition.type}"`;
  }
}
