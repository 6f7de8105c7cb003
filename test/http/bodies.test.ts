/** What is sent: JSON that cannot be misread, within named limits, described in plain words. */
import { request as httpRequest } from "node:http";
import { connect } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { heldBody, startUnderTest, type UnderTest } from "./testing/server-under-test.ts";

let server: UnderTest;
let agent: string;
let ana: string;

beforeAll(async () => {
  server = await startUnderTest({
    limits: { textMax: 100 },
    httpLimits: {
      bodyBytesMax: 20_000,
      arrayLengthMax: 50,
      objectKeysMax: 40,
      stringLengthMax: 2_000,
    },
  });
  await server.person("chen");
  ana = await server.person("ana");
  agent = await server.identity("agent-1");
});
afterAll(() => server.close());

const raw = (rawBody: string | Uint8Array, headers: Record<string, string> = {}) =>
  server.call("POST", "/v1/requests", { token: agent, rawBody, headers });
const withArgument = (json: string) =>
  `{"action":{"name":"orders.submit","properties":{"a":${json}}},"resource":{"type":"t","id":"i"}}`;

describe("a body", () => {
  it.each([
    ["", undefined, /empty/],
    ["   ", undefined, /not JSON/],
    ["{", undefined, /not JSON/],
    ["nonsense", undefined, /not JSON/],
    ['{"a":1,}', undefined, /not JSON/],
    ["{'a':1}", undefined, /not JSON/],
    [withArgument("01"), "action.properties.a", /leading zero/],
    [withArgument("NaN"), "action.properties.a", /not JSON/],
    [withArgument('{"x":1,"x":2}'), "action.properties.a.x", /occurs twice/],
    [withArgument("9007199254740993"), "action.properties.a", /2\^53/],
    [withArgument("0.1000000000000000055511151231257827"), "action.properties.a", /string/],
    [withArgument('"\\ud800"'), "action.properties.a", /surrogate/],
  ])("that is %j is refused, naming the place", async (text, field, words) => {
    const { status, body } = await raw(text);
    expect(status).toBe(400);
    expect(body.code).toBe("invalid_json");
    if (field !== undefined) expect(body.field).toBe(field);
    expect(body.detail).toMatch(words);
  });

  it("that is not UTF-8, or begins with a mark, is refused", async () => {
    const bytes = Buffer.from(withArgument('"\xff"'), "latin1");
    expect((await raw(bytes)).body).toMatchObject({ code: "invalid_json" });
    const marked = Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), Buffer.from("{}")]);
    expect((await raw(marked)).body.detail).toMatch(/byte order mark/);
  });

  it.each([
    ["depth", `${"[".repeat(70)}${"]".repeat(70)}`, "json_depth", 64],
    ["a long array", `[${Array.from({ length: 51 }, () => 1).join()}]`, "json_array_length", 50],
    [
      "many keys",
      `{${Array.from({ length: 41 }, (_, index) => `"k${index}":1`).join()}}`,
      "json_object_keys",
      40,
    ],
    ["a long string", `"${"x".repeat(2_001)}"`, "json_string_length", 2_000],
  ])("with %s is refused by the limit's name", async (_what, json, name, value) => {
    const { status, body } = await raw(withArgument(json));
    expect(status).toBe(413);
    expect(body).toMatchObject({ code: "payload_too_large", limit: { name, value } });
  });

  it("of too many bytes is refused, said or not said beforehand", async () => {
    const large = withArgument(JSON.stringify(Array.from({ length: 20 }, () => "x".repeat(1_500))));
    const { status, body } = await raw(large);
    expect(status).toBe(413);
    expect(body).toMatchObject({
      code: "payload_too_large",
      limit: { name: "body_bytes", value: 20_000 },
    });
    expect(await chunkedStatus(large)).toBe(413);
  });

  it("of another type, or none, is refused", async () => {
    for (const type of ["text/plain", "application/x-www-form-urlencoded", "application/xml"]) {
      const { status, body } = await raw("a=1", { "content-type": type });
      expect([status, body.code]).toEqual([415, "unsupported_media_type"]);
    }
    const latin = { "content-type": "application/json; charset=iso-8859-1" };
    expect((await raw("{}", latin)).status).toBe(415);
    const utf8 = { "content-type": 'application/json; charset="UTF-8"' };
    expect((await raw("{}", utf8)).body.code).toBe("invalid_request");
    const none = await server.call("POST", "/v1/requests", { token: agent });
    expect(none.body).toMatchObject({ code: "invalid_json" });
    expect(none.body.detail).toMatch(/empty/);
  });

  it("that is said to be packed is refused, packed or not", async () => {
    for (const encoding of ["gzip", "br", "x, gzip"]) {
      const got = await raw(JSON.stringify(heldBody()), { "content-encoding": encoding });
      expect(got).toMatchObject({
        status: 415,
        body: { code: "unsupported_media_type", field: "Content-Encoding" },
      });
    }
    const plain = await raw(JSON.stringify(heldBody()), { "content-encoding": "identity" });
    expect(plain.status).toBe(201);
  });

  it("that its sender gives up is no fault of the server", async () => {
    const { port, hostname } = new URL(server.url);
    const head = `POST /v1/requests HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${agent}\r\nIdempotency-Key: cut\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{`;
    const ended = server.log.length;
    const socket = connect(Number(port), hostname, () => socket.write(head, () => socket.end()));
    socket.resume();
    await new Promise((resolve) => socket.once("close", resolve));
    await expect.poll(() => server.log.slice(ended).join("")).toContain('"status":499');
    expect(server.log.slice(ended).join("")).not.toContain('"level":"error"');
  });

  it("with `__proto__` in its arguments keeps it as data (T29)", async () => {
    const text =
      '{"action":{"name":"orders.submit","properties":{"__proto__":{"admin":true},"constructor":1}},' +
      '"resource":{"type":"t","id":"i"}}';
    const { status, body } = await raw(text);
    expect(status).toBe(201);
    const { properties } = body.request.revision.content.action as { properties: object };
    expect(JSON.stringify(properties)).toBe('{"__proto__":{"admin":true},"constructor":1}');
    expect(({} as { admin?: boolean }).admin).toBeUndefined();
    const outside = await raw(`{"__proto__":{"x":1},${text.slice(1)}`);
    expect(outside.body).toMatchObject({ code: "invalid_request", field: "__proto__" });
  });
});

