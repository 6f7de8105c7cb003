/** Policies that are wrong, or built to be costly: refused whole, with the spot, in bounded time. */
import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { SeededRandom } from "../simulation/seeded-random.ts";
import { loadPolicy } from "../../packages/server/src/domain/policy/policy.ts";
import { call } from "../http/testing/server-under-test.ts";
import { expectQuietLog } from "./testing/fuzz-run.ts";
import { FUZZ_POLICY } from "./testing/fuzz-policy.ts";
import { startFuzzed, type FuzzedServer } from "./testing/fuzzed-server.ts";
import { mutatedPolicy } from "./testing/policy-mutations.ts";
import { casesOf, isCampaign, SEED } from "./testing/slice.ts";

/** For the largest on a shared machine; those of usual length take a few milliseconds. */
const LOAD_MS = isCampaign ? 15_000 : 4_000;
/** The rest go to `loadPolicy` alone. */
const OVER_HTTP_EVERY = 6;

const EXAMPLE = readFileSync(
  new URL("../../examples/purchase-order/policy.yaml", import.meta.url),
  "utf8",
);

let server: FuzzedServer;
beforeAll(async () => {
  server = await startFuzzed();
});
afterAll(() => server.close());

describe("a policy", () => {
  it(`broken in ${casesOf("policies")} ways is taken whole or refused with its spot (T29)`, async () => {
    const faults: string[] = [];
    let [taken, slowestMs, overHttp] = [0, 0, 0];
    for (let index = 0; index < casesOf("policies") && faults.length < 10; index += 1) {
      const random = new SeededRandom(SEED, index);
      const { what, text } = mutatedPolicy([FUZZ_POLICY, EXAMPLE], random);
      // Processor time: a machine that others use stretches every other.
      const before = process.cpuUsage();
      const fault = faultOf(text);
      const { user, system } = process.cpuUsage(before);
      const tookMs = (user + system) / 1_000;
      slowestMs = Math.max(slowestMs, tookMs);
      if (fault === null) taken += 1;
      else if (fault !== "refused") faults.push(`case ${index}, ${what}: ${fault}`);
      if (tookMs > LOAD_MS) faults.push(`case ${index}, ${what}: took ${tookMs.toFixed()} ms`);
      if (index % OVER_HTTP_EVERY !== 0) continue;
      overHttp += 1;
      const answered = await published(text, fault === null);
      if (answered !== null) faults.push(`case ${index}, ${what}, over HTTP: ${answered}`);
    }
    console.log(
      `seed ${SEED}: ${casesOf("policies")} policies, ${taken} taken, ${overHttp} of them also ` +
        `published, the slowest ${slowestMs.toFixed()} ms, resident at most ${server.memory().peakMb} MB`,
    );
    expect(faults).toEqual([]);
    expect(taken).toBeGreaterThan(5);
    expectQuietLog(server);
  });
});

/** Null: it loads. `refused`: it is refused as it should be. Anything else is wrong. */
function faultOf(text: string): string | null {
  let loaded;
  try {
    loaded = loadPolicy(text, { file: "p" });
  } catch (error) {
    return `threw ${String(error)}`;
  }
  if (loaded.ok) return null;
  const lines = text.split("\n").length;
  if (loaded.problems.length === 0) return "refused without a problem";
  for (const { line, column, message, fix, excerpt } of loaded.problems) {
    if (line < 1 || line > lines || column < 1) return `points to ${line}:${column} of ${lines}`;
    if (!excerpt.endsWith("^")) return "no caret";
    if (message.length < 5 || fix.length < 5) return "no words";
    if (message.length > 2_000) return `a message of ${message.length} characters`;
    if (/undefined|\[object |TypeError|NaN\b/.test(message)) return `says \`${message}\``;
    if (excerpt.length > 400) return `an excerpt of ${excerpt.length} characters`;
  }
  return "refused";
}

/** What is wrong with how the server took it, or null. What it refuses leaves the last in force. */
async function published(text: string, isGood: boolean): Promise<string | null> {
  const current = async () =>
    (await call(server.url, "GET", "/v1/policies/current", { token: server.chief })).body.version;
  const before: unknown = await current();
  const sent = { token: server.chief, body: { text } };
  const { status, body } = await call(server.url, "POST", "/v1/policies", sent);
  if (isGood) return status === 201 || status === 413 || status === 400 ? null : `${status}`;
  if (status < 400 || status >= 500) return `answered with ${status}`;
  if (status === 422 && !/:\d+:\d+: /.test(body.detail as string)) return "no line and column";
  return (await current()) === before ? null : "another policy is in force";
}
