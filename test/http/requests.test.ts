/** What identities do over HTTP: submit, redeem, run, report, withdraw; both sides of each. */
import type { RequestView, SubmitAnswer } from "@haltpoint/protocol";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
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
let other: string;
let ana: string;
let operator: string;

beforeAll(async () => {
  server = await startUnderTest({ limits: { heldPerIdentityMax: 5 } });
  await server.person("chen");
  ana = await server.person("ana");
  await server.person("bo");
  operator = await server.person("olga", ["operator", "auditor"]);
  agent = await server.identity("agent-1");
  other = await server.identity("agent-2");
});
afterAll(() => server.close());

async function submit(body: object, query = "", token = agent, key = newKey()) {
  return server.call("POST", `/v1/requests${query}`, { token, body, key });
}
async function held(): Promise<RequestView> {
  const { body, status } = await submit(heldBody());
  expect(status).toBe(201);
  return (body as SubmitAnswer).request;
}
function withdraw(id: string) {
  return server.call("POST", `/v1/requests/${id}/withdraw`, { token: agent, body: {} });
}
function review(view: RequestView, verdict: "approve" | "reject") {
  const { digest } = view.revision;
  const reason = verdict === "reject" ? "too dear" : undefined;
  return server.call("POST", `/v1/requests/${view.id}/reviews`, {
    token: ana,
    body: { verdict, digest, ...(reason === undefined ? {} : { reason }) },
  });
}
/** Redeemed and running. */
async function running() {
  const attempt = newAttempt();
  const { body } = await submit({ ...allowedBody(), attempt }, "?redeem=true");
  expect(body.request.status).toBe("running");
  return { id: body.request.id as string, attempt };
}
function act(id: string, verb: string, body: object, token = agent) {
  return server.call("POST", `/v1/requests/${id}/${verb}`, { token, body, key: null });
}

/** The same answer, with less of the lease left. */
const repeated = ({ redemption }: { redemption: { lease_ms: number } }) => ({
  ...redemption,
  lease_ms: expect.closeTo(redemption.lease_ms, -4),
});

describe("submitting", () => {
  it("holds what policy holds, and gives nothing to redeem", async () => {
    const attempt = newAttempt();
    const { status, body } = await submit({ ...heldBody(), attempt }, "?redeem=true");
    expect(status).toBe(201);
    expect(body).toMatchObject({ redemption: null, replayed: false, request: { status: "held" } });
    await withdraw(body.request.id);
  });

  it("answers a denial; it is no problem", async () => {
    const body = { action: { name: "files.erase" }, resource: { type: "file", id: "a" } };
    const { status, body: answer } = await submit(
      { ...body, attempt: newAttempt() },
      "?redeem=true",
    );
    expect(status).toBe(201);
    expect(answer).toMatchObject({ redemption: null, request: { status: "denied" } });
  });

  it("redeems what policy allows in the same round trip, and only when asked to", async () => {
    const attempt = newAttempt();
    const { body } = await submit({ ...allowedBody(), attempt }, "?redeem=true");
    expect(body.redemption).toMatchObject({
      request_id: body.request.id,
      digest: body.request.revision.digest,
      content: { action: { name: "files.read" } },
      released: false,
    });
    const unredeemed = await submit({ ...allowedBody(), attempt: newAttempt() });
    expect(unredeemed.body).toMatchObject({ redemption: null, request: { status: "approved" } });
  });

  it("asks for an attempt where it is to redeem", async () => {
    const { body } = await submit(allowedBody(), "?redeem=true");
    expect(body).toMatchObject({ code: "invalid_request", field: "attempt" });
  });

  it("gives a replay the same request, and a lost redemption only to the same attempt", async () => {
    const key = newKey();
    const attempt = newAttempt();
    const sent = { ...allowedBody(), attempt };
    const first = await submit(sent, "?redeem=true", agent, key);
    const again = await submit(sent, "?redeem=true", agent, key);
    expect([first.status, again.status]).toEqual([201, 200]);
    expect(again.body).toMatchObject({ replayed: true, redemption: repeated(first.body) });
    const stranger = await submit({ ...sent, attempt: newAttempt() }, "?redeem=true", agent, key);
    expect(stranger.body).toMatchObject({
      code: "already_redeemed",
      request_id: first.body.request.id,
    });
  });

  it("refuses another content under the same key, but not under another identity's", async () => {
    const key = newKey();
    await submit(allowedBody(), "", agent, key);
    const changed = { ...allowedBody(), resource: { type: "file", id: "b.txt" } };
    expect((await submit(changed, "", agent, key)).body.code).toBe("idempotency_conflict");
    expect((await submit(changed, "", other, key)).status).toBe(201);
  });

  it("takes the subject from the credential (I13)", async () => {
    const mine = await submit({ ...allowedBody(), subject: { type: "agent", id: "agent-1" } });
    expect(mine.body.request.identity.id).toBe("agent-1");
    const theirs = await submit({ ...allowedBody(), subject: { type: "agent", id: "agent-2" } });
    expect(theirs.body).toMatchObject({ code: "invalid_request", field: "subject" });
  });

  it("stops an identity that holds too much, naming the limit (T20)", async () => {
    const views: RequestView[] = [];
    for (let count = 0; count < 5; count += 1) views.push(await held());
    const { body, status } = await submit(heldBody());
    expect(status).toBe(429);
    expect(body).toMatchObject({
      code: "too_many_requests",
      limit: { name: "held_per_identity", value: 5 },
    });
    for (const view of views) await withdraw(view.id);
    expect((await withdraw((await held()).id)).status).toBe(200);
  });

  it("refuses a suspended identity", async () => {
    const token = await server.identity("sleeper", { stage: "suspended" });
    expect((await submit(allowedBody(), "", token)).body.code).toBe("identity_suspended");
  });
});

