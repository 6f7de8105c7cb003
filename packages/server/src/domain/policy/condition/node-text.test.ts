import { describe, expect, it } from "vitest";
import { textOf } from "./node-text.ts";

/** The part between the marks, as the parser places it. */
function shown(marked: string): string {
  const start = marked.indexOf("§");
  const end = marked.lastIndexOf("§") - 1;
  return textOf({ input: marked.replaceAll("§", ""), start, end });
}

describe("a part of a condition", () => {
  it.each([
    ["a == 1 && (§b == 2 || c == 3§)", "b == 2 || c == 3"],
    ["§a == (b + 1§) && c", "a == (b + 1)"],
    ["§x || !(a in b§)", "x || !(a in b)"],
    ["((§a + 1)) == 4§", "((a + 1)) == 4"],
    ["§f((a), (b) § ) ", "f((a), (b)  )"],
    ['§s == "("§ && (true)', 's == "("'],
    ["(§s == ')' && (t == r\"\\(\"§))", "s == ')' && (t == r\"\\(\")"],
    ["§a == (1 // (\n§) || b", "a == (1 // (\n)"],
  ])("is told with all of its parentheses: %s", (marked, whole) => {
    expect(shown(marked)).toBe(whole);
  });
});
