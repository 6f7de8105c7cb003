import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createSessionMemory } from "./session-memory.ts";

const runs = { numRuns: process.env["HALTPOINT_CAMPAIGN"] === undefined ? 100 : 4000 };

function heard(asked: string, returned = "") {
  const memory = createSessionMemory();
  memory.person(asked);
  memory.result(returned);
  return memory;
}

const originOf = (value: unknown, asked: string, returned = "") =>
  heard(asked, returned).originsOf({ value })["value"];

describe("a value's origin", () => {
  it("is the person, where they said it", () => {
    expect(originOf("pat@rival.example", "Write to pat@rival.example, please.")).toBe("person");
    expect(originOf("GB82 WEST 1234", "the account is gb82 west 1234!")).toBe("person");
    expect(originOf("Lunch with Pat", "Make an event 'Lunch with Pat' for noon")).toBe("person");
  });

  it("is the person also where a tool returned it later", () => {
    expect(originOf("pat@rival.example", "ask pat@rival.example", "from: pat@rival.example")).toBe(
      "person",
    );
  });

  it("is a tool's result, where only that held it (I13)", () => {
    expect(originOf("eve@rival.example", "Answer the mail", "reply to eve@rival.example now")).toBe(
      "tool_result",
    );
  });

  it("is the model where nobody said it", () => {
    expect(originOf("Dear all, as agreed", "Thank them", "they agreed")).toBe("model");
  });

  it.each([
    ["pat@rival.example", "pat@rival.example.evil.example"],
    ["pat@rival.example", "xpat@rival.example"],
    ["rival.example", "pat@rival.example"],
    ["art", "the party"],
    [12, "there are 120, or 0.12"],
    [100, "1000"],
    ["rival.example/steal", "rival.example"],
  ])("%s is not said by “%s”", (value, asked) => {
    expect(originOf(value, asked)).toBe("model");
  });

  it.each([
    [1200, "raise it to 1,200.00 EUR"],
    [9.5, "pay 9.50"],
    ["1200", "pay $1200"],
    [7, "number 7."],
    ["2026-05-19", "on May 19th, 2026"],
    ["2026-05-19 12:00", "on 19 May 2026 at noon"],
    ["2026-05-19T12:00:00Z", "on 2026-5-19"],
    ["http://www.rival.example", "read www.rival.example"],
    ["rival.example", "read https://rival.example, then stop"],
    ["ＰＡＴ", "tell pat"],
  ])("%s is said by “%s”", (value, asked) => {
    expect(originOf(value, asked)).toBe("person");
  });

  it("is told apart from one that only looks the same (T18)", () => {
    expect(originOf("pаt@rival.example", "write to pat@rival.example")).toBe("model");
  });

  it("is found in a result that is JSON", () => {
    const said = 'Dear all,\nthe "plan" — é';
    expect(originOf(said, "", JSON.stringify({ body: said }))).toBe("tool_result");
    expect(originOf(said, "", '{"body":"Dear all,\\nthe \\"plan\\" \\u2014 \\u00e9"}')).toBe(
      "tool_result",
    );
  });

  it("is not told for what is no text and no number", () => {
    expect(heard("true").originsOf({ a: true, b: null, c: "", d: " — " })).toEqual({});
  });

  it("is told by dotted path, for each element of a list", () => {
    const memory = heard("tell ann and bo", "and eve");
    expect(memory.originsOf({ to: ["ann", "eve"], more: { text: "tell" } })).toEqual({
      "to.0": "person",
      "to.1": "tool_result",
      "more.text": "person",
    });
  });

  it("of any value said alone is the person (I13)", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), fc.string(), (said, before) => {
        const origins = heard(`${before}\n${said}`).originsOf({ said });
        expect(Object.values(origins).every((origin) => origin === "person")).toBe(true);
      }),
      runs,
    );
  });

  it("is found for any arguments", () => {
    fc.assert(
      fc.property(fc.string(), fc.anything(), (said, properties) => {
        const origins = heard(said).originsOf(properties);
        expect(Object.keys(origins).length).toBeLessThanOrEqual(500);
      }),
      runs,
    );
  });
});

describe("the memory", () => {
  it("forgets the oldest results, and never lets them push out the person's words", () => {
    const memory = createSessionMemory({ limit: 2000 });
    memory.person("pay pat");
    memory.result("early value");
    for (let each = 0; each < 100; each += 1) memory.result(`filler ${each} `.repeat(10));
    expect(memory.originsOf({ a: "pat", b: "early value", c: "filler 99" })).toEqual({
      a: "person",
      b: "model",
      c: "tool_result",
    });
  });

  it("leaves values beyond a bound without an origin, which is asked about", () => {
    const many = Object.fromEntries(Array.from({ length: 600 }, (_, at) => [`k${at}`, "pat"]));
    expect(Object.keys(heard("pat").originsOf(many))).toHaveLength(500);
  });
});
