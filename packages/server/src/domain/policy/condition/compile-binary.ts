/**
 * Operators on two values. A comparison with a constant, which is what most conditions are, keeps
 * the constant in its closure: with thousands of rules, every object that is followed is a cache
 * miss, and costs more than the comparison.
 */
import { calculate } from "./arithmetic.ts";
import { constantValue, type Node, type Thunk } from "./compilation.ts";
import { compare, ConditionError, equals, Money, type Value } from "./value.ts";

type Binary = Extract<Node, { readonly args: [Node, Node] }>["op"];
export type BinaryOperator = Exclude<Binary, "[]" | "[?]" | "||" | "&&" | "in">;
type Comparison = Exclude<BinaryOperator, "+" | "-" | "*" | "/" | "%">;

export function compileBinary(op: BinaryOperator, left: Thunk, right: Thunk): Thunk {
  switch (op) {
    case "+":
    case "-":
    case "*":
    case "/":
    case "%":
      return (scope) => calculate(op, left(scope), right(scope), scope.meter);
    default: {
      const constant = constantValue(right);
      if (constant === undefined) return comparison(op, left, right);
      return comparisonWith(op, left, constant) ?? comparison(op, left, right);
    }
  }
}

function comparison(op: Comparison, left: Thunk, right: Thunk): Thunk {
  switch (op) {
    case "==":
      return (scope) => equals(left(scope), right(scope), scope.meter);
    case "!=":
      return (scope) => !equals(left(scope), right(scope), scope.meter);
    case "<":
      return (scope) => compare(left(scope), right(scope), scope.meter) < 0;
    case "<=":
      return (scope) => compare(left(scope), right(scope), scope.meter) <= 0;
    case ">":
      return (scope) => compare(left(scope), right(scope), scope.meter) > 0;
    case ">=":
      return (scope) => compare(left(scope), right(scope), scope.meter) >= 0;
  }
}

/** The comparison with a number, a text or money; null for other constants. */
function comparisonWith(op: Comparison, left: Thunk, constant: Value): Thunk | null {
  if (typeof constant === "string") return withText(op, left, constant);
  if (constant instanceof Money) return withMoney(op, left, constant);
  const number = typeof constant === "bigint" ? Number(constant) : constant;
  if (typeof number !== "number") return null;
  const isExact = typeof constant === "number" || Number.isSafeInteger(number);
  return isExact ? withNumber(op, left, number) : null;
}

function withText(op: Comparison, left: Thunk, text: string): Thunk | null {
  if (op !== "==" && op !== "!=") return null;
  const same = op === "==";
  return (scope) => {
    const value = left(scope);
    if (typeof value === "string") return (value === text) === same;
    return equals(value, text, scope.meter) === same;
  };
}

function withMoney(op: Comparison, left: Thunk, { amount }: Money): Thunk {
  const { minorUnits, currency } = amount;
  return (scope) => {
    const value = left(scope);
    if (!(value instanceof Money))
      throw new ConditionError("it compares money with something else");
    if (value.amount.currency !== currency) throw new ConditionError("it compares two currencies");
    const units = value.amount.minorUnits;
    return holds(op, units < minorUnits ? -1 : units > minorUnits ? 1 : 0);
  };
}

function withNumber(op: Comparison, left: Thunk, number: number): Thunk {
  return (scope) => {
    const value = left(scope);
    if (typeof value === "number") return holds(op, value < number ? -1 : value > number ? 1 : 0);
    if (op === "==" || op === "!=") return equals(value, number, scope.meter) === (op === "==");
    return holds(op, compare(value, number, scope.meter));
  };
}

function holds(op: Comparison, order: number): boolean {
  switch (op) {
    case "==":
      return order === 0;
    case "!=":
      return order !== 0;
    case "<":
      return order < 0;
    case "<=":
      return order <= 0;
    case ">":
      return order > 0;
    case ">=":
      return order >= 0;
  }
}
