/**
 * P4: what a programmer would write by hand for exactly these rules: a table of closures by action,
 * no reasons, no obligations, no checks. The ceiling, not a peer.
 */
import type { PolicyInput } from "../../packages/server/src/domain/policy/model.ts";
import { allActions, policyInput, verdictOf } from "./rules.ts";
import type { Condition, Facts, Rule } from "./rules.ts";
import type { Decider } from "./decider.ts";

interface Arguments {
  readonly amount: string;
  readonly region: string;
  readonly target: string;
  readonly count: number;
}
type Closure = (input: PolicyInput, args: Arguments) => boolean;
interface Line {
  readonly rule: Rule;
  readonly applies: Closure;
}

export function nativeClosures(rules: readonly Rule[], requests: readonly Facts[]): Decider {
  const table = new Map<string, Line[]>(allActions().map((name) => [name, []]));
  for (const rule of rules) {
    const line = { rule, applies: closureOf(rule) };
    for (const [name, lines] of table) {
      const { about } = rule;
      const isAbout =
        about.kind === "action" ? name === about.name : name.startsWith(`${about.name}.`);
      if (isAbout) lines.push(line);
    }
  }
  const inputs = requests.map(policyInput);
  const ask = (number: number): readonly Rule[] => {
    const input = inputs[number];
    if (input === undefined) throw new Error(`there is no request ${number}`);
    const args = input.revision.action.properties as Arguments;
    const applied: Rule[] = [];
    for (const { rule, applies } of table.get(input.revision.action.name) ?? []) {
      if (applies(input, args)) applied.push(rule);
    }
    return applied;
  };
  return { name: "native closures", decide: ask, verdict: (number) => verdictOf(ask(number)) };
}

function closureOf({ condition, subjectGroup }: Rule): Closure {
  const holds = conditionClosure(condition);
  if (subjectGroup === null) return holds;
  return (input, args) => input.identity.groups.includes(subjectGroup) && holds(input, args);
}

function conditionClosure(condition: Condition): Closure {
  switch (condition.kind) {
    case "amount_over": {
      const { minorUnits } = condition;
      return (_, { amount }) => Math.round(Number(amount.slice(0, -4)) * 100) > minorUnits;
    }
    case "label": {
      const { env } = condition;
      return (input) => input.identity.labels["env"] === env;
    }
    case "region_in": {
      const { regions } = condition;
      return (_, { region }) => regions.includes(region);
    }
    case "target_begins": {
      const { text } = condition;
      return (_, { target }) => target.startsWith(text);
    }
    case "many_of_type": {
      const { count, type } = condition;
      return (input, args) => args.count > count && input.revision.resource.type === type;
    }
  }
}
