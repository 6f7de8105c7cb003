import { problem } from "@haltpoint/protocol";
import { describe, expect, it, vi } from "vitest";
import { createClient } from "./client.ts";
import { BadAnswer, HaltpointProblem, Unreachable } from "./errors.ts";
import { deferred, refusal, type Reply, REQUEST_ID } from "./testing/scripted-server.ts";
import { served, thrownBy } from "./testing/served.ts";

const BODY = {
  action: { name: "mail.send" },
  resource: { type: "mailbox", id: "out" },
} as const;

async function clientOf(replies: readonly Reply[] = []) {
  const server = await served();
  const left = [...replies];
  if (replies.length > 0) server.script.submit = (_call, proceed) => left.shift() ?? proceed();
  const client = createClient({ url: `${server.url}/`, apiKey: "hpk_1", timeoutMs: 2_000 });
  return { server, client };
}

describe("a call", () => {
  it("carries the credential, JSON and an Idempotency-Key of its own", async () => {
    const { server, client } = await clientOf();
    await client.submit(BODY, { redeem: true, waitMs: 1_999 }).catch(() => undefined);
    const [call] = server.calls("submit");
    expect(call).toMatchObject({
      method: "POST",
      path: "/v1/requests",
      body: BODY,
      headers: { authorization: "Bearer hpk_1", "content-type": "application/json" },
    });
    expect(Object.fromEntries(call!.query)).toEqual({ redeem: "true", wait: "1" });
    expect(call!.key).toMatch(/^[\w-]{32}$/);
    await client.submit(BODY, { key: "mine" }).catch(() => undefined);
    expect(server.calls("submit")[1]!.key).toBe("mine");
  });

  it.each<[string, Reply]>([
    ["a broken connection", "reset"],
    ["a busy store", refusal("store_busy")],
    ["a gateway's page", { status: 503, text: "<html>", type: "text/html" }],
  ])("is sent again after %s, with the same key", async (_name, fault) => {
    const { server, client } = await clientOf([fault, fault]);
    expect((await client.submit(BODY)).request.id).toBe(REQUEST_ID);
    expect(server.calls("submit")).toHaveLength(3);
    expect(new Set(server.calls("submit").map(({ key }) => key)).size).toBe(1);
  });

  it("is given up after some tries", async () => {
    const { server, client } = await clientOf(Array<Reply>(9).fill("reset"));
    expect(await thrownBy(client.submit(BODY, { retriesMax: 1 }))).toBeInstanceOf(Unreachable);
    expect(server.calls("submit")).toHaveLength(2);
    expect(await thrownBy(client.submit(BODY))).toBeInstanceOf(Unreachable);
    expect(server.calls("submit")).toHaveLength(6);
  });

  it("waits as long as the server asks for when there are too many", async () => {
    const { client } = await clientOf([refusal("too_many_requests", { retry_after_ms: 300 })]);
    const since = performance.now();
    await client.submit(BODY);
    expect(performance.now() - since).toBeGreaterThanOrEqual(299);
  });

  it.each(["denied", "idempotency_conflict", "unauthenticated", "too_many_requests"] as const)(
    "is not repeated after the refusal %s",
    async (code) => {
      const { server, client } = await clientOf(Array<Reply>(9).fill(refusal(code)));
      expect(await thrownBy(client.submit(BODY))).toMatchObject({ code });
      expect(server.calls("submit")).toHaveLength(1);
    },
  );

  it("ends with its signal's reason, also between tries", async () => {
    const { server, client } = await clientOf();
    const never = deferred();
    server.script.submit = async (_call, proceed) => {
      await never.promise;
      return proceed();
    };
    const controller = new AbortController();
    const reason = new Error("enough");
    const pending = client.submit(BODY, { signal: controller.signal });
    await server.called("submit");
    controller.abort(reason);
    expect(await thrownBy(pending)).toBe(reason);
    expect(await thrownBy(client.submit(BODY, { signal: controller.signal }))).toBe(reason);
    expect(server.calls("submit")).toHaveLength(1);
    never.resolve();
  });

  it("waits no longer than its timeout and the wait it asked for", async () => {
    const { server, client } = await clientOf();
    await client.submit(BODY);
    const never = deferred();
    server.script.get = async (_call, proceed) => {
      await never.promise;
      return proceed();
    };
    const since = performance.now();
    const options = { waitMs: 1_000, timeoutMs: 50, retriesMax: 0 };
    const error = await thrownBy(client.get(REQUEST_ID, options));
    expect(error).toBeInstanceOf(Unreachable);
    expect(performance.now() - since).toBeGreaterThanOrEqual(1_040);
    never.resolve();
  });
});

