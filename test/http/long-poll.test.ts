/** Waiting callers: woken at once, let go in time, counted, bounded, and gone when they hang up. */
import type { RequestView } from "@haltpoint/protocol";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  allowedBody,
  heldBody,
  newAttempt,
  startUnderTest,
  type UnderTest,
} from "./testing/server-under-test.ts";
import { until } from "./testing/until.ts";

/** Far below any wait that is asked for here, far above what waking takes on a busy machine. */
const AT_ONCE_MS = 10_000;
const WAITERS_MAX = 20;

let server: UnderTest;
let agent: string;
let ana: string;
let operator: string;

beforeAll(async () => {
  server = await startUnderTest({
    // A heartbeat may wait for as long as it is due; here long enough to tell waking from that.
    limits: { heartbeatMs: 30_000, leaseMs: 120_000 },
    httpLimits: { waitingCallersMax: WAITERS_MAX },
  });
  await server.person("chen");
  ana = await server.person("ana");
  operator = await server.person("olga", ["operator"]);
  agent = await server.identity("agent-1");
});
afterAll(() => server.close());

async function held(): Promise<RequestView> {
  const { body } = await server.call("POST", "/v1/requests", { token: agent, body: heldBody() });
  return body.request as RequestView;
}
const approve = (view: RequestView) =>
  server.call("POST", `/v1/requests/${view.id}/reviews`, {
    token: ana,
    body: { verdict: "approve", digest: view.revision.digest },
  });
const get = (id: string, query: string, signal?: AbortSignal) =>
  server.call("GET", `/v1/requests/${id}?${query}`, {
    token: agent,
    ...(signal === undefined ? {} : { signal }),
  });

const redeem = (id: string, attempt: string, wait: number) =>
  server.call("POST", `/v1/requests/${id}/redeem?wait=${wait}`, {
    token: agent,
    body: { attempt },
    key: null,
  });

/** Resolves once this many callers wait, so that nothing here depends on how fast they get there. */
async function waiting(count: number): Promise<void> {
  await until(async () => {
    const { text } = await server.call("GET", "/metrics");
    return /haltpoint_waiting_callers (\d+)/.exec(text)?.[1];
  }).toBe(String(count));
}
async function timed<T>(work: Promise<T>): Promise<{ readonly value: T; readonly ms: number }> {
  const startedAt = performance.now();
  const value = await work;
  return { value, ms: performance.now() - startedAt };
}

describe("a long poll", () => {
  it("is woken at once by the decision", async () => {
    const view = await held();
    const poll = get(view.id, "wait=50");
    await waiting(1);
    const approved = approve(view);
    const { value, ms } = await timed(poll);
    expect(value.body.status).toBe("approved");
    expect(ms).toBeLessThan(AT_ONCE_MS);
    await approved;
    await waiting(0);
  });

  it("is woken by any change past the version it knows", async () => {
    const view = await held();
    const poll = get(view.id, `wait=50&version=${view.version}`);
    await waiting(1);
    const question = { token: ana, body: { text: "why?" } };
    await server.call("POST", `/v1/requests/${view.id}/questions`, question);
    const { value, ms } = await timed(poll);
    expect(value.body).toMatchObject({ status: "held", question: { text: "why?" } });
    expect(ms).toBeLessThan(AT_ONCE_MS);
  });

  it("answers at once where there is nothing to wait for", async () => {
    const view = await held();
    const past = await timed(get(view.id, `wait=50&version=${view.version - 1}`));
    expect(past.ms).toBeLessThan(AT_ONCE_MS);
    await approve(view);
    const decided = await timed(get(view.id, "wait=50"));
    expect(decided.value.body.status).toBe("approved");
    expect(decided.ms).toBeLessThan(AT_ONCE_MS);
  });

  it("answers what is true when its time is over", async () => {
    const view = await held();
    const { value, ms } = await timed(get(view.id, "wait=1"));
    expect(value.body).toMatchObject({ status: "held", version: view.version });
    expect(ms).toBeGreaterThan(900);
  });

  it("waits until an approval is effective (veto window)", async () => {
    const body = { action: { name: "mail.send" }, resource: { type: "mail", id: "1" } };
    const sent = await server.call("POST", "/v1/requests", { token: agent, body });
    const view = sent.body.request as RequestView;
    expect(view.not_before).toBeGreaterThan(view.created_at);
    const { value, ms } = await timed(get(view.id, "wait=30"));
    expect(value.body.status).toBe("approved");
    expect(ms).toBeGreaterThan(200);
    expect(ms).toBeLessThan(AT_ONCE_MS);
  });

  it.each(["-1", "301", "1.5", "soon", ""])("refuses wait=%s", async (wait) => {
    const { id } = await held();
    const { status, body } = await get(id, `wait=${wait}`);
    expect(status).toBe(400);
    expect(body).toMatchObject({ code: "invalid_request", field: "wait" });
    const twice = await get(id, "wait=1&wait=2");
    expect(twice.body.detail).toBe("`wait` is sent more than once; send it once");
  });
});

