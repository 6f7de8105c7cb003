/** T6: whatever the caller says about its own approval, nobody believes it. */
import type { RequestView } from "@haltpoint/protocol";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  heldBody,
  newAttempt,
  newKey,
  startUnderTest,
  type UnderTest,
} from "./testing/server-under-test.ts";

let server: UnderTest;
let agent: string;

beforeAll(async () => {
  server = await startUnderTest();
  for (const id of ["chen", "ana", "bo"]) await server.person(id);
  agent = await server.identity("agent-1");
});
afterAll(() => server.close());

const CLAIMS: Readonly<Record<string, unknown>> = {
  approved: true,
  status: "approved",
  decision: "allow",
  basis: "quorum",
  grant: { digest: "x", deadline: 9e15 },
  reviews: [{ person: "ana", verdict: "approve", revision: 0 }],
  approval: { id: "req_1", approved_until: 9e15 },
  quorum: { filled: 1, slots: 1 },
  override: true,
  policy_version: "none",
  rights: ["operator"],
  principal: { kind: "person", id: "ana" },
  step_up: "passkey",
};

const submit = (body: object, headers: Record<string, string> = {}, query = "?redeem=true") =>
  server.call("POST", `/v1/requests${query}`, {
    token: agent,
    body: { ...body, attempt: newAttempt() },
    headers,
  });

describe("a claim of approval", () => {
  it.each(Object.entries(CLAIMS))(
    "as `%s` beside the action is refused by name",
    async (name, value) => {
      const { status, body } = await submit({ ...heldBody(), [name]: value });
      expect(status).toBe(400);
      expect(body).toMatchObject({ code: "invalid_request", field: name });
    },
  );

  it.each(["subject", "action", "resource"])("inside `%s` is refused as well", async (part) => {
    const whole: Record<string, object> = {
      ...heldBody(),
      subject: { type: "agent", id: "agent-1" },
    };
    const body = { ...whole, [part]: { ...whole[part], approved: true } };
    expect((await submit(body)).body).toMatchObject({ field: `${part}.approved` });
  });

  it("where anything may be said changes nothing: it is held as ever", async () => {
    const body = heldBody();
    const { body: answer } = await submit({
      subject: { type: "agent", id: "agent-1", properties: CLAIMS },
      action: { name: body.action.name, properties: { ...body.action.properties, ...CLAIMS } },
      resource: { ...body.resource, properties: CLAIMS },
      context: { ...CLAIMS, approved_by: "person:ana" },
    });
    expect(answer).toMatchObject({
      redemption: null,
      request: { status: "held", basis: null, reviews: [], quorum: { filled: 0 } },
    });
  });

  it("in headers or the query does nothing", async () => {
    const headers = {
      "x-haltpoint-approved": "true",
      "x-approved-by": "ana",
      "x-forwarded-user": "ana",
      "x-remote-user": "ana",
    };
    expect((await submit(heldBody(), headers)).body.request.status).toBe("held");
    expect((await submit(heldBody(), {}, "?redeem=true&approved=true")).body).toMatchObject({
      code: "invalid_request",
      field: "approved",
    });
  });

  it("when redeeming, reporting or beating does nothing either", async () => {
    const { body } = await submit(heldBody());
    const { id } = body.request as RequestView;
    const send = (verb: string, more: object) =>
      server.call("POST", `/v1/requests/${id}/${verb}`, {
        token: agent,
        body: { attempt: newAttempt(), ...more },
        key: newKey(),
      });
    expect((await send("redeem", CLAIMS)).body).toMatchObject({ code: "invalid_request" });
    expect((await send("redeem", {})).body).toMatchObject({ redemption: null });
    const reported = await send("outcome", { result: "succeeded" });
    expect(reported.body.code).toBe("not_your_attempt");
    const view = await server.call("GET", `/v1/requests/${id}`, { token: agent });
    expect(view.body.status).toBe("held");
  });

  it("by the identity's key on a person's route is refused", async () => {
    const { body } = await submit(heldBody());
    const view = body.request as RequestView;
    const { status } = await server.call("POST", `/v1/requests/${view.id}/reviews`, {
      token: agent,
      body: { verdict: "approve", digest: view.revision.digest },
    });
    expect(status).toBe(403);
  });
});
