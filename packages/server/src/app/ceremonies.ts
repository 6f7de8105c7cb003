/**
 * Passkeys asked to sign: a challenge is given out, kept, and answered once within five minutes. The
 * writes that use it up go into the commit of whatever the answer was for.
 */
import { base64url, newId, type CeremonyView } from "@haltpoint/protocol";
import type { JsonObject, RelyingParty, SignedAssertion } from "../ports/passkeys.ts";
import type { CeremonyKind, StoredCeremony, StoredPasskey } from "../ports/sign-in-records.ts";
import type { Write } from "../ports/store.ts";
import { answered, refused, type Answer } from "./answer.ts";
import type { App, Site } from "./app.ts";
import { commitOnce } from "./execute.ts";

const LIFETIME_MS = 300_000;
const CHALLENGE_BYTES = 32;

/** A passkey is bound to the public URL: its host name, and its origin. */
export function relyingParty({ publicUrl }: Site): RelyingParty {
  const { hostname, origin } = new URL(publicUrl);
  return { id: hostname, name: "Haltpoint", origins: [origin] };
}

/** Browsers sign for names, over TLS or on the machine itself. */
export function canUsePasskeys({ publicUrl }: Site): boolean {
  const { hostname, protocol } = new URL(publicUrl);
  if (hostname === "localhost" || hostname.endsWith(".localhost")) return true;
  return protocol === "https:" && !/^(\[|\d+(\.\d+){3}$)/.test(hostname);
}

export interface NewCeremony {
  readonly kind: CeremonyKind;
  /** Whose answer is taken; null: anybody's. */
  readonly person: string | null;
  /** What is to be signed, base64url; default: random. */
  readonly challenge?: string;
  /** Kept with it, for whoever takes the answer. */
  readonly context?: Readonly<Record<string, unknown>>;
}

/** Keeps a challenge. `options`: what the browser is asked, made for this challenge. */
export async function beginCeremony(
  app: App,
  order: NewCeremony,
  options: (challenge: string) => Promise<JsonObject>,
): Promise<CeremonyView> {
  const { kind, person, context = {} } = order;
  const { now } = await app.store.time();
  const challenge = order.challenge ?? base64url(app.random.bytes(CHALLENGE_BYTES));
  const ceremony: StoredCeremony = {
    id: newId("cer", now, app.random.bytes(10)),
    kind,
    person,
    challenge,
    context: JSON.stringify(context),
    createdAt: now,
    expiresAt: now + LIFETIME_MS,
  };
  const writes: readonly Write[] = [{ kind: "ceremony", ceremony }];
  await commitOnce(app, { expected: {}, writes }, now);
  return {
    ceremony: ceremony.id,
    expires_at: ceremony.expiresAt,
    options: await options(challenge),
  };
}

/**
 * Asks for a signature of one of the person's passkeys; null: whichever the browser has for this
 * site. With a `challenge` of one's own the signature is over that (step-up).
 */
export async function beginAssertion(app: App, order: NewCeremony): Promise<CeremonyView> {
  const { person } = order;
  const live = person === null ? [] : (await app.store.passkeys(person)).filter(isLive);
  const allowed = live.map(({ credentialId: id, transports }) => ({ id, transports }));
  return beginCeremony(app, order, (challenge) =>
    app.passkeys.assertionOptions({ party: relyingParty(app.site), challenge, allowed }),
  );
}

export function isLive(passkey: StoredPasskey): boolean {
  return passkey.revokedAt === null;
}

/** A ceremony of this kind that can still be answered by this person. */
export async function openCeremony(
  app: App,
  asked: { readonly id: string; readonly kind: CeremonyKind; readonly person: string | null },
): Promise<Answer<StoredCeremony>> {
  const ceremony = await app.store.ceremony(asked.id);
  const { now } = await app.store.time();
  if (
    ceremony === null ||
    ceremony.kind !== asked.kind ||
    ceremony.person !== asked.person ||
    now >= ceremony.expiresAt
  ) {
    const detail = "what the passkey was asked was answered already or is too old; begin again";
    return refused("signature_invalid", detail, { field: "ceremony" });
  }
  return answered(ceremony);
}

export interface ProvenAssertion {
  readonly passkey: StoredPasskey;
  readonly ceremony: StoredCeremony;
  /** As it can be checked again from the record. */
  readonly signed: SignedAssertion;
  /** To be committed with what was signed: they use the ceremony up and move the counter. */
  readonly writes: readonly Write[];
}

export interface SentAssertion {
  readonly ceremony: string;
  readonly kind: "sign_in" | "step_up";
  /** Whose passkey it has to be; null: anybody's of this site. */
  readonly person: string | null;
  readonly response: JsonObject;
}

/** Whether a passkey of the right person signed this very challenge, here, and was asked to. */
export async function verifyAssertion(
  app: App,
  sent: SentAssertion,
): Promise<Answer<ProvenAssertion>> {
  const { kind, person, response } = sent;
  const open = await openCeremony(app, { id: sent.ceremony, kind, person });
  if (!open.ok) return open;
  const ceremony = open.value;
  const passkey = await namedPasskey(app, response);
  if (passkey === null || (person !== null && passkey.person !== person)) {
    const detail = "this passkey is not registered here, was revoked, or is somebody else's";
    return refused("signature_invalid", detail, { field: "response" });
  }
  const verified = await app.passkeys.verifyAssertion({
    party: relyingParty(app.site),
    challenge: ceremony.challenge,
    response,
    credential: passkey,
  });
  if (!verified.ok) return refused("signature_invalid", DOES_NOT_HOLD, { field: "response" });
  const signed = verified.value;
  const { now } = await app.store.time();
  const writes: readonly Write[] = [
    {
      kind: "passkey_used",
      id: passkey.id,
      counter: signed.counter,
      backedUp: signed.backedUp,
      at: now,
    },
    { kind: "ceremony_done", id: ceremony.id },
  ];
  return answered({ passkey, ceremony, signed, writes });
}

export const DOES_NOT_HOLD =
  "the passkey's answer does not hold for this server and this question; begin again";

/** The passkey an answer says it is of, while it is in force. */
export async function namedPasskey(app: App, response: JsonObject): Promise<StoredPasskey | null> {
  const credentialId = app.passkeys.credentialIdOf(response);
  const passkey = credentialId === null ? null : await app.store.passkeyByCredential(credentialId);
  return passkey !== null && isLive(passkey) ? passkey : null;
}
