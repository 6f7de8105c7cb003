/**
 * Signing in through the identity provider. INVARIANT: T9. Issuer and subject say who somebody is,
 * nothing else the provider sends does; a person who exists here already is linked by an enrolment
 * link only, never by a name or an address that happens to be the same.
 */
import { sha256Base64url } from "@haltpoint/protocol";
import type { Right } from "../domain/request/commands.ts";
import type { ProviderPerson, SignInChecks } from "../ports/identity-provider.ts";
import type { StoredAccount } from "../ports/provider-accounts.ts";
import type { Write } from "../ports/store.ts";
import { answered, refused, type Answer } from "./answer.ts";
import type { App } from "./app.ts";
import { credentialHash } from "./authenticate.ts";
import { systemEntry } from "./commit-once.ts";
import { FIRST_RIGHTS } from "./enrolments.ts";
import { sealedFor, type KnownProvider } from "./known-provider.ts";
import { changedWrites } from "./membership-confirmation.ts";
import { misleadingId } from "./registered-ids.ts";
import { createSession, type SignedIn } from "./sessions.ts";

/** How long somebody may take at the provider. */
export const TRANSACTION_MS = 10 * 60_000;
/** Where the provider sends the browser back to. */
export const CALLBACK_PATH = "/auth/oidc/callback";
const TRANSACTION = "sign_in_transaction";
/** Under which the states that were used are kept: each is good once. */
const USED_STATES = "sign_in:oidc";
/** As everywhere here; what else a provider calls somebody is no id. */
const PERSON_ID = /^[A-Za-z0-9][A-Za-z0-9._@+|:/-]{0,127}$/;

const NO_PROVIDER = refused(
  "not_found",
  "no identity provider is configured here; see `sign_in.oidc` in haltpoint.yaml",
);
const DOES_NOT_HOLD = refused(
  "sign_in_failed",
  "this sign-in was used, has expired or was begun in another browser; begin it again",
);

/** What the browser keeps while it is at the provider, sealed. */
interface Transaction {
  readonly checks: SignInChecks;
  readonly issuer: string;
  readonly returnTo: string;
  readonly enrol: string | null;
  readonly expiresAt: number;
}

export interface BegunSignIn {
  /** Where the browser goes. */
  readonly url: string;
  /** For its cookie. */
  readonly transaction: string;
}

export async function beginOidcSignIn(
  app: App,
  asked: { readonly returnTo: string | undefined; readonly enrol: string | undefined },
): Promise<Answer<BegunSignIn>> {
  const { identityProvider: provider } = app;
  if (provider === null) return NO_PROVIDER;
  const begun = await provider.port.begin(`${app.site.publicUrl}${CALLBACK_PATH}`);
  if (begun.kind === "unavailable") return unavailable(app, provider, begun.why);
  const { now } = await app.store.time();
  const transaction: Transaction = {
    checks: begun.checks,
    issuer: provider.port.issuer,
    returnTo: returnPath(asked.returnTo),
    enrol: asked.enrol ?? null,
    expiresAt: now + TRANSACTION_MS,
  };
  const sealed = provider.seal.seal(JSON.stringify(transaction), TRANSACTION);
  return answered({ url: begun.url, transaction: sealed });
}

/** A page of ours, or the inbox: nobody is led elsewhere by a link to the sign-in. */
function returnPath(asked: string | undefined): string {
  const isOurs = asked !== undefined && /^\/(?![/\\])[\x21-\x5b\x5d-\x7e]{0,500}$/.test(asked);
  return isOurs && !asked.startsWith("/auth/") ? asked : "/inbox";
}

