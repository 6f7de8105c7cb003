/**
 * Sessions: made by every way of signing in, used, and ended. The secret goes to the browser's
 * cookie or the command line and is kept as a hash only (T31).
 */
import { base64url, newId, type SessionView, type SignInVia } from "@haltpoint/protocol";
import type { StoredSession } from "../ports/sign-in-records.ts";
import type { StoredPerson, Write } from "../ports/store.ts";
import { answered, refused, type Answer } from "./answer.ts";
import type { App } from "./app.ts";
import { credentialHash, isInForce } from "./authenticate.ts";
import { commitOnce } from "./execute.ts";
import { systemEntry } from "./registry.ts";

const SECRET_BYTES = 32;
const CSRF_BYTES = 24;
const LABEL_MAX = 120;
const ROTATE_AFTER_MS = 30 * 60_000;
/** Calls that were under way with the old secret, and other tabs, when it changed. */
const PREVIOUS_TAKEN_MS = 60_000;
/** Use is noted at most so often: it costs a commit. */
const NOTE_USE_AFTER_MS = 60_000;
const TRIES_MAX = 20;

export interface NewSession {
  readonly person: string;
  readonly kind: StoredSession["kind"];
  readonly via: SignInVia;
  /** What the caller calls itself. */
  readonly label: string;
  /** The session of the same browser that this one takes the place of. */
  readonly replaces?: string | null;
  /** What the entry says besides, e.g. which passkey. Never a secret. */
  readonly about?: Readonly<Record<string, unknown>>;
  /**
   * What else the same commit writes, e.g. the ceremony that was answered. Called again for each
   * try, so that what was used up meanwhile is refused here.
   */
  readonly prepare?: (now: number) => Promise<Answer<readonly Write[]>>;
}

export interface SignedIn {
  readonly session: StoredSession;
  /** For the cookie or the command line; shown this once. */
  readonly secret: string;
}

/**
 * Signs a person in, whichever way they proved who they are; the entry is in the same commit. Every
 * way of signing in ends here, so that rights, limits and records are the same for all.
 */
export async function createSession(app: App, order: NewSession): Promise<Answer<SignedIn>> {
  for (let tries = 0; tries < TRIES_MAX; tries += 1) {
    const { epochs, time } = await app.store.standing();
    const prepared = (await order.prepare?.(time.now)) ?? answered([]);
    if (!prepared.ok) return prepared;
    const known = await app.store.person(order.person);
    const person = known ?? personIn(prepared.value, order.person);
    if (person === null || person.disabled) {
      return refused("sign_in_failed", "nobody can sign in as that person; ask an operator");
    }
    const made = newSession(app, order, time.now);
    const { id, kind, via } = made.session;
    const { replaces = null } = order;
    const actor = `person:${person.id}`;
    const about = { person: person.id, session: id, kind, via, ...order.about };
    const writes: readonly Write[] = [
      ...prepared.value,
      ...(replaces === null ? [] : [ended({ session: replaces }, time.now)]),
      { kind: "session", session: made.session },
      systemEntry("signed_in", time.now, actor, about),
    ];
    // Somebody who was disabled meanwhile must not get in by a sign-in that was under way.
    const expected = { epochs: { membership: epochs.membership } };
    if (await commitOnce(app, { expected, writes }, time.now)) return answered(made);
  }
  return refused("store_busy", "too much changed at once; nothing was done, try again");
}

/** The setup link registers whom it signs in, in the same commit. */
function personIn(writes: readonly Write[], id: string): StoredPerson | null {
  const write = writes.find((each) => each.kind === "person" && each.person.id === id);
  return write?.kind === "person" ? write.person : null;
}

