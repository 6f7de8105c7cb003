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
  type ConfirmStatement,
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
  return mergeAllObligations([a, b]);
}

/** What satisfies all of them, at least one. */
export function mergeAllObligations(
  all: readonly [Obligations, ...(readonly Obligations[])],
): Obligations {
  const [first] = all;
  let { risk, stepUp, deadlineMs, extendMs, undoMs, grantDeadlineMs, assurance, onReject } = first;
  for (const each of all) {
    risk = higherRisk(risk, each.risk);
    stepUp = stricterStepUp(stepUp, each.stepUp);
    deadlineMs = Math.min(deadlineMs, each.deadlineMs);
    extendMs = Math.min(extendMs, each.extendMs);
    undoMs = Math.max(undoMs, each.undoMs);
    grantDeadlineMs = Math.min(grantDeadlineMs, each.grantDeadlineMs);
    if (each.assurance === "mediated") assurance = "mediated";
    if (each.onReject === "halt_session") onReject = "halt_session";
  }
  return {
    risk,
    approval: all.every(({ approval }) => approval === "self") ? "self" : "quorum",
    quorum: mergeQuorums(all.map(({ quorum }) => quorum)),
    confirm: mergeConfirm(all.map(({ confirm }) => confirm)),
    stepUp,
    editableFields: intersection(all.map(({ editableFields }) => editableFields)),
    editorMayApprove: all.every(({ editorMayApprove }) => editorMayApprove),
    ownerMayApprove: all.every(({ ownerMayApprove }) => ownerMayApprove),
    onBehalfOfMayApprove: all.every(({ onBehalfOfMayApprove }) => onBehalfOfMayApprove),
    excludedPersons: union(all.map(({ excludedPersons }) => excludedPersons)),
    deadlineMs,
    extendMs,
    undoMs,
    grantDeadlineMs,
    assurance,
    onReject,
    ruleOwners: union(all.map(({ ruleOwners }) => ruleOwners)),
    controls: union(all.map(({ controls }) => controls)),
  };
}

/** The stricter of two risks. */
export function higherRisk(a: Risk, b: Risk): Risk {
  return RISKS.indexOf(a) >= RISKS.indexOf(b) ? a : b;
}

/** Distinct members in code unit order. */
export function sortedSet(members: Iterable<string>): readonly string[] {
  return [...new Set(members)].sort();
}

function stricterStepUp(a: StepUp, b: StepUp): StepUp {
  return STEP_UPS.indexOf(a) >= STEP_UPS.indexOf(b) ? a : b;
}

function union(lists: readonly (readonly string[])[]): readonly string[] {
  const members = new Set<string>();
  for (const list of lists) for (const member of list) members.add(member);
  return [...members].sort();
}

function intersection(lists: readonly (readonly string[])[]): readonly string[] {
  const [first = [], ...others] = lists;
  if (lists.some((list) => list.length === 0)) return [];
  return sortedSet(first.filter((member) => others.every((list) => list.includes(member))));
}

/** Different texts under one id are two statements: a tick is given to what was read. */
function mergeConfirm(
  lists: readonly (readonly ConfirmStatement[])[],
): readonly ConfirmStatement[] {
  const byKey = new Map<string, ConfirmStatement>();
  for (const list of lists) {
    for (const statement of list) byKey.set(`${statement.id}\n${statement.text}`, statement);
  }
  return inKeyOrder(byKey);
}

function inKeyOrder<T>(byKey: ReadonlyMap<string, T>): readonly T[] {
  return [...byKey].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, member]) => member);
}

function mergeQuorums(quorums: readonly (readonly QuorumClause[])[]): readonly QuorumClause[] {
  const merged = new Map<string, QuorumClause>();
  for (const quorum of quorums) {
    for (const [key, clause] of clausesBySource(quorum)) {
      const same = merged.get(key);
      merged.set(key, same === undefined ? clause : mergeClauses(same, clause));
    }
  }
  return inKeyOrder(merged);
}

/** One clause for each set of sources. Two of them in one quorum are slots that add up. */
function clausesBySource(quorum: readonly QuorumClause[]): ReadonlyMap<string, QuorumClause> {
  const clauses = new Map<string, QuorumClause>();
  for (const clause of quorum) {
    const from = clause.from.length < 2 ? clause.from : sortedSet(clause.from);
    // A source holds no white space (see the policy schema), so the key is unambiguous.
    const key = from.join(" ");
    const same = clauses.get(key);
    if (same === undefined) {
      clauses.set(key, { count: clause.count, from, escalate: clause.escalate });
    } else {
      const escalate = commonEscalations(same.escalate, clause.escalate);
      clauses.set(key, { count: same.count + clause.count, from, escalate });
    }
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
