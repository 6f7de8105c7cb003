/** `docs/policy.md` is true: its policies load, its cases pass, and it names every field there is. */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { CompiledPolicy } from "./compiled-policy.ts";
import { functionNames } from "./condition/functions.ts";
import type { FormSchema } from "./form.ts";
import { STEPS_MAX } from "./input-scope.ts";
import { formatLoadProblem } from "./load-problem.ts";
import { runPolicyCases } from "./policy-cases.ts";
import { POLICY_SCHEMA } from "./policy-schema.ts";
import { loadPolicy } from "./policy.ts";

const page = readFileSync(new URL("../../../../../docs/policy.md", import.meta.url), "utf8");
const blocks = [...page.matchAll(/^```yaml\n(.*?)^```$/gms)].map(([, text]) => text ?? "");
const prose = page.replace(/^```.*?^```$/gms, "");

function load(text: string): CompiledPolicy {
  const loaded = loadPolicy(text, { file: "docs/policy.md" });
  if (!loaded.ok) throw new Error(loaded.problems.map(formatLoadProblem).join("\n"));
  return loaded.policy;
}

/** All names of fields in a form, but not those of embedded JSON Schemas. */
function fieldNames(form: FormSchema): readonly string[] {
  const inner = [form.items, ...(form.anyOf ?? []), ...Object.values(form.properties ?? {})];
  if (typeof form.additionalProperties === "object") inner.push(form.additionalProperties);
  const names = Object.keys(form.properties ?? {});
  return [...names, ...inner.flatMap((each) => (each === undefined ? [] : fieldNames(each)))];
}

describe("the reference", () => {
  const policies = blocks.filter((text) => text.startsWith("version:"));
  const cases = blocks.filter((text) => /^cases:/m.test(text));

  it("has a policy that loads, without a warning", () => {
    expect(policies).toHaveLength(1);
    expect(policies.map((text) => load(text).warnings)).toEqual([[]]);
  });

  it("has cases that pass", () => {
    expect(cases).toHaveLength(1);
    const run = runPolicyCases(load(policies[0] ?? ""), cases[0] ?? "");
    expect(run.problems).toEqual([]);
    expect(
      run.results.flatMap(({ name, failures }) => failures.map((why) => `${name}: ${why}`)),
    ).toEqual([]);
    expect(run.results.length).toBeGreaterThanOrEqual(8);
  });

  it("names every field of the format", () => {
    const missing = [...new Set(fieldNames(POLICY_SCHEMA))].filter(
      (name) => !new RegExp(`\`[^\`\n]*\\b${name}\\b[^\`\n]*\``).test(prose),
    );
    expect(missing).toEqual([]);
  });

  it("names every function of conditions", () => {
    // `dyn` changes nothing at run time, and getDayOfMonth is CEL's getDate counted from 0.
    const left = new Set(["dyn", "getDayOfMonth"]);
    const missing = functionNames().filter((name) => !left.has(name) && !prose.includes(name));
    expect(missing).toEqual([]);
  });

  it("says how many steps conditions may take", () => {
    expect(prose).toContain(`${STEPS_MAX.toLocaleString("en-US")} steps`);
  });
});
