/** The policies of the examples load without a warning, and say what the cases beside them expect. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { checkPolicyText, tryPolicyCases } from "../../packages/server/src/app/policy-texts.ts";

const EXAMPLES = new URL("../", import.meta.url);
const STORIES = [
  "customer-export",
  "lifecycle",
  "oauth-scope",
  "outside-message",
  "privileged-change",
  "purchase-order",
  "secret-read",
  "secret-rotation",
];
const WITH_POLICY = readdirSync(EXAMPLES).filter((folder) =>
  existsSync(new URL(`${folder}/policy.yaml`, EXAMPLES)),
);

function textOf(file: string): { readonly file: string; readonly text: string } {
  return { file, text: readFileSync(new URL(file, EXAMPLES), "utf8") };
}

describe("the policies of the examples", () => {
  it.each(WITH_POLICY)("%s loads without a warning", (folder) => {
    const { problems, warnings } = checkPolicyText(textOf(`${folder}/policy.yaml`));
    expect(problems).toEqual([]);
    expect(warnings).toEqual([]);
  });

  it.each(STORIES)("%s says what its cases expect", (folder) => {
    const cases = textOf(`${folder}/policy.cases.yaml`);
    const tried = tryPolicyCases(textOf(`${folder}/policy.yaml`), cases);
    if (!tried.ok) throw new Error(tried.problems.join("\n"));
    expect(tried.cases.length).toBeGreaterThanOrEqual(3);
    expect(tried.cases.filter(({ failures }) => failures.length > 0)).toEqual([]);
  });
});
