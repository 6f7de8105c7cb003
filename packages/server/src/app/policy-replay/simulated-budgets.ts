/**
 * Totals of budgets as they would have grown under the policy that is tried, from the requests
 * before. What it allows counts from when it was asked; so does what it holds, as if people had
 * approved it all: an estimate that rather asks too often.
 */
import type { CompiledBudget, Count } from "../../domain/policy/compiled-budget.ts";
import type { BudgetTotal, PolicyInput } from "../../domain/policy/model.ts";

type Counted = Extract<Count, { readonly kind: "counts" }>;

interface Counting {
  readonly counted: (Pick<Counted, "units" | "value"> & { readonly at: number })[];
  /** Of what is still within the window. */
  total: bigint;
  readonly values: Map<string, number>;
}

/** One walk over requests, the oldest first. */
export class SimulatedBudgets {
  readonly #budgets: readonly CompiledBudget[];
  readonly #byKey = new Map<string, Counting>();

  constructor(budgets: ReadonlyMap<string, CompiledBudget>) {
    this.#budgets = [...budgets.values()];
  }

  /** What counts before this request, by the budget's name. */
  totalsFor(input: PolicyInput): ReadonlyMap<string, BudgetTotal> {
    const totals = new Map<string, BudgetTotal>();
    for (const budget of this.#budgets) {
      const count = budget.countOf(input);
      if (count.kind !== "counts") continue;
      const { total, values } = this.#at(budget, count, input.now);
      const isDistinct = budget.measure === "distinct";
      totals.set(budget.name, {
        total: isDistinct ? BigInt(values.size) : total,
        includes: values.has(count.value),
      });
    }
    return totals;
  }

  add(input: PolicyInput): void {
    for (const budget of this.#budgets) {
      const count = budget.countOf(input);
      if (count.kind !== "counts") continue;
      const { units, value } = count;
      const counting = this.#at(budget, count, input.now);
      counting.counted.push({ units, value, at: input.now });
      counting.total += units;
      counting.values.set(value, (counting.values.get(value) ?? 0) + 1);
    }
  }

  #at({ name, windowMs }: CompiledBudget, { key }: Counted, now: number): Counting {
    const place = JSON.stringify([name, key]);
    const known = this.#byKey.get(place);
    const counting: Counting = known ?? { counted: [], total: 0n, values: new Map() };
    if (known === undefined) this.#byKey.set(place, counting);
    const { counted, values } = counting;
    let gone = 0;
    for (const each of counted) {
      if (each.at > now - windowMs) break;
      counting.total -= each.units;
      const left = (values.get(each.value) ?? 1) - 1;
      if (left === 0) values.delete(each.value);
      else values.set(each.value, left);
      gone += 1;
    }
    if (gone > 0) counted.splice(0, gone);
    return counting;
  }
}
