import { describe, expect, it } from "vitest";
import { mergeObligations } from "./obligations.ts";
import {
  ask,
  DENY,
  GUARD,
  hold,
  policyOf,
  problemsOf,
  quorumOf,
  rule,
} from "./testing/policy-fixtures.ts";

const rules = (first: string, ...texts: readonly string[]): string =>
  `${first}rules:\n${texts.join("")}`;
const decide = (text: string, asked = {}) => ask(policyOf(text), asked);

describe("most restrictive wins", () => {
  const window = (id: string, length: string) => rule(id, "allow", `veto_window: ${length},`);
  it.each([
    ["deny over hold", [hold("h"), rule("d", "deny")], "deny", ["d", "h"]],
    ["hold over allow", [rule("a", "allow"), hold("h")], "hold", ["h", "a"]],
    ["deny over allow", [rule("a", "allow"), rule("d", "deny")], "deny", ["d", "a"]],
    ["allow alone", [rule("a", "allow")], "allow", ["a"]],
    ["hold alone", [hold("h")], "hold", ["h"]],
  ] as const)("%s", (_name, texts, effect, matched) => {
    const decision = decide(rules(GUARD, ...texts));
    expect(decision.effect).toBe(effect);
    expect(decision.matchedRules).toEqual(matched);
    expect(decision.obligations === null).toBe(effect !== "hold");
  });

  it("the longest veto window wins over shorter ones and over none, also under a hold", () => {
    const allowed = decide(rules(GUARD, window("a", "5m"), window("b", "10m"), rule("c", "allow")));
    expect(allowed).toMatchObject({ effect: "allow", vetoWindowMs: 600_000 });
    const held = decide(rules(GUARD, window("a", "5m"), hold("h")));
    expect(held).toMatchObject({ effect: "hold", vetoWindowMs: 300_000 });
    expect(decide(rules(GUARD, rule("c", "allow"))).vetoWindowMs).toBe(0);
  });
});

describe("matched rules replace the default", () => {
  it("a hold by its own approvers, not by the default's", () => {
    expect(quorumOf(decide(rules(GUARD, hold("fin"))))).toEqual(["1 fin"]);
    expect(decide(rules(GUARD, rule("a", "allow"))).effect).toBe("allow");
    expect(decide(rules(DENY, hold("fin"))).effect).toBe("hold");
  });

  it("the default speaks where nothing matches", () => {
    const other = { action: "other" };
    const held = decide(rules(GUARD, rule("a", "allow")), other);
    expect(held).toMatchObject({ effect: "hold", matchedRules: [], risk: "medium" });
    expect(quorumOf(held)).toEqual(["1 guard"]);
    expect(held.obligations).toMatchObject({ deadlineMs: 14_400_000, ruleOwners: ["gus"] });
    expect(decide(rules(DENY, rule("a", "allow")), other).effect).toBe("deny");
  });

  it("without a default, what no rule matches is denied", () => {
    const decision = decide(rules("", rule("a", "allow")), { action: "other" });
    expect(decision.effect).toBe("deny");
    expect(decision.reasons).toEqual(["no rule matches, and there is no default"]);
    expect(decision.fallback).toBeNull();
  });

  it("a default that allows is refused", () => {
    expect(problemsOf("version: 1\ndefault: { decision: allow }\n")).toEqual([
      "2:22 expected `hold` or `deny`: what may run unasked is said by a rule, got `allow`",
    ]);
  });
});

