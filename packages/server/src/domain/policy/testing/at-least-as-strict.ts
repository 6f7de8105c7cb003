/**
 * Whether one answer of policy asks for at least as much as another. Written from the meaning, by
 * trying every set of reviewers, and without a look at how merging works.
 */
import {
  RISKS,
  STEP_UPS,
  type Obligations,
  type PolicyDecision,
  type QuorumClause,
  type Roster,
} from "../model.ts";

const EFFECTS = ["allow", "hold", "deny"];

/** Null, or what `after` gives up that `before` asked for. */
export function whatIsLooser(
  after: PolicyDecision,
  before: PolicyDecision,
  roster: Roster,
): string | null {
  if (EFFECTS.indexOf(after.effect) < EFFECTS.indexOf(before.effect)) {
    return `${before.effect} became ${after.effect}`;
  }
  if (after.effect === "deny") return null;
  if (after.vetoWindowMs < before.vetoWindowMs) return "the veto window shrank";
  if (RISKS.indexOf(after.risk) < RISKS.indexOf(before.risk)) return "the risk fell";
  if (after.grantDeadlineMs > before.grantDeadlineMs) return "the grant lasts longer";
  if (after.obligations === null || before.obligations === null) {
    return after.effect === "hold" && after.obligations === null ? "a hold asks for nothing" : null;
  }
  return whatObligationsGiveUp(after.obligations, before.obligations, roster);
}

/** Null, or what satisfies `after` and not `before`. */
export function whatObligationsGiveUp(
  after: Obligations,
  before: Obligations,
  roster: Roster,
): string | null {
  const checks: readonly (readonly [string, boolean])[] = [
    ["risk", RISKS.indexOf(after.risk) >= RISKS.indexOf(before.risk)],
    ["step-up", STEP_UPS.indexOf(after.stepUp) >= STEP_UPS.indexOf(before.stepUp)],
    ["confirm", contains(after.confirm.map(statement), before.confirm.map(statement))],
    ["editable", contains(before.editableFields, after.editableFields)],
    ["editor", before.editorMayApprove || !after.editorMayApprove],
    ["owner", before.ownerMayApprove || !after.ownerMayApprove],
    ["on behalf", before.onBehalfOfMayApprove || !after.onBehalfOfMayApprove],
    ["excluded", contains(after.excludedPersons, before.excludedPersons)],
    ["deadline", after.deadlineMs <= before.deadlineMs],
    ["extend", after.extendMs <= before.extendMs],
    ["undo", after.undoMs >= before.undoMs],
    ["grant", after.grantDeadlineMs <= before.grantDeadlineMs],
    ["assurance", before.assurance === "cooperative" || after.assurance === "mediated"],
    ["on reject", before.onReject === "none" || after.onReject === "halt_session"],
    ["owners", contains(after.ruleOwners, before.ruleOwners)],
    ["controls", contains(after.controls, before.controls)],
    ["empty quorum", after.approval === "self" || after.quorum.length > 0],
    ["self", before.approval === "self" || after.approval === "quorum"],
  ];
  const failed = checks.find(([, holds]) => !holds);
  return failed?.[0] ?? whoSlipsThrough(after, before, roster);
}

function statement({ id, text }: { readonly id: string; readonly text: string }): string {
  return JSON.stringify([id, text]);
}

function contains(all: readonly string[], some: readonly string[]): boolean {
  return some.every((member) => all.includes(member));
}

/** A set of persons, at some time on hold, that fills `after` and not `before`. */
function whoSlipsThrough(after: Obligations, before: Obligations, roster: Roster): string | null {
  // That a quorum takes the place of a confirmation is what "quorum beats self" means.
  if (before.approval === "self") return null;
  const everybody = [...new Set([...roster.values()].flat())];
  const times = [after, before].flatMap(({ quorum }) =>
    quorum.flatMap(({ escalate }) => escalate.map(({ afterMs }) => afterMs)),
  );
  for (const atMs of new Set([0, ...times])) {
    for (let bits = 0; bits < 2 ** everybody.length; bits++) {
      const persons = everybody.filter((_, index) => (bits >> index) % 2 === 1);
      if (fills(persons, after, { roster, atMs }) && !fills(persons, before, { roster, atMs })) {
        return `${persons.join(", ")} at ${atMs} ms`;
      }
    }
  }
  return null;
}

interface Moment {
  readonly roster: Roster;
  readonly atMs: number;
}

function fills(persons: readonly string[], obligations: Obligations, moment: Moment): boolean {
  const counted = persons.filter((person) => !obligations.excludedPersons.includes(person));
  const slots = obligations.quorum.flatMap((clause) =>
    Array.from({ length: clause.count }, () => membersNow(clause, moment)),
  );
  return place(slots, counted);
}

function membersNow({ from, escalate }: QuorumClause, { roster, atMs }: Moment): readonly string[] {
  const later = escalate.filter(({ afterMs }) => afterMs <= atMs).map(({ to }) => to);
  return [...from, ...later].flatMap((source) => roster.get(source) ?? []);
}

/** Whether every slot gets somebody of their own: by trying all ways. */
function place(
  [slot, ...others]: readonly (readonly string[])[],
  persons: readonly string[],
): boolean {
  if (slot === undefined) return true;
  return persons.some(
    (person) =>
      slot.includes(person) &&
      place(
        others,
        persons.filter((other) => other !== person),
      ),
  );
}
