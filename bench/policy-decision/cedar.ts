/**
 * P4: Cedar in WebAssembly, its policies parsed beforehand. Hold and deny are `forbid`, told apart
 * by the ids in the answer. Amounts are given as integers and nothing is validated against a
 * schema: both spare it work that ours does.
 */
import * as cedar from "@cedar-policy/cedar-wasm/nodejs";
import { verdictOf } from "./rules.ts";
import type { Condition, Facts, Rule } from "./rules.ts";
import type { Decider } from "./decider.ts";

let setsMade = 0;

export function cedarWasm(rules: readonly Rule[], requests: readonly Facts[]): Decider {
  setsMade += 1;
  const setId = `rules-${setsMade}`;
  const staticPolicies = Object.fromEntries(rules.map((rule) => [rule.id, policyText(rule)]));
  const parsed = cedar.preparsePolicySet(setId, { staticPolicies });
  if (parsed.type === "failure") throw new Error(JSON.stringify(parsed.errors[0]));
  const effects = new Map(rules.map((rule) => [rule.id, rule]));
  const calls = requests.map((facts) => callOf(facts, setId));
  const ask = (number: number) => {
    const call = calls[number];
    if (call === undefined) throw new Error(`there is no request ${number}`);
    const answer = cedar.statefulIsAuthorized(call);
    if (answer.type === "failure") throw new Error(JSON.stringify(answer.errors[0]));
    return answer.response;
  };
  return {
    name: "cedar",
    decide: ask,
    verdict(number) {
      const { decision, diagnostics } = ask(number);
      if (diagnostics.errors.length > 0) throw new Error(JSON.stringify(diagnostics.errors[0]));
      const verdict = verdictOf(diagnostics.reason.flatMap((id) => effects.get(id) ?? []));
      if ((decision === "allow") !== (verdict.effect === "allow")) {
        throw new Error(`cedar's ${decision} does not follow from its reasons`);
      }
      return verdict;
    },
  };
}

function callOf(facts: Facts, preparsedPolicySetId: string): cedar.StatefulAuthorizationCall {
  const principal = { type: "Agent", id: "agent-1" };
  const action = { type: "Action", id: facts.action };
  return {
    principal,
    action,
    resource: { type: "Resource", id: facts.resourceId },
    context: {
      amount: facts.amountMinorUnits,
      region: facts.region,
      target: facts.target,
      count: facts.count,
      resource_type: facts.resourceType,
    },
    entities: [
      {
        uid: principal,
        attrs: { env: facts.env },
        parents: facts.subjectGroups.map((id) => ({ type: "Group", id })),
      },
      { uid: action, attrs: {}, parents: [{ type: "Action", id: facts.group }] },
    ],
    preparsedPolicySetId,
    validateRequest: false,
  };
}

function policyText({ about, effect, subjectGroup, condition }: Rule): string {
  const verb = effect === "allow" ? "permit" : "forbid";
  const principal = subjectGroup === null ? "principal" : `principal in Group::"${subjectGroup}"`;
  const action =
    about.kind === "action"
      ? `action == Action::"${about.name}"`
      : `action in Action::"${about.name}"`;
  return `${verb} (${principal}, ${action}, resource) when { ${conditionText(condition)} };`;
}

function conditionText(condition: Condition): string {
  switch (condition.kind) {
    case "amount_over":
      return `context.amount > ${condition.minorUnits}`;
    case "label":
      return `principal.env == "${condition.env}"`;
    case "region_in":
      return `${JSON.stringify(condition.regions)}.contains(context.region)`;
    case "target_begins":
      return `context.target like "${condition.text}*"`;
    case "many_of_type":
      return `context.count > ${condition.count} && context.resource_type == "${condition.type}"`;
  }
}