describe("a submission that waits", () => {
  it("redeems at the moment of the approval", async () => {
    const attempt = newAttempt();
    const sent = server.call("POST", "/v1/requests?redeem=true&wait=50", {
      token: agent,
      body: { ...heldBody("7000.00 USD"), attempt },
    });
    await waiting(1);
    const inbox = await server.call("GET", "/v1/inbox?limit=200", { token: ana });
    const view = (inbox.body.items as RequestView[]).find((item) =>
      item.title.includes("7,000.00"),
    );
    expect(view).toBeDefined();
    const approved = approve(view!);
    const { value, ms } = await timed(sent);
    expect(value.status).toBe(201);
    expect(value.body).toMatchObject({
      request: { status: "running" },
      redemption: { content: { action: { properties: { amount: "7000.00 USD" } } } },
    });
    expect(ms).toBeLessThan(AT_ONCE_MS);
    await approved;
  });

  it("answers the rejection, with who and why", async () => {
    const sent = server.call("POST", "/v1/requests?redeem=true&wait=50", {
      token: agent,
      body: { ...heldBody("8100.00 USD"), attempt: newAttempt() },
    });
    await waiting(1);
    const inbox = await server.call("GET", "/v1/inbox?limit=200", { token: ana });
    const view = (inbox.body.items as RequestView[]).find((item) =>
      item.title.includes("8,100.00"),
    );
    await server.call("POST", `/v1/requests/${view!.id}/reviews`, {
      token: ana,
      body: { verdict: "reject", digest: view!.revision.digest, reason: "no" },
    });
    const { status, body } = await sent;
    expect(status).toBe(201);
    expect(body).toMatchObject({
      redemption: null,
      request: { status: "rejected", decided: { by: "person:ana", reason: "no" } },
    });
  });

  it("gives nothing to redeem where nobody decided in time", async () => {
    const { body } = await server.call("POST", "/v1/requests?redeem=true&wait=1", {
      token: agent,
      body: { ...heldBody(), attempt: newAttempt() },
    });
    expect(body).toMatchObject({ redemption: null, request: { status: "held" } });
  });
});

describe("a redemption that waits", () => {
  it("redeems at once on approval", async () => {
    const view = await held();
    const poll = redeem(view.id, newAttempt(), 50);
    await waiting(1);
    const approved = approve(view);
    const { value, ms } = await timed(poll);
    expect(value.body.redemption).toMatchObject({ request_id: view.id });
    expect(ms).toBeLessThan(AT_ONCE_MS);
    await approved;
  });

  it("waits through a halt, is told so at the end, and goes on at the lift", async () => {
    const scope = { kind: "action", id: "orders.submit" };
    const placed = await server.call("POST", "/v1/halts", {
      token: operator,
      body: { scope, reason: "drill" },
    });
    const view = await held();
    await approve(view);
    const attempt = newAttempt();
    expect(await redeem(view.id, attempt, 1)).toMatchObject({
      status: 409,
      body: { code: "halted" },
    });
    const poll = redeem(view.id, attempt, 50);
    await waiting(1);
    const lifted = server.call("DELETE", `/v1/halts/${placed.body.id}`, {
      token: operator,
      body: { reason: "over" },
    });
    const { value, ms } = await timed(poll);
    expect(value.body.redemption).toMatchObject({ request_id: view.id });
    expect(ms).toBeLessThan(AT_ONCE_MS);
    await lifted;
  });
});

