/**
 * Decisions that a passkey signs: the challenge that is given out, and the check of its answer.
 *
 * INVARIANT: a signature counts for one decision: of this person, on this revision of this request,
 * under these obligations, as displayed, in these very words; once, and before it is stale (T31). The
 * ceremony is consumed in the commit of the decision, so of two that race one is refused.
 */
import {
  base64url,
  CHALLENGE_VERSION,
  confirmedSet,
  newId,
  obligationsDigest,
  reviewChallenge,
  type ChallengeInput,
  type ChallengeView,
  type ReviewSignature,
} from "@haltpoint/protocol";
import type { RequestState } from "../domain/request/model.ts";
import { refuse, type Refusal } from "../domain/request/refusal.ts";
import type { RelyingParty } from "../ports/passkeys.ts";
import type { StoredPasskey } from "../ports/sign-in-records.ts";
import type { Standing, Write } from "../ports/store.ts";
import { answered, problemOf, refused, type Answer } from "./answer.ts";
import type { App, Site } from "./app.ts";
import type { Principal } from "./authenticate.ts";
import { displayNow } from "./display-now.ts";
import { commitOnce } from "./commit-once.ts";

const CHALLENGE_MS = 300_000;
const NONCE_BYTES = 32;

type Person = Extract<Principal, { readonly kind: "person" }>;
type Words = ChallengeInput["review"];

export interface SentSignature {
  readonly ceremony: string;
  readonly response: Readonly<Record<string, unknown>>;
}

/** What came of a signature. `writes` and `evidence` go into the commit of the decision. */
export interface Signed {
  readonly stepUp: "none" | "passkey";
  readonly refusal: Refusal | null;
  readonly evidence: Readonly<Record<string, unknown>>;
  readonly writes: readonly Write[];
}

export const UNSIGNED: Signed = { stepUp: "none", refusal: null, evidence: {}, writes: [] };

export interface Challenged {
  readonly requestId: string;
  readonly words: Words;
  readonly digest: string;
  readonly displayDigest: string;
}

/** Gives out a challenge for exactly these words on exactly what is displayed. */
export async function offerChallenge(
  app: App,
  person: Person,
  asked: Challenged,
): Promise<Answer<ChallengeView>> {
  const state = await app.store.request(asked.requestId);
  if (state === null) return refused("not_found", `there is no request \`${asked.requestId}\``);
  const standing = await app.store.standing();
  const { now } = standing.time;
  const stale = await notDecidable(app, person, { state, standing, asked });
  if (stale !== null) return { ok: false, problem: problemOf(stale, { requestId: state.id, now }) };
  const keys = (await app.store.passkeys(person.id)).filter((key) => key.revokedAt === null);
  if (keys.length === 0) {
    return refused("step_up_required", "you have no passkey yet; add one under You, then decide");
  }
  const fresh = { nonce: nonceOf(app), expires_at: now + CHALLENGE_MS };
  const input = inputOf(app, { person: person.id, state, words: asked.words }, fresh, {
    display: asked.displayDigest,
  });
  const challenge = reviewChallenge(input);
  const ceremony = newId("cer", now, app.random.bytes(10));
  const record = {
    id: ceremony,
    kind: "step_up" as const,
    person: person.id,
    challenge,
    context: JSON.stringify(input),
    createdAt: now,
    expiresAt: fresh.expires_at,
  };
  await commitOnce(app, { expected: {}, writes: [{ kind: "ceremony", ceremony: record }] }, now);
  const allowed = keys.map((key) => key.credentialId);
  const options = await app.passkeys.assertionOptions({
    party: partyOf(app.site),
    challenge,
    allowed,
  });
  return answered({ ceremony, options, challenge_input: input });
}

async function notDecidable(
  app: App,
  person: Person,
  { state, standing, asked }: { state: RequestState; standing: Standing; asked: Challenged },
): Promise<Refusal | null> {
  const { decided } = state;
  if (state.status !== "held") {
    return refuse(
      state.status === "expired" ? "expired" : "already_decided",
      `it is \`${state.status}\`; there is nothing left to sign`,
      decided === null ? {} : { decided },
    );
  }
  if (asked.digest !== state.revision.digest) {
    const detail = "it was edited since you looked; look again before you decide";
    return refuse("stale_revision", detail, { field: "digest" });
  }
  const display = await displayNow(app, person, state, standing);
  if (display === asked.displayDigest) return null;
  const detail = "what is shown or asked changed since you looked; look again before you decide";
  return refuse("stale_revision", detail, { field: "display_digest" });
}

