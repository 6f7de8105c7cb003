/**
 * What a policy asks of an action, worked out from the policy's data alone: matched rules replace
 * the default, the most restrictive wins, and holds merge so that both are met.
 */
import type { Clause, Hold, Variant } from "../policy-variant.ts";

/** What must be true before a held request is approved. */
export interface Demand extends Omit<Hold, "deadlineS" | "extendS" | "undoS" | "haltSession"> {
  readonly deadlineMs: number;
  readonly undoMs: number;
  readonly grantMs: number;
}

export interface Expected {
  readonly effect: "allow" | "hold" | "deny";
  readonly demand: Demand | null;
  readonly vetoMs: number;
  /** For an action that is allowed. */
  readonly grantMs: number;
  /** What is asked where a veto window could be told to nobody; null: then it is denied. */
  readonly fallback: Demand | null;
}

/** @param variant null: no policy is in force. */
export function expectedOf(variant: Variant | null, action: string, amount: number): Expected {
  const fallback = demandOf(variant?.fallback?.hold, variant?.fallback?.grantS);
  const rules = (variant?.rules ?? []).filter(
    (rule) => rule.action === action && (rule.above === 0 || amount > rule.above),
  );
  if (rules.length === 0) {
    const effect = fallback === null ? "deny" : "hold";
    return { effect, demand: fallback, vetoMs: 0, grantMs: 0, fallback };
  }
  const vetoMs = 1_000 * Math.max(...rules.map((rule) => rule.vetoS));
  const grantMs = 1_000 * Math.min(...rules.map((rule) => rule.grantS));
  const holds = rules.flatMap((rule) => demandOf(rule.hold, rule.grantS) ?? []);
  if (rules.some((rule) => rule.decision === "deny")) {
    return { effect: "deny", demand: null, vetoMs: 0, grantMs, fallback };
  }
  if (holds.length === 0) return { effect: "allow", demand: null, vetoMs, grantMs, fallback };
  const demand = { ...holds.reduce(bothDemands), grantMs };
  return { effect: "hold", demand, vetoMs, grantMs, fallback };
}

function demandOf(hold: Hold | null | undefined, grantS = 0): Demand | null {
  if (hold === null || hold === undefined) return null;
  const { deadlineS, extendS: _extendS, undoS, haltSession: _haltSession, ...rest } = hold;
  return {
    ...rest,
    // The person acted for confirms their own action; that says nothing of other rules' reviewers.
    ownerMayApprove: hold.self || hold.ownerMayApprove,
    onBehalfOfMayApprove: hold.self || hold.onBehalfOfMayApprove,
    // Without a permission to edit there is none for editors to approve.
    editorMayApprove: hold.editable && hold.editorMayApprove,
    deadlineMs: deadlineS * 1_000,
    undoMs: undoS * 1_000,
    grantMs: grantS * 1_000,
  };
}

/** What meets both: nothing that either asks for is lost. */
function bothDemands(a: Demand, b: Demand): Demand {
  return {
    self: a.self && b.self,
    clauses: bothQuorums(a.clauses, b.clauses),
    editable: a.editable && b.editable,
    editorMayApprove: a.editorMayApprove && b.editorMayApprove,
    ownerMayApprove: a.ownerMayApprove && b.ownerMayApprove,
    onBehalfOfMayApprove: a.onBehalfOfMayApprove && b.onBehalfOfMayApprove,
    exclude: [...a.exclude, ...b.exclude],
    confirm: a.confirm || b.confirm,
    passkey: a.passkey || b.passkey,
    deadlineMs: Math.min(a.deadlineMs, b.deadlineMs),
    undoMs: Math.max(a.undoMs, b.undoMs),
    grantMs: Math.min(a.grantMs, b.grantMs),
  };
}

/** Either may be missing: then the other is what is asked. */
export function stricter(a: Demand | null, b: Demand | null): Demand | null {
  return a === null || b === null ? (a ?? b) : bothDemands(a, b);
}

/** Clauses with the same sources take the larger count, others stand side by side. */
function bothQuorums(a: readonly Clause[], b: readonly Clause[]): readonly Clause[] {
  const key = (clause: Clause): string => [...clause.from].sort().join(" ");
  const counts = new Map<string, Clause>(a.map((clause) => [key(clause), clause]));
  for (const clause of b) {
    const same = counts.get(key(clause));
    if (same === undefined || same.count < clause.count) counts.set(key(clause), clause);
  }
  return [...counts.values()];
}