describe("a heartbeat that waits", () => {
  it("hears of an interrupt at once", async () => {
    const attempt = newAttempt();
    const { body } = await server.call("POST", "/v1/requests?redeem=true", {
      token: agent,
      body: { ...allowedBody(), attempt },
    });
    const { id } = body.request as RequestView;
    const beat = server.call("POST", `/v1/requests/${id}/heartbeat?wait=30`, {
      token: agent,
      body: { attempt },
      key: null,
    });
    await waiting(1);
    const told = server.call("POST", `/v1/requests/${id}/interrupt`, {
      token: operator,
      body: { reason: "stop it" },
    });
    const { value, ms } = await timed(beat);
    expect(value.body).toEqual({
      status: "interrupting",
      interrupt: true,
      reason: "stop it",
      lease_ms: 0,
    });
    expect(ms).toBeLessThan(AT_ONCE_MS);
    await told;
  });

  it("hears of a halt of everything, too (I10)", async () => {
    const attempt = newAttempt();
    const { body } = await server.call("POST", "/v1/requests?redeem=true", {
      token: agent,
      body: { ...allowedBody(), attempt },
    });
    const beat = server.call("POST", `/v1/requests/${body.request.id}/heartbeat?wait=30`, {
      token: agent,
      body: { attempt },
      key: null,
    });
    await waiting(1);
    const halted = server.call("POST", "/v1/halts", {
      token: operator,
      body: { scope: { kind: "everything" }, reason: "all stop" },
    });
    const { value, ms } = await timed(beat);
    expect(value.body).toMatchObject({ interrupt: true, reason: "all stop" });
    expect(ms).toBeLessThan(AT_ONCE_MS);
    const second = await server.person("otto", ["operator"]);
    const { id } = (await halted).body as { id: string };
    for (const token of [operator, second]) {
      await server.call("DELETE", `/v1/halts/${id}`, { token, body: { reason: "over" } });
    }
  });
});

describe("callers that wait", () => {
  it("are forgotten when they hang up", async () => {
    const view = await held();
    const abort = new AbortController();
    const poll = get(view.id, "wait=50", abort.signal).catch((error: unknown) => error);
    await waiting(1);
    abort.abort();
    await poll;
    await waiting(0);
    const line = server.log.findLast((each) => each.includes("/v1/requests/:id"));
    expect(JSON.parse(line!)).toMatchObject({ status: 499, principal: "identity:agent-1" });
  });

  it("are as many as the limit says, and the next is told its name", async () => {
    const view = await held();
    const abort = new AbortController();
    const polls = Array.from({ length: WAITERS_MAX }, () =>
      get(view.id, "wait=50", abort.signal).catch(() => null),
    );
    await waiting(WAITERS_MAX);
    const { status, body, headers } = await get(view.id, "wait=50");
    expect(status).toBe(429);
    expect(body).toMatchObject({
      code: "too_many_requests",
      limit: { name: "waiting_callers", value: WAITERS_MAX },
    });
    expect(headers.get("retry-after")).toBe("1");
    expect((await get(view.id, "")).status).toBe(200);
    await approve(view);
    const answers = await Promise.all(polls);
    expect(answers.map((answer) => answer?.body.status)).toEqual(polls.map(() => "approved"));
    await waiting(0);
  });
});
