/** History: what was decided last Tuesday, by whom, about what. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { heldBody, startUnderTest, type UnderTest } from "./testing/server-under-test.ts";

let server: UnderTest;
let agent: string;
const tokens = new Map<string, string>();
/** Ids in the order of their submission, and when the third of them was decided. */
const ids: string[] = [];
let third: number;

beforeAll(async () => {
  server = await startUnderTest();
  for (const id of ["chen", "ana", "bo", "dee", "eli"]) tokens.set(id, await server.person(id));
  tokens.set("aud", await server.person("aud", ["auditor"]));
  agent = await server.identity("agent-1");
  const verdicts = [
    ["ana", "approve"],
    ["bo", "reject"],
    ["ana", "reject"],
    ["bo", "approve"],
  ] as const;
  for (const [as, verdict] of verdicts) {
    const body = { ...heldBody(), resource: { type: "order", id: `PO-${ids.length}` } };
    ids.push(await decide(as, verdict, body));
    if (ids.length === 3) third = (await server.app.store.request(ids[2]!))!.decided!.at;
  }
  // Not decided by anybody.
  await server.call("POST", "/v1/requests", { token: agent, body: heldBody() });
});
afterAll(() => server.close());

async function decide(as: string, verdict: string, body: object): Promise<string> {
  const submitted = await server.call("POST", "/v1/requests", { token: agent, body });
  const { id, revision } = submitted.body.request;
  const review = { verdict, digest: revision.digest, reason: "seen" };
  await server.call("POST", `/v1/requests/${id}/reviews`, { token: tokens.get(as), body: review });
  return id as string;
}
async function find(query: string, as = "aud"): Promise<readonly string[]> {
  const { body } = await server.call("GET", `/v1/requests?${query}`, { token: tokens.get(as) });
  return (body.items as { id: string }[]).map(({ id }) => id);
}
const none: readonly string[] = [];
const newest = (...places: readonly number[]) => places.map((place) => ids[place]);

describe("history", () => {
  it("finds what a person decided, the newest first, page by page", async () => {
    expect(await find("decided_by=ana")).toEqual(newest(2, 0));
    expect(await find("decided_by=bo")).toEqual(newest(3, 1));
    expect(await find("decided_by=dee")).toEqual(none);
    const { body } = await server.call("GET", "/v1/requests?decided_by=ana&limit=1", {
      token: tokens.get("aud"),
    });
    expect(body.items).toHaveLength(1);
    expect(await find(`decided_by=ana&limit=1&cursor=${body.cursor}`)).toEqual(newest(0));
  });

  it("finds what was decided in a time, whoever did", async () => {
    expect(await find(`decided_since=${third}&decided_before=${third + 1}`)).toContain(ids[2]);
    expect(await find(`decided_before=${third}`)).not.toContain(ids[2]);
    expect(await find(`decided_since=0`)).toEqual(newest(3, 2, 1, 0));
  });

  it("narrows it by status and action", async () => {
    expect(await find("decided_by=ana&status=rejected")).toEqual(newest(2));
    expect(await find("decided_by=ana&status=rejected,approved")).toEqual(newest(2, 0));
    expect(await find("decided_by=ana&identity=agent-1&text=PO-0")).toEqual(newest(0));
    expect(await find("decided_by=ana&action=other")).toEqual(none);
  });

  it("finds by a text in the resource's id or the name of who decided", async () => {
    expect(await find("text=PO-1")).toEqual(newest(1));
    expect(await find("text=Bo")).toEqual(newest(3, 1));
  });

  it("counts the first of two approvals as a decision of that person", async () => {
    const body = { ...heldBody(), action: { name: "keys.rotate" } };
    const id = await decide("dee", "approve", body);
    expect((await server.app.store.request(id))?.status).toBe("held");
    expect(await find("decided_by=dee")).toEqual([id]);
  });

  it("finds nothing for anybody by arguments they may not see (T28)", async () => {
    tokens.set("olga", await server.person("olga", ["operator"]));
    expect(await find("text=9,000", "aud")).toContain(ids[0]);
    expect(await find("text=9,000", "olga")).toEqual(none);
    expect(await find("text=PO-1", "olga")).toEqual(newest(1));
    expect(await find("text=bo", "olga")).toEqual(newest(3, 1));
  });

  it("shows nobody what they could not see without searching (T28)", async () => {
    expect(await find("decided_by=ana", "eli")).toEqual(none);
    expect(await find("text=ana", "eli")).toEqual(none);
  });
});
