/**
 * Reads the facts one decision may depend on, and remembers what has to be fenced.
 *
 * INVARIANT: epochs are read first. Whatever changes after that makes the commit stale, and the
 * decision is made again (T37).
 */
import type { Revision } from "@haltpoint/protocol";
import type { Obligations, PolicyDecision, ReviewerSource } from "../domain/policy/model.ts";
import { ACTING_STAGES, LAST_STAGE } from "../domain/registry/lifecycle.ts";
import type { Facts } from "../domain/request/commands.ts";
import type { Actor, RequestScope, RequestState } from "../domain/request/model.ts";
import { sourcesNeeded } from "../domain/request/quorum.ts";
import { scopeKeys } from "../domain/request/scope.ts";
import type { Epochs, Standing, StoredIdentity, StoreTime } from "../ports/store.ts";
import type { BudgetQuery } from "../ports/budgets.ts";
import type { App } from "./app.ts";
import { countBudgets, type Counting } from "./budgets.ts";
import type { Membership } from "./known-facts.ts";
import { boundTo, resourceIdentity } from "./about-resource.ts";
import { readConfirmation } from "./membership-confirmation.ts";
import { inputOf, type Asked } from "./policy-input.ts";

export interface FencedFacts {
  readonly facts: Facts;
  readonly epochs: Epochs;
  /** When the first of the memberships that were found confirmed is so no more; null: never. */
  readonly confirmedUntil: number | null;
  readonly counting: Counting;
}

/** The subject of a decision: which request, whose content, who acts. */
export interface About extends Asked {
  readonly scope: RequestScope;
  readonly onBehalfOf: string | null;
  readonly obligations: Obligations | null;
  /** The revision that totals of budgets are read without; null: it has none yet. */
  readonly leftOut: BudgetQuery["leftOut"];
  readonly actor: Actor;
  /** Who has reviewed it so far; the actor is added. */
  readonly reviewers: readonly string[];
}

/** Reads everything for one decision. @param standing as read before anything else. */
export async function gatherFacts(
  app: App,
  standing: Standing,
  about: About,
): Promise<FencedFacts> {
  const { epochs, time } = standing;
  const membership = await app.facts.membership(epochs.membership);
  const identity = await membership.identity(about.identityId);
  const { policy, counting } = await askPolicy(app, standing, about);
  const needed = sourcesNeeded(
    [about.obligations, policy.obligations, policy.fallback],
    about.onBehalfOf,
  );
  const roster = await readRoster(app, epochs, { sources: needed, membership, time, identity });
  const halts = await app.facts.haltsFor(epochs.halt, scopeKeys(about.scope, identity));
  const inForce = halts.find((halt) => halt.liftedAt === null) ?? null;
  const { actor } = about;
  const asked = [...about.reviewers, ...(actor.kind === "person" ? [actor.id] : [])];
  const confirmation = await readConfirmation(app, membership, asked, time.now);
  const person = actor.kind === "person" ? membership.persons.get(actor.id) : undefined;
  const facts: Facts = {
    now: time.now,
    clockTrusted: time.trusted,
    policy,
    roster,
    unconfirmed: confirmation.unconfirmed,
    identity: identity === null ? null : standingOf(identity),
    person: {
      active: person !== undefined && !person.disabled,
      rights: person?.rights ?? [],
    },
    halts: {
      epoch: epochs.halt,
      active: inForce === null ? null : { id: inForce.id, reason: inForce.reason, by: inForce.by },
      newestMatchingEpoch: Math.max(0, ...halts.map((halt) => halt.epoch)),
    },
    interrupterExists: membership.hasInterrupter(identity?.owner ?? null),
    limits: app.limits.request,
  };
  return { facts, epochs, confirmedUntil: confirmation.until, counting };
}

function standingOf(identity: StoredIdentity): NonNullable<Facts["identity"]> {
  const { stage } = identity;
  return { ...identity, active: ACTING_STAGES.has(stage), offboarded: stage === LAST_STAGE };
}

