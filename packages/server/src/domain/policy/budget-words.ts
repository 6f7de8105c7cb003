/** A budget in one sentence of ours, for cards and explanations. */
import { grouped } from "./grouped.ts";
import type { BudgetUse } from "./model.ts";

/** `would be 11,400.00 of 10,000.00 USD in 24 hours; 9,000.00 USD so far` */
export function budgetSentence({
  window,
  total,
  after,
  limit,
}: Omit<BudgetUse, "relied" | "name">): string {
  // One currency for both; a number has none.
  const [sum = ""] = grouped(after).split(" ");
  return `would be ${sum} of ${grouped(limit)} in ${windowWords(window)}; ${grouped(total)} so far`;
}

const UNITS: Readonly<Record<string, string>> = { s: "second", m: "minute", h: "hour", d: "day" };

function windowWords(window: string): string {
  const count = window.slice(0, -1);
  return `${count} ${UNITS[window.slice(-1)] ?? ""}${count === "1" ? "" : "s"}`;
}
