/** Passkeys: registered by whoever is signed in, used to sign in, revoked with a reason. */
import { newId, type CeremonyView, type PasskeyView } from "@haltpoint/protocol";
import type { JsonObject, NewCredential } from "../ports/passkeys.ts";
import type { StoredPasskey, StoredSession } from "../ports/sign-in-records.ts";
import type { StoredPerson, Write } from "../ports/store.ts";
import { answered, refused, type Answer } from "./answer.ts";
import type { App } from "./app.ts";
import {
  beginAssertion,
  beginCeremony,
  DOES_NOT_HOLD,
  isLive,
  namedPasskey,
  openCeremony,
  relyingParty,
  verifyAssertion,
} from "./ceremonies.ts";
import { commitOnce } from "./execute.ts";
import { passkeyView } from "./me.ts";
import { systemEntry } from "./registry.ts";
import { createSession, exchangedSecret, type SignedIn } from "./sessions.ts";
import { withdrawnMeanwhile, type Visitor } from "./sign-in.ts";

const PASSKEYS_MAX = 20;

/** What the browser is asked so that a person gets a passkey. */
export async function registrationOptions(
  app: App,
  person: Pick<StoredPerson, "id" | "name">,
  challenge: string,
): Promise<JsonObject> {
  const live = (await app.store.passkeys(person.id)).filter(isLive);
  return app.passkeys.registrationOptions({
    party: relyingParty(app.site),
    challenge,
    person,
    known: live.map(({ credentialId }) => credentialId),
  });
}

export async function beginRegistration(app: App, id: string): Promise<Answer<CeremonyView>> {
  const person = await app.store.person(id);
  if (person === null) return refused("unauthenticated", "sign in again");
  const live = (await app.store.passkeys(id)).filter(isLive);
  if (live.length >= PASSKEYS_MAX) {
    const limit = { name: "passkeys", value: PASSKEYS_MAX };
    return refused("limit_exceeded", `${PASSKEYS_MAX} passkeys are enough; revoke one`, { limit });
  }
  const order = { kind: "register", person: id } as const;
  return answered(
    await beginCeremony(app, order, (challenge) => registrationOptions(app, person, challenge)),
  );
}

export interface Registered {
  readonly passkey: PasskeyView;
  /** The browser's session gets a new secret when what it may do grows; null: no session. */
  readonly secret: string | null;
}

export async function finishRegistration(
  app: App,
  order: {
    readonly person: string;
    readonly ceremony: string;
    readonly response: JsonObject;
    readonly name: string;
    readonly session: StoredSession | null;
  },
): Promise<Answer<Registered>> {
  const { person, response, name, session } = order;
  const asked = { id: order.ceremony, kind: "register", person } as const;
  const open = await openCeremony(app, asked);
  if (!open.ok) return open;
  const verified = await app.passkeys.verifyRegistration({
    party: relyingParty(app.site),
    challenge: open.value.challenge,
    response,
  });
  if (!verified.ok) return refused("signature_invalid", DOES_NOT_HOLD, { field: "response" });
  const { now } = await app.store.time();
  const made = newPasskey(app, { person, name, now }, verified.value);
  const taken = await alreadyRegistered(app, made.passkey);
  if (taken !== null) return taken;
  const exchanged = session === null ? null : exchangedSecret(app, session, now);
  const writes: readonly Write[] = [
    { kind: "ceremony_done", id: open.value.id },
    ...made.writes,
    ...(exchanged === null ? [] : [exchanged.write]),
  ];
  if (!(await commitOnce(app, { expected: {}, writes }, now))) return withdrawnMeanwhile();
  return answered({ passkey: passkeyView(made.passkey), secret: exchanged?.secret ?? null });
}

