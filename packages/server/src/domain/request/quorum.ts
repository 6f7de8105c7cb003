/** Who may decide a request, whose review counts, and whether the slots can be filled. */
import type { Obligations, Roster } from "../policy/model.ts";
import { STEP_UPS } from "../policy/model.ts";
import type { RequestState, Review } from "./model.ts";

/** What eligibility depends on; the same at approval and at redeem (I3). */
export interface Electorate {
  readonly state: RequestState;
  readonly obligations: Obligations;
  readonly roster: Roster;
  /** The identity's owner as registered now; null once the identity is gone. */
  readonly ownerNow: string | null;
  /** Members whose membership the identity provider has not confirmed of late. */
  readonly unconfirmed: ReadonlySet<string>;
}

/** The key under which the roster holds one person, if active. */
export function personSource(person: string): string {
  return `person:${person}`;
}

/** Every source whose members a decision about this request may need. */
export function sourcesNeeded(
  obligations: readonly (Obligations | null)[],
  onBehalfOf: string | null,
): readonly string[] {
  const sources = new Set<string>();
  for (const each of obligations) {
    for (const clause of each?.quorum ?? []) {
      for (const source of clause.from) sources.add(source);
      for (const step of clause.escalate) sources.add(step.to);
    }
  }
  if (onBehalfOf !== null) sources.add(personSource(onBehalfOf));
  return [...sources];
}

/** Whether separation of duties keeps this person's approval from counting; see `conflictOf`. */
export function isConflicted(electorate: Electorate, person: string): boolean {
  return conflictOf(electorate, person) !== null;
}

/**
 * What keeps this person's approval from counting, as a clause about "you"; null where nothing does.
 *
 * INVARIANT: I4. The owner (then and now), the person acted for, every editor and whoever the rules
 * exclude, each unless the rules say otherwise. Where the person acted for should be known and is
 * not, or is no active person, nobody can be told apart from them, so nobody counts (T8).
 */
export function conflictOf(electorate: Electorate, person: string): string | null {
  const { state, obligations, ownerNow } = electorate;
  if (state.actsForPeople && !isActive(electorate.roster, state.onBehalfOf)) {
    return "nobody knows for whom this is done, so nobody can be told apart from them";
  }
  if (obligations.excludedPersons.includes(person)) return "the policy excludes you";
  if (!obligations.editorMayApprove && state.edits.some((edit) => edit.by === person)) {
    return "you edited this";
  }
  if (obligations.approval === "self") return null;
  if (!obligations.ownerMayApprove && (person === state.scope.owner || person === ownerNow)) {
    return "you own the identity that asks";
  }
  const isForThem = !obligations.onBehalfOfMayApprove && person === state.onBehalfOf;
  return isForThem ? "this is done for you" : null;
}

/** Whether the person is in any source that may fill a slot, conflicts aside. */
export function isReviewer(electorate: Electorate, person: string): boolean {
  const { obligations, roster } = electorate;
  if (obligations.approval === "self") {
    return isActedFor(electorate, person) && isActive(roster, person);
  }
  return obligations.quorum.some((clause) => isMember(roster, clause.from, person));
}

/**
 * The persons whose approvals fill all slots, or null where they do not.
 *
 * INVARIANT: I3. One person fills one slot (T10): an injective matching of all slots of all clauses
 * to distinct persons, each currently a member, unconflicted, having approved this very revision
 * with every statement ticked and the step-up that is required now.
 */
export function filledBy(electorate: Electorate): readonly string[] | null {
  return fill(electorate, countedApprovers(electorate));
}

/** Whether some set of people could still fill all slots. */
export function canBeFilled(electorate: Electorate): boolean {
  const { state, obligations, roster } = electorate;
  const everybody = new Set<string>();
  if (obligations.approval === "self") {
    if (state.onBehalfOf !== null) everybody.add(state.onBehalfOf);
  }
  for (const clause of obligations.quorum) {
    for (const source of clause.from) {
      for (const person of roster.get(source) ?? []) everybody.add(person);
    }
  }
  const eligible = [...everybody].filter((person) => !isConflicted(electorate, person));
  return fill(electorate, eligible) !== null;
}

