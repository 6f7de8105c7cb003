/**
 * Reads the facts one decision may depend on, and remembers what has to be fenced.
 *
 * INVARIANT: epochs are read first. Whatever changes after that makes the commit stale, and the
 * decision is made again (T37).
 */
import type { Revision } from "@haltpoint/protocol";
import type {
  Obligations,
  PolicyDecision,
  PolicyInput,
  ReviewerSource,
} from "../domain/policy/model.ts";
import type { Facts } from "../domain/request/commands.ts";
import type { Actor, RequestScope, RequestState } from "../domain/request/model.ts";
import { sourcesNeeded } from "../domain/request/quorum.ts";
import { scopeKeys } from "../domain/request/scope.ts";
import type { Epochs, StoredIdentity, StoredPerson, StoreTime } from "../ports/store.ts";
import type { App } from "./app.ts";

/** Stages in which the registry lets an identity act. */
const ACTING_STAGES: ReadonlySet<string> = new Set(["active", "probation"]);

export interface FencedFacts {
  readonly facts: Facts;
  readonly epochs: Epochs;
}

/** The subject of a decision: which request, whose content, who acts. */
export interface About {
  readonly identityId: string;
  readonly scope: RequestScope;
  readonly onBehalfOf: string | null;
  readonly assurance: PolicyInput["assurance"];
  readonly obligations: Obligations | null;
  /** The content policy is asked about, sensitive fields included. */
  readonly content: Revision;
  readonly actor: Actor;
}

/** Reads everything for one decision. */
export async function gatherFacts(app: App, epochs: Epochs, about: About): Promise<FencedFacts> {
  const { store } = app;
  const time = await store.time();
  const identity = await store.identity(about.identityId);
  const policy = await decideByPolicy(app, epochs, time, identity, about);
  const persons = await store.persons();
  const needed = sourcesNeeded(
    [about.obligations, policy.obligations, policy.fallback],
    about.onBehalfOf,
  );
  const roster = await readRoster(app, epochs, { sources: needed, persons, time, identity });
  const halts = await store.haltsFor(scopeKeys(about.scope));
  const inForce = halts.find((halt) => halt.liftedAt === null) ?? null;
  const { actor } = about;
  const person = actor.kind === "person" ? persons.find((each) => each.id === actor.id) : undefined;
  const facts: Facts = {
    now: time.now,
    clockTrusted: time.trusted,
    policy,
    roster,
    identity: identity === null ? null : { ...identity, active: ACTING_STAGES.has(identity.stage) },
    person: {
      active: person !== undefined && !person.disabled,
      rights: person?.rights ?? [],
    },
    halts: {
      epoch: epochs.halt,
      active: inForce === null ? null : { id: inForce.id, reason: inForce.reason, by: inForce.by },
      newestMatchingEpoch: Math.max(0, ...halts.map((halt) => halt.epoch)),
    },
    interrupterExists: persons.some(
      (each) => !each.disabled && (each.rights.includes("operator") || each.id === identity?.owner),
    ),
    limits: app.limits.request,
  };
  return { facts, epochs };
}

/** What a decision about an existing request is about. */
export function aboutRequest(state: RequestState, content: Revision, actor: Actor): About {
  return {
    identityId: state.scope.identity,
    scope: state.scope,
    onBehalfOf: state.onBehalfOf,
    assurance: state.assurance,
    obligations: state.obligations,
    content,
    actor,
  };
}

async function decideByPolicy(
  app: App,
  epochs: Epochs,
  time: StoreTime,
  identity: StoredIdentity | null,
  about: About,
): Promise<PolicyDecision> {
  const policy = await app.policies.current(epochs.policy);
  return policy.decide({
    revision: about.content,
    identity: identity ?? UNKNOWN_IDENTITY(about.identityId),
    assurance: about.assurance,
    now: time.now,
  });
}

/** An identity that is gone from the registry has no attribute that could help it. */
const UNKNOWN_IDENTITY = (id: string): PolicyInput["identity"] => ({
  id,
  type: "unknown",
  owner: "",
  stage: "offboarded",
  groups: [],
  labels: {},
  actsForPeople: true,
  may: [],
  mode: "enforce",
});

/** Active members of each source. An unknown or disabled person is in none (T8, T11). */
export async function readRoster(
  app: App,
  epochs: Epochs,
  from: {
    readonly sources: readonly ReviewerSource[];
    readonly persons: readonly StoredPerson[];
    readonly time: StoreTime;
    readonly identity: StoredIdentity | null;
  },
): Promise<ReadonlyMap<ReviewerSource, readonly string[]>> {
  const active = new Set(from.persons.filter((each) => !each.disabled).map((each) => each.id));
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
        return policy.groups.get(name) ?? [];
      case "person":
        return [name];
      case "oncall":
        return app.store.onCall(name, from.time.now);
      case "owner_of":
        return name === "identity" && from.identity !== null ? [from.identity.owner] : [];
      default:
        return [];
    }
  }
}

/** For views: the roster a state's own obligations need, the acted-for person included. */
export async function rosterOf(app: App, state: RequestState): Promise<Facts["roster"]> {
  const { store } = app;
  const epochs = await store.epochs();
  const sources = sourcesNeeded([state.obligations], state.onBehalfOf);
  const [persons, time, identity] = await Promise.all([
    store.persons(),
    store.time(),
    store.identity(state.scope.identity),
  ]);
  return readRoster(app, epochs, { sources, persons, time, identity });
}
