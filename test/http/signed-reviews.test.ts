/** Reviews and overrides that a passkey signs: what counts, what is refused, what anybody can check. */
import {
  displayDigest,
  displayedOf,
  type EntryView,
  type RequestView,
  type ReviewSignature,
  signedReviewFault,
  type SubmitAnswer,
} from "@haltpoint/protocol";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { verifyWithNode } from "../../packages/protocol/src/testing/verify-signature.ts";
import { DECISION_POLICY } from "./testing/decision-policy.ts";
import { type Reviewer, reviewerAt } from "./testing/reviewer.ts";
import { newKey, startUnderTest, type UnderTest } from "./testing/server-under-test.ts";

let server: UnderTest;
let agent: string;
let ana: Reviewer;
let bo: Reviewer;
let ove: Reviewer;
let aud: Reviewer;

beforeAll(async () => {
  server = await startUnderTest({ policy: DECISION_POLICY });
  ana = await reviewerAt(server, "ana");
  bo = await reviewerAt(server, "bo");
  ove = await reviewerAt(server, "ove", ["override", "auditor"]);
  aud = await reviewerAt(server, "aud", ["auditor"]);
  for (const id of ["chen", "lea"]) await server.person(id);
  agent = await server.identity("agent-1");
});
afterAll(() => server.close());

async function held(action = "signed.do"): Promise<RequestView> {
  const body = {
    action: { name: action, properties: { amount: "9000.00 USD" } },
    resource: { type: "order", id: "PO-7" },
  };
  const answer = await server.call("POST", "/v1/requests", { token: agent, body });
  expect(answer.body.request?.status).toBe("held");
  return (answer.body as SubmitAnswer).request;
}

const APPROVE = { for: "review", verdict: "approve", reason: "known vendor" };
const bodyOf = (view: RequestView, signature: object, more: object = {}) => ({
  verdict: "approve",
  digest: view.revision.digest,
  display_digest: displayDigest(displayedOf(view)),
  reason: "known vendor",
  signature,
  ...more,
});

async function entriesOf(id: string): Promise<readonly (EntryView & { data: object })[]> {
  const { body } = await aud.get(`/v1/requests/${id}/entries?limit=100`);
  return (body.items as EntryView[]).map((entry) => ({
    ...entry,
    ...(JSON.parse(entry.canonical) as { data: object }),
  }));
}

