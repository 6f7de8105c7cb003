/** A budget ready to be asked. Made by `compileBudget`, never changed. */
import type { PolicyInput } from "./model.ts";

export type Measure = "sum" | "count" | "distinct";

export interface CompiledBudget {
  readonly name: string;
  /**
   * Digest of what counts: measure, key, match, window and currency. Neither the name nor the limit
   * is in it, so that to rename a budget or to change its limit resets no total.
   */
  readonly definition: string;
  readonly measure: Measure;
  readonly windowMs: number;
  /** As the policy writes it: `24h`. */
  readonly window: string;
  /** In minor units where there is a currency, else a number. */
  readonly limit: bigint;
  /** ISO 4217 code; null: it counts, and does not add money. */
  readonly currency: string | null;
  countOf(input: PolicyInput): Count;
}

/** What one request is to a budget. */
export type Count =
  | {
      readonly kind: "counts";
      /** The values of `per`, as one text. */
      readonly key: string;
      /** What it adds; 0 where distinct values are counted. */
      readonly units: bigint;
      /** The distinct value as text; empty elsewhere. */
      readonly value: string;
    }
  /** The budget's `match` leaves it out. */
  | { readonly kind: "outside" }
  /** It should count and cannot; names fields, never values. */
  | { readonly kind: "unreadable"; readonly reason: string };
