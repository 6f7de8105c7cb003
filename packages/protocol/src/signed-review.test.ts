import { Buffer } from "node:buffer";
import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { canonicalJson } from "./canonical-json.ts";
import {
  CHALLENGE_VERSION,
  type ChallengeInput,
  confirmedSet,
  type Displayed,
  displayDigest,
  obligationsDigest,
  reviewChallenge,
} from "./review-challenge.ts";
import { type ReviewSignature, type StatedReview, signedReviewFault } from "./signed-review.ts";
import { type AssertOptions, softwareAuthenticator } from "./testing/software-authenticator.ts";
import { verifyWithNode } from "./testing/verify-signature.ts";
import { vectorCases } from "./testing/vectors.ts";
import { parseCoseKey } from "./webauthn-bytes.ts";

const ORIGIN = "https://haltpoint.example";
const RP_ID = "haltpoint.example";
const AT = 1_700_000_000_000;
const DIGEST = "47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU";

const input: ChallengeInput = {
  v: CHALLENGE_VERSION,
  log_origin: ORIGIN,
  request: "req_1",
  digest: DIGEST,
  obligations_digest: obligationsDigest({ risk: "high" }),
  display_digest: DIGEST,
  reviewer: "ana",
  review: { verdict: "approve", reason: "known", confirmed: ["a", "b"] },
  nonce: "AAAAAAAAAAAAAAAAAAAAAA",
  expires_at: AT + 1,
};
const stated: StatedReview = {
  request: "req_1",
  person: "ana",
  digest: DIGEST,
  verdict: "approve",
  reason: "known",
  confirmed: ["b", "a"],
  at: AT,
};
const authenticator = softwareAuthenticator();

function sign(changes: Partial<AssertOptions> = {}, of = input): ReviewSignature {
  const options = { challenge: reviewChallenge(of), origin: ORIGIN, rpId: RP_ID, ...changes };
  return { ...authenticator.assert(options), challenge_input: of };
}
function faultOf(signed: ReviewSignature, about: Partial<StatedReview> = {}, person = "ana") {
  const { credentialId, publicKey } = authenticator;
  const key = { person, credentialId, publicKey };
  const by = { key, origin: ORIGIN, rpId: RP_ID, verify: verifyWithNode };
  return signedReviewFault(signed, { ...stated, ...about }, by);
}

describe("the challenge of a review", () => {
  const challenges = vectorCases<{
    input: ChallengeInput;
    hashed_text: string;
    challenge: string;
  }>("review/challenges.json");
  it.each(challenges)("of the vector: $name", (vector) => {
    expect(canonicalJson(vector.input)).toBe(vector.hashed_text);
    expect(reviewChallenge(vector.input)).toBe(vector.challenge);
    expect(createHash("sha256").update(vector.hashed_text).digest("base64url")).toBe(
      vector.challenge,
    );
  });

  const displays = vectorCases<{ displayed: Displayed; digest: string }>("review/displays.json");
  it.each(displays)("display of the vector: $name", ({ displayed, digest }) => {
    expect(displayDigest(displayed)).toBe(digest);
  });

  it("is another one when any member is another", () => {
    const others: readonly ChallengeInput[] = [
      { ...input, log_origin: "https://other.example" },
      { ...input, request: "req_2" },
      { ...input, digest: "A".repeat(43) },
      { ...input, obligations_digest: "A".repeat(43) },
      { ...input, display_digest: "A".repeat(43) },
      { ...input, reviewer: "bo" },
      { ...input, review: { ...input.review, verdict: "reject" } },
      { ...input, review: { ...input.review, verdict: "override" } },
      { ...input, review: { ...input.review, reason: null } },
      { ...input, review: { ...input.review, confirmed: ["a"] } },
      { ...input, nonce: "BAAAAAAAAAAAAAAAAAAAAA" },
      { ...input, expires_at: AT + 2 },
    ];
    const challenges = others.map(reviewChallenge);
    expect(new Set([...challenges, reviewChallenge(input)]).size).toBe(others.length + 1);
  });

  it("takes ticks as a set", () => {
    expect(confirmedSet(["b", "a", "b"])).toEqual(["a", "b"]);
  });
});