/** The passkey and its entry: with the public key, so that what it signs can be checked later. */
export function newPasskey(
  app: App,
  of: { readonly person: string; readonly name: string; readonly now: number },
  credential: NewCredential,
): { readonly passkey: StoredPasskey; readonly writes: readonly Write[] } {
  const { person, name, now } = of;
  const passkey: StoredPasskey = {
    ...credential,
    id: newId("pk", now, app.random.bytes(10)),
    person,
    name,
    createdAt: now,
    lastUsedAt: null,
    revokedAt: null,
  };
  const { id, credentialId, publicKey, algorithm } = passkey;
  const about = {
    person,
    passkey: id,
    credential_id: credentialId,
    public_key: publicKey,
    algorithm,
    rp_id: relyingParty(app.site).id,
  };
  const entry = systemEntry("passkey_registered", now, `person:${person}`, about);
  return { passkey, writes: [{ kind: "passkey", passkey }, entry] };
}

/** A credential id is one authenticator's; a second owner of it is a forgery. */
export async function alreadyRegistered(
  app: App,
  { credentialId }: StoredPasskey,
): Promise<Answer<never> | null> {
  if ((await app.store.passkeyByCredential(credentialId)) === null) return null;
  return refused("already_exists", "this passkey is registered already; use another device");
}

/** Asks the browser for whichever passkey it has for this site. */
export function beginSignIn(app: App): Promise<CeremonyView> {
  return beginAssertion(app, { kind: "sign_in", person: null });
}

export async function signInWithPasskey(
  app: App,
  sent: { readonly ceremony: string; readonly response: JsonObject },
  visitor: Visitor,
): Promise<Answer<SignedIn>> {
  const asked = { ...sent, kind: "sign_in", person: null } as const;
  const first = await verifyAssertion(app, asked);
  if (!first.ok) {
    await recordRefusal(app, sent.response);
    return refused("sign_in_failed", first.problem.detail);
  }
  const { passkey } = first.value;
  return createSession(app, {
    person: passkey.person,
    kind: "web",
    via: "passkey",
    label: visitor.label,
    replaces: visitor.session,
    about: { passkey: passkey.id },
    prepare: async () => {
      const proven = await verifyAssertion(app, asked);
      return proven.ok
        ? answered(proven.value.writes)
        : refused("sign_in_failed", proven.problem.detail);
    },
  });
}

/** Only where a passkey of ours was named: what strangers send is not kept for ever. */
async function recordRefusal(app: App, response: JsonObject): Promise<void> {
  const passkey = await namedPasskey(app, response);
  if (passkey === null) return;
  const { now } = await app.store.time();
  const about = { person: passkey.person, passkey: passkey.id };
  const entry = systemEntry("sign_in_refused", now, "system", about);
  await commitOnce(app, { expected: {}, writes: [entry] }, now);
}

/** INVARIANT: nobody locks themselves out: the last way in stays until there is another. */
export async function revokePasskey(
  app: App,
  order: { readonly person: string; readonly id: string; readonly reason: string },
): Promise<Answer<PasskeyView>> {
  const { person, id, reason } = order;
  const live = (await app.store.passkeys(person)).filter(isLive);
  const passkey = live.find((each) => each.id === id);
  if (passkey === undefined) return refused("not_found", "you have no such passkey");
  if (live.length === 1 && !(await hasOtherWayIn(app, person))) {
    const detail =
      "this is your only way to sign in; register another passkey first, or have an operator make you an enrolment link";
    return refused("last_way_in", detail);
  }
  const { now } = await app.store.time();
  const revoked = { ...passkey, revokedAt: now };
  const about = { person, passkey: id, reason };
  const writes: readonly Write[] = [
    { kind: "passkey", passkey: revoked },
    systemEntry("passkey_revoked", now, `person:${person}`, about),
  ];
  // Two at once must not both find the other one left.
  const expected = { livePasskeys: { person, ids: live.map((each) => each.id) } };
  if (!(await commitOnce(app, { expected, writes }, now))) return revokePasskey(app, order);
  return answered(passkeyView(revoked));
}

/** Another way than passkeys by which this person can sign in. */
function hasOtherWayIn(app: App, _person: string): Promise<boolean> {
  return Promise.resolve(app.site.development);
}
