/**
 * Whoever administers the registry makes no reviewer of themselves and loosens nothing that they
 * answer for: another operator does (T7, T13). The host's own commands are nobody's, and recorded.
 */
import {
  ACTING_STAGES,
  changedLabels,
  PRIVILEGES,
  type Registration,
} from "../domain/registry/lifecycle.ts";
import type { OnCallShift } from "../ports/store.ts";
import { refused, type Answer } from "./answer.ts";
import { sentAs } from "./identity-members.ts";

type Shift = Omit<OnCallShift, "roster">;

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
  before: Registration,
  after: Registration,
): Answer<never> | null {
  const isOwn = [before, after].some(({ owner }) => `${PERSON}${owner}` === by);
  const field = LOOSENED.find(({ by: loosens }) => loosens(before, after))?.field;
  if (!isOwn || field === undefined) return null;
  const detail = `nobody loosens \`${field}\` of an identity that they own; another operator can`;
  return refused("separation_of_duties", detail, { field });
}

/** What loosens an identity for its own operator; an owner counts as no reviewer of its actions. */
const LOOSENED: readonly {
  readonly field: string;
  readonly by: (before: Registration, after: Registration) => boolean;
}[] = [
  { field: "owner", by: (before, after) => before.owner !== after.owner },
  {
    field: "stage",
    by: (before, after) => before.stage !== after.stage && ACTING_STAGES.has(after.stage),
  },
  { field: "labels", by: (before, after) => changedLabels(before, after).length > 0 },
  ...PRIVILEGES.map(({ field, by }) => ({ field: sentAs(field), by })),
];
