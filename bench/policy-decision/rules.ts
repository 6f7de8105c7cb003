/**
 * The rules of P4 as data, from which the three contestants are made: our YAML with CEL, Cedar's
 * policies and plain closures. 200 actions in 20 groups of ten.
 *
 * A small policy has a rule for each group of actions. A larger one has rules for single actions, in
 * turn; the first three about an action ask everybody, further ones one team each: that is what
 * policies grow by. `everybody` has them all ask everybody, which no policy does and which shows
 * what one more rule that has to be asked costs.
 */
import { NOTHING_OWN } from "../../packages/server/src/domain/impact/model.ts";
import type { PolicyInput } from "../../packages/server/src/domain/policy/model.ts";

export const GROUPS = 20;
export const ACTIONS_PER_GROUP = 10;
const ACTIONS = GROUPS * ACTIONS_PER_GROUP;

export type Effect = "allow" | "hold" | "deny";

export type Condition =
  | { readonly kind: "amount_over"; readonly minorUnits: number }
  | { readonly kind: "label"; readonly env: string }
  | { readonly kind: "region_in"; readonly regions: readonly string[] }
  | { readonly kind: "target_begins"; readonly text: string }
  | { readonly kind: "many_of_type"; readonly count: number; readonly type: string };

export interface Rule {
  readonly id: string;
  readonly effect: Effect;
  /** One action, or a group of ten. */
  readonly about:
    | { readonly kind: "action"; readonly name: string }
    | { readonly kind: "group"; readonly name: string };
  /** Of the identity; null: any. */
  readonly subjectGroup: string | null;
  readonly condition: Condition;
}

export function groupName(group: number): string {
  return `tools.g${String(group).padStart(2, "0")}`;
}

export function actionName(action: number): string {
  return `${groupName(Math.floor(action / ACTIONS_PER_GROUP) % GROUPS)}.a${action % ACTIONS_PER_GROUP}`;
}

export function allActions(): readonly string[] {
  return Array.from({ length: ACTIONS }, (_, action) => actionName(action));
}

const TEAMS = 22;
const ASKING_EVERYBODY = 3;

export type Spread = "teams" | "everybody";

const EFFECTS: readonly Effect[] = ["allow", "hold", "allow", "hold", "allow", "hold", "deny"];
const REGIONS = ["eu", "us", "in", "br", "jp"];

export function rulesOf(count: number, spread: Spread): readonly Rule[] {
  return Array.from({ length: count }, (_, number): Rule => {
    const about =
      count <= GROUPS
        ? ({ kind: "group", name: groupName(number) } as const)
        : ({ kind: "action", name: actionName(number % ACTIONS) } as const);
    return {
      id: `r${number}`,
      effect: EFFECTS[number % EFFECTS.length] ?? "hold",
      about,
      subjectGroup: spread === "teams" ? teamOf(Math.floor(number / ACTIONS)) : null,
      condition: conditionOf(number),
    };
  });
}

/** @param place of the rule among those about its action. */
function teamOf(place: number): string | null {
  return place < ASKING_EVERYBODY ? null : teamName(place - ASKING_EVERYBODY);
}

function teamName(number: number): string {
  return `team-${number % TEAMS}`;
}

function conditionOf(number: number): Condition {
  // Differs between the rules of one action, whose numbers are 200 apart.
  const turn = number + Math.floor(number / ACTIONS);
  switch (turn % 5) {
    case 0:
      return { kind: "amount_over", minorUnits: (((number * 7_919) % 90) + 5) * 10_000 };
    case 1:
      return { kind: "label", env: turn % 2 === 0 ? "production" : "staging" };
    case 2:
      return {
        kind: "region_in",
        regions: [REGIONS[turn % 5] ?? "", REGIONS[(turn + 2) % 5] ?? ""],
      };
    case 3:
      return { kind: "target_begins", text: turn % 2 === 0 ? "prod-" : "db-" };
    default:
      return {
        kind: "many_of_type",
        count: (number * 31) % 200,
        type: turn % 2 === 0 ? "database" : "bucket",
      };
  }
}

/** What a request carries, in no contestant's form. */
export interface Facts {
  readonly action: string;
  readonly group: string;
  readonly amountMinorUnits: number;
  readonly region: string;
  readonly target: string;
  readonly count: number;
  readonly resourceType: string;
  readonly resourceId: string;
  readonly env: string;
  readonly subjectGroups: readonly string[];
}

/** Two requests about each action, spread over the outcomes of the conditions. */
export function requests(): readonly Facts[] {
  return Array.from({ length: ACTIONS * 2 }, (_, number): Facts => {
    const action = number % ACTIONS;
    const turn = number + Math.floor(number / ACTIONS) * 3;
    return {
      action: actionName(action),
      group: groupName(Math.floor(action / ACTIONS_PER_GROUP)),
      amountMinorUnits: ((turn * 104_729) % 100) * 10_000 + 50,
      region: REGIONS[turn % REGIONS.length] ?? "eu",
      target: ["prod-17", "db-main", "test-3"][turn % 3] ?? "",
      count: (turn * 53) % 250,
      resourceType: turn % 2 === 0 ? "database" : "bucket",
      resourceId: `res-${turn % 40}`,
      env: turn % 3 === 0 ? "production" : "staging",
      subjectGroups: [teamName(turn), teamName(turn * 7 + 3)],
    };
  });
}

/** `123456` → `1234.56 USD`. */
export function moneyText(minorUnits: number): string {
  return `${Math.floor(minorUnits / 100)}.${String(minorUnits % 100).padStart(2, "0")} USD`;
}

/** As the server asks its policy. */
export function policyInput(facts: Facts): PolicyInput {
  const { amountMinorUnits, region, target, count } = facts;
  return {
    revision: {
      subject: { type: "agent", id: "agent-1" },
      action: {
        name: facts.action,
        properties: { amount: moneyText(amountMinorUnits), region, target, count },
      },
      resource: { type: facts.resourceType, id: facts.resourceId },
      context: { justification: "because" },
    },
    identity: {
      id: "agent-1",
      type: "agent",
      owner: "chen",
      stage: "active",
      groups: facts.subjectGroups,
      labels: { env: facts.env },
      actsForPeople: false,
      may: null,
      mode: "enforce",
    },
    assurance: "cooperative",
    organisation: NOTHING_OWN,
    now: 1_795_000_000_000,
  };
}

/** What all contestants must agree on: the effect and the rules it comes from. */
export interface Verdict {
  readonly effect: Effect;
  /** Forbidding rules (hold and deny) that apply, or, where none does, allowing ones. Sorted. */
  readonly rules: readonly string[];
}

export function verdictOf(applied: Iterable<Pick<Rule, "id" | "effect">>): Verdict {
  const all = [...applied];
  const forbidding = all.filter(({ effect }) => effect !== "allow");
  const deciding = forbidding.length > 0 ? forbidding : all;
  const rules = deciding.map(({ id }) => id).sort();
  if (all.length === 0) return { effect: "hold", rules };
  if (forbidding.length === 0) return { effect: "allow", rules };
  return { effect: forbidding.some(({ effect }) => effect === "deny") ? "deny" : "hold", rules };
}
