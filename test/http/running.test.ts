/** What runs, who is there to be pointed at, and what everybody may know of an identity. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  allowedBody,
  newAttempt,
  startUnderTest,
  type UnderTest,
} from "./testing/server-under-test.ts";

let server: UnderTest;
let agent: string;
const tokens = new Map<string, string>();

beforeAll(async () => {
  server = await startUnderTest({ limits: { leaseMs: 600_000, runMaxMs: 600_000 } });
  for (const id of ["chen", "ana", "stranger"]) tokens.set(id, await server.person(id));
  tokens.set("olga", await server.person("olga", ["operator"]));
  agent = await server.identity("agent-1");
});
afterAll(() => server.close());

const get = (as: string, path: string) => server.call("GET", path, { token: tokens.get(as) });

describe("what runs", () => {
  it("lists runs and what each person may do about them", async () => {
    const body = { ...allowedBody(), attempt: newAttempt() };
    const submitted = await server.call("POST", "/v1/requests?redeem=true", { token: agent, body });
    const { id } = submitted.body.request;
    const seen = await get("olga", "/v1/running");
    expect(seen.body.items).toMatchObject([
      {
        id,
        status: "running",
        run: { lease_until: expect.any(Number) },
        stoppable: "no",
        can: { interrupt: { allowed: true, why: null }, resolve: { allowed: false } },
        interrupted_by: null,
      },
    ]);
    await server.call("POST", `/v1/requests/${id}/interrupt`, {
      token: tokens.get("olga"),
      body: { reason: "wrong file" },
    });
    const [stopping] = (await get("chen", "/v1/running")).body.items;
    expect(stopping).toMatchObject({
      status: "interrupting",
      can: { interrupt: { allowed: false } },
      interrupted_by: { by: "person:olga", reason: "wrong file" },
    });
    expect((await get("stranger", "/v1/running")).body.items).toEqual([]);
  });
});

describe("who is there", () => {
  it("gives every person the names of the others, and nothing else of them", async () => {
    const { body } = await get("stranger", "/v1/people/names");
    expect(body.items).toContainEqual({ id: "olga", name: "olga" });
    expect((await get("stranger", "/v1/people")).status).toBe(403);
  });

  it("lets every person know an identity, and its keys only those who answer for it", async () => {
    const keys = async (as: string) => (await get(as, "/v1/identities/agent-1")).body.keys.length;
    expect(await keys("stranger")).toBe(0);
    expect(await keys("chen")).toBe(1);
    expect(await keys("olga")).toBe(1);
    expect((await get("ana", "/v1/identities")).body.items).toMatchObject([
      { id: "agent-1", owner: "chen", keys: [] },
    ]);
  });
});
