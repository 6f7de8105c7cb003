/** The registry: identities, persons, their credentials, who is on call. Every change is an entry. */
import {
  base64url,
  newId,
  type IdentityView,
  type KeyView,
  type PersonView,
} from "@haltpoint/protocol";
import type {
  OnCallShift,
  StoredCredential,
  StoredIdentity,
  StoredPerson,
  Write,
} from "../ports/store.ts";
import { answered, refused, type Answer } from "./answer.ts";
import type { App } from "./app.ts";
import { misleadingId } from "./registered-ids.ts";
import { credentialHash } from "./authenticate.ts";
import { commitOnce, type Keyed } from "./execute.ts";
import { doneBefore, withKey } from "./keyed-change.ts";

/** Whoever changes the registry: `person:ana`, or `operator` on the host. */
export interface Change {
  readonly by: string;
  /** The caller's idempotency key; the host's own commands have none. */
  readonly keyed?: Keyed;
}

const SECRET_BYTES = 32;
const PREFIX_LENGTH = 8;

/** Adds or replaces an identity. */
export async function saveIdentity(
  app: App,
  identity: Omit<StoredIdentity, "createdAt">,
  change: Change & { readonly mustBe: "new" | "known" },
): Promise<Answer<IdentityView>> {
  const before = await doneBefore(app, change.keyed);
  if (!before.ok) return before;
  const known = await app.store.identity(identity.id);
  if (before.value !== null && known !== null) return answered(await identityView(app, known));
  const exists = existsAsWanted(known, change.mustBe, "identity", identity.id);
  if (exists !== null) return exists;
  if (known === null) {
    const identities = await app.store.identities();
    const misleading = misleadingId(
      identity.id,
      identities.map(({ id }) => id),
    );
    if (misleading !== null) return misleading;
  }
  if ((await app.store.person(identity.owner)) === null) {
    const detail = `no person \`${identity.owner}\` is registered; an identity needs an accountable owner`;
    return refused("invalid_request", detail, { field: "owner" });
  }
  const { now } = await app.store.time();
  const stored = { ...identity, createdAt: known?.createdAt ?? now };
  const kind = known === null ? "identity_registered" : "identity_changed";
  const done = await commitKeyed(app, change, { answer: identity.id, now }, [
    { kind: "identity", identity: stored },
    systemEntry(kind, now, change.by, { ...identity }),
  ]);
  return done ? answered(await identityView(app, stored)) : saveIdentity(app, identity, change);
}

/** Adds or replaces a person. */
export async function savePerson(
  app: App,
  person: Omit<StoredPerson, "createdAt">,
  change: Change & { readonly mustBe: "new" | "known" },
): Promise<Answer<PersonView>> {
  const before = await doneBefore(app, change.keyed);
  if (!before.ok) return before;
  const known = await app.store.person(person.id);
  if (before.value !== null && known !== null) return answered(personView(known));
  const exists = existsAsWanted(known, change.mustBe, "person", person.id);
  if (exists !== null) return exists;
  if (known === null) {
    const persons = await app.store.persons();
    const misleading = misleadingId(
      person.id,
      persons.map((each) => each.id),
    );
    if (misleading !== null) return misleading;
  }
  const gains = person.rights.filter((right) => known?.rights.includes(right) !== true);
  if (change.by === `person:${person.id}` && gains.length > 0) {
    const detail = `nobody gives themselves a right (${gains.join(", ")}); another operator can`;
    return refused("separation_of_duties", detail, { field: "rights" });
  }
  const { now } = await app.store.time();
  const kind = known === null ? "person_registered" : "person_changed";
  const { id, rights, disabled } = person;
  const done = await commitKeyed(app, change, { answer: id, now }, [
    { kind: "person", person: { ...person, createdAt: known?.createdAt ?? now } },
    // The name identifies nobody and stays out of what is kept for ever.
    systemEntry(kind, now, change.by, { id, rights, disabled }),
  ]);
  return done ? answered(personView(person)) : savePerson(app, person, change);
}

export interface Issued {
  readonly key: KeyView;
  /** Shown once; only its hash is kept. */
  readonly secret: string;
}

