import { CHALLENGE_VERSION, reviewChallenge, type ChallengeInput } from "@haltpoint/protocol";
import { describe, expect, it } from "vitest";
import type { Ask } from "../api/call.ts";
import { signDecision, type Decision, type Signer } from "./sign-decision.ts";

const decision: Decision = {
  requestId: "req_1",
  digest: "digest-shown",
  displayDigest: "display-shown",
  reviewer: "bo",
  verdict: "approve",
  reason: "checked",
  confirmed: ["b", "a"],
};
const input: ChallengeInput = {
  v: CHALLENGE_VERSION,
  log_origin: "https://haltpoint.example",
  request: "req_1",
  digest: "digest-shown",
  obligations_digest: "obligations",
  display_digest: "display-shown",
  reviewer: "bo",
  review: { verdict: "approve", reason: "checked", confirmed: ["a", "b"] },
  nonce: "nonce",
  expires_at: 1_000,
};

/** A server that asks to sign this, and an authenticator that signs whatever it is asked to. */
function against(asked: ChallengeInput, challenge = reviewChallenge(asked) as string) {
  const signed: unknown[] = [];
  const sent: Ask[] = [];
  const signer: Signer = {
    origin: "https://haltpoint.example",
    now: () => 999,
    send: (ask) => {
      sent.push(ask);
      const value = { ceremony: "cer_1", options: { challenge }, challenge_input: asked };
      return Promise.resolve({ ok: true, value });
    },
    authenticate: ({ optionsJSON }) => {
      signed.push(optionsJSON);
      return Promise.resolve({ id: "key" } as never);
    },
  };
  return { signer, signed, sent };
}

describe("a decision signed by a passkey (T31)", () => {
  it("is signed where the server asks for exactly what is shown", async () => {
    const { signer, signed, sent } = against(input);
    expect(await signDecision(decision, signer)).toEqual({
      ok: true,
      value: { ceremony: "cer_1", response: { id: "key" } },
    });
    expect(signed).toEqual([{ challenge: reviewChallenge(input) }]);
    expect(sent[0]?.body).toEqual({
      for: "review",
      verdict: "approve",
      digest: "digest-shown",
      display_digest: "display-shown",
      reason: "checked",
      confirmed: ["a", "b"],
    });
  });

  it("asks for an override without a verdict", async () => {
    const override = { ...decision, verdict: "override", confirmed: [] } as const;
    const review = { verdict: "override", reason: "checked", confirmed: [] } as const;
    const { signer, sent } = against({ ...input, review });
    expect(await signDecision(override, signer)).toMatchObject({ ok: true });
    expect(sent[0]?.body).not.toHaveProperty("verdict");
    expect(sent[0]?.body).toMatchObject({ for: "override" });
  });

  it.each<[string, Partial<ChallengeInput>]>([
    ["another form", { v: "haltpoint:review:2" as never }],
    ["another server", { log_origin: "https://evil.example" }],
    ["another request", { request: "req_2" }],
    ["another content", { digest: "digest-other" }],
    ["another card", { display_digest: "display-other" }],
    ["another person", { reviewer: "eve" }],
    ["another verdict", { review: { ...input.review, verdict: "reject" } }],
    ["another reason", { review: { ...input.review, reason: "" } }],
    ["no reason", { review: { ...input.review, reason: null } }],
    ["fewer ticks", { review: { ...input.review, confirmed: ["a"] } }],
    ["more ticks", { review: { ...input.review, confirmed: ["a", "b", "c"] } }],
    ["what has expired", { expires_at: 999 }],
  ])("is not signed where the server asks for %s", async (_, change) => {
    const { signer, signed } = against({ ...input, ...change });
    expect(await signDecision(decision, signer)).toMatchObject({ ok: false });
    expect(signed).toEqual([]);
  });

  it("is not signed where the challenge is over something else than it says", async () => {
    const other = reviewChallenge({ ...input, digest: "digest-other" });
    const { signer, signed } = against(input, other);
    expect(await signDecision(decision, signer)).toMatchObject({ ok: false });
    expect(signed).toEqual([]);
  });

  it("says that nothing was decided where the person turns the passkey down", async () => {
    const { signer } = against(input);
    const turnedDown = () =>
      Promise.reject(Object.assign(new Error("no"), { name: "NotAllowedError" }));
    const answer = await signDecision(decision, { ...signer, authenticate: turnedDown });
    expect(answer).toMatchObject({
      failure: { detail: "the passkey was not used; nothing was decided" },
    });
  });
});