/** @param sent the URL the browser came back to and what its cookie held. */
export async function finishOidcSignIn(
  app: App,
  sent: { readonly callback: URL; readonly transaction: string | null; readonly label: string },
): Promise<Answer<SignedIn & { readonly returnTo: string }>> {
  const { identityProvider: provider } = app;
  if (provider === null) return NO_PROVIDER;
  const transaction = await openTransaction(app, provider, sent.transaction);
  if (transaction === null) return DOES_NOT_HOLD;
  const { checks, enrol, returnTo } = transaction;
  const { now: askedAt } = await app.store.time();
  const answer = await provider.port.finish(sent.callback, checks);
  if (answer.kind === "unavailable") return unavailable(app, provider, answer.why);
  if (answer.kind === "refused") {
    app.onFault(new Error(`a sign-in through ${provider.port.name} was refused: ${answer.why}`));
    return refused(
      "sign_in_failed",
      `${provider.port.name} did not sign you in, or its answer did not fit what was asked; begin again`,
    );
  }
  const { person: found } = answer;
  const about: Found = { provider, found, enrol, askedAt };
  const first = await personOf(app, about, askedAt);
  if (!first.ok) return first;
  const { person } = first.value;
  const signedIn = await createSession(app, {
    person,
    kind: "web",
    via: "oidc",
    label: sent.label,
    about: { issuer: provider.port.issuer },
    prepare: async (now) => {
      if (await isUsed(app, checks.state)) return DOES_NOT_HOLD;
      const again = await personOf(app, about, now);
      if (!again.ok) return again;
      if (again.value.person !== person) return DOES_NOT_HOLD;
      return answered([...again.value.writes, usedState(checks.state, now)]);
    },
  });
  return signedIn.ok ? answered({ ...signedIn.value, returnTo }) : signedIn;
}

function unavailable(app: App, provider: KnownProvider, why: string): Answer<never> {
  app.onFault(new Error(`${provider.port.name} could not be asked: ${why}`));
  const detail = `${provider.port.name} does not answer at present; try again in a moment`;
  return refused("unavailable", detail, { retry_after_ms: 5_000 });
}

async function openTransaction(
  app: App,
  provider: KnownProvider,
  sealed: string | null,
): Promise<Transaction | null> {
  const text = sealed === null ? null : provider.seal.open(sealed, TRANSACTION);
  if (text === null) return null;
  // Sealed by ourselves, so it is what we wrote.
  const transaction = JSON.parse(text) as Transaction;
  const { now } = await app.store.time();
  const isOver = now >= transaction.expiresAt || transaction.issuer !== provider.port.issuer;
  return isOver || (await isUsed(app, transaction.checks.state)) ? null : transaction;
}

async function isUsed(app: App, state: string): Promise<boolean> {
  return (await app.store.key(USED_STATES, sha256Base64url(state))) !== null;
}

/** Kept with the session it made: the same answer of the provider signs nobody in again. */
function usedState(state: string, at: number): Write {
  const key = sha256Base64url(state);
  const record = { principal: USED_STATES, key, fingerprint: key, requestId: null, answer: null };
  return { kind: "key", record: { ...record, at } };
}

interface Found {
  readonly provider: KnownProvider;
  readonly found: ProviderPerson;
  readonly enrol: string | null;
  /** What the provider said is of this moment at the earliest. */
  readonly askedAt: number;
}

interface Linked {
  readonly person: string;
  readonly writes: readonly Write[];
}

/** Whose account it is, and what has to be written for it to be so. */
async function personOf(app: App, about: Found, now: number): Promise<Answer<Linked>> {
  const { provider, found, enrol } = about;
  const known = await app.store.account(provider.port.issuer, found.subject);
  if (known !== null) return knownAccount(about, known, now);
  return enrol === null ? newPerson(app, about, now) : byEnrolment(app, about, enrol, now);
}

function knownAccount(about: Found, known: StoredAccount, now: number): Answer<Linked> {
  if (about.enrol !== null) {
    const detail = `this account at ${about.provider.port.name} is \`${known.person}\` here already; sign in without the link, or use another account`;
    return refused("sign_in_failed", detail);
  }
  const { groups } = about.found;
  const refreshToken = sealedToken(about) ?? known.refreshToken;
  const seen = { groups, refreshToken, confirmedAt: about.askedAt, endedAt: null };
  const account = { ...known, ...seen, version: known.version + 1 };
  return answered({ person: known.person, writes: changedWrites(known, account, now) });
}

