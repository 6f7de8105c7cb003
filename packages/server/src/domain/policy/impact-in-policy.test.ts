/** Policy that speaks of what a call could do, instead of naming tools (I13, T12). */
import { describe, expect, it } from "vitest";
import { ask, DENY, policyOf, problemsOf, type Asked } from "./testing/policy-fixtures.ts";

const PAYS: Asked = {
  action: "send_payment",
  properties: { amount: "120.00 USD", recipient: "Acme" },
};
const READS: Asked = { action: "list_files", properties: { folder: "reports" } };

const rules = (...lines: readonly string[]): string =>
  `${DENY}rules:\n${lines.map((line) => `  - ${line}\n`).join("")}`;
const spend = (decision: string): string =>
  rules(
    `{ id: money, match: { impact: [spend, destruction] }, decision: ${decision}, owner: olga, approval: { approvers: group:finance, deadline: 4h } }`,
  );

describe("match by impact", () => {
  it("is about every call that could do that harm, whatever its name", () => {
    const policy = policyOf(spend("hold"));
    expect(ask(policy, PAYS)).toMatchObject({ effect: "hold", matchedRules: ["money"] });
    expect(ask(policy, { ...PAYS, action: "payments.transfer" })).toMatchObject({ effect: "hold" });
    expect(ask(policy, READS)).toMatchObject({ effect: "deny", matchedRules: [] });
  });

  it("tells in the decision what the classifier saw, beside what a rule names", () => {
    const named = rules(
      `{ id: money, match: { action: "send_payment" }, impact: payroll, decision: allow }`,
    );
    const decision = ask(policyOf(named), PAYS);
    expect(decision.impact).toBe("payroll");
    expect(decision.impacts.slice(0, 2)).toEqual(["payroll", "spend"]);
    expect(ask(policyOf(named), READS)).toMatchObject({ impact: null, impacts: [] });
  });

  it("refuses a kind of harm that there is not, with the words there are", () => {
    const [problem] = problemsOf(
      `version: 1\n${rules("{ id: a, match: { impact: spending }, decision: deny }")}`,
    );
    expect(problem).toMatch(/spend/);
  });
});

describe("`impact` in a condition", () => {
  const when = (condition: string): string =>
    rules(`{ id: r, match: { action: "*" }, when: '${condition}', decision: allow }`);

  it.each([
    ['"spend" in impact.categories', PAYS, "allow"],
    ['"spend" in impact.categories', READS, "deny"],
    ['impact.access == "read" && size(impact.categories) == 0', READS, "allow"],
    ['impact.access == "read"', PAYS, "deny"],
  ] as const)("%s of %o: %s", (condition, asked, effect) => {
    expect(ask(policyOf(when(condition)), asked).effect).toBe(effect);
  });

  it("is checked when the policy is loaded", () => {
    expect(problemsOf(`version: 1\n${when("impact.category == 1")}`).join()).toContain("category");
    expect(problemsOf(`version: 1\n${when('impact == "spend"')}`).join()).toContain(
      "types do not fit",
    );
  });

  it("shows what it read, and no value of an action that has sensitive fields (T28)", () => {
    const text = `actions: { send_payment: { sensitive: [action.properties.recipient] } }\n${when(
      "size(impact.outside) >= 0",
    )}`;
    const [trace] = ask(policyOf(text), PAYS).traces;
    expect(trace?.values).toEqual({ "impact.outside": "(sensitive)" });
  });
});

describe("what an enforcement point says of the session", () => {
  const watched = rules(
    `{ id: w, match: { action: "*" }, when: 'impact.origin == "person"', decision: allow }`,
  );
  const context = { origins: { recipient: "person", amount: "person" } };

  it("loosens only where that point cannot be gone around (I13)", () => {
    const policy = policyOf(watched);
    expect(ask(policy, { ...PAYS, context }).effect).toBe("allow");
    expect(ask(policy, { ...PAYS, context, assurance: "cooperative" }).effect).toBe("deny");
    expect(ask(policy, PAYS).effect).toBe("deny");
    expect(ask(policy, { ...PAYS, context: { origins: "person" } }).effect).toBe("deny");
    expect(ask(policy, { ...PAYS, context: { origins: { a: "trusted" } } }).effect).toBe("deny");
  });

  it("is judged anew for the same content under another assurance", () => {
    const policy = policyOf(watched);
    const shared = { ...PAYS, context };
    expect(ask(policy, { ...shared, assurance: "cooperative" }).effect).toBe("deny");
    expect(ask(policy, shared).effect).toBe("allow");
  });
});
