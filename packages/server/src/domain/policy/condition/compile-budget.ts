/** `budget("spend-per-day").over` and its like: found, typed and compiled when the policy loads. */
import { BUDGET_MEMBERS, type BudgetMember } from "../budget-values.ts";
import type { CompiledBudget } from "../compiled-budget.ts";
import { readAmount } from "../money.ts";
import { didYouMean } from "../nearest-name.ts";
import { constant, textOf, type Compilation, type Node, type Thunk } from "./compilation.ts";
import { ConditionError } from "./value.ts";

const EXAMPLE = 'write it as `budget("spend-per-day").over`';

export function isBudgetCall(node: Node): boolean {
  return node.op === "call" && node.args[0] === "budget";
}

/** A budget of which nothing is asked, or not by a plain `.member`. */
export function refuseBareBudget(node: Node, at: Compilation): Thunk {
  const message = `say what of the budget: ${BUDGET_MEMBERS.map((each) => `\`.${each}\``).join(", ")}`;
  at.issues.push({ start: node.start, message, fix: EXAMPLE });
  return constant(null);
}

/** `call` is the call of `budget`, `node` the select around it. */
export function compileBudgetMember(node: Node, call: Node, name: string, at: Compilation): Thunk {
  const budget = namedBudget(call, at);
  if (budget === null) return constant(null);
  const member = BUDGET_MEMBERS.find((each) => each === name);
  if (member === undefined) {
    const message = `a budget has no \`${name}\`${didYouMean(name, BUDGET_MEMBERS)}`;
    const fix = `use ${BUDGET_MEMBERS.map((each) => `\`.${each}\``).join(", ")}`;
    at.issues.push({ start: call.end, message, fix });
    return constant(null);
  }
  const text = textOf(node);
  if (!at.reads.has(text)) {
    at.reads.set(text, { text, path: ["budget", budget.name, member], start: node.start });
  }
  return budgetThunk(budget.name, member);
}

function budgetThunk(name: string, member: BudgetMember): Thunk {
  return ({ budgets }) => {
    if (budgets === null) throw new ConditionError(`the budget \`${name}\` is not known here`);
    return budgets.read(name, member);
  };
}

/** The budget that a call names; null after an issue. */
function namedBudget(call: Node, at: Compilation): CompiledBudget | null {
  if (call.op !== "call") return null;
  const [name, ...others] = call.args[1];
  const written = name?.op === "value" && typeof name.args === "string" ? name.args : null;
  const budget = written === null ? undefined : at.budgets.get(written);
  // What is wrong with the budget is said at the budget.
  if (budget !== undefined && others.length === 0) return budget;
  const message =
    written === null || others.length > 0
      ? "`budget` takes the name of a budget, written out"
      : `there is no budget \`${written}\`${didYouMean(written, at.budgets.keys())}`;
  const fix = `declare it under \`budgets\` and ${EXAMPLE}`;
  at.issues.push({ start: name?.start ?? call.start, message, fix });
  return null;
}

type Kind =
  | { readonly kind: "a number" | "text" | "true or false" }
  | { readonly kind: "money"; readonly currency: string | null };

/**
 * What is computed with a budget is compared with its own kind: the checker of the CEL package knows
 * no type that depends on a name.
 */
export function checkBudgetOperands(left: Node, right: Node, at: Compilation): void {
  if (!isBudgetMember(left) && !isBudgetMember(right)) return;
  const [own, other, about] = isBudgetMember(left)
    ? [kindOfNode(left, at), kindOfNode(right, at), right]
    : [kindOfNode(right, at), kindOfNode(left, at), left];
  if (own === null || other === null) return;
  if (own.kind !== other.kind) {
    const message = `the budget gives ${own.kind}, and this is ${other.kind}`;
    const fix = own.kind === "money" ? 'write money: `money("5000.00 USD")`' : `write ${own.kind}`;
    at.issues.push({ start: about.start, message, fix });
    return;
  }
  if (own.kind !== "money" || other.kind !== "money") return;
  if (own.currency === null || other.currency === null || own.currency === other.currency) return;
  const message = `the budget is in ${own.currency}, and this is in ${other.currency}`;
  at.issues.push({ start: about.start, message, fix: "compare amounts of one currency" });
}

function isBudgetMember(node: Node): boolean {
  return node.op === "." && isBudgetCall(node.args[0]);
}

/** What a node gives where that can be told without a request; null elsewhere. */
function kindOfNode(node: Node, at: Compilation): Kind | null {
  if (node.op === "+" || node.op === "-") return kindOfNode(node.args[0], at);
  if (node.op === "value") return literalKind(node.args);
  if (node.op === "call" && node.args[0] === "money") {
    const [amount] = node.args[1];
    const read = readAmount(amount?.op === "value" ? amount.args : null);
    return { kind: "money", currency: read.kind === "amount" ? read.amount.currency : null };
  }
  if (node.op !== "." || !isBudgetCall(node.args[0])) return null;
  if (node.args[1] === "over") return { kind: "true or false" };
  const call = node.args[0];
  const name = call.op === "call" ? call.args[1][0] : undefined;
  const budget = name?.op === "value" ? at.budgets.get(String(name.args)) : undefined;
  if (budget === undefined || budget === null) return null;
  const { currency } = budget;
  return currency === null ? { kind: "a number" } : { kind: "money", currency };
}

function literalKind(value: unknown): Kind | null {
  switch (typeof value) {
    case "bigint":
    case "number":
      return { kind: "a number" };
    case "string":
      return { kind: "text" };
    case "boolean":
      return { kind: "true or false" };
    default:
      return null;
  }
}
