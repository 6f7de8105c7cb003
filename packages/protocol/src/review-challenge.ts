/**
 * What a person's passkey signs when they decide: the challenge of a review.
 *
 *     challenge = SHA-256(JCS(ChallengeInput))
 *
 * The input binds the decision (who, what verdict, why, which statements were ticked) to the action
 * (the revision's digest, of this very request), to what was asked of the person (obligations) and
 * to what they were shown (display). It names the obligations and not the policy version, so that
 * publishing an unrelated rule voids no signature in flight.
 *
 * This form is part of every signature ever made: it never changes, a successor gets another `v`.
 */
import { canonicalJson } from "./canonical-json.ts";
import { type Digest, sha256Base64url } from "./digest.ts";
import type { FieldChange } from "./problem.ts";

export const CHALLENGE_VERSION = "haltpoint:review:1";

/** What is decided; `override` is signed like a review. */
export type SignedVerdict = "approve" | "reject" | "override";

export type ChallengeInput = {
  readonly v: typeof CHALLENGE_VERSION;
  /** Whose record the decision becomes a part of: the server's public origin. */
  readonly log_origin: string;
  readonly request: string;
  /** The revision's. */
  readonly digest: string;
  readonly obligations_digest: string;
  readonly display_digest: string;
  /** A person's id. */
  readonly reviewer: string;
  readonly review: {
    readonly verdict: SignedVerdict;
    readonly reason: string | null;
    /** Ids of the statements that were ticked, each once, by UTF-16 code units. */
    readonly confirmed: readonly string[];
  };
  /** base64url of at least 128 random bits; taken once. */
  readonly nonce: string;
  /** Milliseconds since the epoch. */
  readonly expires_at: number;
};

/** Answer of `POST /v1/requests/:id/challenges`. */
export interface ChallengeView {
  readonly ceremony: string;
  /** `PublicKeyCredentialRequestOptionsJSON`; its challenge is that of `challenge_input`. */
  readonly options: Readonly<Record<string, unknown>>;
  readonly challenge_input: ChallengeInput;
}

/** The challenge, base64url: what `clientDataJSON.challenge` must be. */
export function reviewChallenge(input: ChallengeInput): Digest {
  return sha256Base64url(canonicalJson(input));
}

/** Ticks as they are signed: a set has one spelling. */
export function confirmedSet(confirmed: readonly string[]): readonly string[] {
  return [...new Set(confirmed)].sort();
}

/** The digest of obligations as the ledger has them in the entry that held the request. */
export function obligationsDigest(obligations: object): Digest {
  return sha256Base64url(canonicalJson(obligations));
}

/** What a page shows somebody who decides, in the members its digest is over. */
export type Displayed = {
  /** With commitments. */
  readonly content: object;
  /** Against revision 0. */
  readonly changes: readonly FieldChange[];
  readonly obligations: {
    readonly risk: string;
    readonly needed: readonly Needed[];
    readonly confirm: readonly { readonly id: string; readonly text: string }[];
    readonly step_up: "none" | "passkey";
    readonly reason_required: boolean;
    readonly editable_fields: readonly string[];
  };
};

type Needed = { readonly count: number; readonly from: readonly string[] };

/** The members of a request's view that are displayed to whoever decides. */
interface Displayable {
  readonly revision: { readonly content: object };
  readonly changes: Displayed["changes"];
  readonly risk: string;
  readonly quorum: { readonly needed: readonly Needed[] } | null;
  readonly confirm: Displayed["obligations"]["confirm"];
  readonly step_up: Displayed["obligations"]["step_up"];
  readonly reason_required: boolean;
  readonly editable_fields: readonly string[];
}

/** The part of a view that somebody decides on. Progress and time left are not in it: they move. */
export function displayedOf(view: Displayable): Displayed {
  return {
    content: view.revision.content,
    changes: view.changes,
    obligations: {
      risk: view.risk,
      needed: (view.quorum?.needed ?? []).map(({ count, from }) => ({ count, from })),
      confirm: view.confirm.map(({ id, text }) => ({ id, text })),
      step_up: view.step_up,
      reason_required: view.reason_required,
      editable_fields: view.editable_fields,
    },
  };
}

/**
 * The digest of what is shown: SHA-256 over the canonical bytes that a page renders from. A page
 * computes it from the answer it renders; the server from what it would answer now.
 */
export function displayDigest(displayed: Displayed): Digest {
  return sha256Base64url(canonicalJson(displayed));
}
