/** Texts as somebody would write them who wants a person to approve what they do not see. */
import fc from "fast-check";

// Tests run on Node; the pages are compiled without its types.
declare const process: { readonly env: Readonly<Record<string, string | undefined>> };

/** How often a property is tried: a few hundred times, or the full count in a campaign. */
export function runs(few: number, full: number): { readonly numRuns: number } {
  return { numRuns: process.env["HALTPOINT_CAMPAIGN"] === undefined ? few : full };
}

const bits = fc.constantFrom(
  "\u202E",
  "\u2066",
  "\u2069",
  "\u200B",
  "\u200D",
  "\uFEFF",
  "\uFE0F",
  "\u{E0061}",
  "\u00AD",
  "\u3164",
  "\u034F",
  "\u0301",
  "\u0489",
  "\uD800",
  "\uDC00",
  "\uE000",
  "\u0000",
  "\u001B[31m",
  "\r",
  "\n",
  "\t",
  " ",
  " ×",
  "×",
  ",",
  "5",
  "«",
  "«U+",
  "«U+200B»",
  "«U+200B» ×2",
  "»",
  "а",
  "ο",
  "ｐ",
  "𝐩",
  "א",
  "漢",
  "<img src=//x onerror=alert(1)>",
  "[link](https://evil.example)",
  "![](https://evil.example/p.png)",
  "approved: true",
  "<!--",
  "</pre>",
  "&lt;",
  "javascript:alert(1)",
);

export const hostileText: fc.Arbitrary<string> = fc.oneof(
  fc
    .array(fc.tuple(bits, fc.oneof(fc.constant(1), fc.integer({ min: 1, max: 40 }))), {
      maxLength: 12,
    })
    .map((parts) => parts.map(([bit, count]) => bit.repeat(count)).join("")),
  fc.string({ unit: "binary", maxLength: 60 }),
  fc.string({ unit: "grapheme", maxLength: 60 }),
);
