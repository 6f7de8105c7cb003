import { describe, expect, it } from "vitest";
import { policyDifference } from "./policy-difference.ts";

const OLD = `version: 1
default: { decision: hold, approvers: group:finance, owner: chen, deadline: 4h }
groups: { finance: [ana, bo] }
rules:
  - { id: reads, match: { action: files.read }, decision: allow }
  - id: orders
    match: { action: orders.submit }
    when: money(action.properties.amount) > money("5000.00 USD")
    decision: hold
    risk: high
    approval: { approvers: group:finance, deadline: 8h }
`;

const from = (change: (text: string) => string) => policyDifference(OLD, change(OLD));

describe("the difference of two policies", () => {
  it("is none where only comments, quotes and the order of members differ", () => {
    expect(from((text) => `# more\n${text}`)).toEqual([]);
    expect(from((text) => text.replace("risk: high", "risk: 'high'"))).toEqual([]);
    expect(
      from((text) =>
        text.replace(
          "{ id: reads, match: { action: files.read }, decision: allow }",
          "{ decision: allow, match: { action: files.read }, id: reads }",
        ),
      ),
    ).toEqual([]);
  });

  it("names rules that were added, removed and changed, and what of them changed", () => {
    expect(from((text) => text.replace("id: reads", "id: looks"))).toEqual([
      "- rule reads",
      "+ rule looks (allow)",
    ]);
    expect(
      from((text) => text.replace("5000.00", "9000.00").replace("deadline: 8h", "deadline: 1h")),
    ).toEqual([
      '~ rule orders: when money(action.properties.amount) > money("5000.00 USD") → money(action.properties.amount) > money("9000.00 USD"), approval',
    ]);
    expect(from((text) => text.replace("risk: high\n", "risk: low\n"))).toEqual([
      "~ rule orders: risk high → low",
    ]);
  });

  it("tells groups, defaults and the order of rules", () => {
    expect(from((text) => text.replace("[ana, bo]", "[ana, bo, eve]"))).toEqual([
      '~ group finance: ["ana","bo"] → ["ana","bo","eve"]',
    ]);
    expect(
      from((text) => text.replace("decision: hold, approvers", "decision: allow, approvers")),
    ).toHaveLength(1);
    const [, rules = ""] = OLD.split("rules:\n");
    const [first = "", ...others] = rules.split("\n");
    expect(from((text) => text.replace(rules, `${others.join("\n")}${first}\n`))).toEqual([
      "~ the order of the rules",
    ]);
  });
});
