/** Who takes part in a simulation, and with what limits. */
import type { ServerLimits } from "../../packages/server/src/app/app.ts";
import type { Right } from "../../packages/server/src/domain/request/commands.ts";
import type { StoredIdentity, StoredPerson } from "../../packages/server/src/ports/store.ts";

export type Person = Omit<StoredPerson, "createdAt">;
export type Identity = Omit<StoredIdentity, "createdAt">;

const person = (id: string, rights: readonly Right[] = []): Person => {
  return { id, name: id.toUpperCase(), rights, disabled: false, email: null, slack: null };
};

/** Reviewers overlap: owners, persons acted for and group members are the same few people. */
export const PERSONS: readonly Person[] = [
  person("ana"),
  person("bo"),
  person("cy"),
  person("di"),
  person("ed", ["override"]),
  person("olga", ["operator"]),
  person("otto", ["operator"]),
  person("rex", ["resolver", "auditor"]),
];

export const REVIEWERS: readonly string[] = ["ana", "bo", "cy", "di", "ed"];
export const OPERATORS: readonly string[] = ["olga", "otto"];
export const OWNERS: readonly string[] = ["ana", "bo", "cy"];
/** Whom an identity that acts for people acts for. */
export const ACTED_FOR: readonly string[] = ["cy", "di"];

const identity = (id: string, owner: string, more: Partial<Identity> = {}): Identity => ({
  id,
  type: "agent",
  owner,
  stage: "active",
  groups: ["bots"],
  labels: {},
  actsForPeople: false,
  assurance: "cooperative",
  mode: "enforce",
  may: null,
  stageBy: null,
  stageAt: null,
  ...more,
});

export const IDENTITIES: readonly Identity[] = [
  identity("agent-1", "ana"),
  identity("agent-2", "bo", { actsForPeople: true }),
  identity("agent-3", "ana", { groups: [] }),
];

export const ACTIONS: readonly string[] = ["order.submit", "note.send"];
export const SESSIONS: readonly string[] = ["s1", "s2"];

/** Short, so that a few simulated minutes see every deadline. */
export const LIMITS: ServerLimits = {
  request: {
    leaseMs: 8_000,
    runMaxMs: 30_000,
    grantAttendedMs: 40_000,
    questionPauseMs: 10_000,
    followUpMs: 90_000,
    redemptionsMax: 4,
    releaseRepeatMs: 4_000,
  },
  lifetimeMs: 240_000,
  heldPerIdentityMax: 1_000,
  heldBytesPerIdentityMax: 16_777_216,
  burstHeldMax: 0,
  burstWindowMs: 60_000,
  waitMaxMs: 0,
  heartbeatMs: 3_000,
  keyLifetimeMaxMs: 1_000_000,
  liveKeysMax: 2,
  textMax: 4_000,
  pageMax: 20,
};