/** Issues an API key or a person's token. At most `liveKeysMax` keys of an identity live at once. */
export async function issueCredential(
  app: App,
  order: Change & {
    readonly holder: StoredCredential["holder"];
    readonly expiresInMs: number;
    readonly via: "key" | "token" | "development";
  },
): Promise<Answer<Issued>> {
  const { holder, expiresInMs, via, by } = order;
  const { keyLifetimeMaxMs, liveKeysMax } = app.limits;
  if (expiresInMs <= 0 || expiresInMs > keyLifetimeMaxMs) {
    const detail = `\`expires_in_ms\` must be between 1 and ${keyLifetimeMaxMs}`;
    const limit = { name: "key_lifetime", value: keyLifetimeMaxMs };
    return refused("invalid_request", detail, { field: "expires_in_ms", limit });
  }
  const before = await doneBefore(app, order.keyed);
  if (!before.ok) return before;
  if (before.value !== null) return secretShown(before.value.answer ?? "");
  const missing = await unknownHolder(app, holder);
  if (missing !== null) return missing;
  const { now } = await app.store.time();
  const live = await liveCredentials(app, holder, now);
  if (holder.kind === "identity" && live.length >= liveKeysMax) {
    const limit = { name: "live_keys", value: liveKeysMax };
    const detail = `${liveKeysMax} keys are live already: ${live.map((each) => each.id).join(", ")}; revoke one first`;
    return refused("limit_exceeded", detail, { limit });
  }
  const secret = newSecret(app, holder.kind);
  const credential: StoredCredential = {
    id: newId("key", now, app.random.bytes(10)),
    holder,
    hash: credentialHash(secret),
    prefix: secret.slice(0, PREFIX_LENGTH),
    via,
    createdAt: now,
    expiresAt: now + expiresInMs,
    revokedAt: null,
  };
  // Two keys asked for at once must not both be the second.
  const liveNow = { liveCredentials: { ...holder, ids: live.map((each) => each.id) } };
  const key = withKey(order.keyed, { answer: credential.id, now });
  const { id, prefix, expiresAt } = credential;
  const data = { id, holder: `${holder.kind}:${holder.id}`, prefix, expires_at: expiresAt, via };
  const writes: readonly Write[] = [
    { kind: "credential", credential },
    systemEntry("credential_issued", now, by, data),
    ...key.writes,
  ];
  const expected = { ...liveNow, ...key.expected };
  if (!(await commitOnce(app, { expected, writes }))) return issueCredential(app, order);
  return answered({ key: keyView(credential), secret });
}

/** A lost answer cannot be given again: the secret was only ever in it. */
function secretShown(id: string): Answer<never> {
  return refused(
    "already_exists",
    `\`${id}\` was issued under this Idempotency-Key, and its secret is kept nowhere; revoke it and issue another under a new key`,
    { field: "Idempotency-Key" },
  );
}

/** Revokes at once; what runs under it hears so with its next call. */
export async function revokeCredential(
  app: App,
  order: Change & { readonly holder: StoredCredential["holder"]; readonly id: string },
): Promise<Answer<KeyView>> {
  const { holder, id, by } = order;
  const before = await doneBefore(app, order.keyed);
  if (!before.ok) return before;
  const all = await app.store.credentials(holder.kind, holder.id);
  const credential = all.find((each) => each.id === id);
  if (credential === undefined) {
    return refused("not_found", `${holder.kind} \`${holder.id}\` has no key \`${id}\``);
  }
  if (credential.revokedAt !== null) return answered(keyView(credential));
  const { now } = await app.store.time();
  const revoked = { ...credential, revokedAt: now };
  const done = await commitKeyed(app, order, { answer: id, now }, [
    { kind: "credential", credential: revoked },
    systemEntry("credential_revoked", now, by, { id, holder: `${holder.kind}:${holder.id}` }),
  ]);
  return done ? answered(keyView(revoked)) : revokeCredential(app, order);
}

