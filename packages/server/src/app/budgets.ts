/**
 * Budgets in use: totals are read as facts for each decision and fenced by its commit, and what a
 * request counts for is written with every change by which it begins or ends to count (I9, T37).
 *
 * A policy without budgets costs nothing here: no read, no write.
 */
import type { CompiledBudget } from "../domain/policy/compiled-budget.ts";
import { unitsIn } from "../domain/policy/budget-values.ts";
import type { BudgetTotal, PolicyDecision, PolicyInput } from "../domain/policy/model.ts";
import { countsFrom } from "../domain/request/counting.ts";
import type { RequestState } from "../domain/request/model.ts";
import type { BudgetCount, BudgetQuery, ExpectedTotal } from "../ports/budgets.ts";
import type { Write } from "../ports/store.ts";
import type { App } from "./app.ts";
import type { PolicyInForce } from "./policies.ts";

/** One request against the budgets of the policy in force. */
export interface Counting {
  /** For the policy: by the budget's name. */
  readonly totals: ReadonlyMap<string, BudgetTotal>;
  /** What the request counts for once it does; null: the policy has no budgets. */
  readonly counts: readonly BudgetCount[] | null;
  /** What a commit of this decision relies on. */
  fences(decision: PolicyDecision): readonly ExpectedTotal[];
}

const NOTHING: Counting = { totals: new Map(), counts: null, fences: () => [] };

interface Counted {
  readonly budget: CompiledBudget;
  readonly count: BudgetCount;
  readonly query: BudgetQuery;
}

/**
 * Reads the totals a decision may look at. @param of `leftOut`: the request's own revision, null
 * before there is one; `policyEpoch` and `now` as read before.
 */
export async function countBudgets(
  app: App,
  policy: PolicyInForce,
  input: PolicyInput,
  of: {
    readonly policyEpoch: number;
    readonly leftOut: BudgetQuery["leftOut"];
  },
): Promise<Counting> {
  if (policy.budgets.size === 0) return NOTHING;
  const registered = await app.facts.budgets(of.policyEpoch);
  const counted: Counted[] = [];
  const known: Counted[] = [];
  for (const budget of policy.budgets.values()) {
    const count = budget.countOf(input);
    const row = registered.get(budget.definition);
    if (count.kind !== "counts" || row === undefined) continue;
    const { key, units, value } = count;
    const about = { budget: row.number, key, windowMs: budget.windowMs };
    const each: Counted = {
      budget,
      count: { ...about, units: Number(units), value },
      query: {
        ...about,
        value: budget.measure === "distinct" ? value : null,
        leftOut: of.leftOut,
      },
    };
    counted.push(each);
    if (row.counted) known.push(each);
  }
  const read = await app.store.budgetTotals(
    known.map(({ query }) => query),
    input.now,
  );
  const totals = new Map<string, BudgetTotal>();
  read.forEach((total, at) => {
    const name = known[at]?.budget.name;
    if (name !== undefined) totals.set(name, total);
  });
  return {
    totals,
    counts: oncePerBudget(counted.map(({ count }) => count)),
    fences: (decision) => fencesOf(decision, known, totals),
  };
}

/** Two budgets with other limits may count the same; a request counts once for it. */
function oncePerBudget(counts: readonly BudgetCount[]): readonly BudgetCount[] {
  return counts.filter(
    (count, at) => counts.findIndex((one) => one.budget === count.budget) === at,
  );
}

/**
 * INVARIANT: I9, T37. Where only the side of the limit was looked at, the commit needs no more than
 * that: as long as there is room, requests at the same time do not wait for each other.
 */
function fencesOf(
  { budgets }: PolicyDecision,
  known: readonly Counted[],
  totals: Counting["totals"],
): readonly ExpectedTotal[] {
  return budgets.flatMap((use): readonly ExpectedTotal[] => {
    const about = known.find(({ budget }) => budget.name === use.name);
    const found = totals.get(use.name);
    if (about === undefined || found === undefined) return [];
    const { query, budget, count } = about;
    const { total, includes } = found;
    if (use.relied === "total" || budget.measure === "distinct") {
      return [{ ...query, atLeast: total, atMost: total, includes }];
    }
    const room = unitsIn(use.limit) - BigInt(count.units);
    const bounds = use.over
      ? { atLeast: room + 1n, atMost: null }
      : { atLeast: null, atMost: room };
    return [{ ...query, ...bounds, includes: null }];
  });
}

/**
 * What changes of what a request counts for. @param before null: it begins. Counts are those of
 * `after`'s present revision.
 */
export function budgetWrites(
  before: RequestState | null,
  after: RequestState,
  { counts }: Pick<Counting, "counts">,
  redeemed: boolean,
): readonly Write[] {
  if (counts === null) return [];
  const present = after.revision.number;
  const revisions = new Set([before?.revision.number ?? present, present]);
  return [...revisions].flatMap((revision): readonly Write[] => {
    const was = before === null ? null : countsFrom(before, revision);
    const is = countsFrom(after, revision);
    // At the redemption it is counted anew: the registry may say something else of who asks.
    if (was === is && !(redeemed && revision === present)) return [];
    const isFresh = revision === present && (was === null || redeemed);
    // What can no longer be counted stays as it was counted.
    const own = isFresh && counts.length > 0 ? counts : null;
    if (own === null && was === null) return [];
    const about = { kind: "budget_counts", requestId: after.id, revision } as const;
    return [{ ...about, countsFrom: is, counts: own }];
  });
}
