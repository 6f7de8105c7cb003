/**
 * Who may decide, told a second time and in another way, so that the machine has something to be
 * wrong against: obligations are kept as the list of everything that was ever asked for, nothing is
 * merged, and slots are filled by trying every choice.
 */
import type { Obligations, Roster } from "../../packages/server/src/domain/policy/model.ts";
import { OWNER } from "./cast.ts";

/** An approval of the present revision that has not been taken back. */
export interface Approval {
  readonly person: string;
  readonly stepUp: "none" | "passkey";
  readonly confirmed: readonly string[];
}

export interface Bound {
  readonly asked: readonly Obligations[];
  readonly escalated: boolean;
  readonly actsForPeople: boolean;
  readonly onBehalfOf: string | null;
  readonly editors: readonly string[];
  readonly roster: Roster;
  /** T11: whose membership nobody has confirmed in time. */
  readonly unconfirmed: ReadonlySet<string>;
  /** The owner as registered now. */
  readonly ownerNow: string | null;
}

interface Slot {
  readonly sources: readonly string[];
}

/** All asked for `self`: then the person acted for confirms, and no group decides. */
export function isSelf(bound: Bound): boolean {
  return bound.asked.every((each) => each.approval === "self");
}

/** Every slot of every clause; the same sources asked for twice are asked for once, by the larger. */
function slots(bound: Bound): readonly Slot[] {
  const { asked, escalated } = bound;
  const cache = escalated ? slotsEscalated : slotsAsked;
  const known = cache.get(asked);
  if (known !== undefined) return known;
  const larger = new Map<string, { count: number; sources: readonly string[] }>();
  for (const clause of asked.flatMap((each) => each.quorum)) {
    const added = escalated ? clause.escalate.map((step) => step.to) : [];
    const sources = [...clause.from, ...added];
    const key = [...sources].sort().join();
    const count = Math.max(clause.count, larger.get(key)?.count ?? 0);
    larger.set(key, { count, sources });
  }
  const open = [...larger.values()].flatMap(({ count, sources }) =>
    Array.from({ length: count }, (): Slot => ({ sources })),
  );
  cache.set(asked, open);
  return open;
}

/** The walk asks for the same slots over and over; what was asked never changes in place. */
const slotsAsked = new WeakMap<readonly Obligations[], readonly Slot[]>();
const slotsEscalated = new WeakMap<readonly Obligations[], readonly Slot[]>();

function isMember(bound: Bound, slot: Slot, person: string): boolean {
  return slot.sources.some((source) => bound.roster.get(source)?.includes(person) ?? false);
}

function isActive(bound: Bound, person: string): boolean {
  return bound.roster.get(`person:${person}`)?.includes(person) ?? false;
}

export function mayReview(bound: Bound, person: string): boolean {
  if (bound.asked.length === 0) return false;
  if (isSelf(bound)) {
    return bound.actsForPeople && person === bound.onBehalfOf && isActive(bound, person);
  }
  return slots(bound).some((slot) => isMember(bound, slot, person));
}

/** I4: whoever may not count, each unless every rule that asked says otherwise. */
export function isConflicted(bound: Bound, person: string): boolean {
  const { asked, onBehalfOf, actsForPeople } = bound;
  const unresolved = onBehalfOf === null || !isActive(bound, onBehalfOf);
  if (actsForPeople && unresolved) return true;
  if (asked.some((each) => each.excludedPersons.includes(person))) return true;
  if (bound.editors.includes(person) && !asked.every((each) => each.editorMayApprove)) return true;
  if (isSelf(bound)) return false;
  const owns = person === OWNER || person === bound.ownerNow;
  if (owns && !asked.every((each) => each.ownerMayApprove)) return true;
  return person === onBehalfOf && !asked.every((each) => each.onBehalfOfMayApprove);
}

/** I3: distinct persons for all slots. Tries every choice. */
function canFill(bound: Bound, persons: readonly string[]): boolean {
  if (bound.asked.length === 0) return false;
  const able = [...new Set(persons)].filter(
    (person) => mayReview(bound, person) && !isConflicted(bound, person),
  );
  if (isSelf(bound)) return able.length > 0;
  const open = slots(bound);
  const choose = (index: number, free: readonly string[]): boolean => {
    const slot = open[index];
    if (slot === undefined) return open.length > 0;
    return free.some(
      (person) =>
        isMember(bound, slot, person) &&
        choose(
          index + 1,
          free.filter((p) => p !== person),
        ),
    );
  };
  return choose(0, able);
}

/** Whether anybody at all could still fill the slots. */
export function isPossible(bound: Bound): boolean {
  return canFill(bound, [...bound.roster.values()].flat());
}

/** An approval counts with what every rule asks for of an approver. */
export function counts(bound: Bound, approval: Approval): boolean {
  return bound.asked.every(
    (each) =>
      (each.stepUp === "none" || approval.stepUp === "passkey") &&
      each.confirm.every((statement) => approval.confirmed.includes(statement.id)),
  );
}

export function isFilled(bound: Bound, approvals: readonly Approval[]): boolean {
  const counted = approvals.filter(
    (approval) => counts(bound, approval) && !bound.unconfirmed.has(approval.person),
  );
  return canFill(
    bound,
    counted.map((approval) => approval.person),
  );
}

/** Everybody a clause names; for those an override skips. */
export function everyReviewer(bound: Bound): readonly string[] {
  const members = slots(bound).flatMap((slot) =>
    slot.sources.flatMap((source) => bound.roster.get(source) ?? []),
  );
  const principal = isSelf(bound) && bound.onBehalfOf !== null ? [bound.onBehalfOf] : [];
  return [...new Set([...members, ...principal])].sort();
}