/** Replaces a roster's shifts. A shift ends; who is on call for ever is a group. */
export async function setOnCall(
  app: App,
  order: Change & {
    readonly roster: string;
    readonly shifts: readonly Omit<OnCallShift, "roster">[];
  },
): Promise<Answer<readonly OnCallShift[]>> {
  const { roster, by } = order;
  const before = await doneBefore(app, order.keyed);
  if (!before.ok) return before;
  if (before.value !== null) {
    const all = await app.store.onCallShifts();
    return answered(all.filter((shift) => shift.roster === roster));
  }
  for (const [index, shift] of order.shifts.entries()) {
    if (shift.until <= shift.from) {
      const field = `shifts.${index}.until`;
      return refused("invalid_request", "a shift must end after it begins", { field });
    }
    if ((await app.store.person(shift.person)) === null) {
      const field = `shifts.${index}.person`;
      return refused("invalid_request", `no person \`${shift.person}\` is registered`, { field });
    }
  }
  const shifts = order.shifts.map((shift) => ({ ...shift, roster }));
  const { now } = await app.store.time();
  const done = await commitKeyed(app, order, { answer: roster, now }, [
    { kind: "on_call", roster, shifts },
    systemEntry("on_call_set", now, by, { roster, shifts: order.shifts }),
  ]);
  return done ? answered(shifts) : setOnCall(app, order);
}

export async function identityView(app: App, identity: StoredIdentity): Promise<IdentityView> {
  const keys = await app.store.credentials("identity", identity.id);
  return {
    id: identity.id,
    type: identity.type,
    owner: identity.owner,
    stage: identity.stage,
    groups: identity.groups,
    labels: identity.labels,
    acts_for_people: identity.actsForPeople,
    assurance: identity.assurance,
    mode: identity.mode,
    may: identity.may,
    keys: keys.map(keyView),
  };
}

export function personView(person: Omit<StoredPerson, "createdAt">): PersonView {
  const { id, name, rights, disabled } = person;
  return { id, name, rights, disabled };
}

function keyView(credential: StoredCredential): KeyView {
  const { id, prefix, createdAt, expiresAt, revokedAt } = credential;
  return { id, prefix, created_at: createdAt, expires_at: expiresAt, revoked_at: revokedAt };
}

async function liveCredentials(
  app: App,
  holder: StoredCredential["holder"],
  now: number,
): Promise<readonly StoredCredential[]> {
  const all = await app.store.credentials(holder.kind, holder.id);
  return all.filter((each) => each.revokedAt === null && each.expiresAt > now);
}

async function unknownHolder(
  app: App,
  holder: StoredCredential["holder"],
): Promise<Answer<never> | null> {
  const { kind, id } = holder;
  const known = kind === "identity" ? await app.store.identity(id) : await app.store.person(id);
  return known === null ? refused("not_found", `no ${kind} \`${id}\` is registered`) : null;
}

function existsAsWanted(
  known: object | null,
  mustBe: "new" | "known",
  what: string,
  id: string,
): Answer<never> | null {
  if (mustBe === "new" && known !== null) {
    return refused("already_exists", `${what} \`${id}\` is registered already`, { field: "id" });
  }
  if (mustBe === "known" && known === null) {
    return refused("not_found", `no ${what} \`${id}\` is registered`);
  }
  return null;
}

function newSecret(app: App, kind: StoredCredential["holder"]["kind"]): string {
  const text = base64url(app.random.bytes(SECRET_BYTES));
  return `${kind === "identity" ? "hpk" : "hpp"}_${text}`;
}

export function systemEntry(
  kind: string,
  at: number,
  actor: string,
  data: Readonly<Record<string, unknown>>,
): Write {
  return { kind: "entry", draft: { stream: "system", kind, at, actor, data } };
}

/** Relies on no fact but that the key is unused; false: somebody used it just now. */
function commitKeyed(
  app: App,
  change: Change,
  about: { readonly answer: string; readonly now: number },
  writes: readonly Write[],
): Promise<boolean> {
  const key = withKey(change.keyed, about);
  return commitOnce(app, { expected: key.expected, writes: [...writes, ...key.writes] });
}
