/** Requests that wait and would do the same are told apart and counted, never merged (T20). */
import type { Card, InboxItem, ListedRequest, RequestView } from "@haltpoint/protocol";
import { beforeEach, expect, it, onTestFinished } from "vitest";
import { heldBody, startUnderTest, type UnderTest } from "./testing/server-under-test.ts";

let server: UnderTest;
let agent: string;
let ana: string;

beforeEach(async () => {
  server = await startUnderTest();
  onTestFinished(() => server.close());
  ana = await server.person("ana");
  for (const id of ["bo", "chen"]) await server.person(id);
  agent = await server.identity("agent-1");
});

async function hold(body: object = heldBody(), token = agent): Promise<RequestView> {
  const got = await server.call("POST", "/v1/requests", { token, body });
  expect(got.status, got.text).toBe(201);
  expect(got.body.request.status).toBe("held");
  return got.body.request;
}

const order = (properties: object, more: object = {}) => {
  const action = { name: "orders.submit", properties: { amount: "9000.00 USD", ...properties } };
  return { ...heldBody(), action, ...more };
};

async function inbox(): Promise<readonly InboxItem[]> {
  return (await server.call("GET", "/v1/inbox", { token: ana })).body.items;
}

/** What is alike, as short lists of ids. */
async function groups(): Promise<readonly (readonly string[])[]> {
  const items = await inbox();
  const byGroup = Map.groupBy(items, ({ look_alike: alike }) => alike?.group ?? "none");
  return [...byGroup.values()].map((members) => members.map(({ id }) => id));
}

async function review(of: RequestView, verdict: "approve" | "reject"): Promise<void> {
  const body = { verdict, digest: of.revision.digest, reason: "as the test goes" };
  const got = await server.call("POST", `/v1/requests/${of.id}/reviews`, { token: ana, body });
  expect(got.status, got.text).toBe(200);
}

it("are those that differ in session, trace, justification and key only (T20)", async () => {
  const first = await hold();
  const second = await hold({ ...heldBody(), context: { session: "s-2", trace: "t-2" } });
  const third = await hold({ ...heldBody(), context: { justification: "once more" } });
  expect(await groups()).toEqual([[first.id, second.id, third.id]]);
  const [item] = await inbox();
  expect(item?.look_alike).toEqual({
    group: expect.stringMatching(/^[\w-]{43}$/),
    waiting: 3,
    oldest_at: first.created_at,
  });
  // Each stays a request of its own.
  expect(new Set([first.id, second.id, third.id]).size).toBe(3);
});

it.each([
  ["an argument", () => hold(order({ amount: "9000.01 USD" }))],
  ["a resource", () => hold({ ...heldBody(), resource: { type: "purchase_order", id: "PO-8" } })],
  ["a property of the resource", () => hold({ ...heldBody(), resource: withUrgency() })],
  ["the person it is for", () => hold({ ...heldBody(), context: { on_behalf_of: "chen" } })],
  ["another part of the context", () => hold({ ...heldBody(), context: { window: "tonight" } })],
  ["a claim about the subject", () => hold({ ...heldBody(), subject: withTeam() })],
  ["the identity", async () => hold(heldBody(), await server.identity("agent-2"))],
])("are not those that differ in %s", async (_what, holdOther) => {
  const first = await hold();
  const other = await holdOther();
  expect(await groups()).toEqual([[first.id], [other.id]]);
});

const withUrgency = () => ({ ...heldBody().resource, properties: { urgent: true } });
const withTeam = () => ({ type: "agent", id: "agent-1", properties: { team: "b" } });

it("are judged with their sensitive fields, of which they tell nothing (T28)", async () => {
  const iban = "DE89370400440532013000";
  const [first, second, other] = [
    await hold(order({ iban })),
    await hold(order({ iban })),
    await hold(order({ iban: "DE02120300000000202051" })),
  ];
  // Their commitments are salted: nothing that is shown is the same.
  expect(first.revision.digest).not.toBe(second.revision.digest);
  expect(await groups()).toEqual([[first.id, second.id], [other.id]]);
  expect(JSON.stringify(await inbox())).not.toContain(iban);
});

it("are counted while they wait, on every list of people's, and no longer once decided", async () => {
  const [first, second, third] = [await hold(), await hold(), await hold()];
  await review(second, "reject");
  const { body } = await server.call("GET", "/v1/requests", { token: ana });
  const byId = new Map((body.items as ListedRequest[]).map((each) => [each.id, each.look_alike]));
  expect(byId.get(first.id)?.waiting).toBe(2);
  expect(byId.get(third.id)).toEqual(byId.get(first.id));
  expect(byId.get(second.id)).toBeNull();
});

it("are not told to the identity that may submit: it could guess by them (T28)", async () => {
  await hold();
  await hold();
  const { body } = await server.call("GET", "/v1/requests", { token: agent });
  expect((body.items as ListedRequest[]).map((each) => each.look_alike)).toEqual([null, null]);
});

it("change with an edit: it is like those that ask for what it asks now", async () => {
  const [first, second] = [await hold(), await hold()];
  const cheaper = await hold(heldBody("4000.00 USD"));
  const edit = {
    digest: second.revision.digest,
    set: { "action.properties.amount": "4000.00 USD" },
    reason: "the cheaper one",
  };
  const path = `/v1/requests/${second.id}/edits`;
  const edited = await server.call("POST", path, { token: ana, body: edit });
  expect(edited.status, edited.text).toBe(200);
  expect(await groups()).toEqual([[first.id], [second.id, cheaper.id]]);
});

it("are on the card with links, and approving one approves one", async () => {
  const [first, second, third] = [await hold(), await hold(), await hold()];
  const card = async (of: RequestView): Promise<Card> =>
    (await server.call("GET", `/v1/requests/${of.id}/card`, { token: ana })).body;
  expect((await card(second)).alike).toEqual({
    waiting: 2,
    oldest_at: first.created_at,
    others: [first, third].map(({ id, short_id, created_at }) => ({ id, short_id, created_at })),
  });
  await review(first, "approve");
  const { store } = server.app;
  expect((await store.request(first.id))?.status).toBe("approved");
  expect((await store.request(second.id))?.status).toBe("held");
  expect((await card(third)).alike?.others.map(({ id }) => id)).toEqual([second.id]);
  await review(second, "reject");
  expect((await card(third)).alike).toBeNull();
});

it("are rejected together by one batch, each with its entry (T35)", async () => {
  const all = [await hold(), await hold(), await hold()];
  const items = all.map(({ id, revision }) => ({ id, digest: revision.digest }));
  const body = { items, verdict: "reject", reason: "it loops" };
  const done = await server.call("POST", "/v1/reviews", { token: ana, body });
  expect(done.body.results.map(({ ok }: { ok: boolean }) => ok)).toEqual([true, true, true]);
  for (const { id } of all) {
    const kinds = (await server.app.store.entries(id)).map(({ kind }) => kind);
    expect(kinds.filter((kind) => kind === "rejected")).toHaveLength(1);
  }
});