describe("a review signed with a passkey", () => {
  it("approves what takes a step-up, and nothing less does", async () => {
    const view = await held();
    const unsigned = await ana.act(view.id, "reviews", {
      verdict: "approve",
      digest: view.revision.digest,
      reason: "known vendor",
    });
    expect(unsigned.body.code).toBe("step_up_required");
    const signature = await ana.sign(view, APPROVE);
    const { body } = await ana.act(view.id, "reviews", bodyOf(view, signature, { read_ms: 4_200 }));
    expect(body.request).toMatchObject({ status: "approved", basis: "quorum" });
    const entry = (await entriesOf(view.id)).find(({ kind }) => kind === "reviewed");
    expect(entry?.data).toMatchObject({
      authenticated: { via: "passkey", step_up: "passkey" },
      channel: "web",
      read_ms: 4_200,
    });
  });

  it("is checked from its entry and the enrolled key alone", async () => {
    const view = await held();
    const signature = await ana.sign(view, APPROVE);
    await ana.act(view.id, "reviews", bodyOf(view, signature));
    const entry = (await entriesOf(view.id)).find(({ kind }) => kind === "reviewed");
    const data = entry?.data as {
      review: Parameters<typeof signedReviewFault>[1];
      signature: ReviewSignature;
    };
    const origin = server.app.site.publicUrl;
    const { credentialId, publicKey } = ana.passkey;
    const by = {
      key: { person: "ana", credentialId, publicKey },
      origin,
      rpId: "localhost",
      verify: verifyWithNode,
    };
    const stated = { ...data.review, request: view.id };
    expect(await signedReviewFault(data.signature, stated, by)).toBeNull();
    const changed = { ...stated, reason: "something else" };
    expect(await signedReviewFault(data.signature, changed, by)).toBe("other_review");
    const bos = { ...by, key: { ...by.key, publicKey: bo.passkey.publicKey } };
    expect(await signedReviewFault(data.signature, stated, bos)).toBe("bad_signature");
  });

  it("can be a rejection as well, which needs no signature", async () => {
    const view = await held();
    const words = { for: "review", verdict: "reject", reason: "not this month" };
    const signature = await ana.sign(view, words);
    const more = { verdict: "reject", reason: "not this month" };
    const { body } = await ana.act(view.id, "reviews", bodyOf(view, signature, more));
    expect(body.request.status).toBe("rejected");
    const entry = (await entriesOf(view.id)).find(({ kind }) => kind === "rejected");
    expect(entry?.data).toMatchObject({ signature: { credential_id: ana.passkey.credentialId } });
    const other = await held();
    const { display_digest: _, signature: __, ...plain } = bodyOf(other, {}, more);
    expect((await ana.act(other.id, "reviews", plain)).body.request.status).toBe("rejected");
  });

  it("is refused when it is sent again, for this or another request (T4)", async () => {
    const [view, other] = [await held(), await held()];
    const signature = await ana.sign(view, APPROVE);
    const elsewhere = await ana.act(other.id, "reviews", bodyOf(other, signature));
    expect(elsewhere.body).toMatchObject({ code: "signature_invalid", field: "signature" });
    const key = newKey();
    const body = bodyOf(view, signature);
    expect((await ana.act(view.id, "reviews", body, key)).status).toBe(200);
    // The same call again is the same answer, not a second decision.
    expect((await ana.act(view.id, "reviews", body, key)).body.replayed).toBe(true);
    const again = await ana.act(view.id, "reviews", body);
    expect(again.body.code).toBe("already_decided");
    const replayed = await ana.act(other.id, "reviews", bodyOf(other, signature));
    expect(replayed.body.code).toBe("signature_invalid");
    expect((await ana.look(other.id)).status).toBe("held");
  });

  it("counts once where two calls with it race (T4, T37)", async () => {
    const view = await held("high.do");
    const signature = await ana.sign(view, APPROVE);
    const calls = Array.from({ length: 8 }, () =>
      ana.act(view.id, "reviews", bodyOf(view, signature)),
    );
    const statuses = (await Promise.all(calls)).map(({ status }) => status);
    expect(statuses.filter((status) => status === 200)).toHaveLength(1);
    const kinds = (await entriesOf(view.id)).map(({ kind }) => kind);
    expect(kinds.filter((kind) => kind === "reviewed")).toHaveLength(1);
  });

  it("is refused with another person's passkey, and with another person's challenge (T31)", async () => {
    const view = await held();
    const stolen = await ana.sign(view, APPROVE, {}, bo.passkey);
    expect((await ana.act(view.id, "reviews", bodyOf(view, stolen))).body.code).toBe(
      "signature_invalid",
    );
    const anas = await ana.sign(view, APPROVE);
    expect((await bo.act(view.id, "reviews", bodyOf(view, anas))).body.code).toBe(
      "signature_invalid",
    );
    const entry = (await entriesOf(view.id)).at(-1);
    expect(entry).toMatchObject({ kind: "refused", actor: "person:bo" });
    expect(entry?.data).toEqual({ command: "review", code: "signature_invalid" });
  });

  it.each([
    ["another origin", { origin: "https://evil.example" }],
    ["another relying party", { rpId: "evil.example" }],
    ["no user verification", { userVerified: false }],
    ["another ceremony", { type: "webauthn.create" }],
    ["another challenge", { challenge: "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA" }],
  ])("is refused with %s (T31)", async (_, changes) => {
    const view = await held();
    const signature = await ana.sign(view, APPROVE, changes);
    const { body, status } = await ana.act(view.id, "reviews", bodyOf(view, signature));
    expect([status, body.code]).toEqual([403, "signature_invalid"]);
    expect((await ana.look(view.id)).status).toBe("held");
  });

  it("is refused when the counter goes back: the key was copied", async () => {
    const first = await held();
    await ana.act(
      first.id,
      "reviews",
      bodyOf(first, await ana.sign(first, APPROVE, { counter: 900 })),
    );
    const view = await held();
    const signature = await ana.sign(view, APPROVE, { counter: 900 });
    const { body } = await ana.act(view.id, "reviews", bodyOf(view, signature));
    expect(body.code).toBe("signature_invalid");
    const next = await ana.sign(view, APPROVE, { counter: 901 });
    expect((await ana.act(view.id, "reviews", bodyOf(view, next))).status).toBe(200);
  });

  it.each([
    ["verdict", { verdict: "reject" }],
    ["reason", { reason: "another" }],
    ["ticks", { confirmed: ["vendor"] }],
  ])("is refused with another %s than was signed (T31)", async (_, more) => {
    const view = await held();
    const signature = await bo.sign(view, APPROVE);
    const { body } = await bo.act(view.id, "reviews", bodyOf(view, signature, more));
    expect(body.code).toBe("signature_invalid");
    expect((await bo.look(view.id)).status).toBe("held");
  });

  it("is refused for the revision before an edit, with the difference (T19)", async () => {
    const view = await held();
    const signature = await bo.sign(view, APPROVE);
    const edited = await ana.act(view.id, "edits", {
      digest: view.revision.digest,
      set: { "action.properties.amount": "1.00 USD" },
      reason: "less",
    });
    expect(edited.status).toBe(200);
    const stale = await bo.act(view.id, "reviews", bodyOf(view, signature));
    expect(stale.body).toMatchObject({
      code: "stale_revision",
      diff: [{ path: "action.properties.amount", from: "9000.00 USD", to: "1.00 USD" }],
    });
    const now = await bo.look(view.id);
    const moved = await bo.act(view.id, "reviews", bodyOf(now, signature));
    expect(moved.body.code).toBe("signature_invalid");
    expect((await bo.challenge(view, APPROVE)).body.code).toBe("stale_revision");
  });

  it("is refused once its challenge is too old", async () => {
    const view = await held();
    const signature = await bo.sign(view, APPROVE);
    const ceremony = await server.app.store.ceremony(signature.ceremony);
    const store = server.app.store;
    const read = store.ceremony.bind(store);
    store.ceremony = (id) =>
      id === signature.ceremony && ceremony !== null
        ? Promise.resolve({ ...ceremony, expiresAt: ceremony.createdAt })
        : read(id);
    const { body } = await bo.act(view.id, "reviews", bodyOf(view, signature));
    store.ceremony = read;
    expect(body).toMatchObject({ code: "signature_invalid" });
    expect(body.detail).toContain("too old");
  });

  it("is refused where what is displayed is not what is there (T18, T19)", async () => {
    const view = await held();
    const display_digest = displayDigest(displayedOf({ ...view, risk: "low" }));
    const { body } = await bo.challenge(view, { ...APPROVE, display_digest });
    expect(body).toMatchObject({ code: "stale_revision", field: "display_digest" });
    const plain = await held("medium.do");
    const unsigned = { verdict: "approve", digest: plain.revision.digest, display_digest };
    expect((await bo.act(plain.id, "reviews", unsigned)).body.code).toBe("stale_revision");
  });

  it("is not offered to somebody without a passkey, nor for what is decided", async () => {
    const view = await held();
    for (const key of await server.app.store.passkeys("aud")) {
      const { now } = await server.app.store.time();
      const write = { kind: "passkey", passkey: { ...key, revokedAt: now } } as const;
      await server.app.store.commit({ commandId: newKey(), expected: {}, writes: [write] });
    }
    expect((await aud.challenge(view, APPROVE)).body.code).toBe("step_up_required");
    await ana.act(view.id, "reviews", {
      verdict: "reject",
      digest: view.revision.digest,
      reason: "no",
    });
    expect((await bo.challenge(view, APPROVE)).body).toMatchObject({
      code: "already_decided",
      decided: { by: "person:ana" },
    });
  });
});

