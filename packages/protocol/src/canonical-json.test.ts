import { Buffer } from "node:buffer";
import canonicalize from "canonicalize";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  canonicalBytes,
  canonicalJson,
  CanonicalJsonError,
  type CanonicalJsonReason,
} from "./canonical-json.ts";
import { DEFAULT_JSON_LIMITS, parseJsonText } from "./json-text.ts";
import type { JsonPath, JsonValue } from "./json-value.ts";
import {
  isSameJson,
  jsonValue,
  pathsOf,
  replaceAt,
  reversedKeys,
  runs,
} from "./testing/json-arbitraries.ts";
import { vectorCases } from "./testing/vectors.ts";

/** The canonical text, or why there is none. */
function resultOf(value: unknown): string | { reason: CanonicalJsonReason; path: JsonPath } {
  try {
    return canonicalJson(value as object);
  } catch (error) {
    if (!(error instanceof CanonicalJsonError)) throw error;
    return { reason: error.reason, path: error.path };
  }
}

function nested(depth: number): JsonValue {
  let value: JsonValue = [];
  for (let level = 1; level < depth; level += 1) value = { a: value };
  return value;
}

describe("canonicalJson writes the vectors", () => {
  const accept = vectorCases<{ input: string; canonical: string; canonical_hex: string }>(
    "canonical-json/accept.json",
  );
  it.each(accept)("$name", ({ input, canonical, canonical_hex }) => {
    // Through the engine's parser, so that this stands without ours.
    const value = JSON.parse(input) as JsonValue;
    expect(canonicalJson(value as object)).toBe(canonical);
    expect(Buffer.from(canonicalBytes(value as object)).toString("hex")).toBe(canonical_hex);
  });

  const numbers = vectorCases<{
    ieee754_hex: string;
    text?: string;
    reason?: CanonicalJsonReason;
  }>("canonical-json/numbers.json");
  it.each(numbers)("double $name", ({ ieee754_hex, text, reason }) => {
    const value = Buffer.from(ieee754_hex, "hex").readDoubleBE();
    const expected = reason === undefined ? text : { reason, path: [] };
    expect(resultOf(value)).toEqual(expected);
  });
});

describe("canonicalJson", () => {
  const cyclic: { inner: unknown[] } = { inner: [] };
  cyclic.inner.push(cyclic);
  const holed = [1];
  holed[2] = 3;

  it.each<[string, unknown, CanonicalJsonReason, JsonPath]>([
    ["undefined", undefined, "not_json", []],
    ["a member that is undefined", { a: { b: undefined } }, "not_json", ["a", "b"]],
    ["an element that is undefined", [1, undefined], "not_json", [1]],
    ["a hole", holed, "not_json", [1]],
    ["a function", { a: [() => 1] }, "not_json", ["a", 0]],
    ["a symbol", [Symbol("a")], "not_json", [0]],
    ["a bigint", { a: 1n }, "not_json", ["a"]],
    ["a date", { at: new Date(0) }, "not_json", ["at"]],
    ["a map", new Map(), "not_json", []],
    ["bytes", { a: new Uint8Array(2) }, "not_json", ["a"]],
    ["a boxed number", { a: Object(1) }, "not_json", ["a"]],
    ["an object with toJSON", { toJSON: () => 1 }, "not_json", []],
    ["an array with toJSON", Object.assign([], { toJSON: () => 1 }), "not_json", []],
    ["an instance of a class", [new (class Point {})()], "not_json", [0]],
    ["NaN", { a: NaN }, "not_finite", ["a"]],
    ["Infinity", [-Infinity], "not_finite", [0]],
    ["a large integer", { a: 2 ** 53 }, "number_too_large", ["a"]],
    ["a large negative integer", { a: -(2 ** 53) }, "number_too_large", ["a"]],
    ["a large double", { a: 1e300 }, "number_too_large", ["a"]],
    ["a lone surrogate", { a: ["\ud800"] }, "lone_surrogate", ["a", 0]],
    ["a lone surrogate in a key", { "a\udc00": 1 }, "lone_surrogate", ["a\udc00"]],
  ])("refuses %s", (_, value, reason, path) => {
    expect(resultOf(value)).toEqual({ reason, path });
  });

  it("refuses what encloses itself, but not what occurs twice", () => {
    expect(resultOf(cyclic)).toMatchObject({ reason: "cyclic" });
    const shared = { a: 1 };
    expect(canonicalJson([shared, shared])).toBe('[{"a":1},{"a":1}]');
  });

  it("goes 64 deep and no further", () => {
    expect(resultOf(nested(64))).toBeTypeOf("string");
    expect(resultOf(nested(65))).toMatchObject({ reason: "too_deep" });
  });

  it("writes minus zero as zero", () => {
    expect(canonicalJson([-0])).toBe("[0]");
  });

  it("writes own members of plain objects only, whatever their prototype or realm", () => {
    expect(canonicalJson(Object.assign(Object.create(null), { b: 1, a: 2 }) as object)).toBe(
      '{"a":2,"b":1}',
    );
    expect(canonicalJson(JSON.parse('{"toJSON":1,"__proto__":{"x":1}}') as object)).toBe(
      '{"__proto__":{"x":1},"toJSON":1}',
    );
  });

  it("names the place and not the value", () => {
    expect(() => canonicalJson({ card: ["s3cret\ud800"] })).toThrow(
      /^the value at `card\.0` has no canonical JSON: lone_surrogate$/,
    );
  });
});

