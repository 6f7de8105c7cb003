import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { matchesName, namePattern } from "./pattern.ts";
import { UnmatchedPatterns } from "./unmatched-patterns.ts";

const NAME = fc.string({ unit: fc.constantFrom("a", "b", "."), maxLength: 4 });
const PATTERN = fc.tuple(NAME, fc.constantFrom("", "*")).map(([stem, end]) => stem + end);

describe("patterns that nothing was seen for", () => {
  it("are those that match none of the names", () => {
    fc.assert(
      fc.property(fc.array(PATTERN), fc.array(NAME), (texts, names) => {
        const patterns = texts.map(namePattern);
        const unmatched = new UnmatchedPatterns(patterns);
        for (const name of names) unmatched.saw(name);
        const left = patterns.filter((each) => !names.some((name) => matchesName(each, name)));
        expect([...unmatched.names, ...unmatched.prefixes].sort()).toEqual(
          [...new Set(left.map(({ text }) => text))].sort(),
        );
      }),
    );
  });
});
