/**
 * Merging what several rules, or one rule at two times, ask for.
 *
 * INVARIANT: I12 and "once held, a request stays held": policy is asked again after an edit and at
 * redeem, and the stricter of then and now holds. So merging is commutative, associative and
 * idempotent, and its result asks for at least what each of its operands asks for.
 *
 * Lists are sets here and come out sorted: two merges of the same things are equal as data,
 * whatever the order.
 */
import {
  RISKS,
  STEP_UPS,
  type Escalation,
  type Obligations,
  type QuorumClause,
  type Risk,
  type StepUp,
} from "./model.ts";

/**
 * What satisfies both `a` and `b`. Clauses with the same `from` merge by the larger count, others
 * add; what a reviewer may do (edit, approve as editor, owner or principal) only where both say so.
 */
export function mergeObligations(a: Obligations, b: Obligations): Obligations {
  const bothSelf = a.approval === "self" && b.approval === "self";
  return {
    risk: higherRisk(a.risk, b.risk),
    approval: bothSelf ? "self" : "quorum",
    quorum: mergeQuorums(a.quorum, b.quorum),
    confirm: unionBy([...a.confirm, ...b.confirm], ({ id, text }) => `${id}\n${text}`),
    stepUp: stricterStepUp(a.stepUp, b.stepUp),
    editableFields: intersection(a.editableFields, b.editableFields),
    editorMayApprove: a.editorMayApprove && b.editorMayApprove,
    ownerMayApprove: a.ownerMayApprove && b.ownerMayApprove,
    onBehalfOfMayApprove: a.onBehalfOfMayApprove && b.onBehalfOfMayApprove,
    excludedPersons: union(a.excludedPersons, b.excludedPersons),
    deadlineMs: Math.min(a.deadlineMs, b.deadlineMs),
    extendMs: Math.min(a.extendMs, b.extendMs),
    undoMs: Math.max(a.undoMs, b.undoMs),
    grantDeadlineMs: Math.min(a.grantDeadlineMs, b.grantDeadlineMs),
    assurance: a.assurance === "mediated" ? "mediated" : b.assurance,
    onReject: a.onReject === "halt_session" ? "halt_session" : b.onReject,
    ruleOwners: union(a.ruleOwners, b.ruleOwners),
    controls: union(a.controls, b.controls),
  };
}

/** The stricter of two risks. */
export function higherRisk(a: Risk, b: Risk): Risk {
  return RISKS.indexOf(a) >= RISKS.indexOf(b) ? a : b;
}

/** Distinct members in code unit order. */
export function union(a: readonly string[], b: readonly string[]): readonly string[] {
  if (b.length === 0 && a.length < 2) return a;
  return [...new Set([...a, ...b])].sort();
}

function stricterStepUp(a: StepUp, b: StepUp): StepUp {
  return STEP_UPS.indexOf(a) >= STEP_UPS.indexOf(b) ? a : b;
}

function intersection(a: readonly string[], b: readonly string[]): readonly string[] {
  if (a.length === 0 || b.length === 0) return [];
  const other = new Set(b);
  return [...new Set(a.filter((member) => other.has(member)))].sort();
}

function unionBy<T>(members: readonly T[], keyOf: (member: T) => string): readonly T[] {
  if (members.length < 2) return members;
  const byKey = new Map(members.map((member) => [keyOf(member), member]));
  return [...byKey.keys()].sort().flatMap((key) => byKey.get(key) ?? []);
}

type Clauses = Map<string, QuorumClause>;

function mergeQuorums(
  a: readonly QuorumClause[],
  b: readonly QuorumClause[],
): readonly QuorumClause[] {
  const merged = clausesBySource(a);
  for (const [key, clause] of clausesBySource(b)) {
    const same = merged.get(key);
    merged.set(key, same === undefined ? clause : mergeClauses(same, clause));
  }
  return [...merged.keys()].sort().flatMap((key) => merged.get(key) ?? []);
}

/** One clause for each set of sources. Two of them in one quorum are slots that add up. */
function clausesBySource(quorum: readonly QuorumClause[]): Clauses {
  const clauses: Clauses = new Map();
  for (const { count, from, escalate } of quorum) {
    const sources = union(from, []);
    // A source holds no white space (see the policy schema), so the key is unambiguous.
    const key = sources.join(" ");
    const same = clauses.get(key);
    clauses.set(key, {
      count: count + (same?.count ?? 0),
      from: sources,
      escalate: same === undefined ? escalate : commonEscalations(same.escalate, escalate),
    });
  }
  return clauses;
}

function mergeClauses(a: QuorumClause, b: QuorumClause): QuorumClause {
  return {
    count: Math.max(a.count, b.count),
    from: a.from,
    escalate: commonEscalations(a.escalate, b.escalate),
  };
}

/**
 * Escalation lets more persons fill a slot, so only what both allow stays, at the later time: a
 * reviewer from `to` would otherwise satisfy a clause that never named them.
 */
function commonEscalations(
  a: readonly Escalation[],
  b: readonly Escalation[],
): readonly Escalation[] {
  if (a.length === 0 || b.length === 0) return [];
  const common = a.flatMap(({ afterMs, to }) => {
    const other = b.find((escalation) => escalation.to === to);
    return other === undefined ? [] : [{ afterMs: Math.max(afterMs, other.afterMs), to }];
  });
  return common.sort((x, y) => x.afterMs - y.afterMs || (x.to < y.to ? -1 : 1));
}
