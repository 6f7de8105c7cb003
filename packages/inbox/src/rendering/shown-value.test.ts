import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { shownChange } from "./shown-change.ts";
import { lastSegment, memberAt, pathSegments, valueAt } from "./field-path.ts";
import { shownValue, type Shown } from "./shown-value.ts";
import { piecesText } from "./visible-pieces.ts";
import { hostileText, runs } from "./testing/hostile-text.ts";

const READER = { locale: "en-US", timeZone: "UTC" };

const payload = fc.letrec<{ value: unknown; list: unknown[]; object: object }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 5 },
    hostileText,
    fc.maxSafeInteger(),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.boolean(),
    fc.constant(null),
    tie("list"),
    tie("object"),
  ),
  list: fc.array(tie("value"), { maxLength: 4 }),
  object: fc.dictionary(hostileText, tie("value"), { maxKeys: 4, noNullPrototype: true }),
})).value;

/** All that a page draws of a value, with the type it says beside each. */
function drawn(shown: Shown): unknown {
  switch (shown.kind) {
    case "text":
      return ["text", piecesText(shown.pieces), shown.length];
    case "number":
      return ["number", shown.text];
    case "boolean":
      return ["boolean", shown.value];
    case "null":
      return ["null"];
    case "secret":
      return ["secret", shown.prefix, shown.length];
    case "list":
      return ["list", shown.items.map(drawn)];
    case "object":
      return [
        "object",
        shown.members.map(({ label, shown: of }) => [piecesText(label), drawn(of)]),
      ];
  }
}
const text = (value: unknown): string => JSON.stringify(drawn(shownValue(value)));

const reads = (value: unknown, format: string): string | null => {
  const shown = shownValue(value, { type: "string", format }, READER);
  return shown.kind === "text" ? (shown.reading?.text ?? null) : null;
};

describe("typed rendering", () => {
  it.each([
    ["48200.00 USD", "money", "$48,200.00"],
    ["5000 JPY", "money", "¥5,000"],
    ["0.005 USD", "money", "$0.005"],
    [
      "123456789012345678901234567890.12 EUR",
      "money",
      "€123,456,789,012,345,678,901,234,567,890.12",
    ],
    ["2026-11-28", "date", "Saturday, November 28, 2026"],
    ["2026-11-28T14:20:00+01:00", "date-time", "Nov 28, 2026, 13:20:00 UTC"],
    ["https://paypal.com@evil.example/x", "uri", "host evil.example"],
    ["https://xn--pypal-4ve.com/", "uri", "host xn--pypal-4ve.com"],
  ])("reads %s by its format %s as %s", (value, format, expected) => {
    expect(reads(value, format)).toBe(expected);
  });

  it.each([
    ["48,200.00 USD", "money"],
    ["48200.00 usd", "money"],
    ["1e3 USD", "money"],
    ["2026-02-30", "date"],
    ["1700000000", "date-time"],
    ["not an address", "uri"],
  ])("says that %s is not in the format %s", (value, format) => {
    const shown = shownValue(value, { format }, READER);
    expect(shown).toMatchObject({ reading: null, misfit: format });
  });

  it.each([5000, 1_700_000_000, 20_261_128, 9_007_199_254_740_991, 1e-7])(
    "never guesses: %d stays the number it is",
    (value) => {
      const expected = { kind: "number", text: JSON.stringify(value) };
      expect(shownValue(value)).toEqual(expected);
      expect(shownValue(value, { format: "date-time" })).toEqual(expected);
      expect(shownValue(value, { format: "money" })).toEqual(expected);
    },
  );

  it("never guesses: a text without a format is that text", () => {
    for (const value of ["2026-11-28", "5000.00 USD", "https://a.example", "true", "5000"]) {
      expect(shownValue(value)).toMatchObject({ kind: "text", reading: null, misfit: null });
    }
  });

  it("tells a text from what it spells", () => {
    for (const [value, spelled] of [
      [5000, "5000"],
      [true, "true"],
      [null, "null"],
      [[], "[]"],
      [{}, "{}"],
    ]) {
      expect(text(value)).not.toBe(text(spelled));
    }
  });

  it("shows a secret by its commitment's beginning (T28), and nothing that only resembles one", () => {
    const commitment = "47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU";
    expect(shownValue({ $commitment: commitment })).toEqual({
      kind: "secret",
      prefix: "47DEQpj8HBSa",
      length: 43,
    });
    expect(shownValue({ $commitment: "short" }).kind).toBe("object");
    expect(shownValue({ $commitment: commitment, more: 1 }).kind).toBe("object");
  });

  it("shows deep objects and long lists whole", () => {
    let deep: unknown = "bottom";
    for (let depth = 0; depth < 48; depth += 1) deep = { inner: deep };
    expect(text(deep)).toContain("bottom");
    const list = Array.from({ length: 10_000 }, (_, index) => index);
    expect(JSON.parse(text(list))[1]).toHaveLength(10_000);
  });

  it("warns of keys that may be taken for each other and of fields no schema names", () => {
    const schema = { type: "object", properties: { amount: {}, to: {} } };
    const shown = shownValue({ amount: 1, аmount: 2, to: "x" }, schema);
    expect(shown).toMatchObject({
      lookalikes: [["amount", "аmount"]],
      members: [{ undeclared: false }, { undeclared: true }, { undeclared: false }],
    });
  });

  it("keeps a member named __proto__ or constructor", () => {
    const value: unknown = JSON.parse('{"__proto__":{"approved":true},"constructor":"x"}');
    const schema = { properties: { to: { format: "money" } } };
    expect(shownValue(value, schema)).toMatchObject({
      members: [
        { key: "__proto__", undeclared: true },
        { key: "constructor", undeclared: true },
      ],
    });
  });
});

