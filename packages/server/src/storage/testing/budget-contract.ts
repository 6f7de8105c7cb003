/** Totals of budgets: exact, by key and window, with a request left out, and given back (I9). */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { BudgetCount, BudgetQuery, BudgetWrite } from "../../ports/budgets.ts";
import type { Store } from "../../ports/store.ts";
import { openedStore, type MakePlace } from "./place.ts";
import { commitOf, START_MS } from "./samples.ts";

const LIVE = Number.MAX_SAFE_INTEGER;
const WINDOW_MS = 1_000;

const count = (units: number, over: Partial<BudgetCount> = {}): BudgetCount => {
  return { budget: 1, key: "k", windowMs: WINDOW_MS, units, value: "", ...over };
};
const counts = (
  requestId: string,
  countsFrom: number | null,
  given: readonly BudgetCount[] | null,
  revision = 0,
): BudgetWrite => {
  return { kind: "budget_counts", requestId, revision, countsFrom, counts: given };
};
const query = (over: Partial<BudgetQuery> = {}): BudgetQuery => {
  return { budget: 1, key: "k", windowMs: WINDOW_MS, value: null, leftOut: null, ...over };
};

async function totalOf(store: Store, over: Partial<BudgetQuery> = {}, now = START_MS) {
  return (await store.budgetTotals([query(over)], now))[0]?.total;
}

