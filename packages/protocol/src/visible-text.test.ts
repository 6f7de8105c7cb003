import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { hasHiddenText, visibleText } from "./visible-text.ts";

describe("visible text (T18)", () => {
  it.each([
    ["plain text, ü and 漢字 stay", "plain text, ü and 漢字 stay"],
    ["pay\u202Eemca", "pay«U+202E»emca"],
    ["a\u200B\u200B\u200Bb", "a«U+200B»×3b"],
    ["a\u200B\u200Db", "a«U+200B»«U+200D»b"],
    ["line\nfeed", "line«U+000A»feed"],
    ["nbsp\u00A0here", "nbsp«U+00A0»here"],
    ["hangul filler \u3164.", "hangul filler «U+3164»."],
    ["tag \u{E0041}", "tag «U+E0041»"],
    ["esc \u001B[2J", "esc «U+001B»[2J"],
    ["lone \uD800", "lone «U+D800»"],
    ["object \uFFFC", "object «U+FFFC»"],
  ])("shows %j as %j", (text, shown) => {
    expect(visibleText(text)).toBe(shown);
  });

  it("keeps line feeds where asked, never carriage returns", () => {
    expect(visibleText("a\r\nb", { keepLines: true })).toBe("a«U+000D»\nb");
  });

  it("leaves nothing hidden and cuts nothing that was visible", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 200 }), (text) => {
        const shown = visibleText(text);
        expect(hasHiddenText(shown)).toBe(false);
        const visible = [...text].filter((character) => !hasHiddenText(character));
        let at = 0;
        for (const character of visible) {
          at = shown.indexOf(character, at);
          expect(at).toBeGreaterThanOrEqual(0);
          at += character.length;
        }
      }),
    );
  });
});
