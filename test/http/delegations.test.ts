/** Looking at a request, and standing in for somebody for a period. */
import type { Card, InboxItem } from "@haltpoint/protocol";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { heldBody, startUnderTest, type UnderTest } from "./testing/server-under-test.ts";
import { until } from "./testing/until.ts";

const HOUR_MS = 3_600_000;
let server: UnderTest;
let agent: string;
const tokens = new Map<string, string>();

beforeAll(async () => {
  server = await startUnderTest();
  for (const id of ["chen", "ana", "bo", "dee"]) tokens.set(id, await server.person(id));
  tokens.set("olga", await server.person("olga", ["operator"]));
  agent = await server.identity("agent-1");
});
afterAll(() => server.close());

const get = (as: string, path: string) => server.call("GET", path, { token: tokens.get(as) });
const send = (as: string, method: string, path: string, body?: object) =>
  server.call(method, path, {
    token: tokens.get(as),
    ...(body === undefined ? {} : { body }),
  });
async function held(): Promise<string> {
  const got = await server.call("POST", "/v1/requests", { token: agent, body: heldBody() });
  return got.body.request.id as string;
}
async function inInbox(as: string, id: string): Promise<InboxItem | undefined> {
  const { body } = await get(as, "/v1/inbox?limit=200");
  return (body.items as InboxItem[]).find((item) => item.id === id);
}
const delegation = (to: string, more: object = {}) => {
  return { to, ends_at: Date.now() + HOUR_MS, reason: "holiday", ...more };
};

