/** Lists: filters, order, pages and search, against the same done by hand. */
import { describe, expect, it } from "vitest";
import type { RequestStatus } from "@haltpoint/protocol";
import type { RequestState } from "../../domain/request/model.ts";
import type { RequestQuery, Store } from "../../ports/store.ts";
import { openedStore, type MakePlace } from "./place.ts";
import { change, START_MS, submission } from "./samples.ts";

const STATUSES: readonly RequestStatus[] = ["held", "approved", "running", "rejected", "succeeded"];
const COUNT = 120;

type Filters = Omit<RequestQuery, "order" | "limit" | "cursor" | "text">;

const FILTERS: readonly Filters[] = [
  {},
  { statuses: ["held"] },
  { statuses: ["rejected"] },
  { statuses: ["held", "running", "held"] },
  { statuses: ["approved", "succeeded"] },
  { statuses: [] },
  { statuses: ["expired"] },
  { identity: "agent-1" },
  { identity: "agent-1", statuses: ["held"] },
  { identity: "agent-1", statuses: ["rejected", "running"] },
  { identity: "agent-1", session: "s-2" },
  { owner: "ana" },
  { owner: "ben", statuses: ["succeeded"] },
  { session: "s-1" },
  { session: "s-1", statuses: ["held", "rejected"] },
  { action: "mail.send" },
  { action: "mail.send", owner: "ana", identity: "agent-2" },
  { createdSince: START_MS + 10 },
  { createdBefore: START_MS + 10 },
  { createdSince: START_MS + 5, createdBefore: START_MS + 6, statuses: ["held", "running"] },
  { identity: "nobody" },
];

/** Several per millisecond, and not stored in the order of their creation. */
async function fill(store: Store): Promise<readonly RequestState[]> {
  const numbers = Array.from({ length: COUNT }, (_, n) => (n * 7) % COUNT);
  await Promise.all(
    numbers.map((n) =>
      store.commit(
        submission(`req_${String(n).padStart(3, "0")}`, {
          status: STATUSES[n % STATUSES.length] ?? "held",
          createdAt: START_MS + Math.floor(n / 5),
          scope: {
            identity: `agent-${n % 3}`,
            owner: n % 2 === 0 ? "ana" : "ben",
            session: n % 4 === 0 ? null : `s-${n % 4}`,
            action: n % 6 === 0 ? "mail.send" : "purchase_order.create",
          },
        }),
      ),
    ),
  );
  // Arrival decides within a millisecond.
  const ids = numbers.map((n) => `req_${String(n).padStart(3, "0")}`);
  const states = await Promise.all(ids.map((id) => store.request(id)));
  return states.flatMap((state) => (state === null ? [] : [state]));
}

function expected(states: readonly RequestState[], filters: Filters): readonly string[] {
  return states
    .filter(
      ({ status, scope, createdAt }) =>
        (filters.statuses?.includes(status) ?? true) &&
        scope.identity === (filters.identity ?? scope.identity) &&
        scope.owner === (filters.owner ?? scope.owner) &&
        scope.session === (filters.session ?? scope.session) &&
        scope.action === (filters.action ?? scope.action) &&
        createdAt >= (filters.createdSince ?? 0) &&
        createdAt < (filters.createdBefore ?? Infinity),
    )
    .toSorted((a, b) => a.createdAt - b.createdAt)
    .map((state) => state.id);
}

async function allPages(store: Store, query: RequestQuery): Promise<readonly string[]> {
  const ids: string[] = [];
  let cursor: string | null = null;
  for (let pages = 0; pages <= COUNT; pages += 1) {
    const page = await store.requests({ ...query, ...(cursor === null ? {} : { cursor }) });
    expect(page.items.length).toBeLessThanOrEqual(query.limit);
    ids.push(...page.items.map((state) => state.id));
    cursor = page.cursor;
    if (cursor === null) return ids;
  }
  throw new Error("the pages have no end");
}

