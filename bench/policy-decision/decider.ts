import type { Verdict } from "./rules.ts";

/** A policy engine with its rules loaded and the requests prepared in its own form. */
export interface Decider {
  readonly name: string;
  /** What is timed: one decision, complete with the rules it comes from. */
  decide(number: number): unknown;
  /** The same decision in a form that can be compared. */
  verdict(number: number): Verdict;
}