describe("a delegation", () => {
  it("marks what the other may decide anyway, until it is ended, and is recorded", async () => {
    const id = await held();
    expect((await inInbox("bo", id))?.for).toEqual([]);
    const made = await send("ana", "POST", "/v1/delegations", delegation("bo"));
    expect(made.body).toMatchObject({ from: "ana", to: "bo", active: true, ended_at: null });
    expect((await inInbox("bo", id))?.for).toEqual(["ana"]);
    const card = (await get("bo", `/v1/requests/${id}/card`)).body as Card;
    expect(card.for).toEqual([{ id: "ana", name: "ana" }]);
    // It is not taken from whom it was routed from.
    expect((await inInbox("ana", id))?.for).toEqual([]);

    const ended = await send("bo", "DELETE", `/v1/delegations/${made.body.id}`);
    expect(ended.body).toMatchObject({ active: false, ended_at: expect.any(Number) });
    expect((await inInbox("bo", id))?.for).toEqual([]);
    const recorded = await server.app.store.entries("system");
    expect(recorded.filter(({ kind }) => kind.startsWith("delegation_"))).toMatchObject([
      { kind: "delegation_made", actor: "person:ana", data: { to: "bo", reason: "holiday" } },
      { kind: "delegation_ended", actor: "person:bo", data: { id: made.body.id } },
    ]);
  });

  it("grants nobody anything: who may not decide has nothing routed (T8, T11)", async () => {
    const id = await held();
    // Dee is in another group; Chen owns the identity that asks.
    for (const to of ["dee", "chen"]) {
      const { body } = await send("ana", "POST", "/v1/delegations", delegation(to));
      expect(await inInbox(to, id)).toBeUndefined();
      await send("ana", "DELETE", `/v1/delegations/${body.id}`);
    }
    const { digest } = (await inInbox("ana", id))!.revision;
    await send("ana", "POST", "/v1/delegations", delegation("dee"));
    const review = { verdict: "approve", digest };
    const refused = await send("dee", "POST", `/v1/requests/${id}/reviews`, review);
    // Not even of the request's being there (T28).
    expect(refused.body.code).toBe("not_found");
  });

  it("routes nothing that the one who delegates could not decide", async () => {
    const body = { ...heldBody(), action: { name: "keys.rotate" } };
    const { id } = (await server.call("POST", "/v1/requests", { token: agent, body })).body.request;
    const made = await send("ana", "POST", "/v1/delegations", delegation("dee"));
    expect((await inInbox("dee", id))?.for).toEqual([]);
    await send("ana", "DELETE", `/v1/delegations/${made.body.id}`);
  });

  it("begins and ends by itself (I7)", async () => {
    const id = await held();
    const soon = { ends_at: Date.now() + 3_000 };
    await send("ana", "POST", "/v1/delegations", delegation("bo", soon));
    expect((await inInbox("bo", id))?.for).toEqual(["ana"]);
    await until(async () => (await inInbox("bo", id))?.for).toEqual([]);
    const later = { starts_at: Date.now() + HOUR_MS, ends_at: Date.now() + 2 * HOUR_MS };
    const made = await send("ana", "POST", "/v1/delegations", delegation("bo", later));
    expect(made.body.active).toBe(false);
    expect((await inInbox("bo", id))?.for).toEqual([]);
  });

  it.each([
    ["to oneself", { to: "ana" }, "to"],
    ["to nobody known", { to: "nobody" }, "to"],
    ["into the past", { ends_at: 1_000 }, "ends_at"],
    ["for longer than 90 days", { ends_at: Date.now() + 91 * 24 * HOUR_MS }, "ends_at"],
    ["without a reason", { reason: " " }, "reason"],
  ])("is refused %s", async (_, change, field) => {
    const refused = await send("ana", "POST", "/v1/delegations", delegation("bo", change));
    expect(refused.body).toMatchObject({ code: "invalid_request", field });
  });

  it("is known to the two it is about, operators and auditors (T28)", async () => {
    const { body } = await send("bo", "POST", "/v1/delegations", delegation("ana"));
    const known = async (as: string) =>
      (await get(as, "/v1/delegations")).body.items.some(
        (each: { id: string }) => each.id === body.id,
      );
    expect(await Promise.all(["ana", "bo", "olga"].map(known))).toEqual([true, true, true]);
    expect(await known("dee")).toBe(false);
    expect((await send("dee", "DELETE", `/v1/delegations/${body.id}`)).status).toBe(404);
    expect((await send("olga", "DELETE", `/v1/delegations/${body.id}`)).body.active).toBe(false);
  });

  it("made twice under one key is made once (I14)", async () => {
    const body = delegation("bo");
    const sent = { token: tokens.get("ana"), body, key: "the-same" };
    const first = await server.call("POST", "/v1/delegations", sent);
    const second = await server.call("POST", "/v1/delegations", sent);
    expect(second.body.id).toBe(first.body.id);
  });
});

describe("a look", () => {
  it("keeps when it was first and the longest reading, and changes nothing else", async () => {
    const id = await held();
    const before = await server.app.store.request(id);
    const first = await send("ana", "POST", `/v1/requests/${id}/seen`, { read_ms: 4_000 });
    const second = await send("ana", "POST", `/v1/requests/${id}/seen`, { read_ms: 2_000 });
    expect(second.body.first_seen_at).toBe(first.body.first_seen_at);
    await send("bo", "POST", `/v1/requests/${id}/seen`, {});
    expect(await server.app.store.looks(id)).toMatchObject([
      { person: "ana", readMs: 4_000 },
      { person: "bo", readMs: null },
    ]);
    expect(await server.app.store.request(id)).toEqual(before);
    expect(await server.app.store.entries(id)).toHaveLength(1);
  });

  it("is noted of those only who may decide: nobody else keeps them from being told (T20)", async () => {
    const id = await held();
    for (const as of ["chen", "olga"]) {
      const { body } = await send(as, "POST", `/v1/requests/${id}/seen`, { read_ms: 9_000 });
      expect(body).toEqual({ first_seen_at: null, last_seen_at: null });
    }
    expect(await server.app.store.looks(id)).toEqual([]);
  });

  it("is not taken from whoever may not know of the request (T28)", async () => {
    const id = await held();
    expect((await send("dee", "POST", `/v1/requests/${id}/seen`, {})).status).toBe(404);
  });
});
