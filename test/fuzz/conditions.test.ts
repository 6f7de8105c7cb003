/** Conditions nobody would write, over arguments nobody would send: judged, never thrown (T29). */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { evaluate, loadPolicy } from "../../packages/server/src/domain/policy/policy.ts";
import { inputOf } from "../../packages/server/src/domain/policy/testing/policy-fixtures.ts";
import { conditions, inputs } from "./testing/condition-arbitraries.ts";
import { casesOf, SEED } from "./testing/slice.ts";

/** Generous for a shared machine: all the steps there are take about 20 ms. */
const JUDGE_MS = 1_500;

/** What reads claims may only tighten (I13), so such a rule would not load as an allow. */
const isAboutClaims = (condition: string): boolean => /context|claims|resource/.test(condition);

const policyText = (condition: string): string => `version: 1
default: { decision: hold, approvers: group:g, owner: olga, deadline: 1h }
groups: { g: [ana] }
windows: { night: { days: [sat, sun], from: "02:00", to: "05:00", zone: Europe/Berlin } }
rules:
  - id: fuzzed
    why: It says so
    match: { action: a.b }
    decision: ${isAboutClaims(condition) ? "deny" : "allow"}
    when: ${JSON.stringify(condition)}
`;

describe("a condition", () => {
  const numRuns = casesOf("conditions");
  it(`of ${numRuns} is refused at load, or judged in bounded time; errors tighten`, () => {
    const seen = { refused: 0, allow: 0, hold: 0, deny: 0, failed: 0 };
    let slowestMs = 0;
    fc.assert(
      fc.property(conditions, inputs, (condition, { properties, context }) => {
        const startedAt = performance.now();
        const loaded = loadPolicy(policyText(condition), { file: "p" });
        if (!loaded.ok) {
          seen.refused += 1;
          expect(loaded.problems[0]?.line).toBe(10);
          return;
        }
        const input = inputOf({ properties, context });
        const { effect, reasons } = evaluate(loaded.policy, input, { nearMisses: true });
        const tookMs = performance.now() - startedAt;
        slowestMs = Math.max(slowestMs, tookMs);
        expect(tookMs).toBeLessThan(JUDGE_MS);
        const isFailed = reasons.some((reason) => reason.includes("cannot be judged"));
        seen[isFailed ? "failed" : effect] += 1;
        // A condition that failed and let something through would be a way through.
        if (isFailed) expect(effect).toBe(isAboutClaims(condition) ? "deny" : "hold");
        expect(evaluate(loaded.policy, input).effect).toBe(effect);
      }),
      { seed: SEED, numRuns },
    );
    console.log(
      `seed ${SEED}: ${numRuns} conditions, ${JSON.stringify(seen)}, the slowest ${slowestMs.toFixed()} ms`,
    );
    // The cases reach the evaluator, and every way out of it.
    expect(Object.entries(seen).filter(([, count]) => count < 4)).toEqual([]);
  });
});
