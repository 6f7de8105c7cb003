/** T28: what is said to the server does not reach its log, whatever is said and however it ends. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { faultForLog, scrubbed } from "../../packages/server/src/edges/http/log.ts";
import {
  allowedBody,
  heldBody,
  newAttempt,
  startUnderTest,
  type UnderTest,
} from "./testing/server-under-test.ts";
import { until } from "./testing/until.ts";

let server: UnderTest;
let agent: string;
let ana: string;
let operator: string;

beforeAll(async () => {
  server = await startUnderTest();
  await server.person("chen");
  ana = await server.person("ana");
  operator = await server.person("olga", ["operator"]);
  agent = await server.identity("agent-1");
});
afterAll(() => server.close());

const lines = () => server.log.map((line) => JSON.parse(line) as Record<string, unknown>);

describe("the log", () => {
  it("has a line for each call: how it was addressed and how it ended", async () => {
    const id = "a-request-id";
    await server.call("GET", "/v1/whoami", { token: ana, headers: { "x-request-id": id } });
    await until(() => lines().find((line) => line["request_id"] === id)).toMatchObject({
      level: "info",
      method: "GET",
      route: "/v1/whoami",
      status: 200,
      principal: "person:ana",
      ms: expect.any(Number) as number,
    });
  });

  it("names the route, not the address: ids and queries stay out", async () => {
    await server.call("GET", "/v1/requests/req_SECRETID?wait=0&version=77777", { token: ana });
    await server.call("GET", "/v1/requests?text=TOPSECRETSEARCH", { token: ana });
    await server.call("GET", "/nowhere/TOPSECRETPATH", { token: ana });
    const text = server.log.join("");
    for (const secret of ["SECRETID", "77777", "TOPSECRETSEARCH", "TOPSECRETPATH"]) {
      expect(text).not.toContain(secret);
    }
  });

  it("holds no token, key, attempt, argument, reason or answer of any call", async () => {
    const attempt = newAttempt();
    const iban = "DE02120300000000202051";
    const said = {
      amount: "8,765.00 USD",
      vendor: "Vendor-Of-Secrets",
      reason: "reason-that-is-private",
      question: "question-that-is-private",
      answer: "answer-that-is-private",
      detail: "detail-that-is-private",
      key: "idempotency-that-is-private",
    };
    const body = heldBody("8765.00 USD");
    const action = {
      name: body.action.name,
      properties: { ...body.action.properties, vendor: said.vendor, iban },
    };
    const sent = { ...body, action, attempt, context: { justification: said.detail } };
    const { body: held } = await server.call("POST", "/v1/requests?redeem=true", {
      token: agent,
      body: sent,
      key: said.key,
    });
    const at = (verb: string) => `/v1/requests/${held.request.id}/${verb}`;
    const digest = held.request.revision.digest as string;
    await server.call("POST", at("questions"), { token: ana, body: { text: said.question } });
    await server.call("POST", at("answers"), { token: agent, body: { text: said.answer } });
    const approval = { verdict: "approve", digest, reason: said.reason };
    await server.call("POST", at("reviews"), { token: ana, body: approval });
    await server.call("POST", at("redeem"), { token: agent, body: { attempt } });
    await server.call("POST", at("heartbeat"), { token: agent, body: { attempt } });
    const outcome = { attempt, result: "failed", detail: said.detail };
    await server.call("POST", at("outcome"), { token: agent, body: outcome });
    // Refusals and malformed things, which are where secrets like to surface.
    await server.call("POST", "/v1/requests", { token: agent, rawBody: `{"action": "${iban}` });
    await server.call("POST", "/v1/requests", { token: agent, body: { action: { name: iban } } });
    await server.call("GET", `/v1/whoami?token=${ana}`, { token: "hpp_wrong-but-telling" });
    await server.call("GET", "/v1/whoami", { headers: { authorization: `Basic ${ana}` } });
    const issued = await server.call("POST", "/v1/identities/agent-1/keys", {
      token: operator,
      body: { expires_in_ms: 60_000 },
    });
    await server.call("POST", "/v1/policies", { token: operator, body: { text: said.reason } });

    const text = server.log.join("");
    expect(server.log.length).toBeGreaterThan(10);
    const secrets = [
      agent,
      ana,
      operator,
      attempt,
      iban,
      issued.body.secret as string,
      "wrong-but-telling",
      "8765.00",
      digest,
      ...Object.values(said),
    ];
    expect(secrets.filter((secret) => text.includes(secret))).toEqual([]);
    expect(text).not.toMatch(/hp[kp]_[A-Za-z0-9_-]{8}/);
    expect(text.toLowerCase()).not.toContain("authorization");
  });

  it("has the stack of a fault, and the caller has only its request id", async () => {
    const { store } = server.app;
    const key = store.key.bind(store);
    const secret = `hpk_${"Z".repeat(43)}`;
    store.key = () => Promise.reject(new Error(`disk on fire near ${secret}`));
    try {
      const headers = { "x-request-id": "the-broken-one" };
      const { status, body, text } = await server.call("POST", "/v1/requests", {
        token: agent,
        body: allowedBody(),
        headers,
      });
      expect(status).toBe(500);
      expect(body).toMatchObject({ code: "internal" });
      expect(body.detail).toContain("the-broken-one");
      expect(text).not.toMatch(/disk|fire|at .*\.ts/);
    } finally {
      store.key = key;
    }
    const line = lines().find((each) => each["level"] === "error");
    expect(line).toMatchObject({ request_id: "the-broken-one", route: "/v1/requests" });
    expect(JSON.stringify(line)).toContain("disk on fire near hpk_…");
    expect(JSON.stringify(line)).toContain("submit-request.ts");
    expect(server.log.join("")).not.toContain(secret);
  });
});

describe("scrubbing", () => {
  it("takes the secret out and leaves the rest", () => {
    expect(scrubbed("a hpk_abcdefgh-_1 b")).toBe("a hpk_… b");
    expect(scrubbed("Authorization: Bearer abc.def")).toBe("Authorization: Bearer …");
    expect(scrubbed("nothing to see")).toBe("nothing to see");
  });

  it("goes through causes, but not for ever", () => {
    const root = new Error("hpp_0123456789");
    const fault = new Error("outer", { cause: new Error("middle", { cause: root }) });
    expect(JSON.stringify(faultForLog(fault))).not.toContain("0123456789");
    const circle = new Error("round");
    circle.cause = circle;
    expect(faultForLog(circle)).toMatchObject({ message: "round" });
    expect(faultForLog("hpp_0123456789")).toEqual({ message: "hpp_…" });
  });
});
