import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { piecesText, visiblePieces } from "./visible-pieces.ts";
import { hostileText, runs } from "./testing/hostile-text.ts";

const shown = (text: string, lines = false): string => piecesText(visiblePieces(text, { lines }));

/** The inverse: possible only because a text has one spelling. */
function decoded(text: string): string {
  return text.replace(/«U\+([0-9A-F]{4,6})»(?: ×([0-9,]+))?/gu, (_, hex: string, count = "1") =>
    String.fromCodePoint(Number.parseInt(hex, 16)).repeat(
      Number(String(count).replaceAll(",", "")),
    ),
  );
}

describe("visible pieces (T18)", () => {
  it.each([
    ["plain text, ü and 漢字 stay", "plain text, ü and 漢字 stay"],
    ["pay\u202Eemca", "pay«U+202E»emca"],
    ["\u200B".repeat(65_000), "«U+200B» ×65,000"],
    ["a\u200B\u200Db", "a«U+200B»«U+200D»b"],
    ["line\nfeed", "line«U+000A»feed"],
    ["nbsp\u00A0here", "nbsp«U+00A0»here"],
    ["hangul filler \u3164.", "hangul filler «U+3164»."],
    ["tag \u{E0041}", "tag «U+E0041»"],
    ["variation \uFE0F.", "variation «U+FE0F»."],
    ["esc \u001B[2J", "esc «U+001B»[2J"],
    ["lone \uD800", "lone «U+D800»"],
    ["private \uE000", "private «U+E000»"],
    ["unassigned \u0378", "unassigned «U+0378»"],
    ["noncharacter \uFFFF", "noncharacter «U+FFFF»"],
    ["interlinear \uFFF9 object \uFFFC", "interlinear «U+FFF9» object «U+FFFC»"],
    ["spells «U+200B» itself", "spells «U+00AB»U+200B» itself"],
    ["« quotes »", "« quotes »"],
    ["\u200B ×3", "«U+200B»«U+0020»×3"],
    ["\u200B\u200B5", "«U+200B» ×2«U+0035»"],
    ["\u200B\u200B,000", "«U+200B» ×2«U+002C»000"],
    ["\u200B\u200B5 ×2", "«U+200B» ×2«U+0035»«U+0020»×2"],
  ])("shows %j as %j", (text, expected) => {
    expect(shown(text)).toBe(expected);
  });

  it("shows spaces that are not seen: at the ends, and where they push text away", () => {
    expect(shown(" a")).toBe("«U+0020»a");
    expect(shown("a ")).toBe("a«U+0020»");
    expect(shown(`to acme${" ".repeat(4_000)}and then to mallory`)).toBe(
      "to acme«U+0020» ×4,000and then to mallory",
    );
    expect(shown("a  b")).toBe("a  b");
  });

  it("keeps lines where asked, but none that push text away, and no carriage return", () => {
    expect(shown("a\r\n\n  b\n\n\n\nc \nd\n", true)).toBe(
      "a«U+000D»\n\n  b«U+000A» ×4c«U+0020»\nd«U+000A»",
    );
  });

  it("bounds what marks can stack on a letter, and counts the rest", () => {
    expect(shown(`e${"\u0301".repeat(3)}`)).toBe(`e${"\u0301".repeat(3)}`);
    expect(shown(`e${"\u0301".repeat(500)}x`)).toBe(`e${"\u0301".repeat(4)}«U+0301» ×496x`);
    expect(shown("\u0301 first")).toBe("«U+0301» first");
  });

  it("loses nothing and gives every text a spelling of its own", () => {
    fc.assert(
      fc.property(hostileText, fc.boolean(), (text, lines) => {
        const spelled = shown(text, lines);
        expect(decoded(spelled)).toBe(text);
      }),
      runs(400, 10_000),
    );
  });

  it("leaves nothing in it that has no glyph, reorders or stacks", () => {
    fc.assert(
      fc.property(hostileText, (text) => {
        const spelled = shown(text);
        expect(spelled).not.toMatch(/[\p{C}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/u);
        expect(spelled).not.toMatch(/[^\S ]/u);
        expect(spelled).not.toMatch(/\p{M}{5}|^\p{M}/u);
      }),
      runs(400, 10_000),
    );
  });

  it.each([
    ["spaces", " "],
    ["line feeds and spaces", "\n "],
    ["tokens spelled out", "«U+200B» ×2,"],
    ["letters and joiners", "a\u200D"],
    ["different marks", "\u0300\u0301\u0302"],
    ["digits after runs", "\u200B\u200B5"],
  ])("takes linear time on 64 kB of %s", (_, unit) => {
    const text = unit.repeat(Math.ceil(65_536 / unit.length));
    const started = performance.now();
    const spelled = shown(text, true);
    expect(performance.now() - started).toBeLessThan(1_000);
    expect(decoded(spelled)).toBe(text);
  });
});
