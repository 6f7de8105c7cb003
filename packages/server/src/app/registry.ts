/**
 * The registry: people, credentials, who is on call; identities are in `identities.ts`. Every change is
 * an entry.
 */
import { base64url, newId, type KeyView, type PersonView } from "@haltpoint/protocol";
import { LAST_STAGE } from "../domain/registry/lifecycle.ts";
import type { Epochs, OnCallShift, StoredCredential, StoredPerson, Write } from "../ports/store.ts";
import { answered, refused, type Answer } from "./answer.ts";
import type { App } from "./app.ts";
import { misleadingId } from "./registered-ids.ts";
import { credentialHash } from "./authenticate.ts";
import { commitOnce, systemEntry } from "./commit-once.ts";
import type { Keyed } from "./execute.ts";
import { doneBefore, withKey } from "./keyed-change.ts";
import { refuseOwnShift } from "./own-gain.ts";
import { fenceRight } from "./right-fence.ts";

export { systemEntry } from "./commit-once.ts";

/** Whoever changes the registry: `person:ana`, or `operator` on the host. */
export interface Change {
  readonly by: string;
  /** The caller's idempotency key; the host's own commands have none. */
  readonly keyed?: Keyed;
}

const SECRET_BYTES = 32;
const PREFIX_LENGTH = 8;

/** What is sent of a person: what is left out stays as it is, or is as careful as can be. */
export type SentPerson = Pick<StoredPerson, "id"> & Partial<Omit<StoredPerson, "id" | "createdAt">>;

const NEW_PERSON: Omit<StoredPerson, "id" | "createdAt"> = {
  name: "",
  rights: [],
  disabled: false,
  email: null,
  slack: null,
};

/**
 * Adds or changes a person.
 *
 * INVARIANT: what is left out is read and written under one membership epoch, so that of two changes
 * at once neither undoes the other (T37).
 */
export async function savePerson(
  app: App,
  sent: SentPerson,
  change: Change & { readonly mustBe: "new" | "known" },
): Promise<Answer<PersonView>> {
  const before = await doneBefore(app, change.keyed);
  if (!before.ok) return before;
  const fence = await fenceRight(app, change.by, "operator");
  const known = await app.store.person(sent.id);
  if (before.value !== null && known !== null) return answered(personView(known));
  if (!fence.ok) return fence;
  const exists = existsAsWanted(known, change.mustBe, "person", sent.id);
  if (exists !== null) return exists;
  if (known === null) {
    const persons = await app.store.persons();
    const misleading = misleadingId(
      sent.id,
      persons.map((each) => each.id),
    );
    if (misleading !== null) return misleading;
  }
  const { createdAt, ...present } = known ?? { ...NEW_PERSON, createdAt: null };
  const person = { ...present, ...sent };
  const gains = person.rights.filter((right) => known?.rights.includes(right) !== true);
  if (change.by === `person:${person.id}` && gains.length > 0) {
    const detail = `nobody gives themselves a right (${gains.join(", ")}); another operator can`;
    return refused("separation_of_duties", detail, { field: "rights" });
  }
  const { now } = await app.store.time();
  const kind = known === null ? "person_registered" : "person_changed";
  const { id, rights, disabled } = person;
  const done = await commitKeyed(app, change, { answer: id, now, epochs: fence.value }, [
    { kind: "person", person: { ...person, createdAt: createdAt ?? now } },
    // Who may do nothing is signed in nowhere, also once they may again.
    ...(disabled ? [{ kind: "sessions_ended", of: { person: id }, at: now } as const] : []),
    // Name and contacts identify nobody and stay out of what is kept for ever.
    systemEntry(kind, now, change.by, { id, rights, disabled }),
  ]);
  return done ? answered(personView(person)) : savePerson(app, sent, change);
}

export interface Issued {
  readonly key: KeyView;
  /** Shown once; only its hash is kept. */
  readonly secret: string;
}

/** Issues a credential. At most `liveKeysMax` keys of an identity live at once. */
export async function issueCredential(
  app: App,
  order: Change & {
    readonly holder: StoredCredential["holder"];
    readonly expiresInMs: number;
    /** People of a development server only are let in by a credential. */
    readonly via: "key" | "development";
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
  const fence = await fenceRight(app, by, "operator");
  if (!fence.ok) return fence;
  const missing = await noHolder(app, holder);
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
  const expected = { ...liveNow, ...key.expected, epochs: fence.value };
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
  const fence = await fenceRight(app, by, "operator");
  if (!fence.ok) return fence;
  const all = await app.store.credentials(holder.kind, holder.id);
  const credential = all.find((each) => each.id === id);
  if (credential === undefined) {
    return refused("not_found", `${holder.kind} \`${holder.id}\` has no key \`${id}\``);
  }
  if (credential.revokedAt !== null) return answered(keyView(credential));
  const { now } = await app.store.time();
  const revoked = { ...credential, revokedAt: now };
  const done = await commitKeyed(app, order, { answer: id, now, epochs: fence.value }, [
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
  const fence = await fenceRight(app, by, "operator");
  if (!fence.ok) return fence;
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
  const present = (await app.store.onCallShifts()).filter((shift) => shift.roster === roster);
  const gained = refuseOwnShift(by, present, order.shifts);
  if (gained !== null) return gained;
  const shifts = order.shifts.map((shift) => ({ ...shift, roster }));
  const { now } = await app.store.time();
  const done = await commitKeyed(app, order, { answer: roster, now, epochs: fence.value }, [
    { kind: "on_call", roster, shifts },
    systemEntry("on_call_set", now, by, { roster, shifts: order.shifts }),
  ]);
  return done ? answered(shifts) : setOnCall(app, order);
}

export function personView(person: Omit<StoredPerson, "createdAt">): PersonView {
  const { id, name, rights, disabled, email, slack } = person;
  return { id, name, rights, disabled, email, slack };
}

export function keyView(credential: StoredCredential): KeyView {
  const { id, prefix, createdAt, expiresAt, revokedAt } = credential;
  return { id, prefix, created_at: createdAt, expires_at: expiresAt, revoked_at: revokedAt };
}

/** What lets the holder in now. */
export async function liveCredentials(
  app: App,
  holder: StoredCredential["holder"],
  now: number,
): Promise<readonly StoredCredential[]> {
  const all = await app.store.credentials(holder.kind, holder.id);
  return all.filter((each) => each.revokedAt === null && each.expiresAt > now);
}

async function noHolder(
  app: App,
  { kind, id }: StoredCredential["holder"],
): Promise<Answer<never> | null> {
  const identity = kind === "identity" ? await app.store.identity(id) : null;
  if (identity?.stage === LAST_STAGE) {
    return refused("identity_suspended", `\`${id}\` was offboarded and gets no key any more`);
  }
  const known = identity ?? (kind === "person" ? await app.store.person(id) : null);
  return known === null ? refused("not_found", `no ${kind} \`${id}\` is registered`) : null;
}

/** A refusal where it is there and must not be, or the other way round. */
export function existsAsWanted(
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

/** False: the registry changed since it was read, or somebody used the key just now. */
export function commitKeyed(
  app: App,
  change: Change,
  about: {
    readonly answer: string;
    readonly now: number;
    readonly epochs: Pick<Epochs, "membership"> & Partial<Epochs>;
  },
  writes: readonly Write[],
): Promise<boolean> {
  const { epochs, ...done } = about;
  const key = withKey(change.keyed, done);
  const expected = { ...key.expected, epochs };
  return commitOnce(app, { expected, writes: [...writes, ...key.writes] });
}
