/**
 * What is routed to somebody by a delegation in force. INVARIANT: T8, T11. It marks what they may
 * decide anyway, and gives nobody a right: whoever is no reviewer or is conflicted has nothing routed.
 */
import type { RequestState } from "../domain/request/model.ts";
import { isConflicted, isReviewer, type Electorate } from "../domain/request/quorum.ts";
import type { StoredDelegation } from "../ports/delegations.ts";
import type { Standing } from "../ports/store.ts";
import type { App } from "./app.ts";
import { reviewersOf, rosterOf, unconfirmedOf } from "./facts.ts";

/** Who may decide a held request as things stand; null where it needs nobody. */
export async function electorateAt(
  app: App,
  state: RequestState,
  standing: Standing,
): Promise<Electorate | null> {
  const { obligations } = state;
  if (obligations === null) return null;
  const membership = await app.facts.membership(standing.epochs.membership);
  const identity = await membership.identity(state.scope.identity);
  const roster = await rosterOf(app, state, standing);
  const unconfirmed = await unconfirmedOf(app, state, standing);
  return { state, obligations, roster, unconfirmed, ownerNow: identity?.owner ?? null };
}

/** Delegations to this person that are in force; read once for a whole list. */
export function delegationsInForce(
  app: App,
  person: string,
  standing: Standing,
): Promise<readonly StoredDelegation[]> {
  return app.store.delegationsTo(person, standing.time.now);
}

/** On whose behalf it is routed to `to`: those of `from` who could decide it, and have not. */
export function routedFor(
  electorate: Electorate,
  to: string,
  delegations: readonly StoredDelegation[],
): readonly string[] {
  if (!mayDecide(electorate, to)) return [];
  const done = reviewersOf(electorate.state);
  const from = delegations.map((each) => each.from);
  return [...new Set(from)]
    .filter((person) => mayDecide(electorate, person) && !done.includes(person))
    .sort();
}

/** A reviewer whom separation of duties does not keep from it. */
export function mayDecide(electorate: Electorate, person: string): boolean {
  return isReviewer(electorate, person) && !isConflicted(electorate, person);
}

/** Who could decide it now and has not: in one of these sources, or in any where none is named. */
export function openDeciders(
  electorate: Electorate,
  sources: readonly string[] = [...electorate.roster.keys()],
): readonly string[] {
  const done = new Set(reviewersOf(electorate.state));
  const members = sources.flatMap((source) => electorate.roster.get(source) ?? []);
  return [...new Set(members)].filter((id) => !done.has(id) && mayDecide(electorate, id));
}