describe("rendering anything (T18)", () => {
  it("never shows two payloads alike", () => {
    fc.assert(
      fc.property(payload, payload, (left, right) => {
        const same = JSON.stringify(left) === JSON.stringify(right);
        expect(text(left) === text(right)).toBe(same);
      }),
      runs(400, 10_000),
    );
  });

  it("never shows a payload like one that differs by a single character", () => {
    fc.assert(
      fc.property(payload, hostileText, fc.nat(), (value, bit, at) => {
        const before = JSON.stringify({ value, note: "x" });
        const note = `${"x".slice(0, at % 2)}${bit}${"x".slice(at % 2)}`;
        const after = { value, note };
        if (JSON.stringify(after) === before) return;
        expect(text(after)).not.toBe(text({ value, note: "x" }));
      }),
      runs(400, 10_000),
    );
  });
});

describe("a diff of an edit", () => {
  it("shows the original, the edited and where they part", () => {
    const change = { path: "action.properties.to", from: "Acme GmbH", to: "Acme AG" };
    const { parts, from, to } = shownChange(change, null);
    const words = (of: "from" | "to") =>
      parts === null ? [] : [parts[of].before, parts[of].middle, parts[of].after].map(piecesText);
    expect(words("from")).toEqual(["Acme«U+0020»", "GmbH", ""]);
    expect(words("to")).toEqual(["Acme«U+0020»", "AG", ""]);
    expect([from?.kind, to?.kind]).toEqual(["text", "text"]);
  });

  it("shows what was not there before, and what is gone", () => {
    expect(shownChange({ path: "action.properties.a", to: 1 }, null)).toMatchObject({ from: null });
    expect(shownChange({ path: "action.properties.a", from: 1 }, null)).toMatchObject({ to: null });
  });

  it("uses the field's own schema", () => {
    const schema = { properties: { cost: { format: "money" } } };
    const change = { path: "action.properties.cost", from: "1.00 USD", to: "2.00 USD" };
    expect(shownChange(change, schema).to).toMatchObject({ reading: { text: "$2.00" } });
  });
});

describe("paths", () => {
  it("reads them as the server writes them", () => {
    expect(pathSegments('action.properties["a.b"].0')).toEqual([
      "action",
      "properties",
      "a.b",
      "0",
    ]);
    expect(pathSegments("action..x")).toBeNull();
    expect(lastSegment("action.properties.cost")).toBe("cost");
    expect(valueAt({ action: { properties: { a: 1 } } }, "action.properties.a")).toBe(1);
    expect(valueAt({ action: {} }, "action.constructor.name")).toBeUndefined();
    expect(
      memberAt({ properties: { a: { items: { type: "number" } } } }, "action.properties.a.3"),
    ).toEqual({
      type: "number",
    });
  });
});
