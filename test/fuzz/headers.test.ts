/** Request lines, headers, addresses and queries that nobody sends by accident. */
import { afterAll, beforeAll, expect, it } from "vitest";
import { SeededRandom } from "../simulation/seeded-random.ts";
import { call, heldBody } from "../http/testing/server-under-test.ts";
import { ROUTES } from "../../packages/server/src/edges/http/routes/table.ts";
import { expectQuietLog, runCases, type Case } from "./testing/fuzz-run.ts";
import { startFuzzed, type FuzzedServer } from "./testing/fuzzed-server.ts";
import { CANARY, type Expected } from "./testing/refusal-oracle.ts";
import { casesOf, SEED } from "./testing/slice.ts";

const READING = ROUTES.filter(({ method }) => method === "GET");
const REFUSED: Expected = { mustRefuse: true };
const EITHER: Expected = { mustRefuse: false };
/** No HTTP at all may be hung up on. */
const NOISE: Expected = { mustRefuse: true, mayBeSilent: true };

let server: FuzzedServer;
let request: string;

beforeAll(async () => {
  server = await startFuzzed();
  const sent = { token: server.agent, body: heldBody() };
  const { body } = await call(server.url, "POST", "/v1/requests", sent);
  request = body.request.id as string;
});
afterAll(() => server.close());

it(`headers and addresses, ${casesOf("headers")} cases (T29)`, async () => {
  const ran = await runCases(server, casesOf("headers"), caseOf);
  console.log(
    `seed ${SEED}: ${ran.cases} heads, ${JSON.stringify(ran.statuses)}, ` +
      `the slowest ${ran.slowestMs.toFixed()} ms, resident at most ${server.memory().peakMb} MB`,
  );
  expect(ran.faults).toEqual([]);
  expectQuietLog(server);
  expect(ran.statuses["200"]).toBeGreaterThan(5);
});

interface Head {
  readonly line: string;
  readonly headers?: readonly string[];
  readonly expected: Expected;
  readonly body?: string;
}

function caseOf(index: number): Case {
  const random = new SeededRandom(SEED, index);
  const kind = random.pick(Object.keys(KINDS));
  const { line, headers = [], expected, body = "" } = KINDS[kind]!(random, index);
  const isReader = !/ \/v1\/(requests|inbox)\b/.test(line);
  const token = isReader ? server.chief : server.reviewer;
  const isSigned = headers.some((header) => /^authorization/i.test(header));
  const isHosted = headers.some((header) => /^host/i.test(header));
  return {
    what: `${kind}: ${line.slice(0, 120)} ${headers.join(" | ").slice(0, 120)}`,
    expected,
    ...(line.startsWith("POST") ? { creates: "requests" } : {}),
    sent: {
      head: [
        line,
        ...(isHosted ? [] : ["Host: localhost"]),
        "Connection: close",
        ...(isSigned ? [] : [`Authorization: Bearer ${token}`]),
        ...headers,
      ],
      body: body === "" ? [] : [body],
    },
  };
}

/** Submissions that are right but for their head. */
function submission(headers: readonly string[], query = ""): Omit<Head, "expected"> {
  const body = JSON.stringify({
    action: { name: "files.erase" },
    resource: { type: "t", id: "i" },
  });
  return {
    line: `POST /v1/requests${query} HTTP/1.1`,
    headers: [
      `Authorization: Bearer ${server.agent}`,
      "Content-Type: application/json",
      `Content-Length: ${body.length}`,
      ...headers,
    ],
    body,
  };
}

const LONG = "x".repeat(1_000);
const TEXTS = ["", " ", "\t", "%00", "\u00e9", "\u007f", "null", "[]", "-1", "1e9", LONG, CANARY];
const NUMBERS = [
  ...["", "x", "-1", "1.5", "1e3", "0x1", "NaN", "Infinity", "9".repeat(30), "%00", "1%202"],
  ...["1,2", "+1", "٣", "01x", "[]", "true"],
].map((text) => encodeURI(text).replaceAll("%25", "%"));

