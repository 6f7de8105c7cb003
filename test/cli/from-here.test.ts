/** What somebody who proved who they are may decide from a command line, and what not (T36). */
import type { SubmitAnswer } from "@haltpoint/protocol";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createSession } from "../../packages/server/src/app/sessions.ts";
import { DECISION_POLICY } from "../http/testing/decision-policy.ts";
import { startUnderTest, type UnderTest } from "../http/testing/server-under-test.ts";
import { haltpoint } from "./testing/command-line.ts";

let server: UnderTest;
let agent: string;
let token: string;

beforeAll(async () => {
  server = await startUnderTest({ policy: DECISION_POLICY });
  await server.person("ana", ["override"]);
  for (const id of ["bo", "lea", "chen"]) await server.person(id);
  agent = await server.identity("agent-1");
  const order = { person: "ana", kind: "cli", via: "passkey", label: "test" } as const;
  const made = await createSession(server.app, order);
  if (!made.ok) throw new Error(made.problem.detail);
  token = made.value.secret;
});
afterAll(() => server.close());

async function wants(action: string): Promise<string> {
  const body = { action: { name: action }, resource: { type: "order", id: "PO-7" } };
  const got = await server.call("POST", "/v1/requests", { token: agent, body });
  return (got.body as SubmitAnswer).request.id;
}
const run = (...args: readonly string[]) =>
  haltpoint(args, {
    cwd: process.cwd(),
    env: { HALTPOINT_TOKEN: token, HALTPOINT_URL: server.url },
  });
const statusOf = async (id: string) => (await server.app.store.request(id))?.status;

describe("the command line of somebody who signed in", () => {
  it("approves low risk with --yes, and rejects anything (T36)", async () => {
    const low = await wants("low.do");
    expect((await run("approve", low, "--yes")).status).toBe(0);
    const high = await wants("high.do");
    expect((await run("reject", high, "--yes", "--reason", "no")).status).toBe(0);
    expect([await statusOf(low), await statusOf(high)]).toEqual(["approved", "rejected"]);
  });

  it("does not take --yes above low risk, with a digest or without (T36)", async () => {
    const id = await wants("medium.do");
    const digest = (await server.app.store.request(id))?.revision.digest ?? "";
    for (const more of [[], ["--digest", digest]]) {
      const ran = await run("approve", id, "--yes", ...more);
      expect(ran.status).toBe(4);
      expect(ran.err).toContain("--yes is not enough at medium risk");
      expect(ran.err).toContain(`/r/${id}`);
    }
    expect(await statusOf(id)).toBe("held");
  });

  it("sends whoever would approve high risk, or override, to the inbox (T17, T36)", async () => {
    const id = await wants("high.do");
    const digest = (await server.app.store.request(id))?.revision.digest ?? "";
    const yes = ["--yes", "--digest", digest, "--reason", "because"];
    for (const verb of ["approve", "override"]) {
      const ran = await run(verb, id, ...yes);
      expect(ran.status).toBe(4);
      expect(ran.err).toContain("in the web inbox:");
      expect(ran.err).toContain(`/r/${id}`);
    }
    expect(await statusOf(id)).toBe("held");
  });
});
