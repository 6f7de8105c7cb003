/** What counts for budgets already in a policy case. */
import type { CompiledBudget } from "./compiled-budget.ts";
import type { BudgetTotal } from "./model.ts";
import { readAmount } from "./money.ts";
import { didYouMean } from "./nearest-name.ts";

type Given = Readonly<Record<string, string | number>> | undefined;

/** Totals by name: a case's own before what all cases share, nothing where neither says any. */
export function caseTotals(
  budgets: ReadonlyMap<string, CompiledBudget>,
  given: { readonly shared: Given; readonly own: Given },
  report: (
    path: { readonly own: boolean; readonly name: string },
    message: string,
    fix: string,
  ) => void,
): ReadonlyMap<string, BudgetTotal> {
  const totals = new Map<string, BudgetTotal>();
  for (const { name } of budgets.values()) totals.set(name, { total: 0n, includes: false });
  for (const own of [false, true]) {
    for (const [name, text] of Object.entries((own ? given.own : given.shared) ?? {})) {
      const budget = budgets.get(name);
      if (budget === undefined) {
        const message = `the policy has no budget \`${name}\`${didYouMean(name, budgets.keys())}`;
        report({ own, name }, message, "name one of the policy's budgets");
        continue;
      }
      const total = unitsOf(text, budget);
      if (typeof total === "bigint") totals.set(name, { total, includes: false });
      else report({ own, name }, `the total ${total.reason}`, "write it as the budget's limit is");
    }
  }
  return totals;
}

function unitsOf(
  text: string | number,
  { currency }: CompiledBudget,
): bigint | { readonly reason: string } {
  if (currency === null) {
    return typeof text === "number" ? BigInt(text) : { reason: "is not a whole number" };
  }
  const read = readAmount(text);
  if (read.kind === "not_money") return { reason: read.reason };
  if (read.amount.currency !== currency) return { reason: `is not in ${currency}` };
  return read.amount.minorUnits;
}