/** Somebody who is new here: called what the provider calls them, once and for all. */
async function newPerson(app: App, about: Found, now: number): Promise<Answer<Linked>> {
  const { found, provider } = about;
  const { personId: id } = found;
  if (id === null || !PERSON_ID.test(id)) {
    const detail = `${provider.port.name} gives no usable id for you; an operator can set \`sign_in.oidc.person_id_from\` to another claim, or give you an enrolment link`;
    return refused("sign_in_failed", detail);
  }
  const persons = await app.store.persons();
  if (persons.some((person) => person.id === id)) {
    const detail = `\`${id}\` is registered here already and is not known to be you; ask an operator for an enrolment link and sign in by it`;
    return refused("sign_in_failed", detail);
  }
  const misleading = misleadingId(
    id,
    persons.map((person) => person.id),
  );
  if (misleading !== null) return misleading;
  return answered({ person: id, writes: registered(about, { id, rights: [] }, now) });
}

/** A link is somebody's: whoever opens it and signs in is them from here on. */
async function byEnrolment(
  app: App,
  about: Found,
  token: string,
  now: number,
): Promise<Answer<Linked>> {
  const enrolment = await app.store.enrolmentByHash(credentialHash(token));
  if (enrolment === null || enrolment.usedAt !== null || now >= enrolment.expiresAt) {
    const detail = "this link was used, has expired or was replaced; ask an operator for another";
    return refused("link_invalid", detail, { field: "enrol" });
  }
  const used: Write = { kind: "enrolment_used", id: enrolment.id, at: now };
  const { person } = enrolment;
  if (person === null) {
    if ((await app.store.persons()).length > 0) {
      return refused("link_invalid", "somebody is registered already", { field: "enrol" });
    }
    const first = await newPerson(app, about, now);
    if (!first.ok) return first;
    const whole = { id: first.value.person, rights: FIRST_RIGHTS };
    return answered({ person: whole.id, writes: [used, ...registered(about, whole, now)] });
  }
  const [other] = await app.store.accountsOf([person]);
  const replaced = other === undefined ? [] : unlinked(other, now);
  return answered({ person, writes: [used, ...replaced, ...linked(about, person, now)] });
}

/** An operator's link takes the place of an account that is lost, and of all that it opened. */
function unlinked(account: StoredAccount, now: number): readonly Write[] {
  const { issuer, subject, person } = account;
  return [
    { kind: "account_unlinked", account },
    { kind: "sessions_ended", of: { person }, at: now },
    systemEntry("account_unlinked", now, `provider:${issuer}`, { person, issuer, subject }),
  ];
}

function registered(
  about: Found,
  { id, rights }: { readonly id: string; readonly rights: readonly Right[] },
  now: number,
): readonly Write[] {
  const contact = { email: null, slack: null };
  const name = about.found.name ?? id;
  const person = { id, name, rights, disabled: false, ...contact, createdAt: now };
  return [
    { kind: "person", person },
    systemEntry("person_registered", now, `provider:${about.provider.port.issuer}`, {
      id,
      rights,
      disabled: false,
    }),
    ...linked(about, id, now),
  ];
}

function linked(about: Found, person: string, now: number): readonly Write[] {
  const { provider, found, askedAt } = about;
  const { issuer } = provider.port;
  const { subject, groups } = found;
  const refreshToken = sealedToken(about);
  const times = { confirmedAt: askedAt, linkedAt: now, endedAt: null };
  const account = { issuer, subject, person, groups, refreshToken, ...times, version: 1 };
  const data = { person, issuer, subject, groups };
  return [
    { kind: "account", account },
    systemEntry("account_linked", now, `provider:${issuer}`, data),
  ];
}

function sealedToken({ provider, found }: Found): string | null {
  const { refreshToken, subject } = found;
  if (refreshToken === null) return null;
  return provider.seal.seal(refreshToken, sealedFor({ issuer: provider.port.issuer, subject }));
}
