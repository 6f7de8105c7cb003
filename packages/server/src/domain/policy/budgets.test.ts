import { describe, expect, it } from "vitest";
import { NOTHING_OWN } from "../impact/model.ts";
import type { BudgetTotal, PolicyDecision } from "./model.ts";
import { policyDifference } from "./policy-difference.ts";
import { explain, evaluate, loadPolicy } from "./policy.ts";

const HEAD = `version: 1
default: { decision: hold, owner: gus, approvers: group:guard, deadline: 4h }
groups: { guard: [ann, ben] }
actions:
  order:
    properties:
      type: object
      additionalProperties: false
      properties: { amount: { type: string, format: money }, vendor: { type: string }, card: { type: string }, pieces: { type: integer } }
    sensitive: [action.properties.card]
`;

const spend = (over = ""): string =>
  `budgets: { spend: { sum: action.properties.amount, per: subject.id, window: 24h, limit: "100.00 USD"${over} } }\n`;
const rule = (when: string): string =>
  `rules:\n  - { id: free, match: { action: order }, when: '${when}', decision: allow }\n`;

function problemsOf(text: string): readonly string[] {
  const loaded = loadPolicy(HEAD + text, { file: "policy.yaml" });
  if (loaded.ok) return [];
  return loaded.problems.map(({ line, column, message }) => `${line}:${column} ${message}`);
}

function decided(
  text: string,
  total: BudgetTotal | null,
  properties: Readonly<Record<string, unknown>> = { amount: "30.00 USD" },
): PolicyDecision {
  const loaded = loadPolicy(HEAD + text, { file: "policy.yaml" });
  if (!loaded.ok) throw new Error(loaded.problems.map(({ message }) => message).join("; "));
  const [name = ""] = loaded.policy.budgets.keys();
  return evaluate(loaded.policy, {
    revision: {
      subject: { type: "agent", id: "buyer" },
      action: { name: "order", properties },
      resource: { type: "order", id: "1" },
    },
    identity: {
      id: "buyer",
      type: "agent",
      owner: "olga",
      stage: "active",
      groups: [],
      labels: { team: "red" },
      actsForPeople: false,
      may: null,
      mode: "enforce",
    },
    assurance: "mediated",
    organisation: NOTHING_OWN,
    now: 0,
    ...(total === null ? {} : { budgets: new Map([[name, total]]) }),
  });
}

const so = (total: bigint): BudgetTotal => ({ total, includes: false });