/** Checks a passkey's answer against the challenge it was given and against what is decided. */
export async function checkSignature(
  app: App,
  of: {
    readonly person: Person;
    readonly state: RequestState;
    readonly standing: Standing;
    readonly words: Words;
    readonly signature: SentSignature;
  },
): Promise<Signed> {
  const { person, state, standing, signature } = of;
  const { now } = standing.time;
  const ceremony = await app.store.ceremony(signature.ceremony);
  if (ceremony === null || ceremony.kind !== "step_up") {
    return no("this challenge was answered before, or never was one; ask for a new one");
  }
  if (ceremony.person !== person.id) return no("this challenge was given to somebody else");
  if (now >= ceremony.expiresAt) return no("this challenge is too old; ask for a new one");
  const input = JSON.parse(ceremony.context) as ChallengeInput;
  const display = await displayNow(app, person, state, standing);
  const due = inputOf(app, { person: person.id, state, words: of.words }, input, {
    display: display ?? "",
  });
  const moved = movedBetween(input, due);
  if (moved !== null) return no(moved);
  const key = await keyOf(app, person, signature);
  if (key === null) return no("this passkey is none of yours that is enrolled here");
  const { credentialId, publicKey, counter } = key;
  const verified = await app.passkeys.verifyAssertion({
    party: partyOf(app.site),
    challenge: ceremony.challenge,
    response: signature.response,
    credential: { credentialId, publicKey, counter },
  });
  if (!verified.ok) return no(verified.why);
  const made = verified.value;
  // A counter that does not grow says that the key was copied. Keys without one always say 0.
  if ((made.counter > 0 || counter > 0) && made.counter <= counter) {
    return no("the passkey's counter went back: it may have been copied; use another passkey");
  }
  const kept: ReviewSignature = {
    credential_id: made.credentialId,
    client_data_json: made.clientDataJson,
    authenticator_data: made.authenticatorData,
    signature: made.signature,
    challenge_input: input,
  };
  const used = { ...key, counter: made.counter, backedUp: made.backedUp, lastUsedAt: now };
  const writes: readonly Write[] = [
    { kind: "ceremony_done", id: ceremony.id },
    { kind: "passkey", passkey: used },
  ];
  return { stepUp: "passkey", refusal: null, evidence: { signature: kept }, writes };
}

/** Whose key answered: one of this person's, in force. */
async function keyOf(
  app: App,
  person: Person,
  signature: SentSignature,
): Promise<StoredPasskey | null> {
  const id = app.passkeys.credentialIdOf(signature.response);
  const key = id === null ? null : await app.store.passkeyByCredential(id);
  if (key === null || key.person !== person.id || key.revokedAt !== null) return null;
  return key;
}

function inputOf(
  app: App,
  of: { readonly person: string; readonly state: RequestState; readonly words: Words },
  { nonce, expires_at }: Pick<ChallengeInput, "nonce" | "expires_at">,
  shown: { readonly display: string },
): ChallengeInput {
  const { state, words } = of;
  return {
    v: CHALLENGE_VERSION,
    log_origin: app.site.publicUrl,
    request: state.id,
    digest: state.revision.digest,
    obligations_digest: obligationsDigest(state.obligations ?? {}),
    display_digest: shown.display,
    reviewer: of.person,
    review: { ...words, confirmed: confirmedSet(words.confirmed) },
    nonce,
    expires_at,
  };
}

/** What differs between what was signed and what is decided, in words; null: nothing. */
function movedBetween(signed: ChallengeInput, due: ChallengeInput): string | null {
  if (signed.request !== due.request) return "it was signed for another request";
  if (signed.digest !== due.digest) return "it was signed for an earlier revision; look again";
  if (signed.obligations_digest !== due.obligations_digest) {
    return "what is asked of reviewers changed since it was signed; look again";
  }
  if (signed.display_digest !== due.display_digest) {
    return "what is shown changed since it was signed; look again";
  }
  if (reviewChallenge(signed) === reviewChallenge(due)) return null;
  return "verdict, reason and ticks have to be those that were signed; ask for a new challenge";
}

function no(why: string): Signed {
  return { ...UNSIGNED, refusal: refuse("signature_refused", why, { field: "signature" }) };
}

function partyOf({ publicUrl }: Site): RelyingParty {
  return { id: hostOf(publicUrl), name: "Haltpoint", origins: [publicUrl] };
}

/** The host without its port. App code has no `URL`; ours has a scheme and no credentials. */
function hostOf(publicUrl: string): string {
  return publicUrl.replace(/^[a-z]+:\/\//, "").replace(/[:/].*$/, "");
}

function nonceOf(app: App): string {
  return base64url(app.random.bytes(NONCE_BYTES));
}
