/** The JSON Schemas that editors complete from are the ones the loader checks. */
import { Ajv2020 } from "ajv/dist/2020.js";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { CASES_SCHEMA } from "./cases-schema.ts";
import { POLICY_SCHEMA } from "./policy-schema.ts";
import { loadPolicy } from "./policy.ts";

const folder = "../../../../../docs";

describe("the published schema", () => {
  it.each([
    ["policy.schema.json", POLICY_SCHEMA],
    ["policy-cases.schema.json", CASES_SCHEMA],
  ])("%s is the loader's; `vitest run FILE -u` writes it anew", async (name, schema) => {
    const text = `${JSON.stringify(schema, null, 2)}\n`;
    await expect(text).toMatchFileSnapshot(`${folder}/${name}`);
  });

  it("is a JSON Schema, and agrees with the loader about what is well formed", () => {
    const ajv = new Ajv2020({ strict: false, allErrors: true });
    const validate = ajv.compile(POLICY_SCHEMA);
    for (const text of [
      "version: 1\n",
      "version: 2\n",
      "version: 1\nrule: []\n",
      "version: 1\ndefault: { decision: deny }\n",
      "version: 1\ndefault: { decision: allow }\n",
      "version: 1\ngroups: { a: [b] }\n",
      "version: 1\ngroups: { 'a b': [c] }\n",
      "version: 1\nrules:\n  - { id: a, match: { action: x }, decision: allow }\n",
      "version: 1\nrules:\n  - { id: a, match: { action: [x, 'y.*'] }, decision: deny, when: false }\n",
      "version: 1\nrules:\n  - { id: a, match: {}, decision: deny }\n",
      "version: 1\nrules:\n  - { id: a, match: { action: 'x*y' }, decision: deny }\n",
      "version: 1\nrules:\n  - { id: a, match: { action: x }, decision: allow, veto_window: 5 }\n",
    ]) {
      const loaded = loadPolicy(text, { file: "p" });
      const problems = loaded.ok ? [] : loaded.problems.map(({ message }) => message);
      const formal = problems.filter((message) => message !== "this is never true");
      expect([text, validate(parse(text))]).toEqual([text, formal.length === 0]);
    }
  });
});
