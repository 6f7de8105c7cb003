/** Who holds a secret. Only its hash is stored; an expired, ended or revoked one is none. */
import { sha256Base64url, type Channel, type SignInVia } from "@haltpoint/protocol";
import { PUBLISHER } from "../domain/policy/policy.ts";
import { LAST_STAGE } from "../domain/registry/lifecycle.ts";
import type { Right } from "../domain/request/commands.ts";
import type { StoredSession } from "../ports/sign-in-records.ts";
import type { Epochs, StoreTime } from "../ports/store.ts";
import { answered, refused, type Answer } from "./answer.ts";
import type { App } from "./app.ts";

export type Principal =
  | { readonly kind: "identity"; readonly id: string }
  | {
      readonly kind: "person";
      readonly id: string;
      readonly rights: readonly Right[];
      readonly via: SignInVia;
      readonly channel: Channel;
      /** `ses_…`; null: a bearer token of a development server, which is no session. */
      readonly session: string | null;
    };

type Person = Extract<Principal, { readonly kind: "person" }>;

export interface Authenticated {
  readonly principal: Principal;
  readonly session: StoredSession | null;
}

/** `identity:agent-1`, `person:ana`: how a principal stands in keys and entries. */
export function principalName(principal: Principal): string {
  return `${principal.kind}:${principal.id}`;
}

/** One refusal for every reason, so that nothing is learnt from it. */
const REFUSAL = refused(
  "unauthenticated",
  "sign in, or send `Authorization: Bearer …` with a key or session that is valid and not expired",
);

/**
 * The principal of a secret as sent. A browser's session is taken from its cookie only and any other
 * secret from the header only: what a page cannot read must not be of use where CSRF is not asked.
 */
export async function authenticate(
  app: App,
  secret: string,
  sentBy: "bearer" | "cookie",
): Promise<Answer<Authenticated>> {
  if (sentBy === "cookie" || secret.startsWith("hps_")) {
    return authenticateSession(app, secret, sentBy === "cookie" ? "web" : "cli");
  }
  const credential = await app.store.credentialByHash(credentialHash(secret));
  if (credential === null || credential.revokedAt !== null) return REFUSAL;
  const { time, epochs } = await app.store.standing();
  if (time.now >= credential.expiresAt) return REFUSAL;
  const { kind, id } = credential.holder;
  const membership = await app.facts.membership(epochs.membership);
  if (kind === "identity") {
    const identity = await membership.identity(id);
    // INVARIANT: no key is of the server itself, not one that was made before it had a name (T13).
    if (id === PUBLISHER) return REFUSAL;
    if (identity === null || identity.stage === LAST_STAGE) return REFUSAL;
    return answered({ principal: { kind, id }, session: null });
  }
  // INVARIANT: people sign in; only a development server lets them in by what it made for them (T36).
  if (credential.via !== "development" || !app.site.development) return REFUSAL;
  const person = membership.persons.get(id);
  if (person === undefined || person.disabled) return REFUSAL;
  const { rights } = person;
  const about = { via: "development", channel: "cli", session: null } as const;
  return answered({ principal: { kind, id, rights, ...about }, session: null });
}

async function authenticateSession(
  app: App,
  secret: string,
  kind: StoredSession["kind"],
): Promise<Answer<Authenticated>> {
  const hash = credentialHash(secret);
  const session = await app.store.sessionByHash(hash);
  if (session === null || session.kind !== kind) return REFUSAL;
  const standing = await app.store.standing();
  if (hash !== session.hash && standing.time.now >= session.previousUntil) return REFUSAL;
  const principal = await principalOf(app, session, standing);
  return principal === null ? REFUSAL : answered({ principal, session });
}

/** The person of a session that is still in force, by its id; null: they have to sign in again. */
export async function personOfSession(app: App, id: string): Promise<Person | null> {
  const session = await app.store.session(id);
  return session === null ? null : principalOf(app, session, await app.store.standing());
}

async function principalOf(
  app: App,
  session: StoredSession,
  { time, epochs }: { readonly time: StoreTime; readonly epochs: Epochs },
): Promise<Person | null> {
  if (!isInForce(session, time.now)) return null;
  // INVARIANT: whoever proved nothing is let in by a development server only (T36).
  if (session.via === "development" && !app.site.development) return null;
  const membership = await app.facts.membership(epochs.membership);
  const person = membership.persons.get(session.person);
  if (person === undefined || person.disabled) return null;
  const { via, kind: channel, id } = session;
  return { kind: "person", id: person.id, rights: person.rights, via, channel, session: id };
}

/** Neither ended nor over its limits. */
export function isInForce(session: StoredSession, now: number): boolean {
  const { endedAt, expiresAt, lastSeenAt, idleMs } = session;
  return endedAt === null && now < expiresAt && now < lastSeenAt + idleMs;
}

/** Secrets are 256 random bits, so a plain hash gives a reader of the store nothing to try. */
export function credentialHash(secret: string): string {
  return sha256Base64url(`haltpoint:credential:1:${secret}`);
}