describe("an override", () => {
  const REASON = "the shop burns";
  const asked = { for: "override", reason: REASON };
  async function overridden(): Promise<RequestView> {
    const view = await held("high.do");
    const signature = await ove.sign(view, asked);
    const { digest } = view.revision;
    const { body } = await ove.act(view.id, "override", { digest, reason: REASON, signature });
    expect(body.request).toMatchObject({
      status: "approved",
      basis: "override",
      follow_up: "due",
    });
    return body.request as RequestView;
  }

  it("takes the right, a reason and a signature over that reason (I11, T23)", async () => {
    const view = await held("high.do");
    const { digest } = view.revision;
    const send = (who: Reviewer, more: object) =>
      who.act(view.id, "override", { digest, reason: REASON, ...more });
    expect((await send(ana, {})).body.code).toBe("right_required");
    expect((await send(ove, {})).body.code).toBe("step_up_required");
    const signature = await ove.sign(view, asked);
    const other = await send(ove, { reason: "no reason", signature });
    expect(other.body.code).toBe("signature_invalid");
    // A signed approval is no override.
    const review = await ove.sign(view, APPROVE);
    expect((await send(ove, { signature: review })).body.code).toBe("signature_invalid");
    expect((await send(ove, { signature })).body.request.status).toBe("approved");
    const entry = (await entriesOf(view.id)).find(({ kind }) => kind === "overridden");
    expect(entry?.data).toMatchObject({
      reason: REASON,
      skipped: ["ana", "bo"],
      signature: { challenge_input: { review: { verdict: "override", reason: REASON } } },
    });
  });

  it("is not for who may not see the arguments, whatever they signed (I2, I11)", async () => {
    const blind = await reviewerAt(server, "blind", ["override"]);
    const view = await blind.look((await held("high.do")).id);
    const signature = await blind.sign(view, asked);
    const body = { digest: view.revision.digest, reason: REASON, signature };
    const got = await blind.act(view.id, "override", body);
    expect(got.body).toMatchObject({
      code: "right_required",
      detail: expect.stringContaining("sight of the arguments"),
    });
    const { can } = (await blind.get(`/v1/requests/${view.id}/card`)).body;
    expect(can.override).toEqual({ allowed: false, why: got.body.detail });
    const { body: no } = await blind.act(view.id, "reviews", {
      verdict: "reject",
      digest: view.revision.digest,
      reason: "unseen",
    });
    expect(no.code).toBe("not_eligible");
  });

  it("leaves a notice for everybody it skipped, with the same commit (I11, T23)", async () => {
    // As a server that sends mail, without the mail.
    const { app } = server;
    const silent = app.notices;
    Object.assign(app, { notices: { ...silent, channels: new Set(["mail"]) } });
    const view = await overridden();
    Object.assign(app, { notices: silent });
    const { now } = await app.store.time();
    const due = await app.store.outboxDue(now + 1, 1_000);
    const notices = due.filter(({ requestId }) => requestId === view.id);
    const told = notices.map(({ payload }) => JSON.parse(payload) as { kind: string });
    expect(told.filter(({ kind }) => kind === "overridden")).toEqual([
      expect.objectContaining({ channel: "mail", persons: ["ana", "bo"] }),
    ]);
  });

  it("is followed up by somebody else (I4, I11)", async () => {
    const view = await overridden();
    const said = { verdict: "ok", reason: "looked at it" };
    expect((await ove.act(view.id, "follow-up", said)).body.code).toBe("separation_of_duties");
    const { body } = await aud.act(view.id, "follow-up", said);
    expect(body.request.follow_up).toBe("done");
    expect((await aud.act(view.id, "follow-up", said)).body.code).toBe("not_in_state");
  });
});
