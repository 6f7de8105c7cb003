/** What time does to a decision under way, as the server does it: undo, extension, escalation. */
import type { RequestView, SubmitAnswer } from "@haltpoint/protocol";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { DECISION_POLICY } from "./testing/decision-policy.ts";
import { type Reviewer, reviewerAt } from "./testing/reviewer.ts";
import { newAttempt, startUnderTest, type UnderTest } from "./testing/server-under-test.ts";
import { until } from "./testing/until.ts";

let server: UnderTest;
let agent: string;
let ana: Reviewer;
let bo: Reviewer;
let lea: Reviewer;

beforeAll(async () => {
  server = await startUnderTest({ policy: DECISION_POLICY });
  ana = await reviewerAt(server, "ana");
  bo = await reviewerAt(server, "bo");
  lea = await reviewerAt(server, "lea");
  await server.person("chen");
  agent = await server.identity("agent-1");
});
afterAll(() => server.close());

async function held(action: string): Promise<RequestView> {
  const body = { action: { name: action }, resource: { type: "order", id: "PO-7" } };
  const answer = await server.call("POST", "/v1/requests", { token: agent, body });
  return (answer.body as SubmitAnswer).request;
}
const approve = (who: Reviewer, view: RequestView) =>
  who.act(view.id, "reviews", { verdict: "approve", digest: view.revision.digest });
const redeem = (view: RequestView) =>
  server.call("POST", `/v1/requests/${view.id}/redeem`, {
    token: agent,
    body: { attempt: newAttempt() },
  });

describe("an undo window", () => {
  it("lets whoever approved take it back before anything can run, and nobody else", async () => {
    const view = await held("undone.do");
    const { body } = await approve(ana, view);
    const request = body.request as RequestView;
    expect(request.not_before).toBe((request.decided?.at ?? 0) + 3_600_000);
    const early = await redeem(view);
    expect(early.body).toMatchObject({ redemption: null, request: { status: "approved" } });
    expect((await bo.act(view.id, "retract", {})).body.code).toBe("not_eligible");
    const back = await ana.act(view.id, "retract", { reason: "wrong one" });
    expect(back.body.request).toMatchObject({ status: "held", not_before: null });
    expect((await redeem(view)).body.redemption).toBeNull();
    expect((await approve(bo, view)).body.request.status).toBe("approved");
  });

  it("ends: then it runs, and it is too late to take it back", async () => {
    const view = await held("brief.do");
    await approve(ana, view);
    await until(async () => (await redeem(view)).body.redemption !== null).toBe(true);
    expect((await ana.act(view.id, "retract", {})).body.code).toBe("not_in_state");
    const next = await held("brief.do");
    const { request } = (await approve(ana, next)).body as { request: RequestView };
    await until(async () => {
      const { time } = await server.app.store.standing();
      return time.now >= (request.not_before ?? Infinity);
    }).toBe(true);
    expect((await ana.act(next.id, "retract", {})).body.code).toBe("retract_too_late");
  });
});

describe("an extension", () => {
  it("gives the time that policy allows, once more each time, and says who did", async () => {
    const view = await held("low.do");
    const first = await ana.act(view.id, "extend", { reason: "asking the vendor" });
    expect(first.body.request.deadline).toBe((view.deadline ?? 0) + 3_600_000);
    const second = await bo.act(view.id, "extend", {});
    expect(second.body.request.deadline).toBe((view.deadline ?? 0) + 7_200_000);
    const entries = await server.app.store.entries(view.id);
    const extended = entries.filter(({ kind }) => kind === "extended");
    expect(extended.map(({ actor }) => actor)).toEqual(["person:ana", "person:bo"]);
    const none = await held("escalating.do");
    expect((await ana.act(none.id, "extend", {})).body.code).toBe("not_extendable");
  });
});

describe("an escalation", () => {
  it("is done by the server in time: more people may decide, and nobody is dropped", async () => {
    const view = await held("escalating.do");
    // Of what is not hers to decide yet she is told nothing.
    expect((await approve(lea, view)).body.code).toBe("not_found");
    const inbox = async (who: Reviewer) => {
      const { body } = await who.get("/v1/inbox?limit=100");
      return (body.items as RequestView[]).some(({ id }) => id === view.id);
    };
    expect(await inbox(lea)).toBe(false);
    // Nobody calls the server about it meanwhile: its own work finds what is due.
    await until(async () =>
      (await server.app.store.entries(view.id)).some(({ kind }) => kind === "escalated"),
    ).toBe(true);
    expect([await inbox(lea), await inbox(ana)]).toEqual([true, true]);
    const shown = await lea.look(view.id);
    expect(shown.quorum?.needed).toEqual([{ count: 1, from: ["group:finance", "group:leads"] }]);
    expect((await approve(lea, view)).body.request.status).toBe("approved");
  });
});