describe("looking", () => {
  it("shows a request to its identity, not to another one", async () => {
    const { id } = await held();
    const mine = await server.call("GET", `/v1/requests/${id}`, { token: agent });
    expect(mine.body).toMatchObject({ id, status: "held" });
    const theirs = await server.call("GET", `/v1/requests/${id}`, { token: other });
    expect(theirs.body.code).toBe("not_found");
    // Nor does waiting tell the other one when it changes.
    const askedAt = performance.now();
    const waiting = await server.call("GET", `/v1/requests/${id}?wait=50`, { token: other });
    expect(waiting.body.code).toBe("not_found");
    expect(performance.now() - askedAt).toBeLessThan(10_000);
    await withdraw(id);
  });

  it("finds it by its short id for people, in any spelling of it, and not for identities", async () => {
    const { id, short_id: short } = await held();
    for (const typed of [short, short.toLowerCase(), id.toLowerCase()]) {
      const { body } = await server.call("GET", `/v1/requests/${typed}`, { token: ana });
      expect(body.id).toBe(id);
    }
    const { body } = await server.call("GET", `/v1/requests/${short}`, { token: agent });
    expect(body.code).toBe("not_found");
    await withdraw(id);
  });

  it("shows an operator that it is there, without its arguments", async () => {
    const { id } = await held();
    const watcher = await server.person("watcher", ["operator"]);
    const nobody = await server.person("nobody");
    const { body } = await server.call("GET", `/v1/requests/${id}`, { token: watcher });
    expect(body.revision.content.action).toEqual({ name: "orders.submit" });
    const hidden = await server.call("GET", `/v1/requests/${id}`, { token: nobody });
    expect(hidden.body.code).toBe("not_found");
    await withdraw(id);
  });

  it("lists an identity's own, by status, in pages", async () => {
    const fresh = await server.identity("lister");
    const ids: string[] = [];
    for (let count = 0; count < 3; count += 1) {
      ids.unshift((await submit(allowedBody(), "", fresh)).body.request.id as string);
    }
    const first = await server.call("GET", "/v1/requests?limit=2", { token: fresh });
    const rest = await server.call("GET", `/v1/requests?limit=2&cursor=${first.body.cursor}`, {
      token: fresh,
    });
    const listed = [...first.body.items, ...rest.body.items].map((item: RequestView) => item.id);
    expect(listed).toEqual(ids);
    expect(rest.body.cursor).toBeNull();
    const none = await server.call("GET", "/v1/requests?status=held,running", { token: fresh });
    expect(none.body.items).toEqual([]);
    const bad = await server.call("GET", "/v1/requests?status=held,wrong", { token: fresh });
    expect(bad.body).toMatchObject({ code: "invalid_request", field: "status" });
    const cursor = await server.call("GET", "/v1/requests?cursor=made-up", { token: fresh });
    expect(cursor.body).toMatchObject({ code: "invalid_request", field: "cursor" });
  });
});

