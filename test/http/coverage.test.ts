/** Who may read what agents call, and that reading it changes nothing. */
import type { CoverageView } from "@haltpoint/protocol";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { allowedBody, startUnderTest, type UnderTest } from "./testing/server-under-test.ts";

const PATH = "/v1/policy/coverage";
const DAY_MS = 86_400_000;
let server: UnderTest;
let agent: string;

beforeAll(async () => {
  server = await startUnderTest();
  await server.person("chen");
  agent = await server.identity("agent-1");
  await server.call("POST", "/v1/requests", { token: agent, body: allowedBody() });
  const sent = {
    action: { name: "orders.submit", properties: { iban: "DE89370400440532013000" } },
    resource: { type: "order", id: "PO-7" },
  };
  await server.call("POST", "/v1/requests", { token: agent, body: sent });
  const unknown = {
    action: { name: "tenants.delete", properties: { tenant: "globex-7" } },
    resource: { type: "tenant", id: "globex-7" },
  };
  await server.call("POST", "/v1/requests", { token: agent, body: unknown });
});
afterAll(() => server.close());

describe("GET /v1/policy/coverage", () => {
  it("says the same to everybody who is a person, and nothing to an agent (T28)", async () => {
    const texts = new Map<string, string>();
    for (const person of ["rob", "ana", "chen"]) {
      const token = person === "chen" ? await server.signIn("chen") : await server.person(person);
      const got = await server.call("GET", PATH, { token });
      expect(got.status).toBe(200);
      const {
        since: _since,
        until: _until,
        not_used: _notUsed,
        ...view
      } = got.body as CoverageView;
      texts.set(person, JSON.stringify(view));
    }
    expect(new Set(texts.values()).size).toBe(1);
    const text = texts.get("rob")!;
    for (const hidden of ["DE8937", "globex-7", "PO-7"]) expect(text).not.toContain(hidden);
    const { tools } = JSON.parse(text) as CoverageView;
    expect(tools.map(({ action, by_default }) => [action, by_default])).toEqual([
      ["tenants.delete", 1],
      ["orders.submit", 0],
      ["files.read", 0],
    ]);
    expect((await server.call("GET", PATH, { token: agent })).body.code).toBe("forbidden");
    expect((await server.call("GET", PATH)).body.code).toBe("unauthenticated");
  });

  it("takes a time and a number, and names what is wrong with one", async () => {
    const token = await server.signIn("chen");
    const now = Date.now();
    const ask = async (query: string) =>
      (await server.call("GET", `${PATH}?${query}`, { token })).body;
    expect(await ask(`since=${now - DAY_MS}&latest=1`)).toMatchObject({ recorded: 3, judged: 1 });
    expect(await ask(`since=${now + DAY_MS}`)).toMatchObject({ field: "since" });
    expect(await ask("since=soon")).toMatchObject({ code: "invalid_request", field: "since" });
    expect(await ask("latest=0")).toMatchObject({ code: "invalid_request", field: "latest" });
    expect(await ask("tool=x")).toMatchObject({ code: "invalid_request", field: "tool" });
  });

  it("says what to do where no policy is in force", async () => {
    const bare = await startUnderTest({ policy: null });
    const got = await bare.call("GET", PATH, { token: await bare.person("ana") });
    expect(got.body).toMatchObject({
      code: "not_found",
      detail: expect.stringContaining("publish"),
    });
    await bare.close();
  });

  it("leaves no trace in the record", async () => {
    const token = await server.signIn("chen");
    const before = await server.app.store.lastLogIndex();
    await server.call("GET", PATH, { token });
    expect(await server.app.store.lastLogIndex()).toBe(before);
  });
});