const KINDS: Readonly<Record<string, (random: SeededRandom, index: number) => Head>> = {
  query: (random) => {
    const route = random.pick(READING.filter(({ query }) => query !== null));
    const { properties = {} } = (route.query?.schema ?? {}) as {
      readonly properties?: Readonly<Record<string, { readonly type?: string }>>;
    };
    const name = random.pick(Object.keys(properties));
    const isText = properties[name]?.type === "string";
    const value = isText ? encodeURIComponent(random.pick(TEXTS)) : random.pick(NUMBERS);
    const path = route.path.replaceAll(/:\w+/g, request);
    return {
      line: `GET ${path}?${name}=${value} HTTP/1.1`,
      expected: isText && name !== "cursor" && name !== "status" ? EITHER : REFUSED,
    };
  },
  queryForm: (random) => {
    const query = random.pick([
      "?limit=1&limit=2",
      "?nothing=1",
      "?__proto__=1",
      "?constructor=1&toString=2",
      "?limit[]=1",
      "?limit[a]=1",
      "?%00=1",
      "?%ff%fe=1",
      "?=",
      `?text=${"y".repeat(9_000)}`,
      `?${Array.from({ length: 2_000 }, (_, n) => `k${n}=1`).join("&")}`,
      "?cursor=1.1;DROP",
      "?cursor=99999999999999999.1",
      "?status=held,none",
      "?status=,",
      `?identity=${"z".repeat(300)}`,
      "?wait=301",
    ]);
    return { line: `GET /v1/requests${query} HTTP/1.1`, expected: REFUSED };
  },
  path: (random) => {
    const id = random.pick([
      "%00",
      "..%2f..%2fetc%2fpasswd",
      "../../etc/passwd",
      "....//....//",
      "%2e%2e",
      "req_",
      `req_${"0".repeat(26)}`,
      `${request}%00`,
      `${request}%2fredeem`,
      `${request};a=b`,
      `${request}'--`,
      "%E0%A4%A",
      "%zz",
      "%ff",
      "\u00e9",
      "x".repeat(600),
      "x".repeat(9_000),
      "__proto__",
      "constructor",
      "*",
      "%25",
      "a%0d%0aX-Injected:%20yes",
      "💥",
    ]);
    const where = random.pick(["/v1/requests/ID", "/v1/requests/ID/entries", "/v1/identities/ID"]);
    const path = where.replace("ID", Buffer.from(id, "utf8").toString("latin1"));
    return { line: `GET ${path} HTTP/1.1`, expected: REFUSED };
  },
  target: (random) => {
    const target = random.pick([
      "*",
      "http://evil.example/v1/whoami",
      "//evil.example/v1/whoami",
      "/v1/whoami#x",
      "/V1/WHOAMI",
      "/v1//whoami",
      "/v1/./whoami",
      "/v1/x/../whoami",
      "/v1/whoami%20",
      "/v1/whoami/",
      `/${"a/".repeat(4_000)}`,
      "",
      "?",
      "\\v1\\whoami",
    ]);
    return { line: `GET ${target} HTTP/1.1`, expected: { mustRefuse: false, mayBeSilent: true } };
  },
  method: (random) => {
    const method = random.pick([
      ...["PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND", "M-SEARCH", "CONNECT"],
      ...["get", "GE T", "X".repeat(500), "", "\u0000GET", "BREW"],
    ]);
    return { line: `${method} /v1/requests HTTP/1.1`, expected: NOISE };
  },
  version: (random) => {
    const version = random.pick(["HTTP/0.9", "HTTP/2.0", "HTTP/1.2", "HTTP/1.1 x", "FTP/1.1", ""]);
    return { line: `GET /v1/whoami ${version}`, expected: { ...NOISE, mustRefuse: false } };
  },
  key: (random, index) => {
    const [value, isTaken] = random.pick([
      ["", false],
      [" ", false],
      ["x".repeat(129), false],
      ["\u00e9", false],
      ["a\tb", false],
      ["\u0001", false],
      [`one-${index}\r\nIdempotency-Key: two`, true],
      [`key ${index}`, true],
      [`{"a":${index}}`, true],
      ["x".repeat(7_000), false],
    ] as const);
    const head = submission([`Idempotency-Key: ${value}`]);
    return { ...head, expected: isTaken ? EITHER : NOISE };
  },
  noKey: () => ({ ...submission([]), expected: REFUSED }),
  submitQuery: (random, index) => {
    const query = random.pick([
      "?redeem=1",
      "?redeem=yes",
      "?wait=-1",
      "?wait=1e1",
      "?wait=",
      "?redeem=true",
      "?redeem=true&redeem=true",
      "?wait=400",
    ]);
    return { ...submission([`Idempotency-Key: q-${index}`], query), expected: REFUSED };
  },
  requestId: (random) => {
    const value = random.pick([...TEXTS.filter((text) => text !== CANARY), "<script>", "a\u0000b"]);
    return {
      line: "GET /v1/whoami HTTP/1.1",
      headers: [`X-Request-ID: ${value}`],
      expected: { mustRefuse: false, mayBeSilent: true },
    };
  },
  authorization: (random) => {
    const { agent } = server;
    const value = random.pick([
      "",
      "Bearer",
      `Bearer${agent}`,
      `bearer\t${agent}`,
      `Bearer ${CANARY}`,
      `Basic ${Buffer.from(`a:${CANARY}`).toString("base64")}`,
      `Bearer ${"q".repeat(10_000)}`,
      `Bearer ${agent}, Bearer ${agent}`,
      "Bearer \u00ff",
      "Bearer hpk_' OR 1=1 --",
    ]);
    return {
      line: "GET /v1/whoami HTTP/1.1",
      headers: [`Authorization: ${value}`],
      expected: NOISE,
    };
  },
  twoAuthorizations: () => ({
    line: "GET /v1/whoami HTTP/1.1",
    headers: [`Authorization: Bearer ${server.agent}`, `Authorization: Bearer ${CANARY}`],
    // The first of two counts, as Node has it; it is never the second that lets in.
    expected: EITHER,
  }),
  lastEventId: (random) => ({
    line: "GET /v1/events HTTP/1.1",
    headers: [
      `Last-Event-ID: ${random.pick(["x", "-1", "1.5", "1e3", "9".repeat(20), "1 2", "0x1"])}`,
    ],
    expected: REFUSED,
  }),
  host: (random) => ({
    line: "GET /v1/whoami HTTP/1.1",
    headers: [`Host: ${random.pick(["", "a b", "evil.example", "[::1", "x".repeat(5_000), "@"])}`],
    expected: { mustRefuse: false, mayBeSilent: true },
  }),
  large: (random) => {
    const headers = random.pick([
      [`X-Large: ${"y".repeat(40_000)}`],
      Array.from({ length: 3_000 }, (_, n) => `X-${n}: z`),
      [`Cookie: ${"c=1; ".repeat(5_000)}`],
    ]);
    return { line: "GET /v1/whoami HTTP/1.1", headers, expected: NOISE };
  },
  malformed: (random) => ({
    line: "GET /v1/whoami HTTP/1.1",
    headers: [
      random.pick([
        "No-Colon",
        ": empty",
        "Sp ace: x",
        " Folded: x",
        "X: a\u0000b",
        "X: a\rb",
        "Transfer-Encoding: gzip, x",
        "Content-Length: -5",
        "\u00e9: x",
      ]),
    ],
    expected: { mustRefuse: false, mayBeSilent: true },
  }),
  ok: () => ({ line: "GET /v1/requests?limit=5 HTTP/1.1", expected: EITHER }),
};
