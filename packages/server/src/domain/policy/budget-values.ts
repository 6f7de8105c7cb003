/**
 * What conditions see of budgets: totals are facts, handed in with the request, so that the same
 * policy and input give the same decision. Remembers what was looked at, for the fence (T37).
 */
import type { CompiledBudget, Count } from "./compiled-budget.ts";
import { ConditionError, Money, type Value } from "./condition/value.ts";
import type { BudgetTotal, BudgetUse, PolicyInput } from "./model.ts";
import { amountText, readAmount } from "./money.ts";

export const BUDGET_MEMBERS = ["over", "total", "after", "limit", "left"] as const;
export type BudgetMember = (typeof BUDGET_MEMBERS)[number];

/** One budget as it stands for one request. */
interface Standing {
  readonly total: bigint;
  readonly after: bigint;
  readonly over: boolean;
}

export class BudgetValues {
  readonly #budgets: ReadonlyMap<string, CompiledBudget>;
  readonly #input: PolicyInput;
  readonly #relied = new Map<string, BudgetUse["relied"]>();

  constructor(budgets: ReadonlyMap<string, CompiledBudget>, input: PolicyInput) {
    this.#budgets = budgets;
    this.#input = input;
  }

  /** @throws ConditionError where the request cannot be counted, or the total is not known. */
  read(name: string, member: BudgetMember): Value {
    const budget = this.#budget(name);
    if (member === "limit") return shown(budget.limit, budget);
    const count = budget.countOf(this.#input);
    // What does not count takes nothing.
    if (count.kind === "outside" && member === "over") return false;
    const standing = this.#standing(budget, count);
    if (member === "over") {
      if (!this.#relied.has(name)) this.#relied.set(name, "over");
      return standing.over;
    }
    this.#relied.set(name, "total");
    if (member === "left") return shown(leftOf(standing, budget), budget);
    return shown(standing[member], budget);
  }

  /** For a trace: as `read` gives it, and not remembered. */
  show(name: string, member: BudgetMember): string | boolean {
    const relied = this.#relied.get(name);
    try {
      const value = this.read(name, member);
      if (value instanceof Money) return value.toString();
      return typeof value === "bigint" ? String(value) : value === true;
    } catch (error) {
      if (error instanceof ConditionError) return `(${error.message})`;
      throw error;
    } finally {
      if (relied === undefined) this.#relied.delete(name);
      else this.#relied.set(name, relied);
    }
  }

  /** Every budget that a condition looked at and whose total is known, by name. */
  used(): readonly BudgetUse[] {
    return [...this.#relied].sort(byName).map(([name, relied]): BudgetUse => {
      const budget = this.#budget(name);
      const { total, after, over } = this.#standing(budget, budget.countOf(this.#input));
      const text = (units: bigint): string => unitsText(units, budget.currency);
      return {
        name,
        window: budget.window,
        total: text(total),
        after: text(after),
        limit: text(budget.limit),
        over,
        relied,
      };
    });
  }

  #budget(name: string): CompiledBudget {
    const budget = this.#budgets.get(name);
    // The compiler knows every name; a condition without its policy would be a bug.
    if (budget === undefined) throw new Error(`there is no budget \`${name}\``);
    return budget;
  }

  #standing(budget: CompiledBudget, count: Count): Standing {
    if (count.kind === "unreadable") throw new ConditionError(count.reason);
    if (count.kind === "outside") {
      throw new ConditionError(`the budget \`${budget.name}\` does not count this request`);
    }
    const known = this.#input.budgets?.get(budget.name);
    if (known === undefined) {
      throw new ConditionError(`the total of the budget \`${budget.name}\` is not counted yet`);
    }
    const added = budget.measure === "distinct" ? (known.includes ? 0n : 1n) : count.units;
    const after = known.total + added;
    return { total: known.total, after, over: after > budget.limit };
  }
}

function byName([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  return a < b ? -1 : 1;
}

function leftOf({ total }: Standing, { limit }: CompiledBudget): bigint {
  return total > limit ? 0n : limit - total;
}

function shown(units: bigint, { currency }: CompiledBudget): Value {
  return currency === null ? units : new Money({ minorUnits: units, currency });
}

function unitsText(units: bigint, currency: string | null): string {
  return currency === null ? String(units) : amountText({ minorUnits: units, currency });
}

/** The totals a recorded decision was made on, to make it again. */
export function totalsThen(
  uses: readonly Omit<BudgetUse, "relied">[],
): ReadonlyMap<string, BudgetTotal> {
  return new Map(
    uses.map(({ name, total, after }) => {
      return [name, { total: unitsIn(total), includes: total === after }];
    }),
  );
}

/** Units of a text that {@link BudgetUse} has. */
export function unitsIn(text: string): bigint {
  const read = readAmount(text);
  return read.kind === "amount" ? read.amount.minorUnits : BigInt(text);
}