describe("a refusal", () => {
  it("arrives with everything the server said", async () => {
    const decided = { status: "rejected", by: "person:ana", at: 7, reason: "no" };
    const diff = [{ path: "action.properties.amount", from: 1, to: 2 }];
    const json = {
      ...problem("stale_revision", "read it again", { field: "digest", decided, diff }),
      request_id: "req_1",
      candidates: ["req_1", "req_2"],
    };
    const { client } = await clientOf([{ status: 409, json, type: "application/problem+json" }]);
    const error = await thrownBy(client.submit(BODY));
    expect(error).toBeInstanceOf(HaltpointProblem);
    expect(error).toMatchObject({
      code: "stale_revision",
      status: 409,
      message: "read it again",
      detail: "read it again",
      title: "the action changed since you looked",
      field: "digest",
      decided,
      diff,
      requestId: "req_1",
      candidates: ["req_1", "req_2"],
    });
  });
});

describe("an answer that is not what the protocol says", () => {
  const request = { id: "req_1", status: "held" };
  it.each<[string, Reply, RegExp]>([
    ["a web page", { text: "<html>", type: "text/html" }, /not JSON; is `url` a Haltpoint server/],
    ["JSON by another name", { text: "{}", type: "text/plain" }, /not JSON/],
    ["no JSON", { text: "{" }, /cannot be read/],
    ["a key twice", { text: '{"request":1,"request":2}' }, /cannot be read: .*twice/],
    ["a number that is rounded", { text: '{"a":12345678901234567890}' }, /cannot be read/],
    ["null", { json: null }, /no answer to a submission/],
    ["a list", { json: [] }, /no answer to a submission/],
    ["a request without its content", { json: { request, redemption: null } }, /no request/],
    ["a redirect", { status: 307, text: "", type: "text/html" }, /not JSON/],
    ["an unknown refusal's page", { status: 404, text: "", type: "text/html" }, /status 404/],
    ["a refusal without a code", { status: 409, json: { detail: "?" } }, /no problem: `code`/],
    ["an inherited member", { text: '{"__proto__":{"request":{}}}' }, /no request/],
  ])("(%s) is refused", async (_name, reply, words) => {
    const { server, client } = await clientOf([reply]);
    const error = await thrownBy(client.submit(BODY));
    expect(error).toBeInstanceOf(BadAnswer);
    expect((error as Error).message).toMatch(words);
    expect(server.calls("submit")).toHaveLength(1);
  });

  it("a redirect is not followed with the credential", async () => {
    const target = vi.fn<typeof fetch>(() =>
      Promise.resolve(
        new Response("", { status: 302, headers: { location: "http://elsewhere.test/" } }),
      ),
    );
    const client = createClient({ url: "http://127.0.0.1:1", apiKey: "hpk_1", fetch: target });
    expect(await thrownBy(client.get("req_1"))).toBeInstanceOf(BadAnswer);
    expect(target.mock.calls).toMatchObject([[expect.anything(), { redirect: "manual" }]]);
  });
});

describe("createClient", () => {
  it.each([
    "",
    "haltpoint",
    "file:///tmp",
    "https://a:b@example.test",
    "https://example.test/?a=1",
  ])("refuses the URL %j", (url) => {
    expect(() => createClient({ url, apiKey: "hpk_1" })).toThrow(TypeError);
  });

  it("keeps a path in the URL, and escapes ids", async () => {
    const server = await served();
    const client = createClient({ url: `${server.url}/gate/`, apiKey: "hpk_1" });
    await client.get("a/../b?c").catch(() => undefined);
    await client.list({ status: "held,running", limit: 5 }).catch(() => undefined);
    expect(server.heard.map(({ path }) => path)).toEqual([
      "/gate/v1/requests/a%2F..%2Fb%3Fc",
      "/gate/v1/requests",
    ]);
    expect(server.heard[1]!.query.toString()).toBe("status=held%2Crunning&limit=5");
  });
});
