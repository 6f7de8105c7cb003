/** Requests as large as they may be: together they stay readable, and are not endless (T20). */
import type { RequestView } from "@haltpoint/protocol";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startUnderTest, type UnderTest } from "./testing/server-under-test.ts";

const LARGE = "x".repeat(1_000_000);

let server: UnderTest;
let agent: string;
let ana: string;

beforeAll(async () => {
  server = await startUnderTest({ limits: { heldBytesPerIdentityMax: 12_000_000 } });
  await server.person("chen");
  ana = await server.person("ana");
  agent = await server.identity("agent-1");
});
afterAll(() => server.close());

const submit = (properties: object) =>
  server.call("POST", "/v1/requests", {
    token: agent,
    body: {
      action: { name: "orders.submit", properties },
      resource: { type: "purchase_order", id: "PO-7" },
    },
  });

describe("large requests of one identity (T20)", () => {
  it("are held until they are too large together; small ones still are", async () => {
    for (let count = 0; count < 11; count += 1) {
      expect((await submit({ amount: "9.00 USD", note: LARGE })).status).toBe(201);
    }
    expect((await submit({ amount: "9.00 USD", note: LARGE })).body).toMatchObject({
      code: "too_many_requests",
      limit: { name: "held_bytes_per_identity", value: 12_000_000 },
    });
    expect((await submit({ amount: "9.00 USD" })).status).toBe(201);
  });

  it("are listed in pages that can be taken, each of them once", async () => {
    const ids: string[] = [];
    let cursor: string | null = null;
    do {
      const from: string = cursor === null ? "" : `&cursor=${cursor}`;
      const { body, text } = await server.call("GET", `/v1/inbox?limit=50${from}`, { token: ana });
      expect(text.length).toBeLessThan(6_000_000);
      ids.push(...body.items.map((item: RequestView) => item.id));
      cursor = body.cursor as string | null;
    } while (cursor !== null);
    expect(ids).toHaveLength(12);
    expect(new Set(ids).size).toBe(12);
  });
});
