/** Places among those who wait: nobody takes them all, and nothing lapses because they are taken. */
import { connect, type Socket } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  allowedBody,
  heldBody,
  newAttempt,
  startUnderTest,
  type UnderTest,
} from "./testing/server-under-test.ts";
import { readEvents } from "./testing/event-reader.ts";
import { until } from "./testing/until.ts";

const EACH = 3;

let server: UnderTest;
let greedy: string;
let other: string;
let person: string;
let heldId: string;

beforeAll(async () => {
  server = await startUnderTest({
    limits: { heartbeatMs: 30_000, leaseMs: 120_000 },
    httpLimits: { waitingCallersEachMax: EACH, eventClientsEachMax: EACH },
  });
  await server.person("chen");
  person = await server.person("nobody");
  greedy = await server.identity("greedy");
  other = await server.identity("other");
  const { body } = await server.call("POST", "/v1/requests", { token: greedy, body: heldBody() });
  heldId = body.request.id;
});
afterAll(() => server.close());

const gauge = async (name: string): Promise<number> => {
  const { text } = await server.call("GET", "/metrics");
  return Number(new RegExp(`${name} (\\d+)`).exec(text)?.[1]);
};
const waiting = (count: number) => until(() => gauge("haltpoint_waiting_callers")).toBe(count);

/** A connection that sends this call so many times without waiting for an answer. */
async function pipelined(path: string, token: string, times: number): Promise<Socket> {
  const { hostname, port } = new URL(server.url);
  const socket = connect(Number(port), hostname);
  socket.on("error", () => undefined);
  socket.resume();
  const head = `GET ${path} HTTP/1.1\r\nHost: ${hostname}:${port}\r\nAuthorization: Bearer ${token}\r\n\r\n`;
  await new Promise<void>((resolve) => socket.write(head.repeat(times), () => resolve()));
  return socket;
}
const closed = (socket: Socket) =>
  new Promise<void>((resolve) =>
    socket.closed ? resolve() : socket.once("close", () => resolve()),
  );

describe("a connection that sends a second call before the first is answered (T20)", () => {
  it.each([
    ["streams", () => pipelined("/v1/events", person, 50)],
    ["long polls", () => pipelined(`/v1/requests/${heldId}?wait=50`, greedy, 50)],
  ])("is closed, and keeps no place: %s", async (_what, open) => {
    await closed(await open());
    await waiting(0);
    await until(() => gauge("haltpoint_event_clients")).toBe(0);
    expect(await gauge("haltpoint_waiting_callers")).toBe(0);
  });
});

describe("one caller (T20)", () => {
  it("takes so many places and no more; others still have theirs", async () => {
    const abort = new AbortController();
    const path = `/v1/requests/${heldId}?wait=50`;
    const polls = Array.from({ length: EACH }, () =>
      server.call("GET", path, { token: greedy, signal: abort.signal }).catch(() => null),
    );
    await waiting(EACH);
    const limit = { name: "waiting_callers_each", value: EACH };
    const refused = await server.call("GET", path, { token: greedy });
    expect(refused).toMatchObject({ status: 429, body: { code: "too_many_requests", limit } });
    const submitted = server.call("POST", "/v1/requests?wait=1", {
      token: other,
      body: heldBody("2.00 USD"),
    });
    await waiting(EACH + 1);
    expect((await submitted).status).toBe(201);
    abort.abort();
    await Promise.all(polls);
    await waiting(0);
  });

  it("renews its lease and submits also where it may not wait for the answer", async () => {
    const attempt = newAttempt();
    const run = await server.call("POST", "/v1/requests?redeem=true", {
      token: greedy,
      body: { ...allowedBody(), attempt },
    });
    const abort = new AbortController();
    const polls = Array.from({ length: EACH }, () =>
      server
        .call("GET", `/v1/requests/${heldId}?wait=50`, { token: greedy, signal: abort.signal })
        .catch(() => null),
    );
    await waiting(EACH);
    const beat = await server.call(
      "POST",
      `/v1/requests/${run.body.request.id}/heartbeat?wait=30`,
      {
        token: greedy,
        body: { attempt },
        key: null,
      },
    );
    expect(beat).toMatchObject({ status: 200, body: { status: "running", interrupt: false } });
    const held = await server.call("POST", "/v1/requests?wait=50", {
      token: greedy,
      body: heldBody("3.00 USD"),
    });
    expect(held).toMatchObject({ status: 201, body: { request: { status: "held" } } });
    abort.abort();
    await Promise.all(polls);
    await waiting(0);
  });

  it("reads so many streams of events and no more", async () => {
    const readers = await Promise.all(
      Array.from({ length: EACH }, () => readEvents(server.url, { token: person })),
    );
    const refused = await readEvents(server.url, { token: person });
    expect(await refused.response.json()).toMatchObject({
      code: "too_many_requests",
      limit: { name: "event_clients_each", value: EACH },
    });
    for (const reader of readers) reader.close();
    await until(() => gauge("haltpoint_event_clients")).toBe(0);
  });
});
