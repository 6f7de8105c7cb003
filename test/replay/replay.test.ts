/**
 * A replay's counts are exact: held against a count that never asks a policy, made from what the
 * submitters remember and the two policies told again in plain comparisons.
 */
import type { DisposedAs, ReplayView } from "@haltpoint/protocol";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { replayPolicy } from "../../packages/server/src/app/policy-replay/replay-policy.ts";
import { execute } from "../../packages/server/src/app/execute.ts";
import { noteLook } from "../../packages/server/src/app/note-look.ts";
import { BATCH, recordOf, type LongRecord, type Remembered } from "./testing/record.ts";

const isCampaign = process.env["HALTPOINT_CAMPAIGN"] === "1";
const REQUESTS = isCampaign ? 100_000 : 600;
const DAYS = 21;
const DAY_MS = 86_400_000;
const WITHIN_MS = 30_000;

const HEAD = `version: 1
default: { decision: hold, approvers: group:finance, owner: chen, deadline: 60d }
groups: { finance: [ana, bo], security: [dee] }
windows: { nights: { days: [mon, tue, wed, thu, fri, sat, sun], from: "22:00", to: "24:00", zone: UTC } }
actions:
  orders.submit: { sensitive: [action.properties.card] }
rules:
  - { id: reads, why: Reading needs nobody, match: { action: files.read }, decision: allow }
`;
const money = (limit: string) => `money(action.properties.amount) > money("${limit} USD")`;
const hold = (id: string, when: string, quorum: string) =>
  `  - { id: ${id}, why: w, owner: chen, match: { action: orders.submit }, when: '${when}', decision: hold, approval: { ${quorum}, deadline: 60d } }\n`;
const FINANCE = "approvers: group:finance";
const BEFORE = `${HEAD}${hold("over-5000", money("5000.00"), FINANCE)}
  - { id: small, why: w, match: { action: orders.submit }, when: 'money(action.properties.amount) <= money("5000.00 USD")', decision: allow }
  - { id: no-erasing, why: w, match: { action: files.erase }, decision: deny }
`;
const AFTER = `${HEAD}${hold("over-3000", money("3000.00"), FINANCE)}${hold(
  "over-8000",
  money("8000.00"),
  "quorum: [{ count: 2, from: group:finance }]",
)}
  - { id: small, why: w, match: { action: orders.submit }, when: 'money(action.properties.amount) <= money("3000.00 USD")', decision: allow }
  - { id: one-card, why: w, match: { action: orders.submit }, when: 'action.properties.card == "5500"', decision: deny }
  - { id: mail-by-day, why: w, match: { action: mail.send }, when: '!in_window("nights")', decision: allow }
  - { id: trusted-erase, why: w, match: { action: files.erase, subject: { group: trusted } }, decision: allow }
`;

interface Told {
  readonly as: DisposedAs;
  readonly approvals: number;
}
const told = (as: DisposedAs, approvals = as === "held" ? 1 : 0): Told => ({ as, approvals });

function before({ action, cents }: Remembered): Told {
  if (action === "files.read") return told("allowed");
  if (action === "files.erase") return told("denied");
  if (action === "mail.send") return told("held");
  return told(cents > 500_000 ? "held" : "allowed");
}

function after({ action, cents, card, agent, at }: Remembered): Told {
  if (action === "files.read") return told("allowed");
  if (action === "files.erase") return told(agent === "agent-4" ? "allowed" : "held");
  if (action === "mail.send") return told(new Date(at).getUTCHours() >= 22 ? "held" : "allowed");
  if (card === "5500") return told("denied");
  if (cents > 800_000) return told("held", 2);
  return told(cents > 300_000 ? "held" : "allowed");
}

let record: LongRecord;
beforeAll(async () => {
  record = await recordOf(BEFORE, REQUESTS, DAYS);
}, 10 * 60_000);
afterAll(() => record.close());

async function replay(more: { since?: number; latest?: number } = {}): Promise<ReplayView> {
  const answer = await replayPolicy(record.app, "person:ana", {
    text: AFTER,
    file: "next.yaml",
    ...more,
  });
  if (!answer.ok) throw new Error(answer.problem.detail);
  return answer.value;
}

/** Counts by what was and what would be; `held held` only where the number asked for differs. */
function slowly(all: readonly Remembered[]): ReadonlyMap<string, readonly Remembered[]> {
  return Map.groupBy(all, (each) => {
    const [was, would] = [before(each), after(each)];
    return was.as === would.as && was.approvals === would.approvals
      ? "same"
      : `${was.as} ${would.as}`;
  });
}

const sum = (all: readonly Remembered[], of: (each: Remembered) => number): number =>
  all.reduce((total, each) => total + of(each), 0);

