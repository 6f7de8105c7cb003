/**
 * Whoever administers the registry makes no reviewer of themselves and loosens nothing that they
 * answer for: another operator does (T7, T13). The host's own commands are nobody's, and recorded.
 */
import type { OnCallShift, StoredIdentity } from "../ports/store.ts";
import { refused, type Answer } from "./answer.ts";
import { ACTING_STAGES } from "./facts.ts";

type Shift = Omit<OnCallShift, "roster">;
type Registered = Omit<StoredIdentity, "id" | "createdAt">;

const PERSON = "person:";

/** @param before the roster's shifts as they are. */
export function refuseOwnShift(
  by: string,
  before: readonly Shift[],
  wanted: readonly Shift[],
): Answer<never> | null {
  const isOwn = ({ person }: Shift): boolean => `${PERSON}${person}` === by;
  const has = (shift: Shift): boolean =>
    before.some((each) => isOwn(each) && each.from <= shift.from && shift.until <= each.until);
  const index = wanted.findIndex((shift) => isOwn(shift) && !has(shift));
  if (index === -1) return null;
  const detail = "nobody puts themselves on call; another operator can";
  return refused("separation_of_duties", detail, { field: `shifts.${index}.person` });
}

/** @param before what it is; of a new one, what it would be if nothing were sent. */
export function refuseOwnLoosening(
  by: string,
  before: Registered,
  after: Registered,
): Answer<never> | null {
  const isOwn = [before, after].some(({ owner }) => `${PERSON}${owner}` === by);
  const field = LOOSENED.find(({ by: loosens }) => loosens(before, after))?.field;
  if (!isOwn || field === undefined) return null;
  const detail = `nobody loosens \`${field}\` of an identity that they own; another operator can`;
  return refused("separation_of_duties", detail, { field });
}

/**
 * What policy decides by, and which changes of it may ask for less. Of a group, a label or a type only
 * policy knows which way it points, and an owner counts as no reviewer: any change of these.
 */
const LOOSENED: readonly {
  readonly field: string;
  readonly by: (before: Registered, after: Registered) => boolean;
}[] = [
  { field: "owner", by: (before, after) => before.owner !== after.owner },
  { field: "type", by: (before, after) => before.type !== after.type },
  {
    field: "stage",
    by: (before, after) => before.stage !== after.stage && ACTING_STAGES.has(after.stage),
  },
  { field: "groups", by: (before, after) => !isSame(before.groups, after.groups) },
  { field: "labels", by: (before, after) => !isSame(pairs(before.labels), pairs(after.labels)) },
  {
    field: "acts_for_people",
    by: (before, after) => !before.actsForPeople && after.actsForPeople,
  },
  {
    field: "assurance",
    by: (before, after) =>
      before.assurance !== after.assurance && after.assurance !== "cooperative",
  },
  { field: "mode", by: (before, after) => before.mode !== after.mode && after.mode !== "enforce" },
  { field: "may", by: (before, after) => !isWithin(after.may, before.may) },
];

/** Null: anything. */
function isWithin(after: Registered["may"], before: Registered["may"]): boolean {
  if (before === null) return true;
  return after !== null && after.every((each) => before.includes(each));
}

function isSame(before: readonly string[], after: readonly string[]): boolean {
  return JSON.stringify([...before].sort()) === JSON.stringify([...after].sort());
}

function pairs(labels: Registered["labels"]): readonly string[] {
  return Object.entries(labels).map((each) => JSON.stringify(each));
}
