/**
 * Totals of budgets, exact and cheap to read.
 *
 * `budget_counts` has a row for each revision of a request that counts, in the order of the time it
 * counts from; `budget_totals` has the sum of all rows of a key, as decimal text: a sum may be more
 * than a column or a number can hold. What is out of the window is subtracted when a total is read,
 * and deleted when the key is written next, so that a read looks at few rows however many count.
 * Distinct values have no such sum: each value of the key is looked at, by an index of its own.
 */
import type {
  BudgetCount,
  BudgetQuery,
  BudgetWrite,
  ExpectedTotal,
  StoredBudget,
  StoredTotal,
} from "../../ports/budgets.ts";
import type { Write } from "../../ports/store.ts";
import { flagOf, integerOf, textOf, textOrNull, type Row, type Session } from "./session.ts";

/** Rows deleted in one commit: more would hold up the others. */
const DELETED_MAX = 500;
/** Parts in which amounts are added by the database: neither sum gets near 2^53. */
const PART = 1_000_000_000;

/** From one value to the next by the index: as many steps as there are values, not rows. */
const DISTINCT = `WITH RECURSIVE seen (value) AS (
    SELECT MIN(value) FROM budget_counts WHERE budget = ? AND budget_key = ? AND value <> ''
    UNION ALL
    SELECT (SELECT MIN(value) FROM budget_counts
        WHERE budget = ? AND budget_key = ? AND value > seen.value AND value <> '')
      FROM seen WHERE seen.value IS NOT NULL
  )
  SELECT COUNT(*) AS total, COALESCE(MAX(seen.value = ?), 0) AS includes FROM seen
    WHERE seen.value IS NOT NULL AND EXISTS (SELECT 1 FROM budget_counts
      WHERE budget = ? AND budget_key = ? AND budget_counts.value = seen.value
        AND budget_counts.value <> '' AND counts_from > ? AND NOT (request_id = ? AND revision = ?))`;

const SUM_PARTS = `COALESCE(SUM(units / ${PART}), 0) AS high, COALESCE(SUM(units % ${PART}), 0) AS low`;

export function isOfBudgets(write: Write): write is BudgetWrite {
  return (
    write.kind === "budget_counts" ||
    write.kind === "budget_counted" ||
    write.kind === "budget_forgotten"
  );
}

export async function readBudgets(session: Session): Promise<readonly StoredBudget[]> {
  const rows = await session.query("SELECT * FROM budgets ORDER BY number");
  return rows.map((row) => ({
    number: integerOf(row, "number"),
    definition: textOf(row, "definition"),
    counted: flagOf(row, "counted"),
    retired: flagOf(row, "retired"),
  }));
}

/** Those that are there already stay counted; the others of before are retired. */
export async function registerBudgets(
  session: Session,
  definitions: readonly string[],
): Promise<void> {
  const live = (await readBudgets(session)).filter(({ retired }) => !retired);
  const wanted = new Set(definitions);
  for (const { number, definition } of live) {
    if (wanted.delete(definition)) continue;
    await session.execute("UPDATE budgets SET retired = 1 WHERE number = ?", [number]);
  }
  for (const definition of wanted) {
    const sql = "INSERT INTO budgets (definition, counted, retired) VALUES (?, 0, 0)";
    await session.execute(sql, [definition]);
  }
}

export async function readBudgetTotal(
  session: Session,
  query: BudgetQuery,
  now: number,
): Promise<StoredTotal> {
  const { budget, key, windowMs, value, leftOut } = query;
  const until = now - windowMs;
  const own = [leftOut?.requestId ?? "", leftOut?.revision ?? -1] as const;
  if (value !== null) {
    const about = [budget, key] as const;
    const [row] = await session.query(DISTINCT, [
      ...about,
      ...about,
      value,
      ...about,
      until,
      ...own,
    ]);
    if (row === undefined) throw new Error("a count is one row");
    return { total: BigInt(integerOf(row, "total")), includes: flagOf(row, "includes") };
  }
  const [row] = await session.query(
    `SELECT (SELECT total FROM budget_totals WHERE budget = ? AND budget_key = ?) AS total,
        (SELECT units FROM budget_counts WHERE request_id = ? AND revision = ? AND budget = ?
          AND budget_key = ? AND counts_from > ?) AS own,
        ${SUM_PARTS}
      FROM budget_counts WHERE budget = ? AND budget_key = ? AND counts_from <= ?`,
    [budget, key, ...own, budget, key, until, budget, key, until],
  );
  if (row === undefined) throw new Error("a sum is one row");
  const ownUnits = row["own"] === null ? 0 : integerOf(row, "own");
  const all = BigInt(textOrNull(row, "total") ?? "0");
  return { total: all - partsOf(row) - BigInt(ownUnits), includes: false };
}

function partsOf(row: Row): bigint {
  return BigInt(integerOf(row, "high")) * BigInt(PART) + BigInt(integerOf(row, "low"));
}

/** INVARIANT: I9, T37. Whether a total is no longer where the decision found it. */
export async function isTotalMoved(
  session: Session,
  expected: readonly ExpectedTotal[],
  now: number,
): Promise<boolean> {
  for (const each of expected) {
    const { total, includes } = await readBudgetTotal(session, each, now);
    if (each.atLeast !== null && total < each.atLeast) return true;
    if (each.atMost !== null && total > each.atMost) return true;
    if (each.includes !== null && includes !== each.includes) return true;
  }
  return false;
}

export async function applyBudgetWrite(
  session: Session,
  write: BudgetWrite,
  now: number,
): Promise<void> {
  switch (write.kind) {
    case "budget_counts":
      return setCounts(session, write, now);
    case "budget_counted":
      await session.execute("UPDATE budgets SET counted = 1 WHERE number = ?", [write.budget]);
      return;
    case "budget_forgotten":
      return forget(session, write.budget);
  }
}

