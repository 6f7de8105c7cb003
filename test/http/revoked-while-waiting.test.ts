/** A key that is revoked, or a right that is taken away, while its holder's call is under way (T37). */
import type { RequestView } from "@haltpoint/protocol";
import { connect } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { beforeNextCommit } from "./testing/before-commit.ts";
import {
  heldBody,
  newAttempt,
  startUnderTest,
  type UnderTest,
} from "./testing/server-under-test.ts";
import { POLICY } from "./testing/policy.ts";
import { until } from "./testing/until.ts";

let server: UnderTest;
let ana: string;
let operator: string;
let agent: string;

beforeAll(async () => {
  server = await startUnderTest();
  await server.person("chen");
  ana = await server.person("ana");
  operator = await server.person("olga", ["operator"]);
  agent = await server.identity("agent-1");
});
afterAll(() => server.close());

const op = (method: string, path: string, body?: unknown) =>
  server.call(method, path, { token: operator, body });

/** Another key of the agent, and how to revoke it. */
async function stolenKey() {
  const { body } = await op("POST", "/v1/identities/agent-1/keys", { expires_in_ms: 60_000 });
  const path = `/v1/identities/agent-1/keys/${body.key.id}`;
  return { secret: body.secret as string, revoke: () => op("DELETE", path) };
}
async function held(): Promise<RequestView> {
  const { body } = await server.call("POST", "/v1/requests", { token: agent, body: heldBody() });
  return body.request as RequestView;
}
const approve = ({ id, revision }: RequestView) =>
  server.call("POST", `/v1/requests/${id}/reviews`, {
    token: ana,
    body: { verdict: "approve", digest: revision.digest },
  });
const statusOf = async (id: string) => (await server.app.store.request(id))?.status;
const waiting = (count: number) =>
  until(async () => {
    const { text } = await server.call("GET", "/metrics");
    return /haltpoint_waiting_callers (\d+)/.exec(text)?.[1];
  }).toBe(String(count));

describe("a key that is revoked while its holder waits", () => {
  it("redeems nothing, and is told at once (T37)", async () => {
    const { secret, revoke } = await stolenKey();
    const waits = server.call("POST", "/v1/requests?redeem=true&wait=50", {
      token: secret,
      body: { ...heldBody("31.00 USD"), attempt: newAttempt() },
    });
    await waiting(1);
    await revoke();
    expect((await waits).body).toMatchObject({ code: "unauthenticated" });
    const list = await server.call("GET", "/v1/requests?status=held", { token: agent });
    const view = list.body.items.find((item: RequestView) => item.title.includes("31.00"));
    await approve(view as RequestView);
    expect(await statusOf(view.id as string)).toBe("approved");
  });

  it("redeems nothing where it is revoked between decision and commit", async () => {
    const { secret, revoke } = await stolenKey();
    const view = await held();
    await approve(view);
    beforeNextCommit(server, revoke);
    const redeemed = await server.call("POST", `/v1/requests/${view.id}/redeem`, {
      token: secret,
      body: { attempt: newAttempt() },
      key: null,
    });
    expect(redeemed.body).toMatchObject({ code: "unauthenticated" });
    expect(await statusOf(view.id)).toBe("approved");
  });
});

describe("somebody who waits for a request to change (T37)", () => {
  it("sees nothing more of it once they are disabled", async () => {
    const auditor = await server.person("audrey", ["auditor"]);
    const view = await held();
    const waits = server.call("GET", `/v1/requests/${view.id}?wait=50`, { token: auditor });
    await waiting(1);
    await op("PUT", "/v1/people/audrey", { disabled: true });
    await approve(view);
    expect((await waits).body).toMatchObject({ code: "unauthenticated" });
  });

  it("sees it with the rights they have by then", async () => {
    const auditor = await server.person("august", ["auditor"]);
    const view = await held();
    const waits = server.call("GET", `/v1/requests/${view.id}?wait=50`, { token: auditor });
    await waiting(1);
    await op("PUT", "/v1/people/august", { rights: [] });
    await approve(view);
    expect((await waits).body).toMatchObject({ code: "not_found" });
  });
});

describe("a right that is taken away while the body is on its way (T37)", () => {
  it("publishes no policy", async () => {
    const admin = await server.person("paul", ["policy_admin"]);
    const body = JSON.stringify({ text: `${POLICY}# another\n` });
    const { hostname, port, host } = new URL(server.url);
    const socket = connect(Number(port), hostname);
    let got = "";
    socket.on("data", (bytes: Buffer) => (got += bytes.toString()));
    socket.write(
      [
        "POST /v1/policies HTTP/1.1",
        `Host: ${host}`,
        `Authorization: Bearer ${admin}`,
        "Idempotency-Key: slow",
        "Content-Type: application/json",
        `Content-Length: ${Buffer.byteLength(body)}`,
        "Connection: close",
        "",
        body.slice(0, 9),
      ].join("\r\n"),
    );
    await new Promise((resolve) => setTimeout(resolve, 300));
    await op("PUT", "/v1/people/paul", { rights: [] });
    const closed = new Promise((resolve) => socket.once("close", resolve));
    socket.write(body.slice(9));
    await closed;
    expect(got).toContain('"code":"right_required"');
    expect((await server.app.store.policy())?.text).toBe(POLICY);
  });

  it("publishes none either where it is taken away between decision and commit", async () => {
    const admin = await server.person("petra", ["policy_admin"]);
    await server.register("second", ["policy_admin"]);
    beforeNextCommit(server, () => op("PUT", "/v1/people/petra", { rights: [] }));
    const text = `${POLICY}# another\n`;
    const sent = await server.call("POST", "/v1/policies", { token: admin, body: { text } });
    expect(sent.body).toMatchObject({ code: "right_required" });
    expect((await server.app.store.policy())?.text).toBe(POLICY);
  });
});
