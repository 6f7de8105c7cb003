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
  obligationsDigest,
  reviewChallenge,
  type ChallengeInput,
  type ChallengeView,
  type ReviewSignature,
} from "@haltpoint/protocol";
import type { RequestState } from "../domain/request/model.ts";
import { refuse, type Refusal } from "../domain/request/refusal.ts";
import type { Standing, Write } from "../ports/store.ts";
import { answered, problemOf, refused, type Answer } from "./answer.ts";
import type { App } from "./app.ts";
import type { Principal } from "./authenticate.ts";
import { displayNow } from "./display-now.ts";
import { beginAssertion, isLive, verifyAssertion } from "./ceremonies.ts";

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
  if (!(await app.store.passkeys(person.id)).some(isLive)) {
    return refused("step_up_required", "you have no passkey yet; add one under You, then decide");
  }
  const fresh = { nonce: nonceOf(app), expires_at: now + CHALLENGE_MS };
  const input = inputOf(app, { person: person.id, state, words: asked.words }, fresh, {
    display: asked.displayDigest,
  });
  const order = { kind: "step_up", person: person.id, context: input } as const;
  const begun = await beginAssertion(app, { ...order, challenge: reviewChallenge(input) });
  const { ceremony, options } = begun;
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
  const sent = { ...signature, kind: "step_up", person: person.id } as const;
  const proven = await verifyAssertion(app, sent);
  if (!proven.ok) return no(proven.problem.detail);
  const { ceremony, signed: made, writes } = proven.value;
  const input = JSON.parse(ceremony.context) as ChallengeInput;
  if (input.v !== CHALLENGE_VERSION || now >= input.expires_at) {
    return no("this challenge is too old; ask for a new one");
  }
  const display = await displayNow(app, person, state, standing);
  const due = inputOf(app, { person: person.id, state, words: of.words }, input, {
    display: display ?? "",
  });
  const moved = movedBetween(input, due);
  if (moved !== null) return no(moved);
  const kept: ReviewSignature = {
    credential_id: made.credentialId,
    client_data_json: made.clientDataJson,
    authenticator_data: made.authenticatorData,
    signature: made.signature,
    challenge_input: input,
  };
  return { stepUp: "passkey", refusal: null, evidence: { signature: kept }, writes };
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
  return { ...UNSIGNED, refusal: refuse("signature_invalid", why, { field: "signature" }) };
}

function nonceOf(app: App): string {
  return base64url(app.random.bytes(NONCE_BYTES));
}
