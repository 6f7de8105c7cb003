/** A submission whose answer was lost is sent again; what it may start then is asked anew. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { placeHalt } from "../../packages/server/src/app/halt-writes.ts";
import {
  allowedBody,
  newAttempt,
  newKey,
  startUnderTest,
  type UnderTest,
} from "./testing/server-under-test.ts";

/** The halt is told to the oldest first, so the newest hears of it when these have been told. */
const RUNS = 60;

let server: UnderTest;
let agent: string;
beforeAll(async () => {
  server = await startUnderTest();
  await server.person("chen");
  agent = await server.identity("agent-1");
});
afterAll(() => server.close());

/** As a server leaves it that died between placing a halt and telling anybody. */
async function placeUntold(): Promise<void> {
  const { app } = server;
  const { now: at } = await app.store.time();
  const scope = { kind: "identity", id: "agent-1" } as const;
  const { writes } = placeHalt(app, { scope, reason: "drill", by: "person:chen", at });
  const done = await app.store.commit({ commandId: "untold-halt", expected: {}, writes });
  expect(done.kind).toBe("committed");
}

describe("a submission that is sent again", () => {
  it("starts nothing once a halt was placed, though the run was not told yet (I10)", async () => {
    const key = newKey();
    const sent = { ...allowedBody(), attempt: newAttempt() };
    const submit = () =>
      server.call("POST", "/v1/requests?redeem=true", { token: agent, body: sent, key });
    for (let run = 1; run < RUNS; run += 1) {
      const body = { ...allowedBody(), attempt: newAttempt() };
      await server.call("POST", "/v1/requests?redeem=true", { token: agent, body });
    }
    expect((await submit()).body.redemption).not.toBeNull();
    expect((await submit()).body.redemption).not.toBeNull();
    await placeUntold();
    expect((await submit()).body).toMatchObject({ redemption: null, replayed: true });
  });
});
