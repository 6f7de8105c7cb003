/**
 * The functions conditions may call. Deliberately few: each is one more thing a policy's reader must
 * know. `matches`, `in_window` and zones are compiled, since their texts must be literals.
 */
import { amountOf, readAmount, type AmountResult } from "../money.ts";
import { finite, integer } from "./arithmetic.ts";
import { readSpan, readTimestamp } from "./time.ts";
import {
  ConditionError,
  isList,
  isRecord,
  kindOf,
  Money,
  Optional,
  Timestamp,
  type Meter,
  type Span,
  type Value,
} from "./value.ts";

/**
 * Called with the evaluated receiver (for methods) and arguments. `text` is the argument as the
 * condition writes it, for errors: values may be sensitive and are never in them.
 */
export type Call = (args: readonly Value[], meter: Meter, text: string) => Value;

export interface ConditionFunction {
  readonly name: string;
  /** `a.name()` rather than `name(a)`. */
  readonly method: boolean;
  /** Without the receiver. */
  readonly arities: readonly number[];
  /** The same result for the same arguments, so literals can be worked out at load. */
  readonly call: Call;
}

/** Characters of text looked at in one step, as a power of two. */
const TEXT_SHIFT = 6;
/** A search may, at worst, look at this many characters of the pattern for each of the text. */
const PATTERN_WORK_MAX = 64;

function textOf(value: Value | undefined, text: string): string {
  if (typeof value === "string") return value;
  throw new ConditionError(`\`${text}\` takes text, not ${kindOf(value ?? null)}`);
}

function chargeText(meter: Meter, ...texts: readonly string[]): void {
  for (const { length } of texts) meter.charge(1 + (length >> TEXT_SHIFT));
}

const textTest =
  (test: (text: string, part: string) => boolean): Call =>
  ([value, part], meter, text) => {
    const [whole, piece] = [textOf(value, text), textOf(part, text)];
    const work = (whole.length >> TEXT_SHIFT) * Math.min(piece.length, PATTERN_WORK_MAX);
    meter.charge(1 + work);
    return test(whole, piece);
  };

const textChange =
  (change: (text: string) => string): Call =>
  ([value], meter, text) => {
    const whole = textOf(value, text);
    chargeText(meter, whole);
    return change(whole);
  };

const asciiCase = (text: string, range: RegExp, change: (letters: string) => string): string =>
  text.replace(range, change);

const size: Call = ([value = null], meter, text) => {
  if (typeof value === "string") {
    meter.charge(1 + value.length);
    let codePoints = 0n;
    for (const _ of value) codePoints += 1n;
    return codePoints;
  }
  if (isList(value)) return BigInt(value.length);
  if (!isRecord(value)) throw new ConditionError(`\`${text}\` has no size: ${kindOf(value)}`);
  const members = Object.keys(value).length;
  meter.charge(members);
  return BigInt(members);
};

function moneyOf(result: AmountResult, text: string): Money {
  if (result.kind === "amount") return new Money(result.amount);
  throw new ConditionError(`\`${text}\` ${result.reason}`);
}

const money: Call = ([value, currency], _meter, text) =>
  moneyOf(currency === undefined ? readAmount(value) : amountOf(numeral(value), currency), text);

/** A whole number that the schema made 64-bit is an amount like any other number. */
const numeral = (value: Value | undefined): unknown =>
  typeof value === "bigint" ? String(value) : value;

const toInteger: Call = ([value = null], _meter, text) => {
  if (typeof value === "bigint") return value;
  if (typeof value === "number") return integer(BigInt(Math.trunc(finite(value))));
  if (typeof value === "string" && /^-?\d{1,19}$/.test(value)) return integer(BigInt(value));
  throw new ConditionError(`\`${text}\` is not a whole number`);
};

const toDouble: Call = ([value = null], _meter, text) => {
  if (typeof value === "number") return value;
  if (typeof value === "bigint") return Number(value);
  if (typeof value === "string" && /^-?\d{1,17}(?:\.\d{1,17})?$/.test(value)) return Number(value);
  throw new ConditionError(`\`${text}\` is not a number`);
};

const toText: Call = ([value = null], _meter, text) => {
  if (typeof value === "string") return value;
  if (isList(value) || isRecord(value) || value === null || value instanceof Optional) {
    throw new ConditionError(`\`${text}\` cannot become text: ${kindOf(value)}`);
  }
  return String(value);
};