/** What a decision about an existing request is about. @param revision which one `content` is */
export function aboutRequest(
  state: RequestState,
  content: Revision,
  actor: Actor,
  revision: number = state.revision.number,
): About {
  return {
    leftOut: { requestId: state.id, revision },
    identityId: state.scope.identity,
    scope: state.scope,
    onBehalfOf: state.onBehalfOf,
    assurance: state.assurance,
    obligations: state.obligations,
    content,
    actor,
    reviewers: reviewersOf(state),
  };
}

/** Everybody who reviewed the present revision. */
export function reviewersOf(state: RequestState): readonly string[] {
  const { revision, reviews } = state;
  const present = reviews.filter((review) => review.revision === revision.number);
  return [...new Set(present.map((review) => review.person))];
}

/** Policy's answer on this content, with the totals of its budgets as they are now. */
export async function askPolicy(
  app: App,
  standing: Standing,
  about: Asked & Pick<About, "leftOut">,
): Promise<{ readonly policy: PolicyDecision; readonly counting: Counting }> {
  const policy = await app.policies.current(standing.epochs.policy);
  const input = await inputOf(app, standing, about);
  const of = { policyEpoch: standing.epochs.policy, leftOut: about.leftOut };
  const counting = await countBudgets(app, policy, input, of);
  const decided = policy.decide({ ...input, budgets: counting.totals });
  const membership = await app.facts.membership(standing.epochs.membership);
  return { policy: await boundTo(about.content, decided, membership), counting };
}

/** Active members of each source. An unknown or disabled person is in none (T8, T11). */
async function readRoster(
  app: App,
  epochs: Epochs,
  from: {
    readonly sources: readonly ReviewerSource[];
    readonly membership: Membership;
    readonly time: StoreTime;
    readonly identity: StoredIdentity | null;
  },
): Promise<ReadonlyMap<ReviewerSource, readonly string[]>> {
  const { active } = from.membership;
  const policy = await app.policies.current(epochs.policy);
  const roster = new Map<ReviewerSource, readonly string[]>();
  for (const source of from.sources) {
    const members = await membersOf(source);
    roster.set(
      source,
      [...new Set(members)].filter((person) => active.has(person)),
    );
  }
  return roster;

  async function membersOf(source: ReviewerSource): Promise<readonly string[]> {
    const separator = source.indexOf(":");
    const name = source.slice(separator + 1);
    switch (source.slice(0, separator)) {
      case "group":
        return [...(policy.groups.get(name) ?? []), ...from.membership.inProviderGroup(name)];
      case "person":
        return [name];
      case "right":
        return from.membership.withRight(name);
      case "oncall":
        return from.membership.onCall(name, from.time.now);
      case "owner_of":
        return ownersOf(name);
      default:
        return [];
    }
  }

  async function ownersOf(whose: string): Promise<readonly string[]> {
    if (whose === "identity") return from.identity === null ? [] : [from.identity.owner];
    const id = resourceIdentity(whose);
    const owned = id === null ? null : await from.membership.identity(id);
    return owned === null ? [] : [owned.owner];
  }
}

/** For views: which of its reviewers the identity provider has not confirmed of late. */
export async function unconfirmedOf(
  app: App,
  state: RequestState,
  { epochs, time }: Standing,
): Promise<Facts["unconfirmed"]> {
  const membership = await app.facts.membership(epochs.membership);
  const found = await readConfirmation(app, membership, reviewersOf(state), time.now);
  return found.unconfirmed;
}

/**
 * For views: the roster a state's own obligations need, the acted-for person included. Who makes
 * many views at once reads how things stand once for all of them.
 */
export async function rosterOf(
  app: App,
  state: RequestState,
  standing?: Standing,
): Promise<Facts["roster"]> {
  const { epochs, time } = standing ?? (await app.store.standing());
  const sources = sourcesNeeded([state.obligations], state.onBehalfOf);
  const membership = await app.facts.membership(epochs.membership);
  const identity = await membership.identity(state.scope.identity);
  return readRoster(app, epochs, { sources, membership, time, identity });
}
