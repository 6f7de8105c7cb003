/** What waits for whom: queues for everybody, one's own load for oneself alone (T28). */
import type { AnalyticsView, InboxItem, RequestView } from "@haltpoint/protocol";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startUnderTest, type UnderTest } from "./testing/server-under-test.ts";

const POLICY = `version: 1
default: { decision: deny }
groups: { finance: [ana, bo], security: [bo, dee] }
rules:
  - id: orders
    why: Finance approves orders
    owner: chen
    match: { action: orders.submit }
    decision: hold
    approval: { approvers: group:finance, deadline: 8h }
  - id: keys
    why: One of each approves keys
    owner: chen
    match: { action: keys.rotate }
    decision: hold
    approval:
      quorum: [{ count: 1, from: group:finance }, { count: 1, from: group:security }]
      deadline: 8h
  - id: letters
    why: Dee reads letters
    owner: chen
    match: { action: letters.send }
    decision: hold
    approval: { approvers: person:dee, deadline: 8h }
  - id: notes
    why: Ana reads notes
    owner: chen
    match: { action: notes.send }
    decision: hold
    approval: { approvers: person:ana, deadline: 8h }
`;

let server: UnderTest;
const tokens = new Map<string, string>();
const asked = new Map<string, RequestView>();

beforeAll(async () => {
  server = await startUnderTest({ policy: POLICY });
  for (const id of ["ana", "bo", "dee", "chen"]) tokens.set(id, await server.person(id));
  // Ana owns the second agent: what it asks is not hers to decide.
  const agents = {
    a: await server.identity("agent-a"),
    b: await server.identity("agent-b", { owner: "ana" }),
  };
  const ask = async (name: string, action: string, token: string): Promise<void> => {
    const body = { action: { name: action }, resource: { type: "thing", id: name } };
    const got = await server.call("POST", "/v1/requests", { token, body });
    expect(got.body.request.status, got.text).toBe("held");
    asked.set(name, got.body.request);
  };
  await ask("o1", "orders.submit", agents.a);
  await ask("o2", "orders.submit", agents.a);
  await ask("o3", "orders.submit", agents.b);
  await ask("k1", "keys.rotate", agents.a);
  await ask("l1", "letters.send", agents.a);
  await ask("n1", "notes.send", agents.a);
});
afterAll(() => server.close());

async function review(as: string, name: string, verdict: "approve" | "reject"): Promise<void> {
  const of = asked.get(name);
  const body = { verdict, digest: of?.revision.digest, reason: "as the test goes" };
  const path = `/v1/requests/${of?.id}/reviews`;
  const got = await server.call("POST", path, { token: tokens.get(as), body });
  expect(got.status, got.text).toBe(200);
}

async function load(as: string): Promise<AnalyticsView["load"]> {
  const got = await server.call("GET", "/v1/analytics", { token: tokens.get(as) });
  expect(got.status, got.text).toBe(200);
  return got.body.load;
}

/** `source waiting/people=each` */
const queues = ({ sources }: AnalyticsView["load"]): readonly string[] =>
  sources.map((each) => `${each.source} ${each.waiting}/${each.people}=${each.per_person}`);

describe("the load of people", () => {
  it("is by where approvals come from; named persons are one source together (T28)", async () => {
    const seen = await load("chen");
    expect(queues(seen)).toEqual(["group:finance 4/2=2", "person 2/2=1", "group:security 1/2=0.5"]);
    const waits = seen.sources.map((each) => each.longest_wait_ms);
    expect(Math.min(...waits)).toBeGreaterThanOrEqual(0);
    expect(seen.sources[0]?.longest_wait_ms).toBe(Math.max(...waits));
    expect(JSON.stringify(seen.sources)).not.toMatch(/ana|bo|dee/);
  });

  it("is one's own for oneself: what waits, and what nobody else can decide", async () => {
    const own = { decided_24h: 0, decided_7d: 0 };
    expect((await load("ana")).you).toEqual({ waiting: 4, only_you: 1, ...own });
    // Of agent-b's order the owner is left out, so that it is Bo's alone.
    expect((await load("bo")).you).toEqual({ waiting: 4, only_you: 1, ...own });
    expect((await load("dee")).you).toEqual({ waiting: 2, only_you: 1, ...own });
    expect((await load("chen")).you).toEqual({ waiting: 0, only_you: 0, ...own });
  });

  it("is marked in the inbox, without another call", async () => {
    const items = (await server.call("GET", "/v1/inbox", { token: tokens.get("bo") })).body.items;
    const alone = (items as InboxItem[]).filter((each) => each.only_you).map(({ id }) => id);
    expect(alone).toEqual([asked.get("o3")?.id]);
  });

  it("falls as people decide, and counts what they decided", async () => {
    await review("bo", "k1", "approve");
    await review("bo", "o1", "reject");
    // Whoever has said their part is asked no more: the rest of it is for ana or dee.
    expect((await load("bo")).you).toEqual({
      waiting: 2,
      only_you: 1,
      decided_24h: 2,
      decided_7d: 2,
    });
    expect((await load("ana")).you).toMatchObject({ waiting: 3, only_you: 1, decided_24h: 0 });
    expect(queues(await load("chen"))[0]).toBe("group:finance 3/2=1.5");
  });
});