describe("canonicalJson, for any value", () => {
  const parsed = (text: string): JsonValue => {
    const result = parseJsonText(text, DEFAULT_JSON_LIMITS);
    if (!result.ok) throw new Error(result.problem.message);
    return result.value;
  };

  it("is read back as the same value", () => {
    fc.assert(
      fc.property(jsonValue, (value) => {
        const text = canonicalJson(value as object);
        expect(isSameJson(parsed(text), value)).toBe(true);
        expect(isSameJson(JSON.parse(text), value)).toBe(true);
      }),
      runs(500),
    );
  });

  it("of a text it read is canonical already", () => {
    const spaced = fc.tuple(jsonValue, fc.constantFrom(0, 1, "\t", "\n\r "));
    fc.assert(
      fc.property(spaced, ([value, indent]) => {
        const once = canonicalJson(parsed(JSON.stringify(value, null, indent)) as object);
        expect(canonicalJson(parsed(once) as object)).toBe(once);
      }),
      runs(300),
    );
  });

  it("is what another implementation of RFC 8785 writes", () => {
    fc.assert(
      fc.property(jsonValue, (value) => {
        expect(canonicalJson(value as object)).toBe(canonicalize(value));
      }),
      runs(1_000),
    );
  });

  it("does not depend on the order of keys", () => {
    fc.assert(
      fc.property(jsonValue, (value) => {
        expect(canonicalJson(reversedKeys(value) as object)).toBe(canonicalJson(value as object));
      }),
      runs(300),
    );
  });

  it("refuses what is not JSON, wherever it is", () => {
    const foreign = fc.constantFrom<[unknown, CanonicalJsonReason]>(
      [undefined, "not_json"],
      [1n, "not_json"],
      [new Date(0), "not_json"],
      [NaN, "not_finite"],
      [2 ** 53, "number_too_large"],
      ["\udfff", "lone_surrogate"],
    );
    fc.assert(
      fc.property(jsonValue, fc.nat(), foreign, (value, choice, [other, reason]) => {
        const paths = pathsOf(value);
        const path = paths[choice % paths.length]!;
        const refused = resultOf(replaceAt(value, path, other as JsonValue));
        expect(refused).toEqual({ reason, path });
      }),
      runs(300),
    );
  });
});
