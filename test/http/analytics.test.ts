/** Analytics: counted by the database, and here once more, slowly, from the ledger alone. */
import type { AnalyticsView } from "@haltpoint/protocol";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { SealedEntry } from "../../packages/server/src/domain/ledger/entry.ts";
import { SeededRandom } from "../simulation/seeded-random.ts";
import { CARD_POLICY, transferBody } from "./testing/card-policy.ts";
import { newAttempt, startUnderTest, type UnderTest } from "./testing/server-under-test.ts";

const PEOPLE = ["ana", "bo", "cy", "dan"];
const POLICY = CARD_POLICY.replace("[ana, bo, chen]", `[${PEOPLE.join(", ")}]`);

let server: UnderTest;
let since: number;
const tokens = new Map<string, string>();
const keys = new Map<string, string>();

beforeAll(async () => {
  server = await startUnderTest({ policy: POLICY });
  for (const id of ["chen", ...PEOPLE]) tokens.set(id, await server.person(id));
  tokens.set("olga", await server.person("olga", ["operator"]));
  for (const id of ["agent-1", "agent-2"]) keys.set(id, await server.identity(id));
  since = (await server.app.store.time()).now;
  await live(60);
}, 120_000);
afterAll(() => server.close());

const act = (as: string, id: string, verb: string, body: object) =>
  server.call("POST", `/v1/requests/${id}/${verb}`, { token: tokens.get(as), body });

/** Requests of every fate, by a seed. */
async function live(count: number): Promise<void> {
  const random = new SeededRandom(20_261_128);
  for (let each = 0; each < count; each += 1) {
    const token = random.chance(0.7) ? keys.get("agent-1") : keys.get("agent-2");
    const isSmall = random.chance(0.4);
    const cents = String(random.below(100)).padStart(2, "0");
    const amount = `${isSmall ? random.between(1, 90) : 200}.${cents} USD`;
    const body = { ...transferBody(amount), attempt: newAttempt() };
    const sent = { token, body };
    const view = (await server.call("POST", "/v1/requests?redeem=true", sent)).body.request;
    if (view.status !== "held") continue;
    const person = random.weighted({ ana: 5, bo: 2, cy: 2, dan: 1 });
    const fate = random.below(100) / 100;
    if (random.chance(0.8)) await act(person, view.id, "seen", { read_ms: random.below(30_000) });
    let { digest } = view.revision;
    if (fate < 0.2) {
      const set = { "action.properties.amount": "150.00 USD" };
      const edited = await act("dan", view.id, "edits", { digest, set, reason: "less" });
      ({ digest } = edited.body.request.revision);
      if (person === "dan") continue;
    }
    if (fate < 0.7) await act(person, view.id, "reviews", { verdict: "approve", digest });
    else if (fate < 0.8)
      await act(person, view.id, "reviews", { verdict: "reject", digest, reason: "no" });
    else if (fate < 0.9) await act("olga", view.id, "interrupt", { reason: "drill" });
  }
}

async function analytics(as: string, query = `?since=${since}`): Promise<AnalyticsView> {
  const got = await server.call("GET", `/v1/analytics${query}`, { token: tokens.get(as) });
  expect(got.status).toBe(200);
  return got.body as AnalyticsView;
}

// oxlint-disable-next-line typescript/no-explicit-any -- entries are data of many kinds
type Entry = SealedEntry & { readonly data: any };
async function streams(): Promise<readonly (readonly Entry[])[]> {
  const all = (await server.app.store.entriesAfter(0, 10_000)) as Entry[];
  const byStream = Map.groupBy(all, (entry) => entry.stream);
  return [...byStream].flatMap(([stream, entries]) => (stream === "system" ? [] : [entries]));
}
const isKind = (kind: string) => (entry: Entry) => entry.kind === kind;
const nearest = (values: readonly number[], share: number): number | null => {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.ceil(share * sorted.length) - 1] ?? null;
};