describe("merging holds", () => {
  const merge = (a: readonly [string, string], b: readonly [string, string]) =>
    decide(rules(GUARD, hold("a", ...a), hold("b", ...b)));

  it("adds clauses of different sources and takes the larger count of the same", () => {
    expect(quorumOf(merge(["", ""], ["", ""]))).toEqual(["1 a", "1 b"]);
    const same = (id: string, count: number) =>
      `  - { id: ${id}, owner: o, match: { action: a.b }, decision: hold, ` +
      `approval: { quorum: [{ count: ${count}, from: group:x }], deadline: 1h } }\n`;
    expect(quorumOf(decide(rules(GUARD, same("one", 1), same("two", 2))))).toEqual(["2 x"]);
  });

  it("is what mergeObligations says of the two alone", () => {
    const one = decide(
      rules(GUARD, hold("a", "risk: high,", "undo: 5s,".replace("undo: 5s,", ""))),
    );
    const two = decide(rules(GUARD, hold("b", "controls: [c1],", "exclude: [eve],")));
    const both = merge(["risk: high,", ""], ["controls: [c1],", "exclude: [eve],"]);
    expect(both.obligations).toEqual(mergeObligations(one.obligations!, two.obligations!));
    expect(both.risk).toBe("high");
  });

  it("request_fields unite", () => {
    const both = merge(["request_fields: [context.x],", ""], ["request_fields: [context.y],", ""]);
    expect(both.missingFields).toEqual(["context.x", "context.y"]);
  });

  it("risk is the highest of all that match, also of those that allow", () => {
    const decision = decide(rules(GUARD, rule("a", "allow", "risk: critical,"), hold("h")));
    expect(decision).toMatchObject({ risk: "critical", obligations: { risk: "critical" } });
  });

  it("the grant is the shortest of all that match", () => {
    const grant = (length: string) => `grant: { deadline: ${length} },`;
    const decision = decide(rules(GUARD, rule("a", "allow", grant("10m")), hold("h", grant("2h"))));
    expect(decision.grantDeadlineMs).toBe(600_000);
    expect(decision.obligations?.grantDeadlineMs).toBe(600_000);
    expect(decide(rules(GUARD, hold("h"))).grantDeadlineMs).toBe(86_400_000);
  });
});

describe("errors tighten", () => {
  const when = (text: string) => `when: '${text}',`;
  const missing = when("action.properties.x > 5");
  it.each([
    ["an allow under a default that holds", GUARD, rule("r", "allow", missing), "hold"],
    ["an allow under a default that denies", DENY, rule("r", "allow", missing), "deny"],
    ["a hold under a default that holds", GUARD, hold("r", missing), "hold"],
    ["a hold under a default that denies", DENY, hold("r", missing), "deny"],
    ["a deny", GUARD, rule("r", "deny", missing), "deny"],
  ] as const)("%s counts as matched", (_name, first, text, effect) => {
    const decision = decide(rules(first, text));
    expect(decision.effect).toBe(effect);
    expect(decision.matchedRules).toEqual(["r"]);
    expect(decision.reasons[0]).toBe("rule `r` cannot be judged: `action.properties.x` is missing");
    expect(decision.traces).toMatchObject([{ rule: "r", outcome: "error" }]);
  });

  it("asks for what the rule and the default ask for", () => {
    expect(quorumOf(decide(rules(GUARD, hold("r", missing))))).toEqual(["1 guard", "1 r"]);
    expect(quorumOf(decide(rules(GUARD, rule("r", "allow", missing))))).toEqual(["1 guard"]);
  });

  it("does not loosen what another rule says", () => {
    const decision = decide(rules(GUARD, hold("h"), rule("r", "allow", missing)));
    expect(quorumOf(decision)).toEqual(["1 guard", "1 h"]);
  });

  it("leaves alone what can be judged", () => {
    const asked = { properties: { x: 6 } };
    expect(decide(rules(GUARD, rule("r", "allow", missing)), asked).effect).toBe("allow");
    expect(decide(rules(GUARD, rule("r", "allow", missing)), { properties: { x: 5 } }).effect).toBe(
      "hold",
    );
  });

  it("something other than true or false is an error", () => {
    const decision = decide(rules(GUARD, rule("r", "allow", when("action.properties.x"))), {
      properties: { x: "true" },
    });
    expect(decision.effect).toBe("hold");
    expect(decision.reasons[0]).toContain("it needs true or false, not text");
  });
});

