/** Budgets as callers and people meet them over HTTP. */
import type { Card, RequestView } from "@haltpoint/protocol";
import { afterAll, beforeAll, expect, it } from "vitest";
import { CARD_POLICY, transferBody } from "./testing/card-policy.ts";
import { newAttempt, startUnderTest, type UnderTest } from "./testing/server-under-test.ts";

const POLICY = CARD_POLICY.replace(
  "rules:\n",
  `budgets:
  daily: { sum: action.properties.amount, per: subject.id, window: 24h, limit: "150.00 USD" }
rules:
  - id: in-parts
    why: Transfers add up
    owner: chen
    match: { action: payments.transfer }
    when: budget("daily").over
    decision: hold
    approval: { approvers: group:finance, deadline: 8h }
`,
);

let server: UnderTest;
let agent: string;
let ana: string;

beforeAll(async () => {
  server = await startUnderTest({ policy: POLICY });
  for (const id of ["chen", "bo"]) await server.person(id);
  ana = await server.person("ana");
  agent = await server.identity("agent-1");
});
afterAll(() => server.close());

async function submit(amount: string, query = "", more: object = {}): Promise<RequestView> {
  const body = { ...transferBody(amount), ...more };
  const got = await server.call("POST", `/v1/requests${query}`, { token: agent, body });
  return got.body.request as RequestView;
}

it("small transfers add up; the card says how the budget stands, and what counted (I9)", async () => {
  const first = await submit("90.00 USD", "?redeem=true", { attempt: newAttempt() });
  expect([first.status, first.budgets]).toEqual(["running", []]);
  const second = await submit("70.00 USD");
  expect(second.status).toBe("held");
  const got = await server.call("GET", `/v1/requests/${second.id}/card`, { token: ana });
  const { request, because } = got.body as Card;
  expect(request.budgets).toEqual([
    {
      name: "daily",
      text: "would be 160.00 of 150.00 USD in 24 hours; 90.00 USD so far",
      window: "24h",
      total: "90.00 USD",
      after: "160.00 USD",
      limit: "150.00 USD",
      over: true,
    },
  ]);
  // Asked again of the policy that held it, with the totals of then.
  const rule = because.find((each) => each.rule === "in-parts");
  expect(rule).toMatchObject({ outcome: "matched", values: { 'budget("daily").over': "true" } });
});

it("what a person approves counts as well (I9)", async () => {
  const third = await submit("80.00 USD");
  const approval = { digest: third.revision.digest, verdict: "approve" };
  const path = `/v1/requests/${third.id}/reviews`;
  expect((await server.call("POST", path, { token: ana, body: approval })).status).toBe(200);
  const last = await submit("0.01 USD");
  const got = await server.call("GET", `/v1/requests/${last.id}`, { token: ana });
  expect((got.body as RequestView).budgets[0]?.total).toBe("170.00 USD");
});

it("an outcome is resolved as not started by its name, where it is unknown only", async () => {
  const rex = await server.person("rex", ["resolver"]);
  const held = await submit("75.00 USD");
  const body = { result: "not_started", reason: "the bank has nothing" };
  const path = `/v1/requests/${held.id}/resolve`;
  const got = await server.call("POST", path, { token: rex, body });
  expect(got.body).toMatchObject({ code: "not_in_state" });
});
