/**
 * Conditions against the CEL specification (github.com/google/cel-spec, doc/langdef.md). The
 * official conformance cases come as protocol buffers for a protobuf type system that conditions do
 * not have; these are ours, written from the text. Where we differ on purpose it is listed, and
 * shown to be refused at load or to be an error, which tightens.
 */
import { describe, expect, it } from "vitest";
import { judgeText } from "../testing/judge-text.ts";

describe("as CEL says: true", () => {
  it.each([
    // Literals
    ["true"],
    ["!false"],
    ["null == null"],
    ["0x1F == 31"],
    ["-5 < 0"],
    ["1.5e3 == 1500.0"],
    [`"a" == 'a'`],
    [`"""a"b""" == 'a"b'`],
    [`r"\\d" == "\\\\d"`],
    [`"\\u00e9" == "é"`],
    [`"\\n" != "n"`],
    ["[1, 2] == [1, 2]"],
    ["[1, 2] != [2, 1]"],
    ['{"a": 1, "b": 2} == {"b": 2, "a": 1}'],
    // Precedence and associativity
    ["1 + 2 * 3 == 7"],
    ["(1 + 2) * 3 == 9"],
    ["10 - 3 - 2 == 5"],
    ["true || false && false"],
    ["1 < 2 == true"],
    ["false ? 1 == 2 : 2 == 2"],
    ["true ? true : true ? false : false"],
    // Arithmetic
    ["7 / 2 == 3"],
    ["-7 / 2 == -3"],
    ["7 % 3 == 1"],
    ["-7 % 3 == -1"],
    ["7.0 / 2.0 == 3.5"],
    ["0.1 + 0.2 != 0.3"],
    ["9223372036854775807 > 9223372036854775806"],
    // Comparison across numeric types
    ["1 < 1.5"],
    ["2.0 > 1"],
    ["1 == 1.0"],
    ["9007199254740993 > 9007199254740992.0"],
    // Strings
    ['"abc" < "abd"'],
    ['"a" + "b" == "ab"'],
    ['size("é😀") == 2'],
    ['"hello".contains("ell")'],
    ['"hello".startsWith("he") && "hello".endsWith("lo")'],
    ['"foobar".matches("o+b")'],
    ['!"foobar".matches("^o+b")'],
    ['"HeLLo".lowerAscii() == "hello"'],
    ['"É".lowerAscii() == "É"'],
    ['"a,b".split(",").size() == 2'],
    ['["a", "b"].join("-") == "a-b"'],
    // Lists and maps
    ["2 in [1, 2]"],
    ["!(3 in [1, 2])"],
    ['"a" in {"a": 1}'],
    ["[1] + [2] == [1, 2]"],
    ["[1, 2][1] == 2"],
    ['{"a": {"b": 1}}.a.b == 1'],
    ['{"a": 1}["a"] == 1'],
    ["size([]) == 0 && size({}) == 0"],
    // Macros
    ["[1, 2].all(x, x > 0)"],
    ["[].all(x, false)"],
    ["[1, 2].exists(x, x == 2)"],
    ["![].exists(x, true)"],
    ["[1, 2, 2].exists_one(x, x == 1)"],
    ["![1, 2, 2].exists_one(x, x == 2)"],
    ["[1, 2].map(x, x * 2) == [2, 4]"],
    ["[1, 2, 3].map(x, x > 1, x * 2) == [4, 6]"],
    ["[1, 2, 3].filter(x, x % 2 == 1) == [1, 3]"],
    ['{"a": 1, "b": 2}.all(k, k != "c")'],
    ["[[1], [2]].all(x, x.exists(y, y > 0))"],
    ["[1].exists(x, [2].exists(x, x == 2) && x == 1)"],
    // Errors that another operand decides
    ["1 / 0 == 1 || true"],
    ["true || 1 / 0 == 1"],
    ["!(1 / 0 == 1 && false)"],
    ["[0, 1].exists(x, 1 / x == 1)"],
    ["![1, 0].all(x, 1 / x == 2)"],
    // Conversions
    ['int("42") == 42 && int(3.9) == 3 && int(-3.9) == -3'],
    ['double("1.5") == 1.5 && double(2) == 2.0'],
    ['string(42) == "42" && string(true) == "true" && string(1.5) == "1.5"'],
    // Time
    ['timestamp("2026-01-05T12:00:00Z") == now'],
    ['timestamp("2026-01-05T13:00:00+01:00") == now'],
    ['now - timestamp("2026-01-05T11:00:00Z") == duration("1h")'],
    ['now + duration("90m") > timestamp("2026-01-05T13:29:59.999Z")'],
    ['duration("1h30m") == duration("5400s")'],
    ['duration("-1h") < duration("500ms")'],
    ["now.getFullYear() == 2026 && now.getMonth() == 0 && now.getDate() == 5"],
    ["now.getDayOfWeek() == 1 && now.getHours() == 12 && now.getDayOfMonth() == 4"],
    ['now.getHours("America/New_York") == 7 && now.getHours("Asia/Kolkata") == 17'],
    ['timestamp("2026-07-01T12:00:00Z").getHours("Europe/Berlin") == 14'],
    // Optionals
    ['context.?a.orValue("x") == "x"'],
    ["!context.?a.hasValue()"],
    ["context.?a.b.c.orValue(1) == 1"],
    ['{"a": 1}[?"a"].orValue(2) == 1 && [1][?5].orValue(2) == 2'],
  ])("%s", (text) => {
    expect(judgeText(text)).toBe("true");
  });
});