describe("arguments that do not fit the schema", () => {
  const schema =
    "actions:\n  a.b:\n    properties: { type: object, additionalProperties: false, " +
    "properties: { env: { enum: [prod, dev] }, n: { type: integer } } }\n";
  const guarded = rules(
    `${GUARD}${schema}`,
    rule("free", "allow", `when: 'action.properties.env != "prod"',`),
    hold("prod", `when: 'action.properties.env == "prod"',`),
    rule("never", "deny", `when: 'action.properties.n > 5',`),
  );
  it.each([
    ["a list around it", { env: ["prod"] }, "is not one of"],
    ["another case", { env: "Prod" }, "is not one of"],
    ["an unknown argument", { env: "dev", eval: 1 }, "`action.properties.eval` is not declared"],
    ["another type", { env: "dev", n: "6" }, "must be integer"],
  ])("hold with that reason: %s", (_name, properties, reason) => {
    const decision = decide(guarded, { properties });
    expect(decision.effect).toBe("hold");
    expect(decision.reasons[0]).toContain(reason);
    // All that would hold, and the default: the rule that should have seen it cannot.
    expect(quorumOf(decision)).toEqual(["1 guard", "1 prod"]);
  });

  it("are denied where the action says so, so that no deny is gone round by them", () => {
    const strict = guarded.replace("  a.b:\n", "  a.b:\n    misfit: deny\n");
    const misfit = decide(strict, { properties: { env: "prod", n: 6, eval: 1 } });
    expect(misfit).toMatchObject({ effect: "deny", obligations: null });
    expect(misfit.reasons).toEqual(["`action.properties.eval` is not declared"]);
    expect(decide(strict, { properties: { env: "dev", n: 1 } }).effect).toBe("allow");
  });

  it("those that fit are judged", () => {
    expect(decide(guarded, { properties: { env: "dev", n: 1 } }).effect).toBe("allow");
    expect(quorumOf(decide(guarded, { properties: { env: "prod", n: 1 } }))).toEqual(["1 prod"]);
    expect(decide(guarded, { properties: { env: "dev", n: 6 } }).effect).toBe("deny");
  });

  it("an unconditional deny still denies, and nobody to ask means deny", () => {
    const properties = { env: "Prod" };
    expect(decide(`${guarded}${rule("no", "deny")}`, { properties }).effect).toBe("deny");
    const lonely = rules(`${DENY}${schema}`, rule("free", "allow"));
    const decision = decide(lonely, { properties });
    expect(decision).toMatchObject({ effect: "deny", obligations: null });
    expect(decision.reasons[0]).toContain("is not one of");
  });

  it("the resource has a schema too", () => {
    const resource =
      "actions: { a.b: { resource: { type: object, properties: { id: { pattern: '^db-' } } } } }\n";
    const policy = policyOf(rules(`${GUARD}${resource}`, rule("free", "allow")));
    expect(ask(policy, { resource: { type: "db", id: "db-1" } }).effect).toBe("allow");
    expect(ask(policy, { resource: { type: "db", id: "x" } }).effect).toBe("hold");
  });
});

describe("request_fields", () => {
  const policy = policyOf(
    rules(GUARD, hold("h", "request_fields: [context.justification, action.properties.t],")),
  );
  it("a submit without them is refused, naming the fields", () => {
    const decision = ask(policy, { context: { justification: "because" } });
    expect(decision).toMatchObject({
      effect: "deny",
      missingFields: ["action.properties.t"],
      obligations: null,
    });
    expect(decision.reasons[0]).toBe("the request lacks `action.properties.t`");
  });
  it.each([[""], ["  \n"], [null]])("blank is as good as absent: %j", (justification) => {
    const asked = { context: { justification }, properties: { t: 0 } };
    expect(ask(policy, asked).missingFields).toEqual(["context.justification"]);
  });
  it("inherited members are not fields", () => {
    const inherited = policyOf(rules(GUARD, hold("h", "request_fields: [context.constructor],")));
    expect(ask(inherited, { context: {} }).effect).toBe("deny");
  });
  it("with them it is held", () => {
    const asked = { context: { justification: "because" }, properties: { t: false } };
    expect(ask(policy, asked)).toMatchObject({ effect: "hold", missingFields: [] });
  });
});

describe("assurance", () => {
  const policy = policyOf(rules(GUARD, hold("h", "assurance: mediated,")));
  it("a rule that requires mediated refuses what could be gone around", () => {
    const decision = ask(policy, { assurance: "cooperative" });
    expect(decision.effect).toBe("deny");
    expect(decision.reasons[0]).toContain("rule `h` needs an enforcement point");
  });
  it("the requirement of a rule that allows stays with a hold beside it", () => {
    const text = rules(GUARD, rule("a", "allow", "assurance: mediated,"), hold("h"));
    expect(decide(text).obligations?.assurance).toBe("mediated");
    expect(decide(text, { assurance: "cooperative" }).effect).toBe("deny");
  });
  it("and holds what could not", () => {
    expect(ask(policy)).toMatchObject({ effect: "hold", obligations: { assurance: "mediated" } });
    expect(ask(policyOf(rules(GUARD, hold("h"))), { assurance: "cooperative" }).effect).toBe(
      "hold",
    );
  });
});

