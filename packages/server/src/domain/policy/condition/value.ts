/**
 * What conditions compute with: JSON values as they came, whole numbers of the condition's text as
 * bigint, and the few opaque kinds below. Fractions and JSON numbers are doubles, unless the
 * action's schema says `integer`.
 */
import { amountText, type Amount } from "../money.ts";

/** A condition could not be judged. Caught by `||`, `&&` and quantifiers as CEL says; tightens. */
export class ConditionError extends Error {
  override readonly name = "ConditionError";
}

/**
 * A condition took too many steps. Never caught by an operator: in CEL `||` and `exists` absorb
 * errors, and would go on with the next of 10,000 elements.
 */
export class CostExceeded extends Error {
  override readonly name = "CostExceeded";
  constructor() {
    super("judging it takes too many steps; the request carries too much");
  }
}

/** Counts steps down. One step is in the order of 20 ns. */
export class Meter {
  #stepsLeft: number;
  constructor(stepsMax: number) {
    this.#stepsLeft = stepsMax;
  }
  charge(steps: number): void {
    this.#stepsLeft -= steps;
    if (this.#stepsLeft < 0) throw new CostExceeded();
  }
}

/** Values that are not plain JSON, so that field access can tell them from records. */
abstract class Opaque {
  abstract toString(): string;
}

export class Money extends Opaque {
  readonly amount: Amount;
  constructor(amount: Amount) {
    super();
    this.amount = amount;
  }
  override toString(): string {
    return amountText(this.amount);
  }
}

/** A moment, to the millisecond. */
export class Timestamp extends Opaque {
  readonly atMs: number;
  constructor(atMs: number) {
    super();
    this.atMs = atMs;
  }
  override toString(): string {
    return new Date(this.atMs).toISOString();
  }
}

/** A length of time, to the millisecond; CEL's duration. */
export class Span extends Opaque {
  readonly ms: number;
  constructor(ms: number) {
    super();
    this.ms = ms;
  }
  override toString(): string {
    return `${this.ms / 1000}s`;
  }
}

/** What `.?` gives. */
export class Optional extends Opaque {
  readonly value: Value | undefined;
  constructor(value: Value | undefined) {
    super();
    this.value = value;
  }
  override toString(): string {
    return this.value === undefined ? "nothing" : "something";
  }
}
export const NOTHING: Optional = new Optional(undefined);

export interface ValueRecord {
  readonly [key: string]: Value;
}
export type Value =
  | null
  | boolean
  | number
  | bigint
  | string
  | Money
  | Timestamp
  | Span
  | Optional
  | readonly Value[]
  | ValueRecord;

export function isList(value: Value | undefined): value is readonly Value[] {
  return Array.isArray(value);
}

export function isRecord(value: Value | undefined): value is ValueRecord {
  return (
    typeof value === "object" && value !== null && !isList(value) && !(value instanceof Opaque)
  );
}

/** The kind as a condition's author would call it; never the value, which may be sensitive. */
export function kindOf(value: Value): string {
  if (value === null) return "null";
  if (isList(value)) return "a list";
  if (value instanceof Money) return "money";
  if (value instanceof Timestamp) return "a timestamp";
  if (value instanceof Span) return "a duration";
  if (value instanceof Optional) return "an optional";
  const kind = typeof value;
  if (kind === "number" || kind === "bigint") return "a number";
  if (kind === "string") return "text";
  return kind === "boolean" ? "a boolean" : "a record";
}

/** A member of a record as CEL sees it: own members only, so never `__proto__` or `constructor`. */
export function memberOf(record: ValueRecord, key: string): Value | undefined {
  return Object.hasOwn(record, key) ? record[key] : undefined;
}

/**
 * Equality. Numbers compare by value, whatever their kind, and null equals only null. Two different
 * kinds are an error, where CEL says false: `"5000" == 5000` being quietly false is how an agent
 * would step out of a rule's way.
 */
export function equals(a: Value, b: Value, meter: Meter): boolean {
  if (typeof a === "string" && typeof b === "string") return equalTexts(a, b, meter);
  if (a === null || b === null) return a === b;
  if (isNumber(a) && isNumber(b)) return equalNumbers(a, b);
  if (typeof a === "boolean" && typeof b === "boolean") return a === b;
  if (isList(a) && isList(b)) return equalLists(a, b, meter);
  if (isRecord(a) && isRecord(b)) return equalRecords(a, b, meter);
  if (isOrdered(a) && isOrdered(b)) return order(a, b) === 0;
  throw new ConditionError(`it compares ${kindOf(a)} with ${kindOf(b)}`);
}

/** Negative, zero or positive; an error for kinds that have no order, or not a common one. */
export function compare(a: Value, b: Value, meter: Meter): number {
  if (typeof a === "string" && typeof b === "string") {
    meter.charge(1 + (Math.min(a.length, b.length) >> TEXT_SHIFT));
    return a < b ? -1 : a > b ? 1 : 0;
  }
  if (isNumber(a) && isNumber(b)) return a < b ? -1 : a > b ? 1 : 0;
  if (isOrdered(a) && isOrdered(b)) return order(a, b);
  throw new ConditionError(`it compares ${kindOf(a)} with ${kindOf(b)}`);
}

/** Characters of text that are compared in one step, as a power of two. */
const TEXT_SHIFT = 9;

export function isNumber(value: Value): value is number | bigint {
  return typeof value === "number" || typeof value === "bigint";
}

type Ordered = Money | Timestamp | Span;

function isOrdered(value: Value): value is Ordered {
  return value instanceof Money || value instanceof Timestamp || value instanceof Span;
}

function order(a: Ordered, b: Ordered): number {
  if (a instanceof Timestamp && b instanceof Timestamp) return a.atMs - b.atMs;
  if (a instanceof Span && b instanceof Span) return a.ms - b.ms;
  if (a instanceof Money && b instanceof Money) {
    const [left, right] = [a.amount, b.amount];
    if (left.currency !== right.currency) throw new ConditionError("it compares two currencies");
    return left.minorUnits < right.minorUnits ? -1 : left.minorUnits > right.minorUnits ? 1 : 0;
  }
  throw new ConditionError(`it compares ${kindOf(a)} with ${kindOf(b)}`);
}

function equalTexts(a: string, b: string, meter: Meter): boolean {
  if (a.length !== b.length) return false;
  meter.charge(1 + (a.length >> TEXT_SHIFT));
  return a === b;
}

function equalNumbers(a: number | bigint, b: number | bigint): boolean {
  if (typeof a === typeof b) return a === b;
  return !(a < b) && !(a > b);
}

function equalLists(a: readonly Value[], b: readonly Value[], meter: Meter): boolean {
  if (a.length !== b.length) return false;
  meter.charge(a.length);
  return a.every((member, index) => {
    const other = b[index];
    return other !== undefined && equals(member, other, meter);
  });
}

function equalRecords(a: ValueRecord, b: ValueRecord, meter: Meter): boolean {
  const keys = Object.keys(a);
  meter.charge(keys.length);
  if (keys.length !== Object.keys(b).length) return false;
  return keys.every((key) => {
    const [left, right] = [memberOf(a, key), memberOf(b, key)];
    return left !== undefined && right !== undefined && equals(left, right, meter);
  });
}
