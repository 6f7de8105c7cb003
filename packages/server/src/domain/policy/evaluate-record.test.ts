import { describe, expect, it } from "vitest";
import { evaluate } from "./evaluate.ts";
import {
  ask,
  DENY,
  GUARD,
  hold,
  inputOf,
  policyOf,
  quorumOf,
  rule,
} from "./testing/policy-fixtures.ts";

const rules = (first: string, ...texts: readonly string[]): string =>
  `${first}rules:\n${texts.join("")}`;
const decide = (text: string, asked = {}) => ask(policyOf(text), asked);

describe("shadow mode", () => {
  const held = hold("h", "request_fields: [context.x],");
  it("globally: nothing is held, and the record says what would have been", () => {
    const decision = decide(rules(`mode: shadow\n${GUARD}`, hold("h"), rule("d", "deny")));
    expect(decision).toMatchObject({
      effect: "allow",
      vetoWindowMs: 0,
      obligations: null,
      shadow: { effect: "deny", rules: ["d"] },
    });
    expect(decision.traces.map(({ outcome }) => outcome)).toEqual(["shadow", "shadow"]);
  });
  it("globally: missing fields and the default are recorded as well", () => {
    const text = rules(`mode: shadow\n${GUARD}`, held);
    expect(decide(text)).toMatchObject({ effect: "allow", missingFields: [] });
    expect(decide(text).shadow).toEqual({ effect: "deny", rules: [] });
    expect(decide(text, { action: "x" }).shadow).toEqual({ effect: "hold", rules: [] });
    expect(decide(rules(`mode: shadow\n${GUARD}`, rule("a", "allow"))).shadow).toBeNull();
  });
  it("by identity", () => {
    const policy = policyOf(rules(GUARD, hold("h")));
    const decision = ask(policy, { identity: { mode: "shadow" } });
    expect(decision).toMatchObject({ effect: "allow", shadow: { effect: "hold", rules: ["h"] } });
    expect(ask(policy)).toMatchObject({ effect: "hold", shadow: null });
  });
  it("by rule: it changes nothing and is recorded", () => {
    const shadow = rule("d", "deny", "mode: shadow,");
    const decision = decide(rules(GUARD, rule("a", "allow"), shadow));
    expect(decision).toMatchObject({
      effect: "allow",
      matchedRules: ["a"],
      shadow: { effect: "deny", rules: ["d"] },
    });
    expect(decide(rules(GUARD, shadow)).effect).toBe("hold");
    expect(quorumOf(decide(rules(GUARD, hold("h"), hold("s", "mode: shadow,"))))).toEqual(["1 h"]);
  });
  it("by rule: one that would loosen does not", () => {
    const decision = decide(rules(GUARD, rule("a", "allow", "mode: shadow,")));
    expect(decision).toMatchObject({ effect: "hold", shadow: null });
  });
  it("does not lift the registry's `may`", () => {
    const policy = policyOf(rules(GUARD, rule("a", "allow")));
    expect(ask(policy, { identity: { mode: "shadow", may: [] } }).effect).toBe("deny");
  });
});

describe("self approval", () => {
  const text =
    "  - { id: s, owner: o, match: { action: a.b }, decision: hold, approval: self, deadline: 1h }\n";
  it("asks the person the identity acts for", () => {
    const { obligations } = decide(rules(GUARD, text));
    expect(obligations).toMatchObject({ approval: "self", quorum: [], deadlineMs: 3_600_000 });
  });
  it("gives way to a quorum", () => {
    const decision = decide(rules(GUARD, text, hold("h")));
    expect(decision.obligations?.approval).toBe("quorum");
    expect(quorumOf(decision)).toEqual(["1 h"]);
  });
});