type SetCounts = Extract<BudgetWrite, { kind: "budget_counts" }>;
type Kept = Omit<BudgetCount, "windowMs"> & { readonly countsFrom: number };

async function setCounts(session: Session, write: SetCounts, now: number): Promise<void> {
  const { requestId, revision, countsFrom, counts } = write;
  const own = [requestId, revision] as const;
  const kept = (
    await session.query(
      "SELECT budget, budget_key, value, units, counts_from FROM budget_counts WHERE request_id = ? AND revision = ?",
      own,
    )
  ).map(keptOf);
  const changes = new Changes(session, now);
  for (const row of kept) {
    const count = (counts ?? []).find(({ budget }) => budget === row.budget);
    // A budget that nothing is said of keeps what it has.
    const isWanted = countsFrom !== null && (count === undefined || same(count, row));
    if (!isWanted) await changes.remove(row, own);
    else if (row.countsFrom !== countsFrom) {
      await session.execute(
        "UPDATE budget_counts SET counts_from = ? WHERE request_id = ? AND revision = ? AND budget = ?",
        [countsFrom, ...own, row.budget],
      );
    }
  }
  for (const count of countsFrom === null ? [] : (counts ?? [])) {
    if (kept.some((row) => same(count, row))) continue;
    await changes.add(count, own, countsFrom ?? now);
  }
  await changes.finish();
}

function keptOf(row: Row): Kept {
  return {
    budget: integerOf(row, "budget"),
    key: textOf(row, "budget_key"),
    value: textOf(row, "value"),
    units: integerOf(row, "units"),
    countsFrom: integerOf(row, "counts_from"),
  };
}

type Counted = Pick<BudgetCount, "budget" | "key" | "value" | "units">;

function same(a: Counted, b: Counted): boolean {
  return a.budget === b.budget && a.key === b.key && a.value === b.value && a.units === b.units;
}

/** Rows that come and go, and what that does to the sums. */
class Changes {
  readonly #session: Session;
  readonly #now: number;
  readonly #sums = new Map<string, { budget: number; key: string; units: bigint }>();

  constructor(session: Session, now: number) {
    this.#session = session;
    this.#now = now;
  }

  async remove(row: Counted, own: readonly [string, number]): Promise<void> {
    await this.#session.execute(
      "DELETE FROM budget_counts WHERE request_id = ? AND revision = ? AND budget = ?",
      [...own, row.budget],
    );
    this.#change(row.budget, row.key, -BigInt(row.units));
  }

  async add(count: BudgetCount, own: readonly [string, number], countsFrom: number): Promise<void> {
    const { budget, key, value, units, windowMs } = count;
    await this.#session.execute(
      `INSERT INTO budget_counts (budget, budget_key, counts_from, request_id, revision, value, units)
        VALUES (?, ?, ?, ?, ?, ?, ?)`,
      [budget, key, countsFrom, ...own, value, units],
    );
    this.#change(budget, key, BigInt(units));
    await this.#expire(budget, key, this.#now - windowMs);
  }

  /** What is out of the window comes back into none. */
  async #expire(budget: number, key: string, until: number): Promise<void> {
    const oldest = `FROM budget_counts WHERE budget = ? AND budget_key = ? AND counts_from <= ?
      ORDER BY counts_from, request_id, revision LIMIT ${DELETED_MAX}`;
    const about = [budget, key, until] as const;
    const [row] = await this.#session.query(
      `SELECT COUNT(*) AS count, ${SUM_PARTS} FROM (SELECT units ${oldest})`,
      about,
    );
    if (row === undefined || integerOf(row, "count") === 0) return;
    await this.#session.execute(
      `DELETE FROM budget_counts WHERE (budget, budget_key, counts_from, request_id, revision) IN
        (SELECT budget, budget_key, counts_from, request_id, revision ${oldest})`,
      about,
    );
    this.#change(budget, key, -partsOf(row));
  }

  #change(budget: number, key: string, units: bigint): void {
    const id = `${budget}/${key}`;
    const before = this.#sums.get(id)?.units ?? 0n;
    this.#sums.set(id, { budget, key, units: before + units });
  }

  async finish(): Promise<void> {
    for (const { budget, key, units } of this.#sums.values()) {
      if (units === 0n) continue;
      const [row] = await this.#session.query(
        "SELECT total FROM budget_totals WHERE budget = ? AND budget_key = ?",
        [budget, key],
      );
      const total = (row === undefined ? 0n : BigInt(textOf(row, "total"))) + units;
      await this.#session.execute(
        `INSERT INTO budget_totals (budget, budget_key, total) VALUES (?, ?, ?)
          ON CONFLICT (budget, budget_key) DO UPDATE SET total = excluded.total`,
        [budget, key, String(total)],
      );
    }
  }
}

/** In pieces, so that no commit has to wait for a hundred thousand rows. */
async function forget(session: Session, budget: number): Promise<void> {
  const counts = await session.execute(
    `DELETE FROM budget_counts WHERE (budget, budget_key, counts_from, request_id, revision) IN
      (SELECT budget, budget_key, counts_from, request_id, revision FROM budget_counts
        WHERE budget = ? LIMIT ${DELETED_MAX})`,
    [budget],
  );
  if (counts > 0) return;
  const totals = await session.execute(
    `DELETE FROM budget_totals WHERE (budget, budget_key) IN
      (SELECT budget, budget_key FROM budget_totals WHERE budget = ? LIMIT ${DELETED_MAX})`,
    [budget],
  );
  if (totals === 0) await session.execute("DELETE FROM budgets WHERE number = ?", [budget]);
}