describe("redeeming", () => {
  it("gives nothing while it is held, and what was approved afterwards", async () => {
    const view = await held();
    const attempt = newAttempt();
    const early = await act(view.id, "redeem", { attempt });
    expect(early.body).toMatchObject({ redemption: null, request: { status: "held" } });
    await review(view, "approve");
    const { body } = await act(view.id, "redeem", { attempt });
    expect(body).toMatchObject({ replayed: false, redemption: { digest: view.revision.digest } });
    const again = await act(view.id, "redeem", { attempt });
    expect(again.body).toMatchObject({ replayed: true, redemption: repeated(body) });
    expect((await act(view.id, "redeem", { attempt: newAttempt() })).body.code).toBe(
      "already_redeemed",
    );
  });

  it("says how it ended and by whom", async () => {
    const view = await held();
    await review(view, "reject");
    const { body, status } = await act(view.id, "redeem", { attempt: newAttempt() });
    expect(status).toBe(409);
    expect(body).toMatchObject({
      code: "rejected",
      decided: { status: "rejected", by: "person:ana", reason: "too dear" },
    });
  });

  it("is for the identity that asked", async () => {
    const view = await held();
    const { body } = await act(view.id, "redeem", { attempt: newAttempt() }, other);
    expect(body.code).toBe("not_found");
    await withdraw(view.id);
    const unknown = await act("req_01JD0000000000000000000000", "redeem", {
      attempt: newAttempt(),
    });
    expect(unknown.body.code).toBe("not_found");
  });

  it("returns sensitive fields to the point that runs, and to nobody else (T28)", async () => {
    const iban = "DE02120300000000202051";
    const body = heldBody();
    const action = { ...body.action, properties: { ...body.action.properties, iban } };
    const { body: answer, text } = await submit({ ...body, action });
    expect(text).not.toContain(iban);
    await review(answer.request, "approve");
    const shown = await server.call("GET", `/v1/requests/${answer.request.id}`, { token: ana });
    expect(shown.text).not.toContain(iban);
    const redeemed = await act(answer.request.id, "redeem", { attempt: newAttempt() });
    expect(redeemed.body.redemption.content.action.properties.iban).toBe(iban);
  });
});

describe("another identity", () => {
  it("is told the same of a request that is not its own as of none, whatever it tries (T28)", async () => {
    const { id, attempt } = await running();
    const none = `${id.slice(0, -4)}0000`;
    for (const [verb, body] of [
      ["redeem", { attempt }],
      ["heartbeat", { attempt }],
      ["outcome", { attempt, result: "succeeded" }],
      ["withdraw", {}],
      ["answers", { text: "because" }],
    ] as const) {
      const ask = (of: string) =>
        server.call("POST", `/v1/requests/${of}/${verb}`, { token: other, body, key: newKey() });
      const foreign = await ask(id);
      const unknown = await ask(none);
      expect([verb, foreign.status, foreign.body.code]).toEqual([verb, 404, "not_found"]);
      expect(foreign.text.replaceAll(id, none)).toBe(unknown.text);
    }
  });
});

