/**
 * A review that a passkey signed, as the ledger keeps it, and its check by whoever reads the ledger:
 * no server, no network, only the entry, the enrolment of the key and the expected origin.
 */
import { sha256 } from "@noble/hashes/sha2.js";
import { concatBytes } from "@noble/hashes/utils.js";
import { base64url, fromBase64url, sha256Base64url } from "./digest.ts";
import { DEFAULT_JSON_LIMITS, parseJsonBytes } from "./json-text.ts";
import { type ChallengeInput, confirmedSet, reviewChallenge } from "./review-challenge.ts";
import { type CoseKey, parseAuthenticatorData, parseCoseKey } from "./webauthn-bytes.ts";

export type { CoseAlgorithm, CoseKey, PublicJwk } from "./webauthn-bytes.ts";

/** In the data of an entry, under `signature`. Bytes are base64url. */
export interface ReviewSignature {
  readonly credential_id: string;
  readonly client_data_json: string;
  readonly authenticator_data: string;
  readonly signature: string;
  readonly challenge_input: ChallengeInput;
}

/** What the enrolment entry says of the key. */
export interface EnrolledKey {
  readonly person: string;
  readonly credentialId: string;
  /** COSE_Key, base64url. */
  readonly publicKey: string;
}

/** The decision as the entry states it beside its signature. */
export interface StatedReview {
  readonly request: string;
  readonly person: string;
  readonly digest: string;
  readonly verdict: ChallengeInput["review"]["verdict"];
  readonly reason: string | null;
  readonly confirmed: readonly string[];
  /** Milliseconds since the epoch. */
  readonly at: number;
}

/** Whether a signature over `data` is that of the key. */
export type VerifySignature = (
  key: CoseKey,
  data: Uint8Array,
  signature: Uint8Array,
) => boolean | Promise<boolean>;

/** Why a signed review proves nothing; null: it holds. */
export type SignatureFault =
  | "malformed"
  | "other_review"
  | "other_log"
  | "late"
  | "other_challenge"
  | "wrong_origin"
  | "wrong_rp"
  | "not_verified"
  | "wrong_key"
  | "bad_signature";

/**
 * Checks one signed review against what its entry states, the enrolled key, and where it must have
 * been made. Says nothing about whether the enrolment is to be believed.
 */
export async function signedReviewFault(
  signed: ReviewSignature,
  stated: StatedReview,
  by: {
    readonly key: EnrolledKey;
    /** The page's: `https://haltpoint.example`. */
    readonly origin: string;
    readonly rpId: string;
    readonly verify: VerifySignature;
  },
): Promise<SignatureFault | null> {
  const { challenge_input: input } = signed;
  if (!isAbout(input, stated)) return "other_review";
  if (input.log_origin !== by.origin) return "other_log";
  if (stated.at >= input.expires_at) return "late";
  const client = readClientData(signed.client_data_json);
  if (client === null) return "malformed";
  if (client.type !== "webauthn.get" || client.challenge !== reviewChallenge(input)) {
    return "other_challenge";
  }
  if (client.origin !== by.origin || client.crossOrigin === true) return "wrong_origin";
  const { key } = by;
  if (key.person !== input.reviewer || key.credentialId !== signed.credential_id) {
    return "wrong_key";
  }
  return assertionFault(signed, by);
}

async function assertionFault(
  signed: ReviewSignature,
  by: { readonly key: EnrolledKey; readonly rpId: string; readonly verify: VerifySignature },
): Promise<SignatureFault | null> {
  const data = fromBase64url(signed.authenticator_data);
  const clientData = fromBase64url(signed.client_data_json);
  const signature = fromBase64url(signed.signature);
  const publicKey = fromBase64url(by.key.publicKey);
  if (data === undefined || clientData === undefined) return "malformed";
  if (signature === undefined || publicKey === undefined) return "malformed";
  const authenticator = parseAuthenticatorData(data);
  const coseKey = parseCoseKey(publicKey);
  if (authenticator === undefined || coseKey === undefined) return "malformed";
  if (base64url(authenticator.rpIdHash) !== sha256Base64url(by.rpId)) return "wrong_rp";
  if (!authenticator.userPresent || !authenticator.userVerified) return "not_verified";
  const isValid = await by.verify(coseKey, concatBytes(data, sha256(clientData)), signature);
  return isValid ? null : "bad_signature";
}

function isAbout(input: ChallengeInput, stated: StatedReview): boolean {
  const { review } = input;
  return (
    input.request === stated.request &&
    input.reviewer === stated.person &&
    input.digest === stated.digest &&
    review.verdict === stated.verdict &&
    review.reason === stated.reason &&
    confirmedSet(review.confirmed).join("\n") === confirmedSet(stated.confirmed).join("\n")
  );
}

interface ClientData {
  readonly type?: unknown;
  readonly challenge?: unknown;
  readonly origin?: unknown;
  readonly crossOrigin?: unknown;
}

function readClientData(text: string): ClientData | null {
  const bytes = fromBase64url(text);
  if (bytes === undefined) return null;
  const parsed = parseJsonBytes(bytes, DEFAULT_JSON_LIMITS);
  if (!parsed.ok || typeof parsed.value !== "object") return null;
  return parsed.value as ClientData | null;
}