describe("as CEL says: an error", () => {
  it.each([
    ["1 / 0 == 1", "it divides by zero"],
    ["1 % 0 == 1", "it divides by zero"],
    ["9223372036854775807 + 1 > 0", "a whole number is too large"],
    ["[1][1] == 1", "`[1][1]` is missing"],
    ['{"a": 1}.b == 1', '`{"a": 1}.b` is missing'],
    ["context.a == 1", "`context.a` is missing"],
    ["has(context.a.b)", "`context.a` is missing"],
    ["1 / 0 == 1 || false", "it divides by zero"],
    ["1 / 0 == 1 && true", "it divides by zero"],
    ["[0].exists(x, 1 / x == 1)", "it divides by zero"],
    ["[1, 0].map(x, 1 / x) == [1]", "it divides by zero"],
    ["int(context.n) == 1", "`context.n` is not a whole number"],
    [
      'duration(context.n) == duration("1s")',
      'it reads a duration that is not one, such as "1h30m"',
    ],
    ["timestamp(context.n) == now", "it reads a timestamp that is not RFC 3339"],
  ])("%s", (text, message) => {
    expect(judgeText(text, { context: { n: "1x" } })).toBe(`error: ${message}`);
  });
});

describe("other than CEL, and stricter: an error where CEL says something", () => {
  const context = { five: 5, text: "5", list: [5, "a"], none: null, yes: true };
  it.each([
    [
      "text against a number is not quietly false",
      'context.five == "5"',
      "it compares a number with text",
    ],
    ["nor quietly unequal", "context.text != 5", "it compares text with a number"],
    ["nor in a list", 'context.five in ["a"]', "it compares a number with text"],
    ["a list around the value", 'context.list == "a"', "it compares a list with text"],
    ["a boolean against text", 'context.yes == "true"', "it compares a boolean with text"],
    [
      "what is finer than a millisecond",
      "timestamp(context.fine) == now",
      "it reads a timestamp finer than a millisecond",
    ],
    ["infinity", "1.0 / (context.five - 5.0) > 1.0", "a number is too large or undefined"],
    ["booleans have no order", "context.yes > false", "it compares a boolean with a boolean"],
  ])("%s", (_name, text, message) => {
    const more = { ...context, fine: "2026-01-05T12:00:00.0001Z" };
    expect(judgeText(text, { context: more })).toBe(`error: ${message}`);
  });
  it.each([
    ["null equals only null", "context.none == null && context.five != null"],
    ["found is found, whatever else is in the list", "5 in context.list && 'a' in context.list"],
  ])("but %s", (_name, text) => {
    expect(judgeText(text, { context })).toBe("true");
  });
});

describe("other than CEL: refused at load", () => {
  it.each([
    ["unsigned numbers", "1u == 1u", "unsigned numbers and bytes are not used in conditions"],
    ["bytes", 'b"a" == b"a"', "unsigned numbers and bytes are not used in conditions"],
    ["types as values", "type(context.a) == int", "there is no function `type`"],
    ["local names", "cel.bind(x, 1, x == 1)", "there is no function `bind`"],
    [
      "regular expressions that are not RE2",
      'context.a.matches("(a)\\\\1")',
      "`matches`: invalid escape sequence: `\\1`",
    ],
    [
      "patterns from the request",
      "context.a.matches(context.b)",
      "`matches`: the pattern must be written out",
    ],
    ["keys that are not text", "{1: 2}[1] == 2", "the keys of a map are written-out text"],
    ["positions in text", '"abc".indexOf("b") == 1', "there is no function `indexOf`"],
    [
      "four quantifiers inside each other",
      "[1].all(a, [1].all(b, [1].all(c, [1].all(d, true))))",
      "more than 3 quantifiers inside each other",
    ],
    ["fractions without a whole part", ".5 == 0.5", "not a condition: unexpected token: DOT"],
    [
      "has() of what is not a variable's field",
      'has({"a": 1}.a)',
      "not a condition: has() invalid argument",
    ],
    ["a whole number beyond 64 bits", "9223372036854775808 > 0", "this whole number is too large"],
  ])("%s", (_name, text, message) => {
    expect(judgeText(text)).toBe(`refused: ${message}`);
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
    ["subject.ownr == 'x'", "there is no field `ownr`"],
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
