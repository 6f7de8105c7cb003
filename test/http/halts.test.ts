/** The kill switch over HTTP. */
import type { HaltView } from "@haltpoint/protocol";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import {
  allowedBody,
  heldBody,
  newAttempt,
  newKey,
  startUnderTest,
  type UnderTest,
} from "./testing/server-under-test.ts";

let server: UnderTest;
let agent: string;
const tokens = new Map<string, string>();

beforeAll(async () => {
  server = await startUnderTest();
  for (const id of ["chen", "ana"]) tokens.set(id, await server.person(id));
  for (const id of ["olga", "otto"]) tokens.set(id, await server.person(id, ["operator"]));
  agent = await server.identity("agent-1");
});
afterAll(() => server.close());

const halt = (as: string, scope: object, key = newKey()) =>
  server.call("POST", "/v1/halts", {
    token: tokens.get(as),
    body: { scope, reason: "drill" },
    key,
  });
const lift = (as: string, id: string, key = newKey()) =>
  server.call("DELETE", `/v1/halts/${id}`, {
    token: tokens.get(as),
    body: { reason: "over" },
    key,
  });
const submit = (body: object, query = "?redeem=true") =>
  server.call("POST", `/v1/requests${query}`, {
    token: agent,
    body: { ...body, attempt: newAttempt() },
  });

describe("halts", () => {
  it("are for operators, and for owners of what they halt", async () => {
    const everything = { kind: "everything" };
    expect((await halt("ana", everything)).body.code).toBe("right_required");
    expect((await halt("ana", { kind: "identity", id: "agent-1" })).body.code).toBe(
      "right_required",
    );
    const mine = await halt("chen", { kind: "identity", id: "agent-1" });
    expect(mine.status).toBe(201);
    expect((await lift("chen", mine.body.id)).body.code).toBe("right_required");
    expect((await lift("olga", mine.body.id)).body.active).toBe(false);
  });

  it("stop what runs, end what is approved, and leave a hold held", async () => {
    const run = await submit(allowedBody());
    const approved = await submit(allowedBody(), "");
    const held = await submit(heldBody());
    const { body } = await halt("olga", { kind: "identity", id: "agent-1" });
    expect(body).toMatchObject({ active: true, interrupted: 2, by: "person:olga" });
    const statusOf = async (id: string) =>
      (await server.call("GET", `/v1/requests/${id}`, { token: agent })).body.status as string;
    expect(await statusOf(run.body.request.id)).toBe("interrupting");
    expect(await statusOf(approved.body.request.id)).toBe("interrupted");
    expect(await statusOf(held.body.request.id)).toBe("held");
    const refused = await submit(allowedBody());
    expect(refused.body).toMatchObject({ code: "halted" });
    expect(refused.body.request_id).toMatch(/^req_/);
    await lift("olga", body.id);
    expect((await submit(allowedBody())).body.redemption).not.toBeNull();
  });

  it("of everything take two persons to lift", async () => {
    const { body } = await halt("olga", { kind: "everything" });
    expect((await lift("olga", body.id)).body).toMatchObject({ active: true, lifted_at: null });
    expect((await lift("olga", body.id)).body.code).toBe("lift_needs_second_person");
    expect((await lift("otto", body.id)).body.active).toBe(false);
    expect((await lift("otto", body.id)).body.code).toBe("halt_not_active");
    expect((await lift("otto", "halt_unknown")).body.code).toBe("not_found");
  });

  it("answer the same key the same (I14)", async () => {
    const key = newKey();
    const scope = { kind: "action", id: "files.write" };
    const first = await halt("olga", scope, key);
    const again = await halt("olga", scope, key);
    expect(again.body.id).toBe(first.body.id);
    expect((await halt("olga", { kind: "action", id: "x" }, key)).body.code).toBe(
      "idempotency_conflict",
    );
    const liftKey = newKey();
    await lift("olga", first.body.id, liftKey);
    expect((await lift("olga", first.body.id, liftKey)).body.active).toBe(false);
  });

  it("are listed, the newest first, in pages", async () => {
    const token = tokens.get("ana");
    const all = await server.call("GET", "/v1/halts", { token });
    const items = all.body.items as HaltView[];
    expect(items.length).toBeGreaterThan(2);
    expect(items.map((item) => item.at)).toEqual(
      items.map((item) => item.at).sort((a, b) => b - a),
    );
    const first = await server.call("GET", "/v1/halts?limit=1", { token });
    const second = await server.call("GET", `/v1/halts?limit=1&cursor=${first.body.cursor}`, {
      token,
    });
    expect([...first.body.items, ...second.body.items]).toEqual(items.slice(0, 2));
  });

  it.each([
    [{ kind: "planet", id: "x" }, "scope.kind", /`everything`, `identity`.* or `impact`/],
    [{ kind: "identity" }, "scope.id", /`scope.id` is missing; send the id of the identity/],
    [{ kind: "everything", id: "x" }, "scope.id", /`scope.id` is not known; leave it out/],
    ["everything", "scope", /must be an object/],
  ])("refuse the scope %j in plain words", async (scope, field, words) => {
    const { body } = await halt("olga", scope as object);
    expect(body).toMatchObject({ code: "invalid_request", field });
    expect(body.detail).toMatch(words);
  });
});

describe("a halt that a rejection placed", () => {
  it("says which request and why only to whoever may see that request (T28)", async () => {
    const policy = `version: 1
default: { decision: deny }
rules:
  - id: posts
    why: Ana approves posts
    owner: chen
    match: { action: chat.post }
    decision: hold
    risk: medium
    approval: { approvers: "person:ana", deadline: 8h, on_reject: halt_session }
`;
    const own = await startUnderTest({ policy });
    onTestFinished(() => own.close());
    const people = new Map<string, string>();
    for (const id of ["chen", "ana", "stranger"]) people.set(id, await own.person(id));
    people.set("olga", await own.person("olga", ["operator"]));
    const body = {
      action: { name: "chat.post" },
      resource: { type: "room", id: "R-1" },
      context: { session: "s-1" },
    };
    const token = await own.identity("agent-1");
    const { request } = (await own.call("POST", "/v1/requests", { token, body })).body;
    await own.call("POST", `/v1/requests/${request.id}/reviews`, {
      token: people.get("ana"),
      body: { verdict: "reject", digest: request.revision.digest, reason: "it names the merger" },
    });
    const told = async (as: string) => {
      const { body: page } = await own.call("GET", "/v1/halts", { token: people.get(as) });
      return (page.items as HaltView[]).map(({ scope, reason }) => ({ scope, reason }));
    };
    const scope = { kind: "session", id: "s-1" };
    const whole = [{ scope, reason: `${request.id} was rejected: it names the merger` }];
    for (const who of ["ana", "chen", "olga"]) expect(await told(who)).toEqual(whole);
    expect(await told("stranger")).toEqual([{ scope, reason: "a request was rejected" }]);
  });
});
