/**
 * Policies to simulate with: plain data that is written out for the server and read by the checker,
 * so that the checker knows what a policy asks for without asking the policy engine.
 */
import { sha256Base64url } from "@haltpoint/protocol";
import { ACTIONS, REVIEWERS } from "./cast.ts";
import type { SeededRandom } from "./seeded-random.ts";

export interface Clause {
  readonly count: number;
  readonly from: readonly string[];
}

/** What a hold asks for. */
export interface Hold {
  /** The person acted for confirms; there are no clauses then. */
  readonly self: boolean;
  readonly clauses: readonly Clause[];
  /** Whether `action.properties.amount` may be edited. */
  readonly editable: boolean;
  readonly editorMayApprove: boolean;
  readonly ownerMayApprove: boolean;
  readonly onBehalfOfMayApprove: boolean;
  readonly exclude: readonly string[];
  /** Whether approvers tick the statement `checked`. */
  readonly confirm: boolean;
  readonly passkey: boolean;
  readonly deadlineS: number;
  readonly extendS: number;
  readonly undoS: number;
  readonly haltSession: boolean;
}

export interface Rule {
  readonly id: string;
  readonly action: string;
  /** Applies to amounts above this. */
  readonly above: number;
  readonly decision: "allow" | "hold" | "deny";
  readonly hold: Hold | null;
  readonly vetoS: number;
  readonly grantS: number;
}

export interface Variant {
  readonly groups: Readonly<Record<string, readonly string[]>>;
  /** Null: what no rule allows is denied. */
  readonly fallback: { readonly hold: Hold; readonly grantS: number } | null;
  readonly rules: readonly Rule[];
}

const SOURCES = ["group:finance", "group:security", "person:di", "owner_of:identity"] as const;

/** A policy that loads, most of the time: a quorum that nobody could fill is refused. */
export function randomVariant(random: SeededRandom): Variant {
  const groups = {
    finance: random.some(REVIEWERS, random.between(2, 5)),
    security: random.some(REVIEWERS, random.between(2, 5)),
  };
  const rules: Rule[] = [];
  for (const action of ACTIONS) {
    const levels = [0, 100, 1_000].filter((above) => random.chance(above === 0 ? 0.85 : 0.6));
    for (const above of levels) rules.push(randomRule(random, `r${rules.length}`, action, above));
  }
  const fallback = random.chance(0.6)
    ? { hold: randomHold(random, false), grantS: grantS(random) }
    : null;
  return { groups, fallback, rules };
}

function randomRule(random: SeededRandom, id: string, action: string, above: number): Rule {
  const decision = random.weighted(
    above === 0
      ? { allow: 5, hold: 6, deny: 0 }
      : { allow: 0, hold: 12, deny: above > 100 ? 4 : 1 },
  );
  return {
    id,
    action,
    above,
    decision,
    hold: decision === "hold" ? randomHold(random, random.chance(0.15)) : null,
    vetoS: decision === "allow" && random.chance(0.4) ? random.pick([2, 6]) : 0,
    grantS: grantS(random),
  };
}

function randomHold(random: SeededRandom, self: boolean): Hold {
  return {
    self,
    clauses: self ? [] : randomClauses(random),
    editable: random.chance(0.7),
    editorMayApprove: random.chance(0.4),
    ownerMayApprove: random.chance(0.3),
    onBehalfOfMayApprove: random.chance(0.3),
    exclude: !self && random.chance(0.1) ? [random.pick(REVIEWERS)] : [],
    confirm: random.chance(0.2),
    passkey: random.chance(0.1),
    deadlineS: random.pick([20, 60, 180]),
    extendS: random.pick([0, 30]),
    undoS: random.pick([0, 0, 4, 9]),
    haltSession: random.chance(0.15),
  };
}

function randomClauses(random: SeededRandom): readonly Clause[] {
  const first: Clause = { count: random.pick([1, 1, 1, 1, 2]), from: [random.pick(SOURCES)] };
  if (random.chance(0.7)) return [first];
  const other = SOURCES.filter((source) => !first.from.includes(source));
  return [first, { count: 1, from: random.some(other, random.between(1, 2)) }];
}

function grantS(random: SeededRandom): number {
  return random.pick([10, 30, 60]);
}

/** The policy as the server reads it. JSON is YAML. */
export function policyText(variant: Variant): string {
  const { groups, fallback, rules } = variant;
  return JSON.stringify({
    version: 1,
    default:
      fallback === null
        ? { decision: "deny" }
        : {
            decision: "hold",
            owner: "rex",
            grant: { deadline: seconds(fallback.grantS) },
            ...approvalFields(fallback.hold),
          },
    groups,
    rules: rules.map(ruleFields),
  });
}

function ruleFields(rule: Rule): Readonly<Record<string, unknown>> {
  const { id, action, above, decision, hold, vetoS, grantS: grant } = rule;
  return {
    id,
    owner: "rex",
    match: { action },
    ...(above === 0 ? {} : { when: `action.properties.amount > ${above}` }),
    decision,
    grant: { deadline: seconds(grant) },
    ...(hold === null ? {} : { risk: "medium", approval: approvalFields(hold) }),
    ...(vetoS === 0 ? {} : { veto_window: seconds(vetoS) }),
  };
}

function approvalFields(hold: Hold): Readonly<Record<string, unknown>> {
  const { editable, editorMayApprove, exclude, extendS, undoS } = hold;
  return {
    ...(hold.self ? { approvers: "self" } : { quorum: hold.clauses }),
    ...(hold.confirm ? { confirm: [{ id: "checked", text: "The amount was checked" }] } : {}),
    ...(hold.passkey ? { step_up: "passkey" } : {}),
    ...(editable
      ? {
          edits: { fields: ["action.properties.amount"], editor_may_approve: editorMayApprove },
        }
      : {}),
    deadline: seconds(hold.deadlineS),
    ...(extendS === 0 ? {} : { extend: seconds(extendS) }),
    ...(undoS === 0 ? {} : { undo: seconds(undoS) }),
    on_reject: hold.haltSession ? "halt_session" : "none",
    ...(hold.self
      ? {}
      : {
          owner_may_approve: hold.ownerMayApprove,
          on_behalf_of_may_approve: hold.onBehalfOfMayApprove,
        }),
    ...(exclude.length === 0 ? {} : { exclude }),
  };
}

function seconds(count: number): string {
  return `${count}s`;
}

/** What the ledger calls the policy with this text. */
export function versionOf(text: string): string {
  return sha256Base64url(text);
}