function newSession(app: App, order: NewSession, now: number): SignedIn {
  const { person, kind, via, label } = order;
  const secret = newSecret(app, kind);
  const { sessionIdleMs, sessionMaxMs, cliSessionMaxMs } = app.signIn;
  const lifetimeMs = kind === "web" ? sessionMaxMs : cliSessionMaxMs;
  const session: StoredSession = {
    id: newId("ses", now, app.random.bytes(10)),
    person,
    hash: credentialHash(secret),
    previousHash: null,
    previousUntil: 0,
    kind,
    via,
    label: label.slice(0, LABEL_MAX),
    csrf: base64url(app.random.bytes(CSRF_BYTES)),
    createdAt: now,
    rotatedAt: now,
    lastSeenAt: now,
    expiresAt: now + lifetimeMs,
    idleMs: kind === "web" ? Math.min(sessionIdleMs, lifetimeMs) : lifetimeMs,
    endedAt: null,
  };
  return { session, secret };
}

function newSecret(app: App, kind: StoredSession["kind"]): string {
  return `${kind === "web" ? "hpw" : "hps"}_${base64url(app.random.bytes(SECRET_BYTES))}`;
}

/**
 * Notes that a session was used, and now and then gives a browser's session a new secret.
 *
 * @param sent hash of the secret that came; only the one in force is exchanged.
 * @returns the new secret, for the cookie; null: it stays.
 */
export async function noteUse(
  app: App,
  session: StoredSession,
  sent: string,
): Promise<string | null> {
  const { now } = await app.store.time();
  const { id, kind, rotatedAt, lastSeenAt, idleMs, hash } = session;
  if (kind === "web" && sent === hash && now - rotatedAt >= ROTATE_AFTER_MS) {
    const { secret, write } = exchangedSecret(app, session, now);
    return (await commitOnce(app, { expected: {}, writes: [write] }, now)) ? secret : null;
  }
  if (now - lastSeenAt >= Math.min(NOTE_USE_AFTER_MS, idleMs / 4)) {
    const writes: readonly Write[] = [{ kind: "session_seen", id, at: now }];
    await commitOnce(app, { expected: {}, writes }, now);
  }
  return null;
}

/** A new secret in place of the one in force; calls that are under way with that one still pass. */
export function exchangedSecret(
  app: App,
  { id, kind, hash }: StoredSession,
  now: number,
): { readonly secret: string; readonly write: Write } {
  const secret = newSecret(app, kind);
  const previousUntil = now + PREVIOUS_TAKEN_MS;
  const rotated = { from: hash, to: credentialHash(secret), previousUntil };
  return { secret, write: { kind: "session_seen", id, at: now, rotated } };
}

/** Sessions of a person that are in force, newest first. `current`: the one that asks. */
export async function sessionsOf(
  app: App,
  person: string,
  current: string | null,
): Promise<readonly SessionView[]> {
  const { now } = await app.store.time();
  const all = await app.store.sessions(person);
  return all
    .filter((each) => isInForce(each, now))
    .map((each) => ({
      id: each.id,
      kind: each.kind,
      via: each.via,
      label: each.label,
      created_at: each.createdAt,
      last_seen_at: each.lastSeenAt,
      expires_at: each.expiresAt,
      current: each.id === current,
    }));
}

export interface SignOut {
  /** `person:ana`, or `operator` on the host. */
  readonly by: string;
  readonly person: string;
  /** One session; left out: all of them. */
  readonly session?: string;
  readonly reason?: string;
}

/** Ends one session or all of a person. Resolves with how many had to be ended. */
export async function signOut(app: App, order: SignOut): Promise<Answer<number>> {
  const { by, person, session, reason } = order;
  const { now } = await app.store.time();
  const all = (await app.store.sessions(person)).filter((each) => isInForce(each, now));
  const concerned = session === undefined ? all : all.filter((each) => each.id === session);
  if (session !== undefined && concerned.length === 0) {
    return refused("not_found", "no such session is in force");
  }
  const writes: readonly Write[] = [
    // Not by the list above: what is signed in between reading and committing ends too.
    ended(session === undefined ? { person } : { session }, now),
    systemEntry("signed_out", now, by, {
      person,
      sessions: concerned.map((each) => each.id),
      everywhere: session === undefined,
      ...(reason === undefined ? {} : { reason }),
    }),
  ];
  await commitOnce(app, { expected: {}, writes }, now);
  return answered(concerned.length);
}

function ended(of: { readonly session: string } | { readonly person: string }, at: number): Write {
  return { kind: "sessions_ended", of, at };
}