describe("a budget that does not load says where and why", () => {
  it.each([
    [
      spend() + rule('!budget("spent").over'),
      "13:58 there is no budget `spent`; did you mean `spend`?",
    ],
    [spend() + rule('!budget("spend").ower'), "13:66 a budget has no `ower`; did you mean `over`?"],
    [
      spend() + rule('budget("spend")'),
      "13:50 say what of the budget: `.over`, `.total`, `.after`, `.limit`, `.left`",
    ],
    [
      spend() + rule("budget(action.name).over"),
      "13:57 `budget` takes the name of a budget, written out",
    ],
    [
      spend() + rule('budget("spend").after < money("5.00 EUR")'),
      "13:74 the budget is in USD, and this is in EUR",
    ],
    [
      spend() + rule('budget("spend").total < 5'.replace(/'/g, "")),
      "13:74 the budget gives money, and this is a number",
    ],
    [
      spend().replace("100.00 USD", "100"),
      '11:89 the limit is not an amount with a currency, such as "12.00 USD"',
    ],
    [
      spend().replace("sum: action.properties.amount", "count: true"),
      "what is counted has a number as its limit",
    ],
    [spend(", count: true"), "a budget has one measure"],
    ["budgets: { b: { window: 24h, limit: 3 } }\n", "a budget needs `sum`, `count` or `distinct`"],
    [
      spend().replace("subject.id", "context.team"),
      "what the requester claims cannot part a budget (I13)",
    ],
    [
      spend().replace("subject.id", "[subject.id, action.properties.card]"),
      "is sensitive in `order`",
    ],
    [
      spend().replace("amount,", "amout,"),
      "`order` has no field `action.properties.amout`; did you mean `amount`?",
    ],
    [
      spend().replace("properties.amount,", "properties.pieces,"),
      "`action.properties.pieces` is a number in `order`, and a sum needs a currency",
    ],
    [spend().replace("24h", "a day"), "expected a duration"],
    [spend(", match: { actoin: order }"), "unknown field `actoin`; did you mean `action`?"],
  ])("%j", (text, message) => {
    expect(problemsOf(text).join("\n")).toContain(message);
  });

  it("and no condition is blamed for it", () => {
    const text = "budgets: { spend: { sum: 1, window: 24h, limit: 3 } }\n";
    expect(problemsOf(text + rule('!budget("spend").over'))).toHaveLength(1);
  });

  it("warns of one that no rule asks for", () => {
    const loaded = loadPolicy(HEAD + spend(), { file: "p" });
    if (!loaded.ok) throw new Error("it loads");
    const warnings = loaded.policy.warnings.map(({ message }) => message);
    expect(warnings).toContain("no rule asks for the budget `spend`, so it limits nothing");
  });
});

describe("what is asked of a budget (I9)", () => {
  it("is over from the first cent above the limit, the request itself counted", () => {
    const text = spend() + rule('!budget("spend").over');
    expect(decided(text, so(7_000n)).effect).toBe("allow");
    expect(decided(text, so(7_001n)).effect).toBe("hold");
  });

  it("gives total, after, limit and what is left, as money or as numbers", () => {
    const money =
      'budget("spend").total == money("70.00 USD") && budget("spend").after == money("100.00 USD") && ' +
      'budget("spend").limit == money("100.00 USD") && budget("spend").left == money("30.00 USD")';
    expect(decided(spend() + rule(money), so(7_000n)).effect).toBe("allow");
    const count = "budgets: { calls: { count: true, window: 1h, limit: 3 } }\n";
    const numbers =
      'budget("calls").total == 2 && budget("calls").after == 3 && budget("calls").left == 1';
    expect(decided(count + rule(numbers), so(2n)).effect).toBe("allow");
  });

  it("counts a distinct value once", () => {
    const text =
      "budgets: { vendors: { distinct: action.properties.vendor, window: 7d, limit: 2 } }\n" +
      rule('!budget("vendors").over');
    const vendor = { vendor: "acme" };
    expect(decided(text, { total: 2n, includes: false }, vendor).effect).toBe("hold");
    expect(decided(text, { total: 2n, includes: true }, vendor).effect).toBe("allow");
  });

  it.each([
    ["another currency", { amount: "1.00 EUR" }, "another currency than the limit"],
    ["a negative amount", { amount: "-1.00 USD" }, ""],
    ["no amount", { vendor: "acme" }, "`action.properties.amount` is missing"],
    ["an amount no sum can hold", { amount: "99999999999999999999.00 USD" }, "too large"],
  ])("cannot be judged with %s, and holds", (_, properties, reason) => {
    const decision = decided(spend() + rule('!budget("spend").over'), so(0n), properties);
    expect(decision.effect).toBe("hold");
    expect(decision.reasons.join()).toContain(reason);
  });

  it("holds while its total is not known", () => {
    const decision = decided(spend() + rule('!budget("spend").over'), null);
    expect(decision.effect).toBe("hold");
    expect(decision.reasons.join()).toContain("is not counted yet");
  });

  it("leaves alone what its `match` leaves out", () => {
    const text = spend(", match: { action: other }") + rule('!budget("spend").over');
    expect(decided(text, so(99_999n)).effect).toBe("allow");
  });

  it("is in the decision and its explanation, with what was relied on (T37)", () => {
    const decision = decided(spend() + rule('!budget("spend").over'), so(8_000n));
    expect(decision.budgets).toEqual([
      {
        name: "spend",
        window: "24h",
        total: "80.00 USD",
        after: "110.00 USD",
        limit: "100.00 USD",
        over: true,
        relied: "over",
      },
    ]);
    const exact = decided(spend() + rule('budget("spend").left > money("1.00 USD")'), so(0n));
    expect(exact.budgets[0]?.relied).toBe("total");
    expect(exact.traces[0]?.values).toEqual({ 'budget("spend").left': '"100.00 USD"' });
    const input = { revision: { action: { name: "order" }, resource: { type: "a", id: "b" } } };
    const text = explain(decision, { ...input, identity: { id: "buyer" } } as never);
    expect(text).toContain(
      "budget spend (over): would be 110.00 of 100.00 USD in 24 hours; 80.00 USD so far",
    );
  });
});

describe("what a budget is known by", () => {
  const definitionOf = (text: string): string => {
    const loaded = loadPolicy(HEAD + text, { file: "p" });
    if (!loaded.ok) throw new Error(loaded.problems[0]?.message);
    return [...loaded.policy.budgets.values()][0]?.definition ?? "";
  };

  it("is neither its name nor its limit: to change these resets no total", () => {
    const other = spend().replace("spend:", "renamed:").replace("100.00", "900.00");
    expect(definitionOf(other)).toBe(definitionOf(spend()));
  });

  it.each([
    ["the window", spend().replace("24h", "48h")],
    ["the key", spend().replace("subject.id", "subject.owner")],
    ["the match", spend(", match: { action: order }")],
    ["the currency", spend().replace("USD", "EUR")],
  ])("is what counts: %s", (_, text) => {
    expect(definitionOf(text)).not.toBe(definitionOf(spend()));
  });
});

it("is among what a new policy makes different", () => {
  expect(policyDifference(HEAD, HEAD + spend())).toEqual(["+ budget spend"]);
  const lower = HEAD + spend().replace("100.00", "90.00");
  expect(policyDifference(HEAD + spend(), lower)).toEqual([
    "~ budget spend: limit 100.00 USD → 90.00 USD",
  ]);
});
