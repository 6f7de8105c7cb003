/**
 * The property that policy promises its authors: adding a matching hold or deny rule never loosens
 * what the matching rules gave before. Random policies, judged by a predicate that knows nothing of
 * merging (`testing/at-least-as-strict.ts`).
 */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { PolicyDecision, Roster } from "./model.ts";
import { loadPolicy } from "./policy.ts";
import { whatIsLooser } from "./testing/at-least-as-strict.ts";
import { ask, DENY, GUARD, runs } from "./testing/policy-fixtures.ts";

const PEOPLE: Readonly<Record<string, readonly string[]>> = {
  "group:a": ["p1", "p2", "p3", "p4"],
  "group:b": ["p2", "p3", "p5", "p6"],
  "group:c": ["p1", "p4", "p5"],
  "group:guard": ["p6"],
  "person:p1": ["p1"],
};
const ROSTER: Roster = new Map(Object.entries(PEOPLE));

const optional = (arbitrary: fc.Arbitrary<string>) => fc.option(arbitrary, { nil: "" });
const oneOf = (...texts: readonly string[]) => optional(fc.constantFrom(...texts));
const fields = (...parts: readonly fc.Arbitrary<string>[]) =>
  fc.tuple(...parts).map((texts) => texts.filter((text) => text !== "").join(", "));

const sources = fc.subarray(["group:a", "group:b", "group:c", "person:p1"], {
  minLength: 1,
  maxLength: 2,
});
const clauses = fc
  .uniqueArray(fc.tuple(fc.integer({ min: 1, max: 2 }), sources), {
    minLength: 1,
    maxLength: 2,
    selector: ([, from]) => from.join(),
  })
  .map((list) =>
    list.map(([count, from]) => `{ count: ${count}, from: [${from.join(", ")}] }`).join(", "),
  );

const shared = [
  oneOf("risk: low", "risk: high", "risk: critical"),
  oneOf("grant: { deadline: 10m }", "grant: { deadline: 40h }"),
  oneOf("assurance: mediated"),
  oneOf("request_fields: [context.there]", "request_fields: [context.absent]"),
  oneOf("controls: [c1]", "controls: [c1, c2]"),
  // True, false, an error, and claims that are true or false.
  oneOf(
    "when: 'action.properties.x == 1'",
    "when: 'action.properties.x == 2'",
    "when: 'action.properties.y == 2'",
  ),
] as const;

const approval = fields(
  clauses.map((text) => `quorum: [${text}]`),
  oneOf("confirm: [{ id: a, text: a }]", "confirm: [{ id: a, text: a }, { id: b, text: b }]"),
  oneOf("step_up: passkey"),
  oneOf(
    "edits: { fields: [context.x, context.y], editor_may_approve: true }",
    "edits: { fields: [context.y] }",
  ),
  fc.constantFrom("deadline: 1h", "deadline: 9h"),
  oneOf("extend: 1h", "extend: 5m"),
  oneOf(
    "escalate: [{ after: 1h, to: group:c }]",
    "escalate: [{ after: 2h, to: group:c }, { after: 1h, to: group:a }]",
  ),
  oneOf("on_reject: halt_session"),
  oneOf("owner_may_approve: true"),
  oneOf("exclude: [p1]", "exclude: [p5, p6]"),
);

const hold = fc
  .oneof(
    {
      weight: 4,
      arbitrary: fields(
        ...shared,
        approval.map((text) => `owner: o, approval: { ${text} }`),
      ),
    },
    {
      weight: 1,
      arbitrary: fields(...shared, fc.constant("owner: o, approval: self, deadline: 2h")).map(
        (text) =>
          text.replace("risk: high", "risk: medium").replace("risk: critical", "risk: medium"),
      ),
    },
  )
  .map((text) => `decision: hold, ${text}`);
const deny = fields(fc.constant("decision: deny"), ...shared);
const allow = fields(
  fc.constant("decision: allow"),
  oneOf("veto_window: 5m", "veto_window: 1h"),
  ...shared,
);
const anyRule = fc.oneof(hold, hold, deny, allow, allow);

const match = fc.constantFrom(
  "action: a.b",
  "action: 'a.*'",
  "action: '*'",
  "subject: { type: agent }",
);
const aRule = (body: fc.Arbitrary<string>) =>
  fc.tuple(match, body).map(([about, rest]) => `match: { ${about} }, ${rest}`);

