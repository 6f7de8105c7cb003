/**
 * The parse edge: JSON text to values that RFC 8785 can carry without changing them.
 *
 * `JSON.parse` keeps the last of duplicate keys, rounds numerals and passes lone surrogates on, so
 * that two parties can read one text differently and still compute one digest. This reader is a
 * complete RFC 8259 grammar that refuses all three, and says where and what to do. It builds the
 * value itself: with a checker in front of `JSON.parse` two grammars would have to agree for ever.
 */
import {
  DEPTH_MAX,
  dottedPath,
  hasLoneSurrogate,
  type JsonArray,
  type JsonObject,
  type JsonPrimitive,
  type JsonValue,
  setMember,
} from "./json-value.ts";
import { exactNumber } from "./numeral.ts";

/** Bounds on one text. Lengths of texts and strings are in UTF-16 code units. */
export interface JsonLimits {
  /** Containers inside one another; more than {@link DEPTH_MAX} counts as {@link DEPTH_MAX}. */
  readonly depthMax: number;
  readonly arrayLengthMax: number;
  readonly objectKeysMax: number;
  /** Of each string and each key, after unescaping. */
  readonly stringLengthMax: number;
  readonly textLengthMax: number;
}

/** What a request body may be where nobody configured anything else. */
export const DEFAULT_JSON_LIMITS: JsonLimits = {
  depthMax: DEPTH_MAX,
  arrayLengthMax: 10_000,
  objectKeysMax: 1_000,
  stringLengthMax: 1_048_576,
  textLengthMax: 10_485_760,
};

/** Why a text was refused. The vectors pin these names. */
export type JsonTextReason =
  | "invalid_utf8"
  | "byte_order_mark"
  | "invalid_json"
  | "duplicate_key"
  | "lone_surrogate"
  | "number_too_large"
  | "number_inexact"
  | "too_deep"
  | "array_too_long"
  | "too_many_keys"
  | "string_too_long"
  | "text_too_long";

/** A refusal of a text. Carries no value from the text: those may be secrets. */
export interface JsonTextProblem {
  readonly reason: JsonTextReason;
  /** The place, as {@link dottedPath}. */
  readonly path: string;
  /** Where in the text, in UTF-16 code units from its start. */
  readonly offset: number;
  readonly message: string;
  /** The limit that was exceeded, where the reason is one. */
  readonly limit?: { readonly name: keyof JsonLimits; readonly value: number };
}

export type JsonTextResult =
  | { readonly ok: true; readonly value: JsonValue }
  | { readonly ok: false; readonly problem: JsonTextProblem };

/**
 * Parses one JSON text, or says why it cannot be carried exactly. Never throws on any text.
 *
 * A number is accepted when its decimal value survives a double and RFC 8785 serialisation and is
 * at most 2^53−1 in magnitude: `1.0`, `1e2` and `0.10` are. `-0` is the number 0, and is read as 0.
 */
export function parseJsonText(text: string, limits: JsonLimits): JsonTextResult {
  try {
    return { ok: true, value: new JsonReader(text, limits).document() };
  } catch (fault) {
    if (fault instanceof Refused) return { ok: false, problem: fault.problem };
    throw fault;
  }
}

// Named here because this package is compiled without the types of any platform; Node and browsers
// both have it.
declare const TextDecoder: new (
  label: "utf-8",
  options: { readonly fatal: true; readonly ignoreBOM: true },
) => { decode(bytes: Uint8Array): string };

/**
 * {@link parseJsonText} on the bytes of a body. Use it at every edge: a decoder that replaces bad
 * UTF-8 by U+FFFD makes different bodies equal.
 */
export function parseJsonBytes(bytes: Uint8Array, limits: JsonLimits): JsonTextResult {
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    const message = "the body is not UTF-8; encode it as UTF-8";
    return { ok: false, problem: { reason: "invalid_utf8", path: "", offset: 0, message } };
  }
  return parseJsonText(text, limits);
}

/** Carries a refusal from the depth of the reader to its edge; never leaves this file. */
class Refused extends Error {
  readonly problem: JsonTextProblem;
  constructor(problem: JsonTextProblem) {
    super(problem.reason);
    this.problem = problem;
  }
}

const TAB = 0x09;
const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;
const SPACE = 0x20;
const QUOTE = 0x22;
const COMMA = 0x2c;
const MINUS = 0x2d;
const POINT = 0x2e;
const ZERO = 0x30;
const NINE = 0x39;
const COLON = 0x3a;
const OPEN_ARRAY = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE_ARRAY = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
const BYTE_ORDER_MARK = 0xfeff;
/** Any integer of this many digits is below 2^53. */
const SAFE_DIGITS = 15;

