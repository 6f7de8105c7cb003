/** Whose approval counts and whether the slots are filled, by trying every assignment. */
import type { Demand } from "./expected-policy.ts";
import type { Standing } from "./standing.ts";

export interface Approval {
  readonly person: string;
  readonly passkey: boolean;
  readonly checked: boolean;
}

/** What the question is about. */
export interface Matter {
  readonly demand: Demand;
  /** Of the current revision. */
  readonly approvals: readonly Approval[];
  readonly editors: readonly string[];
  readonly identityId: string;
  readonly ownerThen: string;
  readonly actsForPeople: boolean;
  readonly onBehalfOf: string | null;
}

/** I4: who may not count, each unless the rule says otherwise. */
export function isConflicted(standing: Standing, matter: Matter, person: string): boolean {
  const { demand, identityId, ownerThen, onBehalfOf } = matter;
  // Behind an action without a known, active person could be anybody, so nobody is told apart.
  if (matter.actsForPeople && !standing.isActive(onBehalfOf ?? "")) return true;
  if (demand.exclude.includes(person)) return true;
  if (!demand.editorMayApprove && matter.editors.includes(person)) return true;
  if (demand.self) return false;
  const owners = [ownerThen, standing.identity(identityId)?.owner];
  if (!demand.ownerMayApprove && owners.includes(person)) return true;
  return !demand.onBehalfOfMayApprove && person === onBehalfOf;
}

/** Whether a person may review at all: member of some source, or the person acted for. */
export function isReviewer(standing: Standing, matter: Matter, person: string): boolean {
  return slotsOf(standing, matter).some((mayFill) => mayFill(person));
}

/** I3: distinct persons who approved, are eligible now and not in conflict fill every slot. */
export function isFilled(standing: Standing, matter: Matter): boolean {
  const { demand, approvals } = matter;
  const counted = approvals
    .filter(({ passkey, checked }) => (passkey || !demand.passkey) && (checked || !demand.confirm))
    .map(({ person }) => person);
  return canFill(standing, matter, counted);
}

/** Whether anybody could still fill them. */
export function couldBeFilled(standing: Standing, matter: Matter): boolean {
  return canFill(standing, matter, standing.activePersons());
}

function canFill(standing: Standing, matter: Matter, persons: readonly string[]): boolean {
  const free = [...new Set(persons)].filter((person) => !isConflicted(standing, matter, person));
  const slots = slotsOf(standing, matter);
  return slots.length > 0 && assign(slots, free);
}

type MayFill = (person: string) => boolean;

function slotsOf(standing: Standing, matter: Matter): readonly MayFill[] {
  const { demand, identityId, actsForPeople, onBehalfOf } = matter;
  if (demand.self) {
    return [(person) => actsForPeople && person === onBehalfOf && standing.isActive(person)];
  }
  return demand.clauses.flatMap(({ count, from }) =>
    Array.from(
      { length: count },
      (): MayFill => (person) =>
        from.some((source) => standing.isMember(person, source, identityId)),
    ),
  );
}

function assign(slots: readonly MayFill[], persons: readonly string[]): boolean {
  const [mayFill, ...rest] = slots;
  if (mayFill === undefined) return true;
  return persons.some(
    (person) =>
      mayFill(person) &&
      assign(
        rest,
        persons.filter((other) => other !== person),
      ),
  );
}
