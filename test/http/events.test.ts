/** The event stream: complete, in order, resumable, bounded, and only what one may know. */
import { connect } from "node:net";
import { newId } from "@haltpoint/protocol";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { EventViewShape } from "../../packages/server/src/edges/http/schema/answer-shapes.ts";
import { readEvents, type EventReader } from "./testing/event-reader.ts";
import {
  allowedBody,
  heldBody,
  startUnderTest,
  type UnderTest,
} from "./testing/server-under-test.ts";
import { until } from "./testing/until.ts";

const CLIENTS_MAX = 6;
let server: UnderTest;
let agent: string;
let operator: string;
let ana: string;
let dee: string;

beforeAll(async () => {
  server = await startUnderTest({
    httpLimits: {
      eventClientsMax: CLIENTS_MAX,
      eventBufferBytesMax: 65_536,
      eventStallMs: 200,
      eventCommentMs: 300,
    },
  });
  await server.person("chen");
  ana = await server.person("ana");
  dee = await server.person("dee");
  operator = await server.person("olga", ["operator"]);
  agent = await server.identity("agent-1");
});
afterAll(() => server.close());

const submit = async (body: object): Promise<string> =>
  (await server.call("POST", "/v1/requests", { token: agent, body })).body.request.id as string;

async function take(reader: EventReader, count: number) {
  const heard = [];
  for (let index = 0; index < count; index += 1) heard.push(await reader.next());
  return heard;
}

describe("the event stream", () => {
  it("sends its headers at once, before anything has happened", async () => {
    const reader = await readEvents(server.url, { token: operator });
    expect(reader.response.status).toBe(200);
    expect(reader.response.headers.get("content-type")).toBe("text/event-stream");
    expect(reader.response.headers.get("cache-control")).toBe("no-store");
    expect(reader.response.headers.get("x-request-id")).not.toBeNull();
    expect(reader.response.headers.get("x-content-type-options")).toBe("nosniff");
    reader.close();
  });

  it("tells what happens from now on, as it happens", async () => {
    const reader = await readEvents(server.url, { token: operator });
    const id = await submit(heldBody());
    const heard = await reader.next();
    expect(heard).toMatchObject({
      event: "submitted",
      data: { index: heard.id, request_id: id, status: "held", stream: id, sequence: 1 },
    });
    expect(EventViewShape.fits(heard.data)).toBe(true);
    reader.close();
  });

  it("has no arguments in it", async () => {
    const reader = await readEvents(server.url, { token: operator });
    await submit(heldBody("8123.00 USD"));
    expect(JSON.stringify(await reader.next())).not.toContain("8123");
    reader.close();
  });

  it("resumes after the last event a reader saw, with no gap and no repeat", async () => {
    const from = await server.app.store.lastLogIndex();
    const live = await readEvents(server.url, { token: operator });
    const total = 30;
    const made = (async () => {
      for (let count = 0; count < total; count += 1) await submit(allowedBody());
    })();
    const seen: number[] = [];
    let last = from;
    // Cut off again and again while things happen; each connection takes a few.
    while (seen.length < total) {
      const reader = await readEvents(server.url, { token: operator, lastEventId: last });
      for (const { id } of await take(reader, Math.min(4, total - seen.length))) {
        seen.push(id);
        last = id;
      }
      reader.close();
    }
    await made;
    const whole = (await take(live, total)).map(({ id }) => id);
    live.close();
    expect(seen).toEqual(whole);
    const entries = await server.app.store.entriesAfter(from, total);
    expect(seen).toEqual(entries.map((entry) => entry.logIndex));
  });

  it("replays a long absence whole", async () => {
    const reader = await readEvents(server.url, { token: operator, lastEventId: 0 });
    const last = await server.app.store.lastLogIndex();
    const entries = await server.app.store.entriesAfter(0, 10_000);
    const heard = await take(reader, entries.length);
    expect(heard.at(-1)?.id).toBe(last);
    expect(heard.map(({ event }) => event)).toEqual(entries.map((entry) => entry.kind));
    reader.close();
  });

  it("says that it is alive while nothing happens", async () => {
    const reader = await readEvents(server.url, { token: operator });
    expect(await reader.comment()).toBe(": nothing new");
    reader.close();
  });

  it("tells people without a right only of requests they may see, and not of the system", async () => {
    const finance = await readEvents(server.url, { token: ana });
    const security = await readEvents(server.url, { token: dee });
    await server.call("POST", "/v1/halts", {
      token: operator,
      body: { scope: { kind: "action", id: "x" }, reason: "drill" },
    });
    const orders = await submit(heldBody());
    const keys = await submit({ ...heldBody(), action: { name: "keys.rotate" } });
    expect((await finance.next()).data.request_id).toBe(orders);
    expect((await security.next()).data.request_id).toBe(keys);
    finance.close();
    security.close();
  });

  it("ends for whoever may no longer listen", async () => {
    const token = await server.person("leaver", ["auditor"]);
    const reader = await readEvents(server.url, { token });
    await server.call("PUT", "/v1/people/leaver", { token: operator, body: { disabled: true } });
    await reader.ended();
    expect((await server.call("GET", "/v1/whoami", { token })).status).toBe(401);
  });

  it("refuses an id that is none, and everybody beyond the limit", async () => {
    const bad = await readEvents(server.url, { token: operator, lastEventId: "1; drop" });
    expect(await bad.response.json()).toMatchObject({
      code: "invalid_request",
      field: "Last-Event-ID",
    });
    const readers = await Promise.all(
      Array.from({ length: CLIENTS_MAX }, () => readEvents(server.url, { token: operator })),
    );
    const refused = await readEvents(server.url, { token: operator });
    expect(refused.response.status).toBe(429);
    expect(await refused.response.json()).toMatchObject({
      code: "too_many_requests",
      limit: { name: "event_clients", value: CLIENTS_MAX },
    });
    for (const reader of readers) reader.close();
    await until(async () => (await server.call("GET", "/metrics")).text).toContain(
      "haltpoint_event_clients 0",
    );
  });

  it("cuts off a reader that does not read, and keeps nothing for it", async () => {
    // 16 MB of events: more than the buffers of any socket hold.
    const kind = "k".repeat(8_000);
    for (let batch = 0; batch < 4; batch += 1) {
      const { now } = await server.app.store.time();
      const commandId = newId("cmd", now, server.app.random.bytes(10));
      const draft = { stream: "system", kind, at: now, actor: "clock", data: {} };
      const writes = Array.from({ length: 250 }, () => ({ kind: "entry", draft }) as const);
      await server.app.store.commit({ commandId, expected: {}, writes });
    }
    const { port, hostname } = new URL(server.url);
    const socket = connect(Number(port), hostname);
    const closed = new Promise<void>((resolve) => socket.once("close", () => resolve()));
    socket.on("error", () => undefined);
    socket.write(
      `GET /v1/events HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${operator}\r\nLast-Event-ID: 0\r\n\r\n`,
    );
    socket.pause();
    await until(() => server.log.some((line) => line.includes("reads too slowly"))).toBe(true);
    socket.resume();
    await closed;
    const { text } = await server.call("GET", "/metrics");
    expect(text).toContain("haltpoint_event_clients 0");
  });
});