export function listContract(makePlace: MakePlace): void {
  describe("lists", () => {
    it("filters and orders, in pages of any size, each request once", async () => {
      const { store } = await openedStore(makePlace);
      const states = await fill(store);
      for (const filters of FILTERS) {
        const oldestFirst = expected(states, filters);
        for (const limit of [1, 7, COUNT]) {
          const oldest = await allPages(store, { ...filters, order: "oldest", limit });
          const newest = await allPages(store, { ...filters, order: "newest", limit });
          expect({ filters, limit, ids: oldest }).toEqual({ filters, limit, ids: oldestFirst });
          expect(newest).toEqual(oldestFirst.toReversed());
        }
      }
    });

    it("counts by status and identity", async () => {
      const { store } = await openedStore(makePlace);
      const states = await fill(store);
      const queries: readonly Pick<RequestQuery, "statuses" | "identity">[] = [
        {},
        { statuses: [] },
        { statuses: ["held", "rejected"] },
        { identity: "agent-1" },
        { identity: "agent-1", statuses: ["held", "running"] },
        { identity: "nobody" },
      ];
      for (const query of queries) {
        const count = await store.countRequests(query);
        expect({ query, count }).toEqual({ query, count: expected(states, query).length });
      }
    });

    it("follows a request to its new status", async () => {
      const { store } = await openedStore(makePlace);
      await store.commit(submission("req_A"));
      const held = { statuses: ["held"], order: "oldest", limit: 10 } as const;
      expect(await allPages(store, held)).toEqual(["req_A"]);
      await store.commit(change("req_A", 1, { status: "rejected" }));
      expect(await allPages(store, held)).toEqual([]);
      expect(await allPages(store, { ...held, statuses: ["rejected"] })).toEqual(["req_A"]);
    });

    it("a request made while somebody pages shows up once or not at all", async () => {
      const { store } = await openedStore(makePlace);
      for (const id of ["req_A", "req_B"]) await store.commit(submission(id));
      const query = { order: "newest", limit: 1 } as const;
      const first = await store.requests(query);
      await store.commit(submission("req_C"));
      const rest = await allPages(store, { ...query, cursor: first.cursor ?? "" });
      expect([...first.items.map((state) => state.id), ...rest]).toEqual(["req_B", "req_A"]);
    });

    it.each(["", "x", "1", "1.2.3", "1;2", "NaN.1", '{"a":1}'])(
      "refuses `%s` as a cursor",
      async (cursor) => {
        const { store } = await openedStore(makePlace);
        const page = store.requests({ order: "newest", limit: 1, cursor });
        await expect(page).rejects.toMatchObject({ code: "invalid_cursor" });
      },
    );
  });

  describe("search", () => {
    const search = (store: Store, text: string) =>
      allPages(store, { text, order: "oldest", limit: 10 });

    it("finds text in the action, the identity and the title, in any case", async () => {
      const { store } = await openedStore(makePlace);
      const title = "Pay ÖSTERREICH Post, 100% of 5_000 \\ EUR";
      await store.commit(submission("req_A", { title, scope: { action: "Payment.create" } }));
      await store.commit(submission("req_B", { scope: { identity: "billing-agent" } }));
      expect(await search(store, "payment.CREATE")).toEqual(["req_A"]);
      expect(await search(store, "BILLING")).toEqual(["req_B"]);
      expect(await search(store, "österreich")).toEqual(["req_A"]);
      expect(await search(store, "O\u0308sterreich")).toEqual(["req_A"]);
      expect(await search(store, "nothing")).toEqual([]);
    });

    it("takes every character as it is", async () => {
      const { store } = await openedStore(makePlace);
      const titles = {
        req_A: "100% of 5_000",
        req_B: "1000 of 5x000",
        req_C: "a\\b",
        req_D: "a.b",
      };
      for (const [id, title] of Object.entries(titles)) {
        await store.commit(submission(id, { title }));
      }
      expect(await search(store, "100%")).toEqual(["req_A"]);
      expect(await search(store, "5_0")).toEqual(["req_A"]);
      expect(await search(store, "a\\b")).toEqual(["req_C"]);
      expect(await search(store, "' OR 1=1 --")).toEqual([]);
    });

    it("keeps the title of the first write", async () => {
      const { store } = await openedStore(makePlace);
      await store.commit(submission("req_A", { title: "Pay the plumber" }));
      await store.commit(change("req_A", 1));
      expect(await search(store, "plumber")).toEqual(["req_A"]);
    });

    it("pages through what it finds, with other filters", async () => {
      const { store } = await openedStore(makePlace);
      const states = await fill(store);
      const filters: Filters = { statuses: ["held", "rejected"], identity: "agent-1" };
      const query = { ...filters, text: "ORDER.create", order: "oldest", limit: 3 } as const;
      const orders = states.filter((state) => state.scope.action === "purchase_order.create");
      expect(await allPages(store, query)).toEqual(expected(orders, filters));
    });
  });
}
