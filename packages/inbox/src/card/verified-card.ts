/**
 * INVARIANT: I2 what is drawn is what is decided. The page draws from the canonical bytes, and only
 * where their digest is the one it would send; anything else on the answer is beside the point.
 */
import {
  canonicalJson,
  DEFAULT_JSON_LIMITS,
  displayDigest,
  displayedOf,
  parseJsonText,
  sha256Base64url,
  type Card,
  type Revision,
} from "@haltpoint/protocol";

export type VerifiedCard =
  | {
      readonly kind: "verified";
      readonly content: Revision;
      readonly digest: string;
      /** Of everything a person is shown to decide on. */
      readonly displayDigest: string;
    }
  /** Without sight of the arguments. */
  | { readonly kind: "metadata" }
  /** The server said one thing and its digest another: nothing may be decided on this. */
  | { readonly kind: "contradictory"; readonly why: string };

export function verifiedCard(card: Card): VerifiedCard {
  const { canonical, digest, request } = card;
  if (canonical === null) return { kind: "metadata" };
  if (sha256Base64url(canonical) !== digest || request.revision.digest !== digest) {
    return contradictory("its bytes do not have the digest the server names");
  }
  const parsed = parseJsonText(canonical, DEFAULT_JSON_LIMITS);
  if (!parsed.ok) return contradictory("its bytes cannot be read exactly");
  const { value } = parsed;
  if (canonicalJson(value) !== canonical) return contradictory("its bytes are not canonical");
  if (canonicalJson(request.revision.content) !== canonical) {
    return contradictory("its content is not what its bytes say");
  }
  return {
    kind: "verified",
    content: value as unknown as Revision,
    digest,
    displayDigest: displayDigest(displayedOf(request)),
  };
}

function contradictory(why: string): VerifiedCard {
  return { kind: "contradictory", why };
}
