/**
 * What the store keeps of budgets (I9): for each budget what each request counts for, so that a
 * total is one short read, and a commit can be fenced by it.
 *
 * A budget is known by the digest of what it counts (`CompiledBudget.definition`). A policy that is
 * published registers those it has and retires the others; one that is new is not `counted` until
 * what was approved before it is counted too.
 */

export interface StoredBudget {
  readonly number: number;
  readonly definition: string;
  /** Whether every request that counts is counted: before that its total is not known. */
  readonly counted: boolean;
  /** No longer in the policy in force; what is kept of it goes piece by piece. */
  readonly retired: boolean;
}

/** Which total: of one key of one budget, with one revision of one request left out. */
export interface BudgetQuery {
  readonly budget: number;
  readonly key: string;
  readonly windowMs: number;
  /** Null: amounts are added. Else distinct values are counted, and this is the request's own. */
  readonly value: string | null;
  readonly leftOut: { readonly requestId: string; readonly revision: number } | null;
}

export interface StoredTotal {
  readonly total: bigint;
  /** Whether `value` is among those that count. */
  readonly includes: boolean;
}

/** What a commit relies on: the total is within these bounds when it commits (T37). */
export interface ExpectedTotal extends BudgetQuery {
  /** Null: not bounded. */
  readonly atLeast: bigint | null;
  readonly atMost: bigint | null;
  /** Null: not relied on. */
  readonly includes: boolean | null;
}

/** What one revision of a request counts for, in one budget. */
export interface BudgetCount {
  readonly budget: number;
  readonly key: string;
  readonly windowMs: number;
  /** Minor units, or 1; 0 where distinct values are counted. At most 2^53 − 1. */
  readonly units: number;
  /** The distinct value; empty elsewhere. */
  readonly value: string;
}

export type BudgetWrite =
  | {
      readonly kind: "budget_counts";
      readonly requestId: string;
      readonly revision: number;
      /** A time, or 2^53 − 1 while it counts whatever the window; null: it does not count. */
      readonly countsFrom: number | null;
      /** A budget that is not among them keeps what it counted so far; null: all do. */
      readonly counts: readonly BudgetCount[] | null;
    }
  /** From now on its total is known. Moves the policy epoch. */
  | { readonly kind: "budget_counted"; readonly budget: number }
  /** Deletes a piece of what is kept of a retired budget, at last the budget itself. */
  | { readonly kind: "budget_forgotten"; readonly budget: number };

export interface BudgetReads {
  budgets(): Promise<readonly StoredBudget[]>;
  /** In the order of the queries. @param now by the store's clock: where windows end. */
  budgetTotals(queries: readonly BudgetQuery[], now: number): Promise<readonly StoredTotal[]>;
}