describe("claims (I13)", () => {
  const claim = `when: 'context.env == "prod"',`;
  const prod = { context: { env: "prod" } };
  it("add to the default and never replace it", () => {
    expect(quorumOf(decide(rules(GUARD, hold("h", claim)), prod))).toEqual(["1 guard", "1 h"]);
    expect(decide(rules(DENY, hold("h", claim)), prod).effect).toBe("deny");
  });
  it("add to what other rules say", () => {
    const decision = decide(rules(DENY, rule("a", "allow"), hold("h", claim)), prod);
    expect(quorumOf(decision)).toEqual(["1 h"]);
    const dev = { context: { env: "dev" } };
    expect(decide(rules(DENY, rule("a", "allow"), hold("h", claim)), dev).effect).toBe("allow");
  });
  it("what the request says of its subject is a claim, what the registry says is `subject`", () => {
    const text = rules(GUARD, rule("a", "allow", `when: 'subject.labels.env == "dev"',`));
    const claims = { labels: { env: "dev" }, env: "dev" };
    expect(decide(text, { claims, identity: { labels: { env: "prod" } } }).effect).toBe("hold");
    expect(decide(text, { identity: { labels: { env: "dev" } } }).effect).toBe("allow");
  });
});

describe("a decision", () => {
  it("is the same for the same policy and input, and names the policy by its digest", () => {
    const policy = policyOf(rules(GUARD, hold("h", "when: 'action.properties.x > 1',")));
    const input = inputOf({ properties: { x: 2 } });
    expect(evaluate(policy, input)).toEqual(evaluate(policy, input));
    expect(evaluate(policy, input).policyVersion).toMatch(/^[\w-]{43}$/);
    expect(policyOf(GUARD).version).not.toBe(policy.version);
  });
  it("takes the impact of the most restrictive rule that has one", () => {
    const text = rules(
      GUARD,
      rule("a", "allow", "impact: code_execution,"),
      hold("h", "impact: spend,"),
    );
    expect(decide(text).impact).toBe("spend");
    expect(decide(rules(GUARD, rule("a", "allow"))).impact).toBeNull();
  });
  it("never shows the value of a sensitive field, nor of a record around it", () => {
    const text = rules(
      `${GUARD}actions: { a.b: { sensitive: [action.properties.card, action.properties.lines.*.iban, subject.properties.pin] } }\n`,
      hold(
        "h",
        `when: 'action.properties.card.size() > 2 && size(action.properties.lines) > 0 && ` +
          `action.properties.lines[0].iban != "" && money(action.properties.card) > money("1 USD") && ` +
          `has(claims.subject.pin) && action.properties.open == "seen"',`,
      ),
    );
    const decision = evaluate(
      policyOf(text),
      inputOf({
        properties: { card: "4111 HIDDEN", lines: [{ iban: "HIDDEN" }], open: "seen" },
        claims: { pin: "HIDDEN" },
      }),
      { nearMisses: true },
    );
    expect(JSON.stringify(decision)).not.toContain("HIDDEN");
    expect(decision.traces[0]?.values).toMatchObject({
      "action.properties.card": "(sensitive)",
      "action.properties.lines": "(sensitive)",
      "claims.subject.pin": "(sensitive)",
      "action.properties.open": '"seen"',
    });
  });
  it("tells of near misses when asked, with what each lacked", () => {
    const policy = policyOf(
      rules(
        GUARD,
        rule("a", "allow", `when: 'action.properties.x > 5 && action.properties.y == "b"',`),
      ),
    );
    const input = inputOf({ properties: { x: 6, y: "c" } });
    expect(evaluate(policy, input).traces).toEqual([]);
    expect(evaluate(policy, input, { nearMisses: true }).traces).toEqual([
      {
        rule: "a",
        why: "rule `a` applies",
        outcome: "missed",
        effect: "allow",
        values: { "action.properties.x": "6", "action.properties.y": '"c"' },
        detail: '`action.properties.x > 5` is true; `action.properties.y == "b"` is false',
      },
    ]);
  });
  it("quotes the parts of a condition with all of their parentheses", () => {
    const when = 'action.properties.x > 5 && !(action.properties.y in ["c", ("b")])';
    const policy = policyOf(rules(GUARD, rule("a", "allow", `when: '${when}',`)));
    const input = inputOf({ properties: { x: 6, y: "c" } });
    const [trace] = evaluate(policy, input, { nearMisses: true }).traces;
    expect(trace?.detail).toContain('`!(action.properties.y in ["c", ("b")])` is false');
  });
});
