import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { NOTHING_OWN } from "../impact/model.ts";
import type { PolicyInput } from "./model.ts";
import { evaluate, loadPolicy } from "./policy.ts";

interface Case {
  readonly name: string;
  readonly policy: string;
  readonly input: Omit<PolicyInput, "identity" | "organisation"> & {
    readonly identity: Omit<PolicyInput["identity"], "actsForPeople"> & {
      readonly acts_for_people: boolean;
    };
  };
  readonly decision: unknown;
}

const file = new URL("../../../../../vectors/policy/decisions.json", import.meta.url);
const { cases } = JSON.parse(readFileSync(file, "utf8")) as { readonly cases: readonly Case[] };

/** `vetoWindowMs` → `veto_window_ms`, all the way down. */
function snakeCase(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(snakeCase);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [
      key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
      snakeCase(inner),
    ]),
  );
}

describe("the vectors", () => {
  it.each(cases)("$name", ({ policy, input, decision }) => {
    const loaded = loadPolicy(policy, { file: "policy.yaml" });
    if (!loaded.ok) throw new Error(loaded.problems[0]?.message);
    const { acts_for_people: actsForPeople, ...identity } = input.identity;
    const decided = evaluate(loaded.policy, {
      ...input,
      identity: { ...identity, actsForPeople },
      organisation: NOTHING_OWN,
    });
    // What the classifier sees has tests of its own.
    const { reasons, traces, budgets, impacts: _classified, ...answer } = decided;
    expect(budgets).toEqual([]); // Totals are not of the policy alone; see budgets.test.ts.
    expect(snakeCase(answer)).toEqual(decision);
    expect(reasons).not.toEqual([]);
    expect(traces.length).toBeGreaterThanOrEqual(decided.matchedRules.length);
  });

  it("have distinct names and every effect", () => {
    expect(new Set(cases.map(({ name }) => name)).size).toBe(cases.length);
    const effects = cases.map(({ decision }) => (decision as { effect: string }).effect);
    expect(new Set(effects)).toEqual(new Set(["allow", "hold", "deny"]));
  });
});