describe("numbers of a schema", () => {
  const decided = (type: string, test: string) => {
    const schema = `actions: { a.b: { properties: { type: object, properties: { n: { type: ${type} }, l: { type: array, items: { type: ${type} } }, o: { type: object, properties: { n: { type: ${type} } } } } } } }\n`;
    const text = rules(`${GUARD}${schema}`, rule("r", "allow", `when: '${test}',`));
    return decide(text, { properties: { n: 5, l: [5], o: { n: 5 } } }).effect;
  };
  it.each([["action.properties.n"], ["action.properties.l[0]"], ["action.properties.o.n"]])(
    "that are `integer` divide as whole numbers, others do not: %s",
    (path) => {
      expect(decided("integer", `${path} / 2 == 2`)).toBe("allow");
      expect(decided("number", `${path} / 2.0 == 2.5`)).toBe("allow");
      expect(decided("integer", `${path} / 2 == 2.5`)).toBe("hold");
    },
  );
});

describe("may", () => {
  const policy = policyOf(rules(GUARD, rule("a", "allow")));
  it.each([
    [["a.b"], "allow"],
    [["a.*"], "allow"],
    [["*"], "allow"],
    [null, "allow"],
    [["a.c", "b.*"], "deny"],
    [["a"], "deny"],
    [[], "deny"],
  ] as const)("%j → %s", (may, effect) => {
    expect(ask(policy, { identity: { may } }).effect).toBe(effect);
  });
});

describe("unknown_actions", () => {
  const text = (mode: string) =>
    rules(`unknown_actions: ${mode}\nactions: { a.b: {} }\n${GUARD}`, rule("a", "allow"));
  it("deny refuses what is not declared", () => {
    const policy = policyOf(text("deny"));
    expect(ask(policy, { action: "x" }).reasons[0]).toContain("does not declare this action");
    expect(ask(policy, { action: "x" }).effect).toBe("deny");
    expect(ask(policy).effect).toBe("allow");
  });
  it("default leaves it to the rules and the default", () => {
    expect(ask(policyOf(text("default")), { action: "x" }).effect).toBe("hold");
  });
});

describe("matching", () => {
  const allowed = (match: string, asked: Parameters<typeof ask>[1]) => {
    const policy = policyOf(`${DENY}rules:\n  - { id: r, match: ${match}, decision: allow }\n`);
    return ask(policy, asked).effect === "allow";
  };
  it.each([
    ["{ action: a.b }", {}, true],
    ["{ action: a.b }", { action: "a.b.c" }, false],
    ["{ action: 'a.*' }", { action: "a.b.c" }, true],
    ["{ action: 'a.*' }", { action: "a" }, false],
    ["{ action: 'mcp__git*' }", { action: "mcp__github__push" }, true],
    ["{ action: '*' }", { action: "anything" }, true],
    ["{ action: [x, a.b] }", {}, true],
    ["{ action: [x, y] }", {}, false],
    ["{ subject: { type: agent } }", {}, true],
    ["{ subject: { type: bot } }", {}, false],
    ["{ subject: { id: 'agent-*' } }", {}, true],
    ["{ subject: { group: ops } }", { identity: { groups: ["dev", "ops"] } }, true],
    ["{ subject: { group: ops } }", { identity: { groups: ["dev"] } }, false],
    ["{ resource: { type: db, id: 'prod-*' } }", { resource: { type: "db", id: "prod-1" } }, true],
    ["{ resource: { type: db, id: 'prod-*' } }", { resource: { type: "db", id: "dev-1" } }, false],
    ["{ action: a.b, resource: { type: db } }", {}, false],
  ] as const)("%s, %j → %s", (match, asked, expected) => {
    expect(allowed(match, asked)).toBe(expected);
  });

  it("a rule whose patterns overlap takes part once", () => {
    const text = `${GUARD}rules:\n  - { id: r, match: { action: ['a.*', a.b, '*'] }, decision: allow }\n`;
    expect(decide(text).matchedRules).toEqual(["r"]);
  });
});
