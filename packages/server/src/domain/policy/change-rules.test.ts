/** What a policy says of changes to the registry that people make. */
import { describe, expect, it } from "vitest";
import { changeRules } from "./change-rules.ts";
import { inputOf, policyOf } from "./testing/policy-fixtures.ts";

const HEAD = `default: { decision: deny }
groups: { security: [fay, sam] }
rules:
`;
const asked = (action: string) =>
  inputOf({
    action,
    properties: { from: { stage: "suspended" }, to: { stage: "active" } },
    resource: { type: "identity", id: "helper" },
    identity: { id: "haltpoint" },
  });
const decided = (rules: string, name = "identity.resume") =>
  changeRules(policyOf(HEAD + rules))?.(asked(name)) ?? null;

const HOLD =
  "decision: hold, owner: fay, approval: { approvers: group:security, deadline: 1h, undo: 30s, " +
  "edits: { fields: [action.properties.to] } }";

describe("rules about the registry", () => {
  it("are those that name its actions; a policy with none governs nothing", () => {
    expect(decided(`  - { id: all, why: All, match: { action: "*" }, ${HOLD} }\n`)).toBeNull();
    for (const pattern of ["identity.resume", "identity.*", "identity.re*"]) {
      const said = decided(`  - { id: a, why: A, match: { action: "${pattern}" }, ${HOLD} }\n`);
      expect([pattern, said?.effect]).toEqual([pattern, "hold"]);
    }
  });

  it("leave what none of them names to operators, whatever the default says", () => {
    const rule = `  - { id: a, why: A, match: { action: identity.resume }, ${HOLD} }\n`;
    expect(decided(rule, "identity.transfer")).toMatchObject({
      effect: "allow",
      obligations: null,
      vetoWindowMs: 0,
    });
  });

  it("have no edits and no undo: it is made in the commit of its approval (I2)", () => {
    const rule = `  - { id: a, why: A, match: { action: identity.resume }, ${HOLD} }\n`;
    const { obligations } = decided(rule)!;
    expect(obligations).toMatchObject({ editableFields: [], undoMs: 0 });
  });

  it("have no veto window: one that asks for it is refused, and says what to write (I5)", () => {
    const rule =
      "  - { id: a, why: A, match: { action: identity.resume }, decision: allow, veto_window: 10m }\n";
    const { effect, vetoWindowMs, reasons } = decided(rule)!;
    expect([effect, vetoWindowMs]).toEqual(["deny", 0]);
    expect(reasons.join()).toContain("decision: hold");
  });

  it("that cannot be judged hold or deny, never allow (I5)", () => {
    const rule = `  - { id: a, why: A, match: { action: identity.resume }, when: 'timestamp(action.properties.to.stage) < now', decision: allow }\n`;
    expect(decided(rule)?.effect).toBe("deny");
  });
});
