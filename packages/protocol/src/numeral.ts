/** Whether a JSON numeral means the same before and after it was a double. */

export type NumeralResult =
  | { readonly ok: true; readonly value: number }
  | { readonly ok: false; readonly reason: "number_too_large" | "number_inexact" };

/**
 * Every decimal of at most this many significant digits has a double of its own (C's DBL_DIG), and
 * RFC 8785 writes the shortest decimal of a double: so such a numeral comes back unchanged.
 */
const EXACT_DIGITS_MAX = 15;
/** Below this magnitude doubles grow sparse, and the reasoning above ends. */
const NORMAL_MIN = 2.2250738585072014e-308;

/**
 * Reads a numeral that fits RFC 8259's grammar. Refuses what exceeds 2^53−1 in magnitude once
 * rounded to a double, and what RFC 8785 would write with another decimal value. Linear in the
 * numeral's length. `-0` in any spelling is 0.
 */
export function exactNumber(numeral: string): NumeralResult {
  const value = Number(numeral);
  if (Math.abs(value) > Number.MAX_SAFE_INTEGER) return { ok: false, reason: "number_too_large" };
  if (isSurelyExact(numeral, value)) return { ok: true, value };
  // ECMAScript writes numbers as RFC 8785 does, section 3.2.2.3.
  const written = String(value);
  if (written === numeral) return { ok: true, value };
  const sent = decimalOf(numeral);
  const carried = decimalOf(written);
  if (sent.digits !== carried.digits || sent.exponent !== carried.exponent) {
    return { ok: false, reason: "number_inexact" };
  }
  return { ok: true, value: value === 0 ? 0 : value };
}

/** Cheap and sufficient, not necessary. Counts the point, and zeros in front, as digits. */
function isSurelyExact(numeral: string, value: number): boolean {
  return numeral.length <= EXACT_DIGITS_MAX && Math.abs(value) >= NORMAL_MIN;
}

/** A numeral's magnitude as `0.digits × 10^exponent`, digits without zeros at either end. */
function decimalOf(numeral: string): { readonly digits: string; readonly exponent: number } {
  const [mantissa = "", power = "0"] = numeral.toLowerCase().split("e");
  const [whole = "", fraction = ""] = mantissa.replace("-", "").split(".");
  const written = whole + fraction;
  let start = 0;
  while (written[start] === "0") start += 1;
  let end = written.length;
  while (end > start && written[end - 1] === "0") end -= 1;
  if (start === end) return { digits: "", exponent: 0 };
  return { digits: written.slice(start, end), exponent: whole.length - start + Number(power) };
}
