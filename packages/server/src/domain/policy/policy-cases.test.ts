import { describe, expect, it } from "vitest";
import { explain } from "./explain.ts";
import { runPolicyCases } from "./policy-cases.ts";
import { policyOf } from "./testing/policy-fixtures.ts";

const policy =
  policyOf(`default: { decision: hold, owner: gus, approvers: group:guard, deadline: 4h }
windows: { night: { days: [mon], from: "00:00", to: "06:00", zone: UTC } }
rules:
  - { id: small, match: { action: pay }, when: 'action.properties.n < 10', decision: allow, veto_window: 5m }
  - id: large
    why: Large payments need two
    owner: bo
    match: { action: pay }
    when: action.properties.n >= 10
    decision: hold
    risk: high
    impact: spend
    request_fields: [context.reason]
    approval:
      quorum: [{ count: 2, from: [group:fin, group:ops] }]
      confirm: [{ id: known, text: I know the payee }]
      step_up: passkey
      deadline: 8h
  - { id: night, match: { action: pay }, when: 'in_window("night")', decision: deny }
`);

const run = (cases: string) => runPolicyCases(policy, cases, { file: "cases.yaml" });

const ALL = `
identity: { id: payer, groups: [bots] }
cases:
  - name: small ones run after a while
    request: { action: { name: pay, properties: { n: 5 } } }
    expect: { decision: allow, rules: [small], veto_window: 5m, risk: low, impact: none, quorum: [] }
  - name: large ones are held
    request: { action: { name: pay, properties: { n: 10 } }, context: { reason: rent } }
    expect:
      decision: hold
      rules: [large]
      reason: need two
      risk: high
      impact: spend
      approval: quorum
      quorum: [{ count: 2, from: [group:ops, group:fin] }]
      confirm: [known]
      step_up: passkey
      missing_fields: []
      deadline: 8h
  - name: and need a reason
    request: { action: { name: pay, properties: { n: 10 } } }
    expect: { decision: deny, missing_fields: [context.reason] }
  - name: nothing at night
    now: "2026-01-05T03:00:00Z"
    request: { action: { name: pay, properties: { n: 5 } } }
    expect: { decision: deny, rules: [night, small] }
  - name: in shadow
    identity: { mode: shadow }
    request: { action: { name: pay, properties: { n: 10 } }, context: { reason: rent } }
    expect: { decision: allow, shadow: hold }
`;

describe("runPolicyCases", () => {
  it("passes what is as expected", () => {
    const result = run(ALL);
    expect(result.problems).toEqual([]);
    expect(result.results.flatMap(({ failures }) => failures)).toEqual([]);
    expect(result.ok).toBe(true);
    expect(result.results.map(({ line }) => line)).toEqual([4, 7, 21, 24, 28]);
  });

  it.each([
    ["decision: hold", "decision: expected hold, got allow"],
    ["decision: allow, rules: [large]", "rules: expected [large], got [small]"],
    ["decision: allow, rules: []", "rules: expected [], got [small]"],
    ["decision: allow, risk: high", "risk: expected high, got low"],
    ["decision: allow, impact: spend", "impact: expected spend, got none"],
    ["decision: allow, veto_window: 6m", "veto_window: expected 360000 ms, got 300000 ms"],
    ["decision: allow, deadline: 8h", "deadline: expected 28800000 ms, got 0 ms"],
    ["decision: allow, approval: self", "approval: expected self, got none"],
    ["decision: allow, step_up: passkey", "step_up: expected passkey, got none"],
    ["decision: allow, confirm: [a]", "confirm: expected [a], got []"],
    ["decision: allow, shadow: deny", "shadow: expected deny, got none"],
    ["decision: allow, missing_fields: [x]", "missing_fields: expected [x], got []"],
    [
      "decision: allow, quorum: [{ count: 1, from: group:a }]",
      "quorum: expected [1 of group:a], got []",
    ],
    ["decision: allow, reason: nowhere", 'reason: none contains "nowhere": rule `small` applies'],
  ])("says what differs: %s", (expectation, failure) => {
    const { ok, results } = run(
      `cases:\n  - name: c\n    request: { action: { name: pay, properties: { n: 5 } } }\n    expect: { ${expectation} }\n`,
    );
    expect(ok).toBe(false);
    expect(results[0]?.failures).toEqual([failure]);
  });

  it("refuses a file that is wrong, with a place", () => {
    const refused = (text: string) =>
      run(text).problems.map(({ line, column, message }) => `${line}:${column} ${message}`);
    expect(refused("")).toEqual(["1:1 the file is empty"]);
    expect(refused("cases: []\n")).toEqual(["1:8 the list is empty"]);
    expect(
      refused(
        "cases:\n  - name: c\n    request: { action: { nam: pay } }\n    expect: { decision: maybe }\n",
      ),
    ).toEqual([
      "3:24 `name` is missing",
      "3:26 unknown field `nam`; did you mean `name`?",
      "4:25 expected `allow`, `hold` or `deny`, got `maybe`",
    ]);
    expect(
      refused(
        "now: noon\ncases:\n  - name: c\n    request: { action: { name: pay } }\n    expect: { decision: hold }\n",
      ),
    ).toEqual(["3:5 `noon` is not a moment"]);
    expect(run("").ok).toBe(false);
  });
});

describe("explain", () => {
  const textOf = (cases: string) => {
    const [result] = run(cases).results;
    return explain(result!.decision, result!.input);
  };
  it("says what was decided, by what, on which values, and what the others lacked", () => {
    expect(
      textOf(
        "cases:\n  - name: c\n    request: { action: { name: pay, properties: { n: 10 } }, context: { reason: rent }, resource: { type: account, id: a7 } }\n    expect: { decision: hold }\n",
      ),
    ).toBe(`held: pay on account a7 by agent-1
  Large payments need two
  risk high, spend
  needs 2 of group:fin or group:ops
  each with passkey
  each confirms: I know the payee
  within 8h, else it expires and nothing runs
matched
  large (hold): Large payments need two
    action.properties.n = 10
nearly matched
  small (allow): rule \`small\` applies
    action.properties.n = 10
    \`action.properties.n < 10\` is false
  night (deny): rule \`night\` applies
    now = "2026-01-05T12:00:00.000Z"
    \`in_window("night")\` is false
policy ${policy.version}`);
  });
  it("says what shadow mode kept back, and makes what is hidden visible", () => {
    const text = textOf(
      'cases:\n  - name: c\n    identity: { mode: shadow }\n    request: { action: { name: pay, properties: { n: 10 } }, resource: { type: account, id: "a\\u200b7" } }\n    expect: { decision: allow }\n',
    );
    expect(text).toContain("allowed: pay on account a«U+200B»7 by agent-1");
    expect(text).toContain("without shadow mode: denied by the default");
    expect(text).toContain("in shadow, not enforced\n  large (hold)");
  });
});
