/**
 * Conditions against the CEL specification (github.com/google/cel-spec, doc/langdef.md). The
 * official conformance cases come as protocol buffers for a protobuf type system that conditions do
 * not have; `vectors/policy/conditions.json` has ours, written from the text. Where we differ on
 * purpose it is listed there, and shown to be refused at load or to be an error, which tightens.
 */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { judgeText } from "../testing/judge-text.ts";

const now = "2026-01-05T12:00:00Z";
const vectors = JSON.parse(
  readFileSync(
    new URL("../../../../../../vectors/policy/conditions.json", import.meta.url),
    "utf8",
  ),
) as {
  readonly cases: readonly {
    readonly name: string;
    readonly group: "cel" | "stricter_than_cel" | "refused_at_load";
    readonly condition: string;
    readonly context?: unknown;
    readonly expect: string;
    readonly detail?: string;
  }[];
};

describe("the vectors", () => {
  it.each(vectors.cases)(
    "$group: $name",
    ({ condition, context = {}, expect: expected, detail }) => {
      const ours = detail === undefined ? expected : `${expected}: ${detail}`;
      expect(judgeText(condition, { context, now })).toBe(ours);
    },
  );

  it("cover what CEL says and each way in which we differ", () => {
    const count = (group: string) => vectors.cases.filter((each) => each.group === group).length;
    expect(count("cel")).toBeGreaterThanOrEqual(80);
    expect(count("stricter_than_cel")).toBeGreaterThanOrEqual(8);
    expect(count("refused_at_load")).toBeGreaterThanOrEqual(10);
  });

  it.each([
    ["null equals only null", "context.none == null && context.five != null"],
    [
      "what is found is found, whatever else is in the list",
      "5 in context.list && 'a' in context.list",
    ],
  ])("%s", (_name, text) => {
    expect(judgeText(text, { context: { five: 5, list: [5, "a"], none: null } })).toBe("true");
  });
});

describe("refused at load", () => {
  it.each([
    ["", "not a condition: unexpected token: EOF"],
    ["1 +", "not a condition: unexpected token: EOF"],
    ["a b", "not a condition: unexpected character: 'b'"],
    ['"a', "not a condition: unterminated string"],
    ["nobody", "unknown variable `nobody`"],
    ["subjcet.id == 'x'", "unknown variable `subjcet`; did you mean `subject`?"],
    ["subject.ownr == 'x'", "there is no field `ownr`; did you mean `owner`?"],
    ["claims.resource == 'x'", "there is no field `resource`"],
    ["1", "a condition is true or false, and this is int"],
    ['"a" + 1 == "a1"', "types do not fit: string + int"],
    ["subject.id > 5", "types do not fit: string > int"],
    ['subject.id.contains("a", "b")', "`contains` does not take 2 arguments"],
    ['subject.id.contians("a")', "there is no function `contians`; did you mean `contains`?"],
    ["has(subject)", "`has` takes one field"],
    ["subject.groups.exists(g)", "`exists` takes a variable and a condition"],
    ['now > "2026"', "types do not fit: google.protobuf.Timestamp > string"],
    [
      'money("12 EURO") > money("1 EUR")',
      '`"12 EURO"` is not an amount with a currency, such as "12.00 USD"',
    ],
    ['timestamp("yesterday") < now', "it reads a timestamp that is not RFC 3339"],
    ["in_window(subject.id)", "`in_window` takes the name of a window, written out"],
    ['now.getHours("Mars") == 1', "there is no such time zone"],
    [
      `"x" == "${"y".repeat(10)}" && (${"(".repeat(60)}true${")".repeat(60)})`,
      "not a condition: exceeded maxDepth (40)",
    ],
    [Array(400).fill("true").join(" && "), "not a condition: exceeded maxAstNodes (500)"],
  ])("%s", (text, message) => {
    expect(judgeText(text)).toBe(`refused: ${message}`);
  });
});

describe("JSON numbers", () => {
  const n = (value: unknown) => ({ properties: { n: value } });
  it.each([
    [
      "a whole one and a literal",
      "action.properties.n == 5000 && action.properties.n == 5000.0",
      5000,
    ],
    [
      "a fraction and a whole literal",
      "action.properties.n > 5000 && action.properties.n < 5001",
      5000.5,
    ],
    ["in a list of literals", "action.properties.n in [1, 5000]", 5000],
    ["with whole literals in sums", "action.properties.n * 2 + 1 == 10001", 5000],
    ["divide as fractions", "action.properties.n / 2 == 2500.5", 5001],
    ["as an index", "[7, 8][action.properties.n] == 8", 1],
  ])("%s", (_name, text, value) => {
    expect(judgeText(text, n(value))).toBe("true");
  });
  it("of a schema's `integer` are whole, and divide so", () => {
    const types = { n: "int" };
    expect(judgeText("action.properties.n / 2 == 2500", { ...n(5001n), types })).toBe("true");
    expect(judgeText("action.properties.n + 0.5 == 5001.5", { ...n(5001n), types })).toBe("true");
  });
  it("never mix where a double could not hold the whole number", () => {
    const asked = { ...n(9007199254740993n), types: { n: "int" } };
    expect(judgeText("action.properties.n + 0.5 > 1.0", asked)).toBe(
      "error: a whole number is too large to mix with a fraction",
    );
  });
});

describe("own members only (T29)", () => {
  const context = JSON.parse('{"__proto__": {"admin": true}, "a": []}') as unknown;
  it.each([
    ["has(context.constructor)", "false"],
    ["has(context.toString)", "false"],
    ['"hasOwnProperty" in context', "false"],
    ["context.__proto__.admin", "true"],
    ['context["__proto__"].admin', "true"],
    ['context["constructor"].name == "Object"', 'error: `context["constructor"]` is missing'],
    ["context.a.length == 0", "error: `context.a.length` is missing: a list has no fields"],
    ['context.a["length"] == 0', 'error: `context.a["length"]` selects from a list by text'],
    ["context.admin", "error: `context.admin` is missing"],
  ])("%s → %s", (text, expected) => {
    expect(judgeText(text, { context })).toBe(expected);
  });
});