function isDigit(code: number): boolean {
  return code >= ZERO && code <= NINE;
}

/** One pass over one text. `charCodeAt` past the end is NaN, which equals and exceeds nothing. */
class JsonReader {
  readonly #text: string;
  readonly #limits: JsonLimits;
  readonly #path: (string | number)[] = [];
  #at = 0;

  constructor(text: string, limits: JsonLimits) {
    this.#text = text;
    this.#limits = { ...limits, depthMax: Math.min(limits.depthMax, DEPTH_MAX) };
  }

  document(): JsonValue {
    if (this.#text.length > this.#limits.textLengthMax) {
      this.#refuseLimit("text_too_long", "textLengthMax", "the text has more characters than");
    }
    if (this.#text.charCodeAt(0) === BYTE_ORDER_MARK) {
      this.#refuse("byte_order_mark", 0, "the text starts with a byte order mark; leave it out");
    }
    this.#skipSpace();
    const value = this.#value(0);
    this.#skipSpace();
    if (this.#at < this.#text.length) this.#refuseSyntax("something follows the value");
    return value;
  }

  #value(depth: number): JsonValue {
    const code = this.#text.charCodeAt(this.#at);
    switch (code) {
      case QUOTE:
        return this.#string();
      case OPEN_OBJECT:
        return this.#object(depth + 1);
      case OPEN_ARRAY:
        return this.#array(depth + 1);
      case 0x74:
        return this.#literal("true", true);
      case 0x66:
        return this.#literal("false", false);
      case 0x6e:
        return this.#literal("null", null);
      default:
        if (code === MINUS || isDigit(code)) return this.#number();
        return this.#refuseSyntax("a value is expected");
    }
  }

  #literal<T extends JsonPrimitive>(word: string, value: T): T {
    if (!this.#text.startsWith(word, this.#at)) this.#refuseSyntax("a value is expected");
    this.#at += word.length;
    return value;
  }

