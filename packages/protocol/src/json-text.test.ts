import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { canonicalJson } from "./canonical-json.ts";
import {
  DEFAULT_JSON_LIMITS,
  type JsonTextProblem,
  type JsonTextReason,
  parseJsonBytes,
  parseJsonText,
} from "./json-text.ts";
import { dottedPath, type JsonObject, type JsonValue } from "./json-value.ts";
import {
  isSameJson,
  jsonValue,
  pathsOf,
  replaceAt,
  runs,
  valueAt,
} from "./testing/json-arbitraries.ts";
import { vectorCases } from "./testing/vectors.ts";

const limits = DEFAULT_JSON_LIMITS;

function parsed(text: string): JsonValue {
  const result = parseJsonText(text, limits);
  if (!result.ok) throw new Error(result.problem.message);
  return result.value;
}

function problemOf(text: string, over: Partial<typeof limits> = {}): JsonTextProblem {
  const result = parseJsonText(text, { ...limits, ...over });
  if (result.ok) throw new Error(`accepted: ${text.slice(0, 80)}`);
  return result.problem;
}

describe("parseJsonText reads the vectors", () => {
  const accept = vectorCases<{ input: string; canonical: string }>("canonical-json/accept.json");
  it.each(accept)("accepts: $name", ({ input, canonical }) => {
    expect(canonicalJson(parsed(input))).toBe(canonical);
    expect(isSameJson(parsed(canonical), parsed(input))).toBe(true);
  });

  const refuse = vectorCases<{ input?: string; input_hex?: string; reason: JsonTextReason }>(
    "canonical-json/refuse.json",
  );
  it.each(refuse)("refuses: $name", ({ input, input_hex, reason }) => {
    const bytes =
      input_hex === undefined
        ? new TextEncoder().encode(input)
        : Uint8Array.from(Buffer.from(input_hex, "hex"));
    const result = parseJsonBytes(bytes, limits);
    expect(result.ok ? "accepted" : result.problem.reason).toBe(reason);
  });
});

describe("parseJsonText", () => {
  it("reads minus zero as zero, in every spelling", () => {
    for (const text of ["-0", "-0.0", "-0e0", "-0.00E-12"]) expect(parsed(text)).toBe(0);
  });

  it("carries __proto__ as an own member and sets no prototype (T29)", () => {
    const value = parsed('{"__proto__":{"isAdmin":true},"a":1}') as JsonObject;
    expect(Object.keys(value)).toEqual(["__proto__", "a"]);
    expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
    expect(value["isAdmin"]).toBeUndefined();
    expect(({} as JsonObject)["isAdmin"]).toBeUndefined();
  });

  it("refuses a lone surrogate that is in the text itself, not escaped", () => {
    expect(problemOf('["a\ud800b"]').reason).toBe("lone_surrogate");
    expect(problemOf('{"\udc00":1}').reason).toBe("lone_surrogate");
    expect(parsed('"\ud83d\ude02"')).toBe("😂");
  });

  it.each([
    ["arrayLengthMax", "array_too_long", "[1,2,3]", "[1,2,3,4]", 3],
    ["objectKeysMax", "too_many_keys", '{"a":1,"b":2}', '{"a":1,"b":2,"c":3}', 2],
    ["stringLengthMax", "string_too_long", '"abc"', '"abcd"', 3],
    ["stringLengthMax", "string_too_long", '{"abc":1}', '{"abcd":1}', 3],
    ["stringLengthMax", "string_too_long", '"\\u0061\\u0062\\u0063"', '"a\\u0062cd"', 3],
    ["textLengthMax", "text_too_long", "[1,2]", "[1,2] ", 5],
    ["depthMax", "too_deep", '[{"a":1}]', '[{"a":[]}]', 2],
  ] as const)("keeps %s: %s", (name, reason, fits, exceeds, value) => {
    expect(parseJsonText(fits, { ...limits, [name]: value }).ok).toBe(true);
    const problem = problemOf(exceeds, { [name]: value });
    expect(problem.reason).toBe(reason);
    expect(problem.limit).toEqual({ name, value });
    expect(problem.message).toContain(String(value));
  });

  it("allows no configuration deeper than the format", () => {
    expect(problemOf("[".repeat(65), { depthMax: 1_000 })).toMatchObject({
      reason: "too_deep",
      limit: { name: "depthMax", value: 64 },
    });
  });

  it("says where, and what to do, and no value", () => {
    expect(problemOf('{"action":{"lines":[{},{"amount":12345678901234567890}]}}')).toEqual({
      reason: "number_too_large",
      path: "action.lines.1.amount",
      offset: 33,
      message:
        "a number beyond 2^53−1 cannot be carried exactly; send it as a string " +
        "(at `action.lines.1.amount`, offset 33)",
    });
    expect(problemOf('{"a":{"card":1,"\\u0063ard":2}}')).toMatchObject({
      reason: "duplicate_key",
      path: "a.card",
      offset: 15,
    });
    expect(problemOf('{"pin":"s3cret\\ud800"}').message).not.toContain("s3cret");
    expect(problemOf("")).toMatchObject({ reason: "invalid_json", path: "", offset: 0 });
    expect(problemOf('{"a":1,"b":[1,2').offset).toBe(15);
  });

  it("names keys that could deceive so that they cannot", () => {
    const problem = problemOf(`{"a.b":{"\u202egpj":{"${"k".repeat(100)}":01}}}`);
    expect(problem.path).toBe(`["a.b"]["\\u202egpj"]["${"k".repeat(64)}…"]`);
    expect(dottedPath(["context", "x`\u0007\ud800"])).toBe('context["x\\u0060\\u0007\\ud800"]');
  });

  it("ends in time on long hostile texts", () => {
    const length = 2_000_000;
    const hostile = [
      "[".repeat(length),
      '{"a":'.repeat(length / 5),
      `"${"\\".repeat(length)}"`,
      "1".repeat(length),
      `0.${"0".repeat(length)}1`,
      `1${"0".repeat(length)}e-${length}`,
      `[${"0.10000000000000000,".repeat(length / 20)}0]`,
      " ".repeat(length),
    ];
    const startedAt = performance.now();
    for (const text of hostile) parseJsonText(text, limits);
    // Linear: some tens of milliseconds each; a quadratic step would take hours.
    expect(performance.now() - startedAt).toBeLessThan(20_000);
  });
});

