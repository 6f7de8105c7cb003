import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { lookalikeKeys } from "./confusable.ts";
import { suspicions } from "./suspicions.ts";
import { hostileText } from "./testing/hostile-text.ts";

const kinds = (text: string): readonly string[] => suspicions(text).map(({ kind }) => kind);

describe("what is suspicious about a text (T18)", () => {
  it.each([
    ["pаypal", "mixed"],
    ["Αcme GmbH", "mixed"],
    ["acme-gmbн.com", "mixed"],
    ["раурас", "imitates"],
    ["pay to сор", "imitates"],
    ["ｐａｙ", "styled"],
    ["𝐩𝐚𝐲", "styled"],
    ["12٣4", "mixed"],
    ["cafe\u0301", "composed"],
    ["to שלום 12", "direction"],
    ["a\u200Bb", "hidden"],
  ])("%j is %s", (text, kind) => {
    expect(kinds(text)).toContain(kind);
  });

  it.each(["\u3164\u0410cme", "\u115F\u0391BE", "ab\u3164\u0421"])(
    "says of %j what is not seen in it, by its code point",
    (text) => {
      const said = suspicions(text).map(({ says }) => says);
      expect(said.join()).toMatch(/U\+(3164|115F)/);
      expect(said.join()).not.toMatch(/[\u3164\u115F]/);
    },
  );

  it.each([
    "Transfer to Müller & Söhne, 48,200.00 USD",
    "Перевод средств: оса и рост",
    "Ελληνικά κείμενα",
    "東京タワーのTシャツ",
    "한국어 Seoul시",
    "m² and ½ ª",
    "line one\n  line two\n",
  ])("has nothing to say about %j", (text) => {
    expect(kinds(text.trimEnd())).toEqual([]);
  });

  it("names the word and the letters", () => {
    expect(suspicions("Pay pаypal now")).toEqual([
      {
        kind: "mixed",
        word: "pаypal",
        says: "“pаypal” mixes Latin and Cyrillic letters: U+0430 а",
      },
    ]);
  });

  it("names a bounded number of words and says how many more there are", () => {
    const text = Array.from({ length: 100 }, (_, index) => `a${"а".repeat(index + 1)}`).join(" ");
    const found = suspicions(text);
    expect(found).toHaveLength(13);
    expect(found.at(-1)?.says).toBe("88 more words like these");
  });

  // Anything but linear takes minutes for these; ours takes well under a second of a machine to itself.
  it("never fails, and takes linear time", () => {
    fc.assert(fc.property(hostileText, (text) => Array.isArray(suspicions(text))));
    const started = performance.now();
    suspicions("аb ".repeat(22_000));
    suspicions("аb".repeat(33_000));
    suspicions(Array.from({ length: 16_000 }, (_, index) => `а${index}z`).join(" "));
    expect(performance.now() - started).toBeLessThan(10_000);
  });
});

describe("look-alike keys (T18)", () => {
  it.each([
    [["amount", "аmount"]],
    [["amount", "amount\u200B"]],
    [["amount", "Amount"]],
    [["amount", "amount "]],
    [["amount_usd", "amountUsd"]],
    [["to", "t0"]],
    [["Id", "ld"]],
    [["café", "cafe"]],
    [["modern", "modem"]],
    [["approved", "ａpproved"]],
  ])("%j may be taken for each other", (keys) => {
    expect(lookalikeKeys([...keys, "other"])).toEqual([keys]);
  });

  it("leaves ordinary keys alone", () => {
    expect(
      lookalikeKeys(["amount", "account", "to", "from", "reference", "line_1", "line_2"]),
    ).toEqual([]);
  });
});