const split: Call = ([value, separator], meter, text) => {
  const whole = textOf(value, text);
  meter.charge(1 + whole.length);
  return whole.split(textOf(separator, text));
};

const join: Call = ([value = null, separator = ""], meter, text) => {
  if (!isList(value)) throw new ConditionError(`\`${text}\` is not a list`);
  const between = textOf(separator, text);
  meter.charge(1 + value.length * (1 + (between.length >> TEXT_SHIFT)));
  const parts = value.map((part) => textOf(part, text));
  chargeText(meter, ...parts);
  return parts.join(between);
};

const optionalOf = (value: Value | undefined, text: string): Optional => {
  if (value instanceof Optional) return value;
  throw new ConditionError(`\`${text}\` is not an optional`);
};

const time = (read: (text: string) => Timestamp | Span): Call => {
  return ([value], _meter, text) => read(textOf(value, text));
};

const UTC_PARTS: Readonly<Record<string, (date: Date) => number>> = {
  getFullYear: (date) => date.getUTCFullYear(),
  getMonth: (date) => date.getUTCMonth(),
  getDate: (date) => date.getUTCDate(),
  getDayOfMonth: (date) => date.getUTCDate() - 1,
  getDayOfWeek: (date) => date.getUTCDay(),
  getHours: (date) => date.getUTCHours(),
  getMinutes: (date) => date.getUTCMinutes(),
  getSeconds: (date) => date.getUTCSeconds(),
};

const dateParts: readonly ConditionFunction[] = Object.entries(UTC_PARTS).map(([name, part]) => ({
  name,
  method: true,
  arities: [0],
  call: ([value], _meter, text) => {
    if (value instanceof Timestamp) return BigInt(part(new Date(value.atMs)));
    throw new ConditionError(`\`${text}\` is not a timestamp`);
  },
}));

const method = (name: string, arities: readonly number[], call: Call): ConditionFunction => ({
  name,
  method: true,
  arities,
  call,
});
const free = (name: string, arities: readonly number[], call: Call): ConditionFunction => ({
  name,
  method: false,
  arities,
  call,
});

const FUNCTIONS: readonly ConditionFunction[] = [
  free("money", [1, 2], money),
  free("size", [1], size),
  free("int", [1], toInteger),
  free("double", [1], toDouble),
  free("string", [1], toText),
  free("timestamp", [1], time(readTimestamp)),
  free("duration", [1], time(readSpan)),
  free("dyn", [1], ([value = null]) => value),
  method("size", [0], size),
  method(
    "contains",
    [1],
    textTest((text, part) => text.includes(part)),
  ),
  method(
    "startsWith",
    [1],
    textTest((text, part) => text.startsWith(part)),
  ),
  method(
    "endsWith",
    [1],
    textTest((text, part) => text.endsWith(part)),
  ),
  method(
    "lowerAscii",
    [0],
    textChange((text) => asciiCase(text, /[A-Z]+/g, (letters) => letters.toLowerCase())),
  ),
  method(
    "upperAscii",
    [0],
    textChange((text) => asciiCase(text, /[a-z]+/g, (letters) => letters.toUpperCase())),
  ),
  method(
    "trim",
    [0],
    textChange((text) => text.trim()),
  ),
  method("split", [1], split),
  method("join", [0, 1], join),
  method("hasValue", [0], ([value], _meter, text) => optionalOf(value, text).value !== undefined),
  method("orValue", [1], ([value, other = null], _meter, text) => {
    return optionalOf(value, text).value ?? other;
  }),
  ...dateParts,
];

const BY_NAME: ReadonlyMap<string, ConditionFunction> = new Map(
  FUNCTIONS.map((entry) => [`${entry.method ? "." : ""}${entry.name}`, entry]),
);

/** The function of this name and form; undefined where there is none. */
export function conditionFunction(name: string, isMethod: boolean): ConditionFunction | undefined {
  return BY_NAME.get(`${isMethod ? "." : ""}${name}`);
}

/** For "did you mean": names as they are called. */
export function functionNames(): readonly string[] {
  return [
    ...FUNCTIONS.map(({ name }) => name),
    "matches",
    "in_window",
    "budget",
    "has",
    ...QUANTIFIERS,
  ];
}

/** Macros that run a body for each element of a list or key of a record. */
export const QUANTIFIERS = ["all", "exists", "exists_one", "filter", "map"] as const;
export type Quantifier = (typeof QUANTIFIERS)[number];