export function budgetContract(makePlace: MakePlace): void {
  describe("budgets", () => {
    it("are registered with a policy, kept while it has them, and retired with one that has not", async () => {
      const { store } = await openedStore(makePlace);
      const publish = (version: string, budgets: readonly string[]) => {
        const policy = {
          version,
          text: "",
          by: "ana",
          at: START_MS,
          requestId: null,
          reason: null,
        };
        return store.commit(commitOf([{ kind: "policy", policy, budgets }]));
      };
      await publish("1", ["a", "b"]);
      await store.commit(commitOf([{ kind: "budget_counted", budget: 1 }]));
      expect((await store.epochs()).policy).toBe(2);
      await publish("2", ["a"]);
      expect(await store.budgets()).toEqual([
        { number: 1, definition: "a", counted: true, retired: false },
        { number: 2, definition: "b", counted: false, retired: true },
      ]);
      await publish("3", ["a", "b"]);
      expect((await store.budgets())[2]).toMatchObject({ definition: "b", retired: false });
    });

    it("add up by key, whatever is live and what is within the window", async () => {
      const { store } = await openedStore(makePlace);
      const writes = [
        counts("req_1", LIVE, [count(1), count(10, { budget: 2 })]),
        counts("req_2", START_MS - WINDOW_MS + 1, [count(2)]),
        counts("req_3", START_MS - WINDOW_MS, [count(4)]),
        counts("req_4", LIVE, [count(8, { key: "other" })]),
      ];
      await store.commit(commitOf(writes));
      expect(await totalOf(store)).toBe(3n);
      expect(await totalOf(store, { key: "other" })).toBe(8n);
      expect(await totalOf(store, { budget: 2 })).toBe(10n);
      expect(await totalOf(store, {}, START_MS + 1)).toBe(1n);
      expect(await totalOf(store, { leftOut: { requestId: "req_1", revision: 0 } })).toBe(2n);
      expect(await totalOf(store, { leftOut: { requestId: "req_1", revision: 1 } })).toBe(3n);
      // What is out of the window already is not subtracted twice.
      expect(await totalOf(store, { leftOut: { requestId: "req_3", revision: 0 } })).toBe(3n);
    });

    it("follow a request: moved, counted anew, given back", async () => {
      const { store } = await openedStore(makePlace);
      const commit = (write: BudgetWrite) => store.commit(commitOf([write]));
      await commit(counts("req_1", LIVE, [count(5)]));
      await commit(counts("req_1", LIVE, [count(7, { key: "moved" })]));
      expect([await totalOf(store), await totalOf(store, { key: "moved" })]).toEqual([0n, 7n]);
      await commit(counts("req_1", START_MS, null));
      expect(await totalOf(store, { key: "moved" })).toBe(7n);
      expect(await totalOf(store, { key: "moved" }, START_MS + WINDOW_MS)).toBe(0n);
      await commit(counts("req_1", null, null));
      expect(await totalOf(store, { key: "moved" })).toBe(0n);
    });

    it("count each distinct value once, and know the request's own", async () => {
      const { store } = await openedStore(makePlace);
      const of = (value: string) => [count(0, { value })];
      await store.commit(
        commitOf([
          counts("req_1", LIVE, of("a")),
          counts("req_2", START_MS, of("a")),
          counts("req_3", START_MS, of("b")),
        ]),
      );
      const read = (value: string, leftOut: BudgetQuery["leftOut"] = null, now = START_MS) =>
        store.budgetTotals([query({ value, leftOut })], now);
      expect(await read("a")).toEqual([{ total: 2n, includes: true }]);
      expect(await read("c")).toEqual([{ total: 2n, includes: false }]);
      expect(await read("b", { requestId: "req_3", revision: 0 })).toEqual([
        { total: 1n, includes: false },
      ]);
      expect(await read("b", null, START_MS + WINDOW_MS)).toEqual([{ total: 1n, includes: false }]);
    });

    it("are exact where sums are more than 2^53", async () => {
      const { store } = await openedStore(makePlace);
      const most = Number.MAX_SAFE_INTEGER;
      const writes = Array.from({ length: 9 }, (_, at) => {
        return counts(`req_${at}`, at < 5 ? LIVE : START_MS, [count(most)]);
      });
      await store.commit(commitOf(writes));
      expect(await totalOf(store)).toBe(9n * BigInt(most));
      expect(await totalOf(store, {}, START_MS + WINDOW_MS)).toBe(5n * BigInt(most));
    });

    it("give what a sum over everything that was written gives, after any writes", async () => {
      const write = fc.record({
        request: fc.nat(4),
        from: fc.oneof(fc.constant(null), fc.constant(LIVE), fc.integer({ min: 0, max: 3_000 })),
        units: fc.integer({ min: 0, max: 100 }),
        key: fc.constantFrom("k", "l"),
      });
      await fc.assert(
        fc.asyncProperty(fc.array(write, { maxLength: 30 }), fc.nat(4_000), async (all, ms) => {
          const { store } = await openedStore(makePlace);
          const known = new Map<number, { from: number; units: number; key: string }>();
          for (const { request, from, units, key } of all) {
            const at = from === null || from === LIVE ? from : START_MS - 1_500 + from;
            await store.commit(commitOf([counts(`req_${request}`, at, [count(units, { key })])]));
            if (at === null) known.delete(request);
            else known.set(request, { from: at, units, key });
          }
          // Nothing comes back into a window: it is read now or later.
          const now = (await store.time()).now + ms;
          for (const key of ["k", "l"]) {
            const inside = [...known.values()].filter((one) => {
              return one.key === key && one.from > now - WINDOW_MS;
            });
            const sum = inside.reduce((total, { units }) => total + BigInt(units), 0n);
            expect(await totalOf(store, { key }, now)).toBe(sum);
          }
        }),
        { numRuns: process.env["HALTPOINT_CAMPAIGN"] === "1" ? 300 : 15 },
      );
    });

    it("let go of a retired one piece by piece, and leave the others", async () => {
      const { store } = await openedStore(makePlace);
      const policy = {
        version: "1",
        text: "",
        by: "ana",
        at: START_MS,
        requestId: null,
        reason: null,
      };
      await store.commit(commitOf([{ kind: "policy", policy, budgets: ["a", "b"] }]));
      const writes = Array.from({ length: 700 }, (_, at) => {
        return counts(`req_${at}`, LIVE, [count(1), count(1, { budget: 2 })]);
      });
      await store.commit(commitOf(writes));
      await store.commit(commitOf([{ kind: "policy", policy, budgets: ["b"] }]));
      let pieces = 0;
      while ((await store.budgets()).some(({ retired }) => retired)) {
        await store.commit(commitOf([{ kind: "budget_forgotten", budget: 1 }]));
        pieces += 1;
      }
      expect(pieces).toBe(4);
      expect([await totalOf(store), await totalOf(store, { budget: 2 })]).toEqual([0n, 700n]);
    });
  });
}
