/** T16: link scanners, prefetchers and GET or HEAD of any kind change nothing, with any token. */
import { DatabaseSync } from "node:sqlite";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ROUTES } from "../../packages/server/src/edges/http/routes/table.ts";
import {
  allowedBody,
  heldBody,
  newAttempt,
  startUnderTest,
  type UnderTest,
} from "./testing/server-under-test.ts";

let server: UnderTest;
let agent: string;
let ana: string;
let held: string;
let running: string;
let halt: string;

beforeAll(async () => {
  // Long intervals: what the clock does by itself must not be taken for what looking did.
  server = await startUnderTest({ limits: { leaseMs: 600_000, runMaxMs: 600_000 } });
  await server.person("chen");
  // Every right there is: what looking could do, it could do with this token.
  ana = await server.person("ana", ["operator", "policy_admin", "override", "resolver", "auditor"]);
  agent = await server.identity("agent-1");
  const submit = async (body: object, query = "") =>
    (await server.call("POST", `/v1/requests${query}`, { token: agent, body })).body.request
      .id as string;
  held = await submit(heldBody());
  running = await submit({ ...allowedBody(), attempt: newAttempt() }, "?redeem=true");
  const placed = await server.call("POST", "/v1/halts", {
    token: ana,
    body: { scope: { kind: "action", id: "x" }, reason: "drill" },
  });
  halt = placed.body.id as string;
});
afterAll(() => server.close());

/** Every row of every table, but for what the store notes about time passing. */
function everything(): string {
  const database = new DatabaseSync(server.file, { readOnly: true });
  try {
    const tables = database
      .prepare("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name")
      .all() as { name: string }[];
    return JSON.stringify(
      tables.map(({ name }) => [name, database.prepare(`SELECT * FROM "${name}"`).all()]),
    );
  } finally {
    database.close();
  }
}

/** Every address that anything can be done at, with real ids in it. */
function addresses(): readonly string[] {
  const paths = ROUTES.flatMap(({ path }) =>
    [held, running].map((id) =>
      path
        .replace("/v1/requests/:id", `/v1/requests/${id}`)
        .replace("/v1/halts/:id", `/v1/halts/${halt}`)
        .replace("/v1/identities/:id", "/v1/identities/agent-1")
        .replace("/v1/people/:id", "/v1/people/ana")
        .replaceAll(/:\w+/g, "x"),
    ),
  );
  return [...new Set([...paths, "/openapi.json", "/"])];
}

/** What a link in a message could carry. */
const QUERIES = [
  "",
  "?wait=1",
  "?redeem=true&wait=1",
  "?verdict=approve&approve=true&approved=true&decision=allow",
  "?_method=POST&method=POST&since=0",
] as const;

describe("looking", () => {
  it.each(["GET", "HEAD"])(
    "by %s at every address, with every token, changes nothing",
    async (method) => {
      const before = everything();
      const entries = await server.app.store.lastLogIndex();
      let asked = 0;
      const failed: string[] = [];
      for (const address of addresses()) {
        if (address === "/v1/events") continue; // looked at in the tests of the stream
        for (const query of QUERIES) {
          for (const token of [ana, agent, undefined]) {
            if (query.includes("wait") && token !== ana) continue;
            const got = await server.call(method, `${address}${query}`, {
              token,
              key: null,
              headers: { "idempotency-key": "by-looking", "x-http-method-override": "POST" },
            });
            if (got.status >= 500) failed.push(`${address}${query}`);
            if (method === "HEAD") expect(got.text).toBe("");
            asked += 1;
          }
        }
      }
      expect(failed).toEqual([]);
      expect(asked).toBeGreaterThan(300);
      expect(everything()).toBe(before);
      expect(await server.app.store.lastLogIndex()).toBe(entries);
    },
  );

  it("can see what a decision would change", async () => {
    const before = everything();
    await server.call("POST", `/v1/requests/${held}/questions`, {
      token: ana,
      body: { text: "?" },
    });
    expect(everything()).not.toBe(before);
  });
});