describe("a policy tried on what is on record", () => {
  it("is counted exactly, each request at its own time", async () => {
    const startedAt = performance.now();
    const view = await replay();
    const tookMs = performance.now() - startedAt;
    console.log(`replay of ${REQUESTS} recorded requests: ${(tookMs / 1_000).toFixed(2)} s`);
    // A bound on time holds where it was set for: many, on a machine that does little else.
    if (isCampaign) expect(tookMs).toBeLessThan(WITHIN_MS);
    expect([view.recorded, view.judged]).toEqual([REQUESTS, REQUESTS]);
    for (const [side, of] of [
      ["before", before],
      ["after", after],
    ] as const) {
      for (const as of ["allowed", "held", "denied"] as const) {
        expect(view[side][as]).toBe(record.all.filter((each) => of(each).as === as).length);
      }
      expect(view.decisions[side]).toBe(sum(record.all, (each) => of(each).approvals));
    }
    const expected = slowly(record.all);
    const counted = view.changes.map(({ from, to, count }) => [`${from} ${to}`, count] as const);
    expect(new Map(counted)).toEqual(
      new Map(
        [...expected].filter(([key]) => key !== "same").map(([key, each]) => [key, each.length]),
      ),
    );
    // Enough of every kind for that to mean something.
    expect(counted.map(([key]) => key).sort()).toEqual([
      "allowed denied",
      "allowed held",
      "denied allowed",
      "denied held",
      "held allowed",
      "held denied",
      "held held",
    ]);
    const weeks = (view.until - record.all[0]!.at) / (7 * DAY_MS);
    const more = view.decisions.after - view.decisions.before;
    expect(view.decisions.more_per_week).toBeCloseTo(more / weeks, 0);
  });

  it("names the rules that decided and a few requests of each kind, without their arguments (T28)", async () => {
    const view = await replay();
    const rulesOf = (from: DisposedAs, to: DisposedAs) =>
      view.changes.find((each) => each.from === from && each.to === to)!;
    expect(rulesOf("allowed", "held").rules.map(({ rule }) => rule)).toEqual(["over-3000"]);
    expect(rulesOf("allowed", "denied").rules.map(({ rule }) => rule)).toEqual(["one-card"]);
    expect(rulesOf("denied", "allowed").rules.map(({ rule }) => rule)).toEqual(["no-erasing"]);
    expect(rulesOf("denied", "held").rules.map(({ rule }) => rule)).toEqual(["no-erasing"]);
    expect(view.rules.find(({ rule }) => rule === "over-5000")).toEqual({
      rule: "over-5000",
      before: {
        held: record.all.filter((each) => each.cents > 500_000 && each.action === "orders.submit")
          .length,
        denied: 0,
      },
      after: { held: 0, denied: 0 },
    });
    const byId = new Map(record.all.map((each) => [each.id, each]));
    for (const { from, to, examples, count } of view.changes) {
      expect(examples).toHaveLength(Math.min(3, count));
      for (const { id, at, link, title } of examples) {
        const meant = byId.get(id)!;
        expect([before(meant).as, after(meant).as, meant.at]).toEqual([from, to, at]);
        expect(link).toBe(`https://haltpoint.example/r/${id}`);
        expect(title).not.toContain("USD");
      }
    }
  });

  it("keeps to the latest so many, and says of how many", async () => {
    // Those of one moment come in any order, so none of them is cut apart.
    const latest = Math.floor(REQUESTS / 3 / BATCH) * BATCH;
    const view = await replay({ latest });
    const judged = record.all.slice(-latest);
    expect([view.recorded, view.judged]).toEqual([REQUESTS, latest]);
    expect(view.judged_since).toBe(judged[0]!.at);
    expect(view.after.denied).toBe(judged.filter((each) => after(each).as === "denied").length);
  });

  it("keeps to the time that is asked for, its first moment included", async () => {
    const since = record.all[Math.floor(REQUESTS / 2)]!.at;
    const view = await replay({ since });
    expect(view.recorded).toBe(record.all.filter(({ at }) => at >= since).length);
  });

  it("tells the minutes from how long people looked, and that nothing is known where nothing is", async () => {
    expect((await replay()).minutes).toEqual({
      per_decision_ms: null,
      measured: 0,
      more_per_week: null,
    });
    const { app } = record;
    const held = record.all.filter((each) => before(each).as === "held").slice(-3);
    for (const [index, readMs] of [20_000, 40_000, 300_000].entries()) {
      const { id } = held[index]!;
      const state = (await app.store.request(id))!;
      await noteLook(app, state, { person: "ana", readMs });
      const actor = { kind: "person", id: "ana", stepUp: "none", via: "passkey" } as const;
      const { digest } = state.revision;
      const review = { verdict: "reject", digest, reason: "no", confirmed: [] } as const;
      expect((await execute(app, id, { kind: "review", actor, ...review })).ok).toBe(true);
    }
    record.clock.advance(1);
    const { minutes, decisions } = await replay();
    expect([minutes.per_decision_ms, minutes.measured]).toEqual([40_000, 3]);
    expect(minutes.more_per_week).toBeCloseTo((decisions.more_per_week! * 40) / 60, 0);
  });

  it("is on record with who asked, and a text that is no policy is refused with its place", async () => {
    const entries = (await record.app.store.entries("system")).filter(
      ({ kind }) => kind === "policy_replayed",
    );
    expect(entries.at(-1)?.actor).toBe("person:ana");
    const bad = await replayPolicy(record.app, "person:ana", {
      text: AFTER.replace("decision: deny", "decision: maybe"),
      file: "next.yaml",
    });
    expect(bad.ok ? null : bad.problem.code).toBe("unsupported_policy");
    expect(bad.ok ? "" : bad.problem.detail).toMatch(/next\.yaml:\d+:\d+[\s\S]*\^/);
  });
});
