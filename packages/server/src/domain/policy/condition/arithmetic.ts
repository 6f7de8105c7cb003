/**
 * Arithmetic. Whole numbers of the text and fields the schema calls `integer` are 64-bit, all other
 * JSON numbers are doubles; mixing them gives a double. Overflow, division by zero and anything
 * that would not be a finite number are errors.
 */
import { ConditionError, isList, kindOf, Money, Span, Timestamp } from "./value.ts";
import type { Meter, Value } from "./value.ts";

export type ArithmeticOperator = "+" | "-" | "*" | "/" | "%";

const INTEGER_MAX = 9_223_372_036_854_775_807n;
const INTEGER_MIN = -9_223_372_036_854_775_808n;

export function calculate(op: ArithmeticOperator, a: Value, b: Value, meter: Meter): Value {
  if (typeof a === "bigint" && typeof b === "bigint") return integer(wholeResult(op, a, b));
  const [left, right] = [toDouble(a), toDouble(b)];
  if (left !== null && right !== null) return finite(doubleResult(op, left, right));
  if (op === "+") return sum(a, b, meter);
  if (op === "-") return difference(a, b);
  throw mismatch(op, a, b);
}

/** A 64-bit whole number, or an error. */
export function integer(value: bigint): bigint {
  if (value > INTEGER_MAX || value < INTEGER_MIN) {
    throw new ConditionError("a whole number is too large");
  }
  return value;
}

/** A number that is one, or an error: neither infinite nor "not a number". */
export function finite(value: number): number {
  if (!Number.isFinite(value)) throw new ConditionError("a number is too large or undefined");
  return value;
}

/** The opposite number or length of time. */
export function negate(value: Value): Value {
  if (typeof value === "bigint") return integer(-value);
  if (typeof value === "number") return -value;
  throw new ConditionError(`it takes the negative of ${kindOf(value)}`);
}

function wholeResult(op: ArithmeticOperator, a: bigint, b: bigint): bigint {
  switch (op) {
    case "+":
      return a + b;
    case "-":
      return a - b;
    case "*":
      return a * b;
    case "/":
    case "%":
      if (b === 0n) throw new ConditionError("it divides by zero");
      return op === "/" ? a / b : a % b;
  }
}

function doubleResult(op: ArithmeticOperator, a: number, b: number): number {
  switch (op) {
    case "+":
      return a + b;
    case "-":
      return a - b;
    case "*":
      return a * b;
    case "/":
      return a / b;
    case "%":
      return a % b;
  }
}

/** Whole numbers a double cannot hold exactly stay out of mixed arithmetic. */
function toDouble(value: Value): number | null {
  if (typeof value === "number") return value;
  if (typeof value !== "bigint") return null;
  const double = Number(value);
  if (Number.isSafeInteger(double)) return double;
  throw new ConditionError("a whole number is too large to mix with a fraction");
}

function sum(a: Value, b: Value, meter: Meter): Value {
  if (typeof a === "string" && typeof b === "string") {
    meter.charge(1 + ((a.length + b.length) >> 6));
    return a + b;
  }
  if (isList(a) && isList(b)) {
    meter.charge(1 + a.length + b.length);
    return [...a, ...b];
  }
  if (a instanceof Money && b instanceof Money) {
    const { currency, minorUnits } = a.amount;
    if (currency !== b.amount.currency) throw new ConditionError("it adds two currencies");
    return new Money({ currency, minorUnits: minorUnits + b.amount.minorUnits });
  }
  if (a instanceof Span && b instanceof Span) return new Span(finite(a.ms + b.ms));
  if (a instanceof Timestamp && b instanceof Span) return moment(a.atMs + b.ms);
  if (a instanceof Span && b instanceof Timestamp) return moment(a.ms + b.atMs);
  throw mismatch("+", a, b);
}

function difference(a: Value, b: Value): Value {
  if (a instanceof Span && b instanceof Span) return new Span(finite(a.ms - b.ms));
  if (a instanceof Timestamp && b instanceof Timestamp) return new Span(a.atMs - b.atMs);
  if (a instanceof Timestamp && b instanceof Span) return moment(a.atMs - b.ms);
  throw mismatch("-", a, b);
}

const MOMENT_MAX_MS = 8_640_000_000_000_000;

function moment(atMs: number): Timestamp {
  if (Math.abs(atMs) > MOMENT_MAX_MS) throw new ConditionError("a timestamp is out of range");
  return new Timestamp(atMs);
}

function mismatch(op: ArithmeticOperator, a: Value, b: Value): ConditionError {
  return new ConditionError(`it has no \`${op}\` for ${kindOf(a)} and ${kindOf(b)}`);
}
