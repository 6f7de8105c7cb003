/**
 * Money as integer minor units of one currency. Nothing is rounded, converted or guessed: what is
 * not exactly an amount of a known currency is an error, and errors tighten.
 */
import { minorUnitDigits } from "./currencies.ts";

export interface Amount {
  readonly minorUnits: bigint;
  /** ISO 4217 code, upper case. */
  readonly currency: string;
}

export type AmountResult =
  | { readonly kind: "amount"; readonly amount: Amount }
  /** Says what is wrong without repeating the value, which may be sensitive. */
  | { readonly kind: "not_money"; readonly reason: string };

/** Far above any sum of money; keeps a hostile numeral from costing time. */
const DIGITS_MAX = 30;
const DECIMAL = /^(-?)(0|[1-9][0-9]*)(?:\.([0-9]+))?$/;
const TEXT = /^(\S+) ([A-Z]{3})$/;

/**
 * Reads `"12.00 USD"` or `{amount: "12.00", currency: "USD"}`; the amount may be a JSON number,
 * which stands for exactly its shortest decimal text.
 */
export function readAmount(value: unknown): AmountResult {
  if (typeof value === "string") {
    const [, amount, currency] = TEXT.exec(value.slice(0, DIGITS_MAX + 8)) ?? [];
    if (amount === undefined || currency === undefined || value.length > DIGITS_MAX + 8) {
      return notMoney('is not an amount with a currency, such as "12.00 USD"');
    }
    return amountOf(amount, currency);
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    return notMoney("has no currency");
  }
  const record = value as Readonly<Record<string, unknown>>;
  const amount = Object.hasOwn(record, "amount") ? record["amount"] : undefined;
  const currency = Object.hasOwn(record, "currency") ? record["currency"] : undefined;
  return amountOf(amount, currency);
}

/** An amount and a currency that stand apart. */
export function amountOf(amount: unknown, currency: unknown): AmountResult {
  if (typeof currency !== "string") return notMoney("has no currency");
  const digits = minorUnitDigits(currency);
  if (digits === undefined) return notMoney("has a currency that is not in ISO 4217");
  const text = typeof amount === "number" ? String(amount) : amount;
  if (typeof text !== "string" || text.length > DIGITS_MAX) return notMoney(NOT_DECIMAL);
  const [, sign, whole, fraction = ""] = DECIMAL.exec(text) ?? [];
  if (whole === undefined) return notMoney(NOT_DECIMAL);
  if (sign === "-") return notMoney("is negative");
  if (fraction.length > digits) {
    return notMoney(`has more decimals than its currency, which has ${digits}`);
  }
  const minorUnits = BigInt(whole + fraction.padEnd(digits, "0"));
  return { kind: "amount", amount: { minorUnits, currency } };
}

const NOT_DECIMAL = 'is not a plain decimal number such as "12.00"';

function notMoney(reason: string): AmountResult {
  return { kind: "not_money", reason };
}

/** `5000.00 USD`. */
export function amountText({ minorUnits, currency }: Amount): string {
  const digits = minorUnitDigits(currency) ?? 0;
  const text = String(minorUnits).padStart(digits + 1, "0");
  const whole = text.slice(0, text.length - digits);
  return `${whole}${digits > 0 ? `.${text.slice(-digits)}` : ""} ${currency}`;
}