describe("running", () => {
  it("renews the lease for the attempt that runs, and for no other", async () => {
    const { id, attempt } = await running();
    const beat = await act(id, "heartbeat", { attempt });
    expect(beat.body).toMatchObject({ status: "running", interrupt: false });
    expect(beat.body.lease_ms).toBeGreaterThan(0);
    expect((await act(id, "heartbeat", { attempt: newAttempt() })).body.code).toBe(
      "not_your_attempt",
    );
    expect((await act(id, "heartbeat", { attempt }, other)).body.code).toBe("not_found");
  });

  it("takes each outcome once", async () => {
    for (const result of ["succeeded", "failed"] as const) {
      const { id, attempt } = await running();
      const wrong = await act(id, "outcome", { attempt: newAttempt(), result });
      expect(wrong.body.code).toBe("not_your_attempt");
      const done = await act(id, "outcome", { attempt, result, detail: "it ended" });
      expect(done.body).toMatchObject({ status: result, outcome: { result, detail: "it ended" } });
      expect((await act(id, "outcome", { attempt, result })).body.status).toBe(result);
      const contrary = result === "succeeded" ? "failed" : "succeeded";
      expect((await act(id, "outcome", { attempt, result: contrary })).body.code).toBe(
        "not_in_state",
      );
    }
  });

  it("gives the grant back where nothing was started, for a new attempt", async () => {
    const { id, attempt } = await running();
    const back = await act(id, "outcome", { attempt, result: "not_started" });
    expect(back.body.status).toBe("approved");
    expect((await act(id, "redeem", { attempt })).body.code).toBe("attempt_reused");
    expect((await act(id, "redeem", { attempt: newAttempt() })).body.redemption).not.toBeNull();
  });

  it("takes `interrupted` only where somebody interrupted", async () => {
    const { id, attempt } = await running();
    const early = await act(id, "outcome", { attempt, result: "interrupted" });
    expect(early.body.code).toBe("not_interrupting");
    await server.call("POST", `/v1/requests/${id}/interrupt`, {
      token: operator,
      body: { reason: "wrong file" },
    });
    const beat = await act(id, "heartbeat", { attempt });
    expect(beat.body).toMatchObject({
      interrupt: true,
      reason: "wrong file",
      status: "interrupting",
    });
    const done = await act(id, "outcome", { attempt, result: "interrupted", stopped_after_ms: 12 });
    expect(done.body).toMatchObject({ status: "interrupted", decided: { by: "person:olga" } });
  });
});

describe("withdrawing and answering", () => {
  it("takes back what waits, once, and for its own identity", async () => {
    const view = await held();
    const key = newKey();
    const send = (token: string, body: object) =>
      server.call("POST", `/v1/requests/${view.id}/withdraw`, { token, body, key });
    expect((await send(other, {})).body.code).toBe("not_found");
    expect((await send(agent, { reason: "done by hand" })).body.status).toBe("cancelled");
    expect((await send(agent, { reason: "done by hand" })).body.status).toBe("cancelled");
    expect((await send(agent, { reason: "another" })).body.code).toBe("idempotency_conflict");
    expect((await withdraw(view.id)).body.code).toBe("already_decided");
  });

  it("answers the question that was asked, once", async () => {
    const { id } = await held();
    const send = (text: string) =>
      server.call("POST", `/v1/requests/${id}/answers`, { token: agent, body: { text } });
    expect((await send("early")).body.code).toBe("not_in_state");
    await server.call("POST", `/v1/requests/${id}/questions`, {
      token: ana,
      body: { text: "why Acme?" },
    });
    expect((await send("the cheapest")).body.question).toEqual({
      by: "ana",
      text: "why Acme?",
      answer: "the cheapest",
    });
    expect((await send("again")).body.code).toBe("not_in_state");
    await withdraw(id);
  });
});

describe("whoami", () => {
  it("says whose credential it is", async () => {
    expect((await server.call("GET", "/v1/whoami", { token: agent })).body).toEqual({
      kind: "identity",
      id: "agent-1",
      rights: [],
      via: "key",
    });
    expect((await server.call("GET", "/v1/whoami", { token: operator })).body).toEqual({
      kind: "person",
      id: "olga",
      rights: ["operator", "auditor"],
      via: "passkey",
    });
  });
});
