/** Who takes part in the walk, and what the registry and the groups say of them. */
import type { IdentityFacts, Roster } from "../../packages/server/src/domain/policy/model.ts";
import type {
  Facts,
  RequestLimits,
  Right,
} from "../../packages/server/src/domain/request/commands.ts";
import type { Actor } from "../../packages/server/src/domain/request/model.ts";

/**
 * `ana` and `bo` are finance, `bo` and `cy` are security: one person in two groups. The owner and
 * the person acted for are in finance too, so that only separation of duties keeps them out.
 */
export const PERSONS = [
  "ana",
  "bo",
  "cy",
  "lea",
  "own",
  "pat",
  "ove",
  "ope",
  "res",
  "aud",
  "str",
] as const;
export type PersonId = (typeof PERSONS)[number];

export const OWNER: PersonId = "own";

const RIGHTS_OF: Partial<Record<PersonId, readonly Right[]>> = {
  ove: ["override"],
  ope: ["operator"],
  res: ["resolver"],
  aud: ["auditor"],
};

export function rightsOf(person: string): readonly Right[] {
  return RIGHTS_OF[person as PersonId] ?? [];
}

/** What groups may look like at the moment of a command. */
export const MEMBERSHIPS = ["full", "ana left", "only bo", "nobody"] as const;
export type Membership = (typeof MEMBERSHIPS)[number];

const roster = (
  finance: readonly PersonId[],
  security: readonly PersonId[],
  leads: readonly PersonId[],
  principal: readonly PersonId[],
): Roster =>
  new Map([
    ["group:finance", finance],
    ["group:security", security],
    ["group:leads", leads],
    ["person:pat", principal],
  ]);

export const ROSTERS: Readonly<Record<Membership, Roster>> = {
  full: roster(["ana", "bo", "own", "pat"], ["bo", "cy"], ["lea"], ["pat"]),
  "ana left": roster(["bo", "own", "pat"], ["bo", "cy"], ["lea"], ["pat"]),
  "only bo": roster(["bo", "own", "pat"], ["bo"], [], ["pat"]),
  nobody: roster(["own"], [], [], []),
};

/** Whose membership the identity provider may have failed to confirm. */
export const CONFIRMATIONS = ["all", "all but ana", "none"] as const;
export type Confirmation = (typeof CONFIRMATIONS)[number];

export const UNCONFIRMED: Readonly<Record<Confirmation, ReadonlySet<string>>> = {
  all: new Set(),
  "all but ana": new Set(["ana"]),
  none: new Set(PERSONS),
};

/** What the registry may say of the identity at the moment of a command. */
export const REGISTRATIONS = ["active", "suspended", "gone", "given to ana", "offboarded"] as const;
export type Registration = (typeof REGISTRATIONS)[number];

export function identityFacts(
  registration: Registration,
  actsForPeople: boolean,
): Facts["identity"] {
  if (registration === "gone") return null;
  const identity: IdentityFacts = {
    id: "agent",
    type: "agent",
    owner: registration === "given to ana" ? "ana" : OWNER,
    stage: "active",
    groups: ["bots"],
    labels: {},
    actsForPeople,
    may: null,
    mode: "enforce",
  };
  const offboarded = registration === "offboarded";
  return { ...identity, active: registration !== "suspended" && !offboarded, offboarded };
}

export const AGENT: Actor = { kind: "identity", id: "agent" };
export const RIVAL: Actor = { kind: "identity", id: "rival" };
export const CLOCK: Actor = { kind: "clock" };

export function person(id: PersonId, stepUp: "none" | "passkey" = "none"): Actor {
  return { kind: "person", id, stepUp, via: "passkey" };
}

/** A millisecond is a step of time here, so that every boundary is met from both sides. */
export const LIMITS: RequestLimits = {
  leaseMs: 2,
  runMaxMs: 3,
  grantAttendedMs: 2,
  questionPauseMs: 2,
  followUpMs: 3,
  redemptionsMax: 2,
  releaseRepeatMs: 1,
};
