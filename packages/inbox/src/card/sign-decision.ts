/**
 * A decision signed by a passkey. The page works out itself what is to be signed, from what it
 * shows, and asks the authenticator only if the server asks for exactly that: a server that was
 * taken over can refuse a decision, but not have another one signed (T31).
 */
import type { startAuthentication } from "@simplewebauthn/browser";
import {
  CHALLENGE_VERSION,
  confirmedSet,
  reviewChallenge,
  type ChallengeInput,
} from "@haltpoint/protocol";
import type { Answer, Ask } from "../api/call.ts";
import type { Failure } from "../api/failure.ts";

/** Answer of `POST /v1/requests/:id/challenges`. */
export interface ChallengeView {
  readonly ceremony: string;
  readonly options: Readonly<Record<string, unknown>>;
  readonly challenge_input: ChallengeInput;
}
/** In the body of a review or an override. */
export interface DecisionSignature {
  readonly ceremony: string;
  readonly response: Readonly<Record<string, unknown>>;
}

/** What the person means to decide, as the page shows it. */
export interface Decision {
  readonly requestId: string;
  readonly digest: string;
  readonly displayDigest: string;
  readonly reviewer: string;
  readonly verdict: "approve" | "reject" | "override";
  readonly reason: string | null;
  readonly confirmed: readonly string[];
}

export interface Signer {
  readonly origin: string;
  readonly send: (ask: Ask) => Promise<Answer<ChallengeView>>;
  readonly authenticate: typeof startAuthentication;
  readonly now: () => number;
}

export async function signDecision(
  decision: Decision,
  signer: Signer,
): Promise<Answer<DecisionSignature>> {
  const { requestId, digest, displayDigest, verdict, reason, confirmed } = decision;
  const asked = await signer.send({
    method: "POST",
    path: `/v1/requests/${encodeURIComponent(requestId)}/challenges`,
    body: {
      ...(verdict === "override" ? { for: "override" } : { for: "review", verdict }),
      digest,
      display_digest: displayDigest,
      ...(reason === null ? {} : { reason }),
      confirmed: confirmedSet(confirmed),
    },
  });
  if (!asked.ok) return asked;
  const { ceremony, options, challenge_input: input } = asked.value;
  const otherwise = differs(input, decision, signer);
  if (otherwise !== null)
    return refused(`the server asked to sign ${otherwise}; nothing was signed`);
  if (options["challenge"] !== reviewChallenge(input)) {
    return refused("the server's challenge is not over this decision; nothing was signed");
  }
  try {
    const optionsJSON = options as unknown as Parameters<
      typeof startAuthentication
    >[0]["optionsJSON"];
    const response = await signer.authenticate({ optionsJSON });
    return {
      ok: true,
      value: { ceremony, response: response as unknown as DecisionSignature["response"] },
    };
  } catch (error) {
    return refused(passkeyWords(error));
  }
}

/** What the server would have signed instead; null: this very decision. */
function differs(input: ChallengeInput, decision: Decision, signer: Signer): string | null {
  const { review } = input;
  if (input.v !== CHALLENGE_VERSION) return "a form this page does not know; reload it";
  if (input.log_origin !== signer.origin) return "for another server";
  if (input.request !== decision.requestId) return "a decision on another request";
  if (input.digest !== decision.digest) return "another content than the one shown";
  if (input.display_digest !== decision.displayDigest) return "another card than the one shown";
  if (input.reviewer !== decision.reviewer) return "as somebody else";
  if (review.verdict !== decision.verdict) return "another verdict";
  if (review.reason !== decision.reason) return "another reason";
  const ticked = confirmedSet(decision.confirmed).join("\n");
  if (review.confirmed.join("\n") !== ticked) return "other statements than the ones ticked";
  if (input.expires_at <= signer.now()) return "what has expired; try again";
  return null;
}

function passkeyWords(error: unknown): string {
  const name = error instanceof Error ? error.name : "";
  if (name === "NotAllowedError" || name === "AbortError") {
    return "the passkey was not used; nothing was decided";
  }
  return "this browser could not use the passkey; nothing was decided";
}

function refused(detail: string): { readonly ok: false; readonly failure: Failure } {
  return { ok: false, failure: { code: "not_understood", detail } };
}