/** Both refuse; or we refuse by name what the engine reads; or both read the same value. */
function agreesWithEngine(text: string): boolean {
  const result = parseJsonText(text, limits);
  let engine: object;
  try {
    engine = JSON.parse(text) as object;
  } catch {
    return !result.ok;
  }
  if (!result.ok) return result.problem.reason !== "invalid_json";
  // As canonical text, since only the engine makes −0.
  return canonicalJson(result.value as object) === canonicalJson(engine);
}

/** Where a value of a test is put into a text afterwards. Not JSON that a generator comes up with. */
const MARK = "@@ here @@";

/** A text around one open place: any value inside any other, with the mark there. */
const textAround = fc.tuple(jsonValue, fc.nat()).map(([value, choice]) => {
  const paths = pathsOf(value);
  return JSON.stringify(replaceAt(value, paths[choice % paths.length]!, MARK));
});

const fill = (text: string, by: string): string => text.replace(JSON.stringify(MARK), () => by);

describe("parseJsonText, for any text", () => {
  it("agrees with the engine's grammar and values, or refuses by name", () => {
    const characters = fc.constantFrom(
      ...'[]{}",:\\/ \t\n.eE+-0123456789untrfalsb\u0000\ufeff\ud83d'.split(""),
    );
    const edited = fc
      .tuple(
        jsonValue,
        fc.constantFrom(undefined, 1, "\t"),
        fc.array(fc.tuple(fc.nat(), fc.nat(2), fc.string({ unit: characters, maxLength: 3 })), {
          maxLength: 3,
        }),
      )
      .map(([value, indent, edits]) =>
        edits.reduce(
          (text, [choice, cut, insert]) => {
            const at = choice % (text.length + 1);
            return text.slice(0, at) + insert + text.slice(at + cut);
          },
          JSON.stringify(value, null, indent),
        ),
      );
    fc.assert(
      fc.property(edited, (text) => {
        expect(agreesWithEngine(text)).toBe(true);
      }),
      runs(2_000),
    );
  });

  it("refuses a duplicate key, however it is spelled, whatever it holds, wherever it is", () => {
    const name = fc.string({ unit: "binary", maxLength: 4 });
    const values = fc.tuple(jsonValue, jsonValue, jsonValue);
    fc.assert(
      fc.property(textAround, name, values, fc.boolean(), (around, key, inside, isAdjacent) => {
        const escaped = key
          .split("")
          .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`)
          .join("");
        const [first, second, between] = inside.map((value) => JSON.stringify(value));
        const other = isAdjacent ? "" : `"${key.length} another key":${between},`;
        const object = `{${JSON.stringify(key)}:${first},${other}"${escaped}":${second}}`;
        const result = parseJsonText(fill(around, object), limits);
        expect(result.ok ? "accepted" : result.problem.reason).toBe("duplicate_key");
      }),
      runs(300),
    );
  });

  it("refuses a lone surrogate, escaped or not, in values and keys, wherever it is", () => {
    const half = fc.integer({ min: 0xd800, max: 0xdfff });
    const plain = fc.string({ maxLength: 4 });
    fc.assert(
      fc.property(textAround, plain, half, plain, fc.nat(3), (around, left, unit, right, how) => {
        const raw = left + String.fromCharCode(unit) + right;
        // JSON.stringify escapes lone surrogates; the other way leaves them in the text.
        const quoted =
          how % 2 === 0
            ? JSON.stringify(raw)
            : JSON.stringify(left + MARK + right).replace(MARK, String.fromCharCode(unit));
        const result = parseJsonText(fill(around, how < 2 ? quoted : `{${quoted}:1}`), limits);
        expect(result.ok ? "accepted" : result.problem.reason).toBe("lone_surrogate");
      }),
      runs(300),
    );
  });

  it("accepts exactly the numerals that keep their value", () => {
    const digits = (maxLength: number) =>
      fc.string({ unit: fc.constantFrom(..."0123456789".split("")), minLength: 1, maxLength });
    const numeral = fc
      .tuple(
        fc.constantFrom("", "-"),
        digits(20).map((whole) => whole.replace(/^0+(?=\d)/, "")),
        fc.option(digits(22), { nil: undefined }),
        fc.option(fc.integer({ min: -340, max: 40 }), { nil: undefined }),
      )
      .map(
        ([sign, whole, fraction, power]) =>
          `${sign}${whole}${fraction === undefined ? "" : `.${fraction}`}` +
          `${power === undefined ? "" : `e${power}`}`,
      );
    // Around the fifteen digits that are always exact, the point anywhere.
    const nearFifteen = fc
      .tuple(fc.bigInt({ min: 10n ** 13n, max: 10n ** 18n }), fc.nat(19))
      .map(([integer, places]) => {
        const written = String(integer).padStart(places + 1, "0");
        const point = written.length - places;
        return places === 0 ? written : `${written.slice(0, point)}.${written.slice(point)}`;
      });
    const fromDouble = fc
      .double({ noNaN: true, noDefaultInfinity: true })
      .map((value) => value.toPrecision(17));
    fc.assert(
      fc.property(textAround, fc.oneof(numeral, nearFifteen, fromDouble), (around, written) => {
        const result = parseJsonText(fill(around, written), limits);
        const value = Number(written);
        const isSafe = Math.abs(value) <= Number.MAX_SAFE_INTEGER;
        const keeps = isSameDecimal(written, JSON.stringify(value));
        const expected = isSafe ? (keeps ? "accepted" : "number_inexact") : "number_too_large";
        expect(result.ok ? "accepted" : result.problem.reason).toBe(expected);
      }),
      runs(2_000),
    );
  });

  it("refuses every integer beyond 2^53−1 and reads every other one", () => {
    const near = 2n ** 53n;
    fc.assert(
      fc.property(
        fc.oneof(fc.bigInt(), fc.bigInt({ min: near - 3n, max: near + 3n })),
        fc.boolean(),
        (magnitude, isNegative) => {
          const integer = isNegative ? -magnitude : magnitude;
          const result = parseJsonText(String(integer), limits);
          const isSafe = integer < near && integer > -near;
          const read = result.ok ? BigInt(result.value as number) : result.problem.reason;
          expect(read).toBe(isSafe ? integer : "number_too_large");
        },
      ),
      runs(500),
    );
  });

  it("finds what it names: the path of a problem leads to the value", () => {
    fc.assert(
      fc.property(jsonValue, fc.nat(), (value, choice) => {
        const paths = pathsOf(value);
        const path = paths[choice % paths.length]!;
        const text = JSON.stringify(replaceAt(value, path, MARK));
        const problem = problemOf(fill(text, "1e999"));
        expect(problem.path).toBe(dottedPath(path));
        expect(text.slice(problem.offset).startsWith(JSON.stringify(MARK))).toBe(true);
        expect(valueAt(value, path)).toBeDefined();
      }),
      runs(200),
    );
  });
});

/** Exact comparison of two decimal numerals by integers of any size; shares nothing with ours. */
function isSameDecimal(left: string, right: string): boolean {
  const scaled = (numeral: string): bigint => {
    const [mantissa = "", power = "0"] = numeral.split("e");
    const [whole = "", fraction = ""] = mantissa.split(".");
    // Large enough for every exponent and fraction that the generators make.
    return BigInt(whole + fraction) * 10n ** BigInt(800 + Number(power) - fraction.length);
  };
  return scaled(left) === scaled(right);
}