  #object(depth: number): JsonObject {
    this.#enter(depth);
    const members: Record<string, JsonValue> = {};
    let count = 0;
    if (this.#closes(CLOSE_OBJECT)) return members;
    do {
      this.#skipSpace();
      const keyAt = this.#at;
      if (this.#text.charCodeAt(keyAt) !== QUOTE) this.#refuseSyntax("a key in quotes is expected");
      const key = this.#string();
      this.#path.push(key);
      if (Object.hasOwn(members, key)) {
        this.#refuse("duplicate_key", keyAt, "this key occurs twice; send it once");
      }
      count += 1;
      if (count > this.#limits.objectKeysMax) {
        this.#path.pop();
        this.#refuseLimit("too_many_keys", "objectKeysMax", "an object has more keys than");
      }
      this.#skipSpace();
      if (this.#text.charCodeAt(this.#at) !== COLON) this.#refuseSyntax("a colon is expected");
      this.#at += 1;
      this.#skipSpace();
      setMember(members, key, this.#value(depth));
      this.#path.pop();
    } while (this.#continues(CLOSE_OBJECT));
    return members;
  }

  #array(depth: number): JsonArray {
    this.#enter(depth);
    if (this.#closes(CLOSE_ARRAY)) return [];
    // Begun with its first element: V8 reserves 17 places at the first push, which would let a body
    // of nested brackets take a hundred times its own size.
    const elements: JsonValue[] = [this.#element(0, depth)];
    while (this.#continues(CLOSE_ARRAY)) elements.push(this.#element(elements.length, depth));
    return elements;
  }

  #element(index: number, depth: number): JsonValue {
    if (index >= this.#limits.arrayLengthMax) {
      this.#refuseLimit("array_too_long", "arrayLengthMax", "an array has more elements than");
    }
    this.#skipSpace();
    this.#path.push(index);
    const value = this.#value(depth);
    this.#path.pop();
    return value;
  }

  #enter(depth: number): void {
    if (depth > this.#limits.depthMax) {
      this.#refuseLimit("too_deep", "depthMax", "containers nest deeper than");
    }
    this.#at += 1;
  }

  /** Whether the container just opened ends at once; then passes its closing bracket. */
  #closes(bracket: number): boolean {
    this.#skipSpace();
    if (this.#text.charCodeAt(this.#at) !== bracket) return false;
    this.#at += 1;
    return true;
  }

  /** Passes the comma after which the container goes on, or its closing bracket. */
  #continues(bracket: number): boolean {
    this.#skipSpace();
    const code = this.#text.charCodeAt(this.#at);
    if (code !== COMMA && code !== bracket) {
      this.#refuseSyntax("a comma or a closing bracket is expected");
    }
    this.#at += 1;
    return code === COMMA;
  }

  #string(): string {
    const text = this.#text;
    const start = this.#at + 1;
    let end = start;
    let plain = true;
    for (;;) {
      const code = text.charCodeAt(end);
      if (code === QUOTE) break;
      if (code === BACKSLASH) {
        plain = false;
        end += 1;
      } else if (code >= 0xd800) {
        plain = false;
      } else if (!(code >= SPACE)) {
        this.#at = end;
        this.#refuseSyntax("a string ends early or holds a control character; escape it");
      }
      end += 1;
    }
    const value = plain ? text.slice(start, end) : this.#unescaped(start, end);
    if (value.length > this.#limits.stringLengthMax) {
      this.#refuseLimit("string_too_long", "stringLengthMax", "a string has more characters than");
    }
    this.#at = end + 1;
    return value;
  }

  /** A string that holds escapes or non-BMP text; `start` and `end` exclude its quotes. */
  #unescaped(start: number, end: number): string {
    let value: string;
    try {
      // The extent is known; what an escape means is the engine's to say.
      value = JSON.parse(this.#text.slice(start - 1, end + 1)) as string;
    } catch {
      return this.#refuseSyntax("a string holds a bad escape or a control character; escape it");
    }
    if (hasLoneSurrogate(value)) {
      const message = "a string holds half a surrogate pair; send whole characters";
      this.#refuse("lone_surrogate", start - 1, message);
    }
    return value;
  }

  /** RFC 8259 section 6: minus, integer without leading zeros, fraction, exponent. */
  #number(): number {
    const text = this.#text;
    const start = this.#at;
    const negative = text.charCodeAt(start) === MINUS;
    const first = negative ? start + 1 : start;
    let end = this.#digits(first);
    if (text.charCodeAt(first) === ZERO && end > first + 1) {
      this.#at = first;
      this.#refuseSyntax("a number has a leading zero; leave it out");
    }
    const code = text.charCodeAt(end);
    if (code !== POINT && (code | 0x20) !== 0x65) {
      this.#at = end;
      if (end - first <= SAFE_DIGITS) {
        const magnitude = Number(text.slice(first, end));
        return negative && magnitude !== 0 ? -magnitude : magnitude;
      }
      return this.#exact(start, end);
    }
    if (code === POINT) end = this.#digits(end + 1);
    if ((text.charCodeAt(end) | 0x20) === 0x65) {
      const sign = text.charCodeAt(end + 1);
      end = this.#digits(sign === MINUS || sign === 0x2b ? end + 2 : end + 1);
    }
    this.#at = end;
    return this.#exact(start, end);
  }

  /** The end of a run of at least one digit. */
  #digits(start: number): number {
    let end = start;
    while (isDigit(this.#text.charCodeAt(end))) end += 1;
    if (end === start) {
      this.#at = end;
      this.#refuseSyntax("a digit is expected");
    }
    return end;
  }

  #exact(start: number, end: number): number {
    const read = exactNumber(this.#text.slice(start, end));
    if (read.ok) return read.value;
    const message =
      read.reason === "number_too_large"
        ? "a number beyond 2^53−1 cannot be carried exactly; send it as a string"
        : "a number has more digits than a double carries; send fewer digits, or a string";
    return this.#refuse(read.reason, start, message);
  }

  #skipSpace(): void {
    for (;;) {
      const code = this.#text.charCodeAt(this.#at);
      if (code > SPACE) return;
      if (code !== SPACE && code !== LINE_FEED && code !== CARRIAGE_RETURN && code !== TAB) return;
      this.#at += 1;
    }
  }

  #refuseSyntax(what: string): never {
    return this.#refuse("invalid_json", this.#at, `not JSON: ${what}`);
  }

  #refuseLimit(reason: JsonTextReason, name: keyof JsonLimits, what: string): never {
    const value = this.#limits[name];
    return this.#refuse(reason, this.#at, `${what} ${value}; send less`, { name, value });
  }

  #refuse(
    reason: JsonTextReason,
    offset: number,
    what: string,
    limit?: JsonTextProblem["limit"],
  ): never {
    const path = dottedPath(this.#path);
    const where = path === "" ? "at the top level" : `at \`${path}\``;
    const problem = { reason, path, offset, message: `${what} (${where}, offset ${offset})` };
    throw new Refused(limit === undefined ? problem : { ...problem, limit });
  }
}
