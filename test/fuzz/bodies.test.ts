/** Bodies that are wrong in every way a body can be, at every route that changes something. */
import { afterAll, beforeAll, expect, it } from "vitest";
import { SeededRandom } from "../simulation/seeded-random.ts";
import { call, heldBody } from "../http/testing/server-under-test.ts";
import { bodyFor } from "./testing/body-mutations.ts";
import { framed } from "./testing/body-framing.ts";
import { expectQuietLog, runCases, type Case } from "./testing/fuzz-run.ts";
import { startFuzzed, type FuzzedServer } from "./testing/fuzzed-server.ts";
import type { Route } from "../../packages/server/src/edges/http/route.ts";
import { callerOf, CHANGING, CREATED_IN, pathOf, schemaOf } from "./testing/fuzzed-routes.ts";
import { CANARY } from "./testing/refusal-oracle.ts";
import { casesOf, SEED } from "./testing/slice.ts";

const REQUESTS = 40;
/** Whatever was sent, the server needs no more than this. */
const PEAK_MB = 400;

/** They tell a person which identity is unknown, and show the line that is wrong. */
const QUOTING: ReadonlySet<string> = new Set(["explainPolicy", "publishPolicy", "replayPolicy"]);

let server: FuzzedServer;
const requests: string[] = [];

beforeAll(async () => {
  server = await startFuzzed();
  for (let index = 0; index < REQUESTS; index += 1) {
    const sent = { token: server.agent, body: heldBody() };
    const { body } = await call(server.url, "POST", "/v1/requests", sent);
    requests.push(body.request.id as string);
  }
});
afterAll(() => server.close());

it(`bodies, ${casesOf("bodies")} cases: taken as they are or refused in words (T29)`, async () => {
  const ran = await runCases(server, casesOf("bodies"), caseOf);
  const { rssMb, peakMb } = server.memory();
  const statuses = JSON.stringify(ran.statuses);
  console.log(
    `seed ${SEED}: ${ran.cases} bodies, ${statuses}, the slowest ${ran.slowestMs.toFixed()} ms, ` +
      `resident ${rssMb} MB, at most ${peakMb} MB`,
  );
  expect(ran.faults).toEqual([]);
  expect(peakMb).toBeLessThan(PEAK_MB);
  expectQuietLog(server);
  // Not all is refused: the cases reach what is behind the reader and the schema.
  expect(ran.statuses["201"]).toBeGreaterThan(5);
  expect(ran.statuses["409"] ?? 0).toBeGreaterThan(5);
});

/** What is for anyone is refused by where it comes from before its body is read. */
function maySay({ access }: Route): { readonly mayBeSilent?: true } {
  return access.kind === "anyone" ? { mayBeSilent: true } : {};
}

function caseOf(index: number): Case {
  const random = new SeededRandom(SEED, index);
  const submit = CHANGING.find(({ id }) => id === "submitRequest");
  const route = submit !== undefined && random.chance(0.2) ? submit : random.pick(CHANGING);
  const schema = schemaOf(route);
  const caller = callerOf(route, server, random);
  const body =
    schema === null
      ? {
          what: "where none is taken",
          bytes: Buffer.from(`{"${CANARY}":1}`),
          expected: { mustRefuse: true },
        }
      : bodyFor(schema, random);
  const frame = framed(body, random);
  const path = pathOf(route, random, requests);
  const creates = CREATED_IN[route.id];
  return {
    what: `${route.id} by ${caller.who}, ${frame.how}, ${body.what}`,
    sent: {
      head: [
        `${route.method} ${path} HTTP/1.1`,
        "Host: localhost",
        "Connection: close",
        `Idempotency-Key: fuzz-${index}`,
        ...(caller.authorization === null ? [] : [`Authorization: ${caller.authorization}`]),
        ...(caller.origin === undefined ? [] : [`Origin: ${caller.origin}`]),
        ...frame.headers,
      ],
      body: frame.pieces,
      ...(frame.hangsUp === undefined ? {} : { hangsUp: true }),
    },
    // Who is not admitted is told that before the body is read; what of it then still arrives at
    // the closed connection may reset it before the answer was taken from it.
    expected:
      caller.status === null
        ? { ...frame.expected, mayQuote: QUOTING.has(route.id), ...maySay(route) }
        : { mustRefuse: true, mayBeSilent: true },
    ...(caller.status === null ? {} : { status: caller.status }),
    ...(creates === undefined ? {} : { creates }),
  };
}
