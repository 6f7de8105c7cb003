/** Whatever a file holds, loading it gives a policy or problems with places, and never throws. */
import fc from "fast-check";
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { formatLoadProblem } from "./load-problem.ts";
import { evaluate, loadPolicy } from "./policy.ts";
import { inputOf, runs } from "./testing/policy-fixtures.ts";

const page = readFileSync(new URL("../../../../../docs/policy.md", import.meta.url), "utf8");
const whole = /^```yaml\n(version:.*?)^```$/ms.exec(page)?.[1] ?? "";
const tokens = whole.split(/([\s{}[\],:]+)/);

/** What comes in place of a token: other tokens, and what YAML or CEL might stumble over. */
const replacement = fc.oneof(
  fc.constantFrom(...tokens),
  fc.constantFrom(
    "",
    "null",
    "[]",
    "{}",
    "5",
    "true",
    '"',
    "'",
    "{",
    "]",
    "- ",
    "*a",
    "&a",
    "!x",
    "~",
  ),
  fc.constantFrom("__proto__", "constructor", "|\n", ">-\n", "#", "\n", "\t", "\u202e", "\ud800"),
  fc.string({ unit: "binary", maxLength: 5 }),
);
const damage = fc.array(fc.tuple(fc.nat(tokens.length - 1), replacement), {
  minLength: 1,
  maxLength: 4,
});

describe("a damaged policy", () => {
  it("is a policy, or is told what is wrong with it and where", () => {
    let refused = 0;
    fc.assert(
      fc.property(damage, (changes) => {
        const damaged = [...tokens];
        for (const [at, text] of changes) damaged[at] = text;
        const text = damaged.join("");
        const loaded = loadPolicy(text, { file: "policy.yaml" });
        if (loaded.ok) {
          const input = inputOf({ action: "prod.deploy", properties: { amount: "1.00 USD" } });
          expect(["allow", "hold", "deny"]).toContain(evaluate(loaded.policy, input).effect);
          return;
        }
        refused++;
        expect(loaded.problems.length).toBeGreaterThan(0);
        const lines = text.split("\n");
        for (const problem of loaded.problems) {
          expect(problem.message).not.toMatch(/undefined|\[object|NaN/);
          expect(problem.fix).not.toMatch(/undefined|\[object|NaN/);
          expect(problem.line).toBeLessThanOrEqual(lines.length);
          expect(problem.column).toBeLessThanOrEqual((lines[problem.line - 1]?.length ?? 0) + 2);
          expect(formatLoadProblem(problem).split("\n")).toHaveLength(4);
        }
      }),
      runs(400),
    );
    expect(refused).toBeGreaterThan(100);
  });

  it("is read whole when it is not damaged", () => {
    expect(loadPolicy(whole, { file: "policy.yaml" }).ok).toBe(true);
  });
});