describe("a misfit", () => {
  it.each([
    [{}, "action", "`action` is missing; send an object"],
    [[], undefined, "the body must be an object"],
    [
      { action: { name: "a" }, resource: { type: "t" } },
      "resource.id",
      '`resource.id` is missing; send a string of 1 to 1024 characters, e.g. `"PO-7"`',
    ],
    [
      { action: { name: "a" }, resource: { type: "t", id: 7 } },
      "resource.id",
      '`resource.id` must be a string; send a string of 1 to 1024 characters, e.g. `"PO-7"`',
    ],
    [
      { action: { name: "" }, resource: { type: "t", id: "i" } },
      "action.name",
      '`action.name` is empty; send a string of 1 to 256 characters, e.g. `"procurement.purchase_order.submit"`',
    ],
    [
      { action: { name: "a", properties: [] }, resource: { type: "t", id: "i" } },
      "action.properties",
      "`action.properties` must be an object",
    ],
    [
      { action: { name: "a", arguments: {} }, resource: { type: "t", id: "i" } },
      "action.arguments",
      "`action.arguments` is not known; leave it out (known here: `name` or `properties`)",
    ],
    [
      { ...heldBody(), enforcement: { stoppable: "maybe" } },
      "enforcement.stoppable",
      "`enforcement.stoppable` must be `yes`, `until_sent` or `no`",
    ],
    [
      { ...heldBody(), enforcement: { release_only: "yes" } },
      "enforcement.release_only",
      "`enforcement.release_only` must be true or false",
    ],
    [
      { ...heldBody(), attempt: "short" },
      "attempt",
      "`attempt` must be 22 to 128 characters of base64url, random for each redemption",
    ],
  ])("%j is told which field and what to send", async (sent, field, detail) => {
    const { status, body } = await server.call("POST", "/v1/requests", {
      token: agent,
      body: sent,
    });
    expect(status).toBe(400);
    expect(body).toMatchObject({ code: "invalid_request", detail });
    expect(body.field).toBe(field);
  });

  it("is never repeated: what was sent may be a secret", async () => {
    const secret = "hunter2-hunter2";
    for (const sent of [
      { action: { name: "a" }, resource: { type: "t", id: [secret] } },
      { ...heldBody(), enforcement: { stoppable: secret } },
      { ...heldBody(), attempt: `${secret}!` },
    ]) {
      const { text } = await server.call("POST", "/v1/requests", { token: agent, body: sent });
      expect(text).not.toContain(secret);
    }
  });

  it("in the query is told the same way", async () => {
    const { body } = await server.call("GET", "/v1/requests?limti=1", { token: agent });
    expect(body).toMatchObject({ code: "invalid_request", field: "limti" });
    const none = await server.call("GET", "/v1/whoami?x=1", { token: agent });
    expect(none.body.detail).toBe("`x` is not known; this takes no query parameters");
    const inherited = await server.call("GET", "/v1/requests?__proto__=1", { token: agent });
    expect(inherited.body).toMatchObject({ code: "invalid_request", field: "__proto__" });
    for (const limit of ["0", "1001", "x"]) {
      const refused = await server.call("GET", `/v1/requests?limit=${limit}`, { token: agent });
      expect(refused.body.field).toBe("limit");
    }
  });

  it("of a text over its limit is told the limit's name", async () => {
    const { body: answer } = await server.call("POST", "/v1/requests", {
      token: agent,
      body: heldBody(),
    });
    const ask = (text: string) =>
      server.call("POST", `/v1/requests/${answer.request.id}/questions`, {
        token: ana,
        body: { text },
      });
    expect(await ask("x".repeat(101))).toMatchObject({
      status: 422,
      body: { code: "limit_exceeded", field: "text", limit: { name: "text", value: 100 } },
    });
    expect((await ask("x".repeat(100))).status).toBe(200);
  });
});

