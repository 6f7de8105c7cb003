/** One word on several requests, and what keeps a bad one from hiding among them (T35). */
import type { BatchReviewView, RequestView, SubmitAnswer } from "@haltpoint/protocol";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { DECISION_POLICY } from "./testing/decision-policy.ts";
import { type Reviewer, reviewerAt } from "./testing/reviewer.ts";
import { newKey, startUnderTest, type UnderTest } from "./testing/server-under-test.ts";

let server: UnderTest;
const agents = new Map<string, string>();
let ana: Reviewer;
let bo: Reviewer;

beforeAll(async () => {
  // Fifty of one agent in one batch, and more beside them: no burst (T20).
  server = await startUnderTest({ policy: DECISION_POLICY, limits: { burstHeldMax: 0 } });
  ana = await reviewerAt(server, "ana");
  bo = await reviewerAt(server, "bo");
  for (const id of ["chen", "lea"]) await server.person(id);
  for (const id of ["agent-1", "agent-2"]) agents.set(id, await server.identity(id));
});
afterAll(() => server.close());

async function held(action = "low.do", by = "agent-1"): Promise<RequestView> {
  const body = { action: { name: action }, resource: { type: "order", id: "PO-7" } };
  const answer = await server.call("POST", "/v1/requests", { token: agents.get(by), body });
  expect(answer.body.request?.status).toBe("held");
  return (answer.body as SubmitAnswer).request;
}
const heldMany = async (count: number, action = "low.do"): Promise<readonly RequestView[]> => {
  const all: RequestView[] = [];
  for (let index = 0; index < count; index += 1) all.push(await held(action));
  return all;
};
const itemsOf = (views: readonly RequestView[]) =>
  views.map(({ id, revision }) => ({ id, digest: revision.digest }));
const send = (views: readonly RequestView[], more: object = {}, key = newKey()) =>
  ana.post("/v1/reviews", { items: itemsOf(views), verdict: "approve", ...more }, key);
const statusesOf = (views: readonly RequestView[]) =>
  Promise.all(views.map(async ({ id }) => (await ana.look(id)).status));

describe("a batch of reviews (T35)", () => {
  it("decides each by itself, with an entry of its own", async () => {
    const views = await heldMany(3);
    const { body, status } = await send(views, { reason: "the usual three" });
    expect(status).toBe(200);
    expect((body as BatchReviewView).results).toEqual(views.map(({ id }) => ({ id, ok: true })));
    expect(await statusesOf(views)).toEqual(["approved", "approved", "approved"]);
    for (const { id } of views) {
      const kinds = (await server.app.store.entries(id)).map(({ kind }) => kind);
      expect(kinds).toEqual(["submitted", "reviewed", "approved"]);
    }
  });

  it("rejects as well, with a reason", async () => {
    const views = await heldMany(2);
    const silent = await send(views, { verdict: "reject" });
    expect(silent.body.results.map(({ ok }: { ok: boolean }) => ok)).toEqual([false, false]);
    expect(silent.body.results[0].problem.code).toBe("reason_required");
    await send(views, { verdict: "reject", reason: "not today" });
    expect(await statusesOf(views)).toEqual(["rejected", "rejected"]);
  });

  it("takes 50 of low risk and 10 of medium, and no more", async () => {
    const low = await heldMany(50);
    expect((await send(low)).body.results).toHaveLength(50);
    const medium = await heldMany(11, "medium.do");
    const { body, status } = await send(medium);
    expect([status, body.code]).toEqual([422, "batch_refused"]);
    expect(body.detail).toContain("at most 10");
    expect(await statusesOf(medium)).toEqual(Array.from({ length: 11 }, () => "held"));
    expect((await send(medium.slice(1))).status).toBe(200);
    const over = [...itemsOf(low), { id: "req_x", digest: "A".repeat(43) }];
    const tooMany = await ana.post("/v1/reviews", { items: over, verdict: "approve" });
    expect(tooMany.body.code).toBe("invalid_request");
  });

  it.each([
    ["another action", () => held("medium.do")],
    ["another agent", () => held("low.do", "agent-2")],
    ["high risk", () => held("high.do")],
    ["something to confirm", () => held("ticked.do")],
    ["a step-up", () => held("lowsigned.do")],
  ])("is refused whole where one is of %s", async (_, other) => {
    const views = [await held(), await other()];
    const { body } = await send(views);
    expect(body).toMatchObject({ code: "batch_refused", request_id: views[1]?.id });
    expect(await statusesOf(views)).toEqual(["held", "held"]);
    if (views[1]?.risk === "low") return;
    // Not even by itself, nor where it comes first.
    expect((await send(views.toReversed())).body.code).toBe("batch_refused");
  });

  it("is refused of high risk alone, and with the same one twice", async () => {
    expect((await send([await held("high.do")])).body.code).toBe("batch_refused");
    expect((await send([await held("ticked.do")])).body.code).toBe("batch_refused");
    const view = await held();
    expect((await send([view, view])).body.code).toBe("invalid_request");
  });

  it("leaves the others as decided where one was taken meanwhile", async () => {
    const views = await heldMany(3);
    const [, second] = views;
    if (second === undefined) throw new Error("three were made");
    const { digest } = second.revision;
    await bo.act(second.id, "reviews", { verdict: "reject", digest, reason: "no" });
    const items = itemsOf(views);
    items.push({ id: "req_01K0000000000000000000000A", digest: "A".repeat(43) });
    const { body } = await ana.post("/v1/reviews", { items, verdict: "approve" });
    const { results } = body as BatchReviewView;
    expect(results.map(({ ok }) => ok)).toEqual([true, false, true, false]);
    expect(results[1]?.problem).toMatchObject({
      code: "already_decided",
      decided: { by: "person:bo" },
    });
    expect(results[3]?.problem?.code).toBe("not_found");
    expect(await statusesOf(views)).toEqual(["approved", "rejected", "approved"]);
  });

  it("sent again with its key does nothing twice, and for something else is refused (I14)", async () => {
    const views = await heldMany(2);
    const key = newKey();
    const first = await send(views, {}, key);
    const versions = await Promise.all(views.map(async ({ id }) => (await ana.look(id)).version));
    expect((await send(views, {}, key)).body).toEqual(first.body);
    expect(await Promise.all(views.map(async ({ id }) => (await ana.look(id)).version))).toEqual(
      versions,
    );
    const other = await send(views, { reason: "other" }, key);
    expect(other.body.results[0].problem.code).toBe("idempotency_conflict");
  });
});
