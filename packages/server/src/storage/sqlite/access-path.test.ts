/** P5: no list, count or look-up walks through the history to find a few rows of it. */
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import type { RequestStatus } from "@haltpoint/protocol";
import type { RequestQuery } from "../../ports/store.ts";
import { migrate } from "../sql/migrate.ts";
import { readBudgetTotal } from "../sql/budgets.ts";
import { readWaitingAlike } from "../sql/look-alikes.ts";
import { listRequests } from "../sql/request-list.ts";
import {
  countRequests,
  readDue,
  readHeldSince,
  readIdsByEnding,
  readNextDue,
} from "../sql/requests.ts";
import { MIGRATIONS } from "../sql/schema.ts";
import type { Row, Session, SqlValue } from "../sql/session.ts";
import { temporaryFolder } from "../testing/temporary-folder.ts";
import { SQLITE, SqliteConnection } from "./connection.ts";

/** Answers every query with SQLite's plan for it, kept here, and no rows. */
class PlanningSession implements Session {
  readonly steps: string[] = [];
  readonly #inner: Session;

  constructor(inner: Session) {
    this.#inner = inner;
  }

  async query(sql: string, params?: readonly SqlValue[]): Promise<readonly Row[]> {
    const rows = await this.#inner.query(`EXPLAIN QUERY PLAN ${sql}`, params);
    this.steps.push(...rows.map((row) => String(row["detail"])));
    return [];
  }

  execute(): Promise<number> {
    return Promise.reject(new Error("only reads are planned"));
  }
}

async function planOf(
  read: (session: Session) => Promise<unknown>,
  about = "requests",
): Promise<readonly string[]> {
  const connection = new SqliteConnection(join(temporaryFolder(), "x.db"), "write");
  onTestFinished(() => connection.close());
  await migrate({ session: connection, dialect: SQLITE, migrations: MIGRATIONS, now: 0 });
  const planning = new PlanningSession(connection);
  await read(planning);
  return planning.steps.filter((step) => step.includes(about));
}

const page = { order: "newest", limit: 50 } as const;
const LIVE: readonly RequestStatus[] = ["held", "running"];
const ENDED: readonly RequestStatus[] = ["rejected", "succeeded"];

const LISTS: readonly (readonly [query: Omit<RequestQuery, "order" | "limit">, index: string])[] = [
  [{ statuses: LIVE }, "requests_status (status=?"],
  [{ statuses: ENDED }, "requests_status (status=?"],
  [{ statuses: LIVE, owner: "a", action: "b", session: "c" }, "requests_status (status=?"],
  [{ statuses: LIVE, identity: "a" }, "requests_identity (identity_id=? AND status=?"],
  [{ statuses: ENDED, identity: "a" }, "requests_identity (identity_id=? AND status=?"],
  [{ identity: "a" }, "requests_identity (identity_id=? AND status=?"],
  [{ identity: "a", session: "c" }, "requests_session (session_id=?"],
  [{ statuses: ENDED, session: "c", identity: "a" }, "requests_session (session_id=?"],
  [{ owner: "a" }, "requests_owner (owner_id=?"],
  [{ owner: "a", statuses: ENDED }, "requests_owner (owner_id=?"],
  [{ owner: "a", createdSince: 1, createdBefore: 9 }, "requests_owner (owner_id=?"],
  [{ action: "b" }, "requests_action (action_name=?"],
  [{ createdSince: 1, cursor: "5.1" }, "requests_created (created_at"],
  [{ statuses: LIVE, text: "x", cursor: "5.1" }, "requests_status (status=?"],
];

it.each(LISTS)("a list of %o uses %s", async (query, index) => {
  const steps = await planOf((session) => listRequests(session, { ...query, ...page }));
  expect(steps.length).toBeGreaterThan(0);
  for (const step of steps) expect(step).toContain(`USING INDEX ${index}`);
});

it("the whole list follows the order of creation", async () => {
  const steps = await planOf((session) => listRequests(session, page));
  expect(steps).toEqual(["SCAN requests USING INDEX requests_created"]);
});

it.each([
  [{ statuses: LIVE }, "requests_status (status=?"],
  [{ identity: "a" }, "requests_identity (identity_id=?"],
  [{ identity: "a", statuses: LIVE }, "requests_identity (identity_id=? AND status=?"],
])("a count of %o reads only %s", async (query, index) => {
  const [step] = await planOf((session) => countRequests(session, query));
  expect(step).toContain(`USING COVERING INDEX ${index}`);
});

it("a count of what was held of late is one range of its index (T20)", async () => {
  const steps = await planOf((session) => readHeldSince(session, "a", 1, 60));
  expect(steps.join()).toContain("requests_held_at (identity_id=? AND held_at>?)");
});

it("look-alikes are found by an index of what waits (T20)", async () => {
  const group = await planOf((session) => readWaitingAlike(session, "g", 20));
  expect(group.join()).toContain("requests_look_alike (look_alike=?)");
  expect(group.join()).not.toContain("TEMP B-TREE");
});

it("timers and short ids have their indexes", async () => {
  const due = await planOf((session) => readDue(session, 1, 10));
  expect(due).toEqual(["SEARCH requests USING INDEX requests_due (due_at<?)"]);
  const next = await planOf(readNextDue);
  expect(next.join()).toContain("requests_due");
  const short = await planOf((session) => readIdsByEnding(session, "7F3K", 10));
  expect(short.join()).toContain("requests_ending (id_ending>? AND id_ending<?)");
});

it.each([
  [null, ["budget_totals", "budget_counts"]],
  ["v", ["budget_counts_value"]],
])("a total of a budget is searched by its key, never scanned (I9): %s", async (value, names) => {
  const query = { budget: 1, key: "k", windowMs: 1, value, leftOut: null };
  // Without its one row it cannot be answered, but it has been planned.
  const read = (session: Session) => readBudgetTotal(session, query, 9).catch(() => null);
  const steps = await planOf(read, "budget_");
  for (const name of names) expect(steps.join()).toContain(name);
  for (const step of steps) expect(step).toMatch(/^SEARCH /);
});
