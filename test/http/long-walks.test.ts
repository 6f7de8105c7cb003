/** What walks long through the store lets everybody else have their turn between two batches (T20). */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { policyCoverage } from "../../packages/server/src/app/policy-coverage/policy-coverage.ts";
import { replayPolicy } from "../../packages/server/src/app/policy-replay/replay-policy.ts";
import { reportSince } from "../../packages/server/src/app/report.ts";
import { readEvents } from "./testing/event-reader.ts";
import { POLICY } from "./testing/policy.ts";
import { allowedBody, startUnderTest, type UnderTest } from "./testing/server-under-test.ts";
import { until } from "./testing/until.ts";

const BATCHES = 40;
const BATCH = 200;
let server: UnderTest;
let ana: string;

beforeAll(async () => {
  server = await startUnderTest();
  await server.person("chen");
  ana = await server.person("ana");
  const agent = await server.identity("agent-1");
  await server.call("POST", "/v1/requests", { token: agent, body: allowedBody() });
});
afterAll(() => server.close());

/** Counts how often others could have been served. */
function countTurns() {
  let turns = 0;
  let next: NodeJS.Immediate;
  const tick = (): void => {
    turns += 1;
    next = setImmediate(tick);
  };
  tick();
  return { count: () => turns, stop: () => clearImmediate(next) };
}

describe("a long walk", () => {
  it("of the report lets others have their turn after each page (T20)", async () => {
    const { store } = server.app;
    const { items } = await store.requests({ order: "oldest", limit: 1 });
    let pages = 0;
    const walked = {
      time: () => store.time(),
      requests: () => {
        pages += 1;
        return Promise.resolve({ items, cursors: [], cursor: pages < BATCHES ? "next" : null });
      },
    };
    const app = { ...server.app, store: Object.assign(Object.create(store), walked) };
    const turns = countTurns();
    expect((await reportSince(app, 0)).requests).toBe(BATCHES);
    turns.stop();
    expect(turns.count()).toBeGreaterThanOrEqual(BATCHES - 1);
  });

  const about = { text: POLICY, file: "policy", since: 0 };
  it.each([
    [
      "of a policy over what is on record",
      (signal?: AbortSignal) =>
        replayPolicy(server.app, "person:ana", { ...about, ...(signal && { signal }) }),
    ],
    [
      "of coverage over what is on record",
      (signal?: AbortSignal) => policyCoverage(server.app, { since: 0, ...(signal && { signal }) }),
    ],
  ])("%s lets others in, and ends where nobody waits any more (T20)", async (_name, walk) => {
    const { store } = server.app;
    const period = { since: 0, until: Number.MAX_SAFE_INTEGER };
    const submissions = store.submissions.bind(store);
    const { items } = await submissions(period, { limit: 1, cursor: null });
    let pages = 0;
    store.submissions = () => {
      pages += 1;
      return Promise.resolve({ items, cursor: pages < BATCHES ? "next" : null });
    };
    const turns = countTurns();
    const whole = await walk();
    turns.stop();
    expect(whole.ok ? whole.value.judged : 0).toBe(BATCHES);
    expect(turns.count()).toBeGreaterThanOrEqual(BATCHES - 1);
    pages = 0;
    const left = await walk(AbortSignal.abort());
    expect([left.ok, pages]).toEqual([false, 0]);
    store.submissions = submissions;
  });

  it("is asked for once at a time by one person; who hangs up may ask again (T20)", async () => {
    const { store } = server.app;
    const submissions = store.submissions.bind(store);
    let walks = 0;
    let goOn = (): void => undefined;
    store.submissions = async () => {
      walks += 1;
      await new Promise<void>((resolve) => (goOn = resolve));
      return { items: [], cursor: "0.0" };
    };
    const token = await server.person("paul", ["policy_admin"]);
    const hangUp = new AbortController();
    const body = { text: POLICY };
    const ask = (signal?: AbortSignal) =>
      server.call("POST", "/v1/policy/replay", {
        token,
        body,
        ...(signal === undefined ? {} : { signal }),
      });
    const first = ask(hangUp.signal).catch(() => null);
    await until(() => walks).toBe(1);
    expect((await ask()).body).toMatchObject({
      code: "too_many_requests",
      limit: { name: "walks_each", value: 1 },
    });
    hangUp.abort();
    expect(await first).toBeNull();
    goOn();
    store.submissions = submissions;
    await until(async () => (await ask()).status).toBe(200);
  });

  it("of a reader who catches up with old events, too (T20)", async () => {
    const { store } = server.app;
    const [entry] = await store.entriesAfter(0, 1);
    const entriesAfter = store.entriesAfter.bind(store);
    const turns = countTurns();
    const seenAt: number[] = [];
    // Of requests that are none, so that none is heard and no socket is waited for.
    store.entriesAfter = (after, limit) => {
      if (seenAt.push(turns.count()) > BATCHES) return entriesAfter(after, limit);
      const batch = Array.from({ length: BATCH }, (_, at) => ({
        ...entry!,
        stream: "req_01JD0000000000000000000000",
        logIndex: after + at + 1,
      }));
      return Promise.resolve(batch);
    };
    const reader = await readEvents(server.url, { token: ana, lastEventId: 0 });
    await until(() => seenAt.length).toBeGreaterThan(BATCHES);
    turns.stop();
    reader.close();
    expect(seenAt.at(BATCHES)! - seenAt[0]!).toBeGreaterThanOrEqual(BATCHES);
    store.entriesAfter = entriesAfter;
  });
});