describe("analytics", () => {
  it("counts what the ledger says, counted slowly", async () => {
    const view = await analytics("ana");
    const all = await streams();
    const first = all.map((entries) => entries[0]!);
    const heldOnes = all.filter(([submitted]) => submitted!.data.to === "held");
    const ends = heldOnes.flatMap((entries) => {
      const end = entries.find(({ kind }) =>
        ["approved", "rejected", "interrupted"].includes(kind),
      );
      return end === undefined ? [] : [{ end, begin: entries[0]! }];
    });
    const waits = ends.map(({ end, begin }) => end.at - begin.at);
    const decided = ends.filter(({ end }) => end.kind !== "interrupted");
    expect(view.volume).toMatchObject({
      requests: first.length,
      held: heldOnes.length,
      allowed: first.length - heldOnes.length,
      denied: 0,
    });
    expect(view.volume.days.reduce((sum, day) => sum + day.requests, 0)).toBe(first.length);
    expect(view.waiting).toEqual({
      count: waits.length,
      p50_ms: nearest(waits, 0.5),
      p90_ms: nearest(waits, 0.9),
      total_ms: waits.reduce((sum, each) => sum + each, 0),
    });
    const deciding = decided.map(({ end, begin }) => end.at - begin.at);
    expect(view.deciding).toEqual({
      count: deciding.length,
      p50_ms: nearest(deciding, 0.5),
      p90_ms: nearest(deciding, 0.9),
      approved: decided.filter(({ end }) => end.kind === "approved").length,
      rejected: decided.filter(({ end }) => end.kind === "rejected").length,
      edited: heldOnes.filter((entries) => entries.some(isKind("edited"))).length,
    });
    expect(view.interrupts).toBe(all.flat().filter(isKind("interrupted")).length);
    for (const identity of ["agent-1", "agent-2"]) {
      const own = first.filter(({ actor }) => actor === `identity:${identity}`);
      expect(view.identities.find((each) => each.identity === identity)).toMatchObject({
        requests: own.length,
        held: own.filter(({ data }) => data.to === "held").length,
      });
    }
    // Enough of everything for all that to mean something.
    expect(Math.min(view.volume.allowed, view.deciding.approved, view.interrupts)).toBeGreaterThan(
      2,
    );
  });

  it("adds up, to the cent, what had an impact and ran without a person", async () => {
    const ran = (await streams()).filter(([submitted, second]) => {
      return submitted!.data.to === "approved" && second?.kind === "redeemed";
    });
    const cents = ran.map(([submitted]) => {
      const { amount } = submitted!.data.content.action.properties as { amount: string };
      return Number(amount.replace(" USD", "").replace(".", ""));
    });
    const total = cents.reduce((sum, each) => sum + each, 0);
    expect((await analytics("ana")).unattended).toEqual({
      count: ran.length,
      impacts: [{ impact: "spend", count: ran.length }],
      values: [{ currency: "USD", amount: (total / 100).toFixed(2), count: ran.length }],
    });
  });

  it("gives personal figures to that person only, and to others sums without a name (T28)", async () => {
    const reviews = (await streams())
      .flat()
      .filter(({ kind }) => ["reviewed", "rejected"].includes(kind));
    const texts = new Map<string, string>();
    for (const person of PEOPLE) {
      const view = await analytics(person, `?since=${since}&until=${since + 3_600_000}`);
      const own = reviews.filter(({ actor }) => actor === `person:${person}`);
      expect(view.own.reviews).toBe(own.length);
      const { own: _, ...rest } = view;
      const others = { ...rest, load: rest.load.sources.map(({ source }) => source) };
      texts.set(person, JSON.stringify(others));
    }
    // The same for everybody, and nobody is named in it.
    expect(new Set(texts.values()).size).toBe(1);
    for (const person of PEOPLE) expect(texts.get("ana")).not.toContain(`"${person}"`);
    const { own } = await analytics("olga");
    expect(own).toMatchObject({ reviews: 0, measured: 0, median_reading_ms: null });
  });

  it("says how concentrated approvals are and how many were faster than reading", async () => {
    const { concentration, reading } = await analytics("chen");
    const approvals = (await streams()).flat().filter(isKind("reviewed"));
    const by = [...Map.groupBy(approvals, ({ actor }) => actor).values()]
      .map((group) => group.length)
      .sort((a, b) => b - a);
    expect(concentration).toEqual({
      people: by.length,
      approvals: approvals.length,
      largest_share: Math.round((by[0]! / approvals.length) * 100) / 100,
      three_largest_share:
        Math.round((by.slice(0, 3).reduce((sum, each) => sum + each, 0) / approvals.length) * 100) /
        100,
    });
    expect(reading?.measured).toBeGreaterThan(reading?.faster_than_reading ?? 0);
    expect(reading?.faster_than_reading).toBeGreaterThan(0);
  });

  it("takes a period, and refuses one that is none", async () => {
    expect((await analytics("ana", `?since=0&until=1`)).volume.requests).toBe(0);
    const wrong = await server.call("GET", "/v1/analytics?since=5&until=5", {
      token: tokens.get("ana"),
    });
    expect(wrong.body).toMatchObject({ code: "invalid_request", field: "since" });
  });
});

describe("analytics of few people", () => {
  it("say nothing of how they read, and which rule is only noise", async () => {
    const own = await startUnderTest({ policy: POLICY });
    try {
      await own.person("chen");
      const [ana, bo] = [await own.person("ana"), await own.person("bo")];
      const agent = await own.identity("agent-1");
      const look = async (token: string) =>
        (await own.call("GET", "/v1/analytics", { token })).body as AnalyticsView;
      const decide = async (more: object = {}) => {
        const sent = { token: agent, body: transferBody() };
        const { id, revision } = (await own.call("POST", "/v1/requests", sent)).body.request;
        const body = { verdict: "approve", digest: revision.digest, ...more };
        await own.call("POST", `/v1/requests/${id}/reviews`, { token: ana, body });
      };
      for (let each = 0; each < 19; each += 1) await decide({ read_ms: 60_000 });
      // What the page measured comes with the decision, too.
      expect((await look(ana)).own).toMatchObject({ measured: 19, median_reading_ms: 60_000 });
      expect((await look(bo)).rules).toMatchObject([{ rule: "large", suggest_relaxing: false }]);
      await decide({ read_ms: 10 });
      expect((await look(ana)).own).toMatchObject({ measured: 20, faster_than_reading: 1 });
      const view = await look(bo);
      expect(view.rules).toMatchObject([{ rule: "large", decided: 20, suggest_relaxing: true }]);
      expect(view.reading).toBeNull();
      await decide({ verdict: "reject", reason: "no" });
      expect((await look(bo)).rules).toMatchObject([{ suggest_relaxing: false }]);
    } finally {
      await own.close();
    }
  });
});