/** Null where the policy is refused, for a quorum that nobody could fill. */
function decide(start: string, rules: readonly string[]): PolicyDecision | null {
  const texts = rules.map((rule, index) => `  - { id: r${index}, ${rule} }\n`);
  const text = `${start}${rules.length === 0 ? "" : "rules:\n"}${texts.join("")}`;
  const loaded = loadPolicy(`version: 1\n${text}`, { file: "policy.yaml" });
  if (!loaded.ok) {
    const problems = loaded.problems.map(({ message }) => message).join("\n");
    if (!problems.includes("persons can be found")) throw new Error(problems);
    return null;
  }
  return ask(loaded.policy, { properties: { x: 1 }, context: { there: "yes" } });
}

describe("adding a matching hold or deny rule", () => {
  it("never loosens what the matching rules gave before", () => {
    let compared = 0;
    fc.assert(
      fc.property(
        fc.constantFrom(GUARD, DENY),
        fc.array(aRule(anyRule), { minLength: 1, maxLength: 4 }),
        aRule(fc.oneof(hold, hold, deny)),
        fc.nat(),
        (start, rules, added, place) => {
          const before = decide(start, rules);
          // Where nothing matched, the default spoke, and a rule takes its place.
          fc.pre(before !== null && before.matchedRules.length > 0);
          const at = place % (rules.length + 1);
          const after = decide(start, rules.toSpliced(at, 0, added));
          fc.pre(after !== null && after.matchedRules.includes(`r${at}`));
          compared++;
          expect(whatIsLooser(after, before, ROSTER)).toBeNull();
        },
      ),
      runs(400),
    );
    expect(compared).toBeGreaterThan(200);
  });

  it("by claims never loosens what the default gave (I13)", () => {
    const byClaim = (text: string) =>
      `${text.replace(/, when: '[^']*'/, "")}, when: 'context.there == "yes"'`;
    fc.assert(
      fc.property(
        fc.constantFrom(GUARD, DENY),
        fc.array(aRule(fc.oneof(hold, deny)), { minLength: 1, maxLength: 3 }),
        (start, rules) => {
          const after = decide(start, rules.map(byClaim));
          fc.pre(after !== null);
          expect(whatIsLooser(after, decide(start, [])!, ROSTER)).toBeNull();
        },
      ),
      runs(200),
    );
  });

  it("that cannot be judged never loosens what the default gave", () => {
    const unjudged = (text: string) =>
      `${text.replace(/, when: '[^']*'/, "")}, when: 'action.properties.y == 2'`;
    fc.assert(
      fc.property(
        fc.constantFrom(GUARD, DENY),
        fc.array(aRule(anyRule), { minLength: 1, maxLength: 3 }),
        (start, rules) => {
          const after = decide(start, rules.map(unjudged));
          fc.pre(after !== null);
          expect(whatIsLooser(after, decide(start, [])!, ROSTER)).toBeNull();
        },
      ),
      runs(200),
    );
  });
});

describe("the predicate", () => {
  it("is not blind: it sees what each kind of loosening gives up", () => {
    const strict = decide(GUARD, [
      "match: { action: a.b }, decision: hold, owner: o, risk: high, approval: { quorum: [{ count: 2, from: group:a }], deadline: 1h, exclude: [p1] }",
    ])!;
    const loose = (change: string, to: string) =>
      decide(GUARD, [
        "match: { action: a.b }, decision: hold, owner: o, risk: high, approval: { quorum: [{ count: 2, from: group:a }], deadline: 1h, exclude: [p1] }".replace(
          change,
          to,
        ),
      ])!;
    expect(whatIsLooser(strict, strict, ROSTER)).toBeNull();
    expect(whatIsLooser(loose("count: 2", "count: 1"), strict, ROSTER)).toMatch(/^p\d at 0 ms$/);
    expect(whatIsLooser(loose("group:a", "[group:a, group:b]"), strict, ROSTER)).toMatch(
      / at 0 ms$/,
    );
    expect(whatIsLooser(loose("risk: high", "risk: low"), strict, ROSTER)).toBe("the risk fell");
    expect(whatIsLooser(loose("exclude: [p1]", ""), strict, ROSTER)).toBe("excluded");
    expect(whatIsLooser(loose("deadline: 1h", "deadline: 2h"), strict, ROSTER)).toBe("deadline");
    expect(
      whatIsLooser(decide(GUARD, ["match: { action: a.b }, decision: allow"])!, strict, ROSTER),
    ).toBe("hold became allow");
  });
});