/** How many of the slots the approvals so far fill, and how many slots there are. */
export function progress(electorate: Electorate): { filled: number; slots: number } {
  const slots = slotsOf(electorate);
  return { filled: match(slots, countedApprovers(electorate)).size, slots: slots.length };
}

/**
 * Persons who fill no slot only because their membership is not confirmed: with it, all slots would
 * be filled. Empty where the reviews fall short, or suffice, whatever the provider says.
 */
export function lackingConfirmation(electorate: Electorate): readonly string[] {
  if (filledBy(electorate) !== null) return [];
  const confirmed = { ...electorate, unconfirmed: NOBODY };
  if (filledBy(confirmed) === null) return [];
  return countedApprovers(confirmed).filter((person) => electorate.unconfirmed.has(person));
}

const NOBODY: ReadonlySet<string> = new Set();

/** INVARIANT: I3, T11. A membership that could not be confirmed in time counts for nothing. */
function countedApprovers(electorate: Electorate): readonly string[] {
  const { state, obligations, unconfirmed } = electorate;
  const persons = state.reviews
    .filter((review) => isCountable(review, state, obligations))
    .map((review) => review.person)
    .filter((person) => isReviewer(electorate, person) && !isConflicted(electorate, person))
    .filter((person) => !unconfirmed.has(person));
  return [...new Set(persons)];
}

function isCountable(review: Review, state: RequestState, obligations: Obligations): boolean {
  return (
    review.verdict === "approve" &&
    review.revision === state.revision.number &&
    review.digest === state.revision.digest &&
    STEP_UPS.indexOf(review.stepUp) >= STEP_UPS.indexOf(obligations.stepUp) &&
    obligations.confirm.every((statement) => review.confirmed.includes(statement.id))
  );
}

/** For each slot, whether a person may fill it. */
type Slot = (person: string) => boolean;

function slotsOf(electorate: Electorate): readonly Slot[] {
  const { obligations, roster } = electorate;
  if (obligations.approval === "self") {
    return [(person) => isActedFor(electorate, person) && isActive(roster, person)];
  }
  return obligations.quorum.flatMap((clause) =>
    Array.from(
      { length: clause.count },
      (): Slot => (person) => isMember(roster, clause.from, person),
    ),
  );
}

function fill(electorate: Electorate, persons: readonly string[]): readonly string[] | null {
  const slots = slotsOf(electorate);
  if (slots.length === 0) return null; // no slot is no quorum: an empty rule never approves
  const matched = match(slots, persons);
  return matched.size === slots.length ? [...matched.values()] : null;
}

/** Maximum bipartite matching by augmenting paths (Kuhn). Slot index → person. */
function match(slots: readonly Slot[], persons: readonly string[]): Map<number, string> {
  const slotOf = new Map<string, number>();
  const assign = (slot: number, tried: Set<string>): boolean => {
    for (const person of persons) {
      if (tried.has(person) || slots[slot]?.(person) !== true) continue;
      tried.add(person);
      const taken = slotOf.get(person);
      if (taken === undefined || assign(taken, tried)) {
        slotOf.set(person, slot);
        return true;
      }
    }
    return false;
  };
  slots.forEach((_, slot) => assign(slot, new Set()));
  return new Map([...slotOf].map(([person, slot]) => [slot, person]));
}

function isMember(roster: Roster, sources: readonly string[], person: string): boolean {
  return sources.some((source) => roster.get(source)?.includes(person) === true);
}

/**
 * INVARIANT: I13. `on_behalf_of` is the agent's claim. It gives a person a say only where the
 * registry knows this identity as one that acts for people; everywhere it can take one away.
 */
function isActedFor(electorate: Electorate, person: string): boolean {
  return electorate.state.actsForPeople && person === electorate.state.onBehalfOf;
}

function isActive(roster: Roster, person: string | null): boolean {
  return person !== null && roster.get(personSource(person))?.includes(person) === true;
}