describe("a signed review, read from the record alone", () => {
  const vectors = vectorCases<{
    signed: ReviewSignature;
    stated: StatedReview;
    key: { person: string; credential_id: string; public_key: string };
    origin: string;
    rp_id: string;
    fault: string | null;
  }>("review/signed.json");
  it.each(vectors)(
    "of the vector: $name",
    async ({ signed, stated, key, origin, rp_id, fault }) => {
      const enrolled = {
        person: key.person,
        credentialId: key.credential_id,
        publicKey: key.public_key,
      };
      const by = { key: enrolled, origin, rpId: rp_id, verify: verifyWithNode };
      expect(await signedReviewFault(signed, stated, by)).toBe(fault);
    },
  );

  it.each([-8, -7, -257] as const)("holds for algorithm %i", async (algorithm) => {
    const other = softwareAuthenticator(algorithm);
    const options = { challenge: reviewChallenge(input), origin: ORIGIN, rpId: RP_ID };
    const signed = { ...other.assert(options), challenge_input: input };
    const { credentialId, publicKey } = other;
    const key = { person: "ana", credentialId, publicKey };
    const by = { key, origin: ORIGIN, rpId: RP_ID, verify: verifyWithNode };
    expect(await signedReviewFault(signed, stated, by)).toBeNull();
    expect(parseCoseKey(Buffer.from(publicKey, "base64url"))?.algorithm).toBe(algorithm);
  });

  it.each([
    ["another request", { request: "req_2" }],
    ["another revision", { digest: "A".repeat(43) }],
    ["another verdict", { verdict: "reject" }],
    ["another reason", { reason: "other" }],
    ["no reason", { reason: null }],
    ["fewer ticks", { confirmed: ["a"] }],
    ["another person", { person: "bo" }],
  ] as const)("is not one of %s", async (_, about) => {
    expect(await faultOf(sign(), about)).toBe("other_review");
  });

  it("does not hold when it was late, elsewhere, unverified or by somebody else", async () => {
    expect(await faultOf(sign())).toBeNull();
    expect(await faultOf(sign(), { at: AT + 1 })).toBe("late");
    expect(await faultOf(sign({ origin: "https://evil.example" }))).toBe("wrong_origin");
    expect(await faultOf(sign({ crossOrigin: true }))).toBe("wrong_origin");
    expect(await faultOf(sign({ rpId: "evil.example" }))).toBe("wrong_rp");
    expect(await faultOf(sign({ userVerified: false }))).toBe("not_verified");
    expect(await faultOf(sign({ userPresent: false }))).toBe("not_verified");
    expect(await faultOf(sign({ type: "webauthn.create" }))).toBe("other_challenge");
    expect(await faultOf(sign({ challenge: DIGEST }))).toBe("other_challenge");
    expect(await faultOf(sign(), {}, "bo")).toBe("wrong_key");
    const moved = { ...sign(), credential_id: softwareAuthenticator().credentialId };
    expect(await faultOf(moved)).toBe("wrong_key");
    const elsewhere = { ...input, log_origin: "https://other.example" };
    expect(await faultOf(sign({}, elsewhere))).toBe("other_log");
  });

  it("does not hold when the signature or what it is over was changed", async () => {
    const signed = sign();
    const another = sign();
    expect(await faultOf({ ...signed, signature: another.signature })).toBe("bad_signature");
    const { authenticator_data } = another; // another counter
    expect(await faultOf({ ...signed, authenticator_data })).toBe("bad_signature");
    const other = softwareAuthenticator();
    const key = { person: "ana", credentialId: signed.credential_id, publicKey: other.publicKey };
    const by = { key, origin: ORIGIN, rpId: RP_ID, verify: verifyWithNode };
    expect(await signedReviewFault(signed, stated, by)).toBe("bad_signature");
    expect(await faultOf({ ...signed, client_data_json: "bm9wZQ" })).toBe("malformed");
    expect(await faultOf({ ...signed, authenticator_data: "AAAA" })).toBe("malformed");
    expect(await faultOf({ ...signed, signature: "=" })).toBe("malformed");
  });
});

describe("a COSE key", () => {
  it("is refused where it is damaged or of another kind", () => {
    const bytes = Buffer.from(authenticator.publicKey, "base64url");
    for (let length = 0; length < bytes.length; length += 1) {
      expect(parseCoseKey(bytes.subarray(0, length))).toBeUndefined();
    }
    expect(parseCoseKey(Buffer.concat([bytes, Buffer.from([0])]))).toBeUndefined();
    const otherKind = Buffer.from(bytes);
    otherKind[2] = 4;
    expect(parseCoseKey(otherKind)).toBeUndefined();
  });
});