describe("an address", () => {
  it("that is unknown, or called in another way, is answered by a problem", async () => {
    const unknown = await server.call("GET", "/v1/nothing", { token: agent });
    expect(unknown).toMatchObject({ status: 404, body: { code: "not_found" } });
    // "/" is a page; what is no page either is no address.
    const elsewhere = await server.call("GET", "/nothing");
    expect(elsewhere.status).toBe(404);
    for (const [method, path, allow] of [
      ["DELETE", "/v1/requests", "GET, POST"],
      ["PUT", "/v1/requests/x/redeem", "POST"],
      ["PATCH", "/v1/people/x", "PUT"],
      ["OPTIONS", "/v1/requests", "GET, POST"],
    ] as const) {
      const got = await server.call(method, path, { token: agent });
      expect(got).toMatchObject({ status: 405, body: { code: "method_not_allowed" } });
      expect(got.headers.get("allow")).toBe(allow);
    }
  });

  it("that is malformed is answered by a problem", async () => {
    const got = await server.call("GET", "/v1/requests/%zz", { token: agent });
    expect(got).toMatchObject({ status: 400, body: { code: "invalid_request" } });
    const long = await server.call("GET", `/v1/requests/${"x".repeat(2_000)}`, { token: ana });
    expect(long.status).toBe(404);
  });

  it("that is no HTTP at all is closed with a problem", async () => {
    const answer = await spoken("NONSENSE\r\n\r\n");
    expect(answer).toMatch(/^HTTP\/1.1 400 /);
    expect(answer).toContain("application/problem+json");
    const headers = `GET / HTTP/1.1\r\nHost: x\r\nX: ${"y".repeat(40_000)}\r\n\r\n`;
    expect(await spoken(headers)).toMatch(/^HTTP\/1.1 413 [\s\S]*"header_bytes"/);
  });
});

describe("every answer", () => {
  it("carries the request id it was sent, or one of ours", async () => {
    const sent = await server.call("GET", "/healthz", {
      headers: { "x-request-id": "abc.DEF-1_2" },
    });
    expect(sent.headers.get("x-request-id")).toBe("abc.DEF-1_2");
    for (const unsafe of ["a b", "<script>", "x".repeat(65), ""]) {
      const got = await server.call("GET", "/nothing", { headers: { "x-request-id": unsafe } });
      expect(got.headers.get("x-request-id")).toMatch(/^[\w-]{16}$/);
    }
  });

  it("forbids what a browser might do with it, and lets no other site read it", async () => {
    for (const path of ["/healthz", "/nothing", "/v1/whoami", "/openapi.json"]) {
      const { headers } = await server.call("GET", path, {
        headers: { origin: "https://evil.example" },
      });
      expect(headers.get("x-content-type-options")).toBe("nosniff");
      expect(headers.get("content-security-policy")).toMatch(/default-src 'none'/);
      expect(headers.get("referrer-policy")).toBe("no-referrer");
      expect(headers.get("access-control-allow-origin")).toBeNull();
      expect(headers.get("set-cookie")).toBeNull();
    }
    const cached = await server.call("GET", "/v1/whoami", { token: agent });
    expect(cached.headers.get("cache-control")).toBe("no-store");
  });
});

function chunkedStatus(text: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const sent = httpRequest(
      `${server.url}/v1/requests`,
      {
        method: "POST",
        headers: {
          authorization: `Bearer ${agent}`,
          "content-type": "application/json",
          "idempotency-key": "chunked",
        },
      },
      (response) => {
        response.resume();
        resolve(response.statusCode ?? 0);
      },
    );
    sent.once("error", reject);
    sent.write(text.slice(0, 10_000));
    sent.end(text.slice(10_000));
  });
}

/** What the server says to these bytes until it closes. */
function spoken(bytes: string): Promise<string> {
  const { port, hostname } = new URL(server.url);
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname, () => socket.write(bytes));
    let answer = "";
    socket.on("data", (chunk: Buffer) => (answer += chunk.toString()));
    socket.once("error", reject);
    socket.once("close", () => resolve(answer));
  });
}
