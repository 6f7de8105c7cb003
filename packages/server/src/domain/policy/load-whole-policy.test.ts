import { describe, expect, it } from "vitest";
import { checkPolicy, groupsOf, sensitivePaths, sourcesOf } from "./policy.ts";
import { DENY, GUARD, hold, policyOf, problemsOf, rule } from "./testing/policy-fixtures.ts";

/** Messages without places, of a text after `version: 1`. */
const messages = (text: string) =>
  problemsOf(`version: 1\n${text}`).map((line) => line.slice(line.indexOf(" ") + 1));
const rules = (...texts: readonly string[]) => `${GUARD}rules:\n${texts.join("")}`;

describe("an unreachable rule", () => {
  it.each([
    ["false"],
    ["'1 > 2'"],
    ["'false && action.properties.x == 1'"],
    ["'!(1 == 1 || context.x == 1)'"],
  ])("is one that is never true: %s", (when) => {
    expect(messages(rules(rule("a", "deny", `when: ${when},`)))).toEqual(["this is never true"]);
  });
  it.each([["true"], ["'true'"], ["'action.properties.x == 1'"]])("and not: %s", (when) => {
    expect(messages(rules(rule("a", "deny", `when: ${when},`)))).toEqual([]);
  });
  it("is none about what the server asks for itself", () => {
    for (const action of ["identity.resume", "identity.*", "policy.publish"]) {
      const text = `unknown_actions: deny\nactions: { a.b: {} }\n${rules(`  - { id: r, match: { action: "${action}" }, decision: deny }\n`)}`;
      expect([action, messages(text)]).toEqual([action, []]);
    }
  });
  it("is one about no declared action, where others are denied", () => {
    const text = (mode: string) =>
      `unknown_actions: ${mode}\nactions: { a.b: {}, c.d: {} }\n${rules("  - { id: r, match: { action: a.d }, decision: deny }\n")}`;
    expect(messages(text("deny"))).toEqual([
      "no declared action matches `a.d`; did you mean `a.b`?; undeclared ones are denied",
    ]);
    expect(messages(text("default"))).toEqual([]);
    expect(checkPolicy(`version: 1\n${text("default")}`, { file: "p" }).warnings).toMatchObject([
      { message: "no declared action matches `a.d`; did you mean `a.b`?" },
    ]);
    expect(messages(text("deny").replace("a.d }", "'c.*' }"))).toEqual([]);
  });
});

describe("an impossible quorum", () => {
  const groups = "groups: { g: [p1, p2], h: [p2, p3], one: [p1] }\n";
  const quorum = (clauses: string, more = "") =>
    `  - { id: q, owner: o, match: { action: a.b }, decision: hold, approval: { quorum: [${clauses}], deadline: 1h, ${more} } }\n`;
  it.each([
    [
      "more than there are",
      "{ count: 3, from: group:g }",
      "",
      "only 2 of 3 persons can be found for 3 of group:g",
    ],
    [
      "one person in two slots",
      "{ count: 1, from: group:one }, { count: 2, from: group:g }",
      "",
      "only 2 of 3 persons can be found for 2 of group:g and 1 of group:one",
    ],
    [
      "too many excluded",
      "{ count: 2, from: group:g }",
      "exclude: [p1]",
      "only 1 of 2 persons can be found for 2 of group:g once the excluded are left out",
    ],
    [
      "one owner twice",
      "{ count: 2, from: owner_of:resource }",
      "",
      "only 1 of 2 persons can be found for 2 of owner_of:resource",
    ],
    [
      "an owner who may not",
      "{ count: 1, from: owner_of:identity }",
      "",
      "`owner_of:identity` may not approve without `owner_may_approve: true`",
    ],
    [
      "a person twice",
      "{ count: 1, from: person:p1 }, { count: 1, from: [person:p1, group:one] }",
      "",
      "only 1 of 2 persons can be found for 1 of group:one or person:p1 and 1 of person:p1",
    ],
  ])("%s", (_name, clauses, more, why) => {
    expect(messages(`${groups}${rules(quorum(clauses, more))}`)).toEqual([
      `nobody could approve this: ${why}`,
    ]);
  });
  it.each([
    ["as many as there are", "{ count: 2, from: group:g }", ""],
    ["matched one to one", "{ count: 2, from: group:g }, { count: 1, from: group:h }", ""],
    [
      "with those it escalates to",
      "{ count: 3, from: group:g, escalate: [{ after: 1h, to: group:h }] }",
      "",
    ],
    ["a group of the identity provider", "{ count: 9, from: group:unknown }", ""],
    ["an on-call roster", "{ count: 1, from: oncall:sre }", ""],
    ["an owner who may", "{ count: 1, from: owner_of:identity }", "owner_may_approve: true"],
  ])("not: %s", (_name, clauses, more) => {
    expect(messages(`${groups}${rules(quorum(clauses, more))}`)).toEqual([]);
  });
  it("is also one of two rules that always hold together", () => {
    const one = (id: string, action: string, more = "") =>
      `  - { id: ${id}, owner: o, match: { action: ${action} }, ${more} decision: hold, approval: { approvers: group:${id}, deadline: 1h } }\n`;
    const both = `groups: { x: [p1], y: [p1] }\n`;
    const together = [
      "`x`, `y` hold `a.b` together, and only 1 of 2 persons can be found for 1 of group:x and 1 of group:y",
    ];
    expect(messages(`${both}${rules(one("x", "a.b"), one("y", "a.b"))}`)).toEqual(together);
    expect(messages(`${both}${rules(one("x", "a.b"), one("y", "'a.*'"))}`)).toEqual(together);
    expect(messages(`${both}${rules(one("x", "a.b"), one("y", "a.c"))}`)).toEqual([]);
    const sometimes = "when: 'action.properties.x == 1',";
    expect(messages(`${both}${rules(one("x", "a.b"), one("y", "a.b", sometimes))}`)).toEqual([]);
    const onTrial = one("y", "a.b", "mode: shadow,");
    expect(messages(`${both}${rules(one("x", "a.b"), onTrial)}`)).toEqual([]);
    const elsewhere = one("y", "a.b, resource: { type: db }");
    expect(messages(`${both}${rules(one("x", "a.b"), elsewhere)}`)).toEqual([]);
  });
  it("is also one of the default", () => {
    const text = GUARD.replace("approvers: group:guard", "quorum: [{ count: 3, from: group:g }]");
    expect(messages(`${groups}${text}`)).toHaveLength(1);
  });
});

describe("claims (I13)", () => {
  it.each([
    ["context.env", 'context.env == "dev"'],
    ["claims.subject.env", 'claims.subject.env == "dev"'],
    ["resource.properties.env", 'resource.properties.env == "dev"'],
    ["context.env", "has(context.env)"],
    ["context", 'size(context) > 0 && action.name == "x"'],
    ["resource.properties", '"env" in resource.properties'],
  ])("nothing is allowed by %s: %s", (path, when) => {
    expect(messages(rules(rule("a", "allow", `when: '${when}',`)))).toEqual([
      `\`${path}\` is what the requester says of itself, so nothing may be allowed by it (I13)`,
    ]);
  });
  it.each([
    ['action.properties.env == "dev"'],
    ['resource.type == "db" && resource.id.startsWith("dev-")'],
    ['subject.labels.env == "dev" && now.getHours() > 5'],
  ])("what is executed and what the registry knows may: %s", (when) => {
    expect(messages(rules(rule("a", "allow", `when: '${when}',`)))).toEqual([]);
  });
  it("a hold or deny by claims loads with a warning", () => {
    for (const text of [
      hold("h", "when: 'context.x == 1',"),
      rule("d", "deny", "when: 'context.x == 1',"),
    ]) {
      const { problems, warnings } = checkPolicy(`version: 1\n${rules(text)}`, { file: "p" });
      expect(problems).toEqual([]);
      expect(warnings.map(({ message }) => message)).toEqual([
        "`context.x` is what the requester says of itself: the rule adds to the default and does not replace it (I13)",
      ]);
    }
  });
});

describe("actions", () => {
  const action = (fields: string, when = "true") =>
    messages(`actions: { a.b: { ${fields} } }\n${rules(rule("r", "deny", `when: '${when}',`))}`);
  const schema =
    "properties: { type: object, additionalProperties: false, properties: { amount: { type: string }, n: { type: integer }, tags: { type: array, items: { type: string } } } }";
  it.each([
    ["a slip in a field", 'action.properties.amuont == "1"', "there is no field `amuont`"],
    [
      "a slip in has()",
      "has(action.properties.amuont)",
      "`a.b` has no field `action.properties.amuont`; did you mean `amount`?",
    ],
    ["text against a number", "action.properties.amount > 5", "types do not fit: string > int"],
    [
      "a list against text",
      'action.properties.tags == "x"',
      "types do not fit: list<string> == string",
    ],
    [
      "a method on the wrong kind",
      'action.properties.n.startsWith("1")',
      "no function takes this: `int.startsWith(string)`",
    ],
  ])("their types are checked: %s", (_name, when, message) => {
    expect(action(schema, when)).toEqual([message]);
  });
  it.each([
    ["action.properties.n > 5 && action.properties.n + 1 < 9.5"],
    ['money(action.properties.amount) > money("5.00 USD")'],
    ['action.properties.tags.exists(t, t == "x") && "y" in action.properties.tags'],
  ])("%s", (when) => {
    expect(action(schema, when)).toEqual([]);
  });
  it("of several actions each must be able to take the condition", () => {
    const text = `actions: { a.b: { ${schema} }, c.d: { properties: { type: object, properties: { amount: { type: number } } } } }\n`;
    const about = (match: string) =>
      messages(
        `${text}${GUARD}rules:\n  - { id: r, match: { action: ${match} }, when: 'action.properties.amount > 5', decision: deny }\n`,
      );
    expect(about("c.d")).toEqual([]);
    expect(about("[a.b, c.d]")).toEqual(["types do not fit: string > int in `a.b`"]);
    expect(about("'*'")).toEqual([]);
  });
  it.each([
    ["properties: { type: objet }", "not a usable schema"],
    [
      "properties: { type: object, properties: { a: { $ref: '#' } } }",
      "the schema keyword `$ref` is not supported",
    ],
    [
      "properties: { type: string, pattern: '(?=a)' }",
      "not a usable schema: pattern: invalid or unsupported Perl syntax",
    ],
    [
      `${schema}, sensitive: [action.properties.amuont]`,
      "`a.b` has no field `action.properties.amuont`; did you mean `amount`?",
    ],
    [
      "sensitive: [amount]",
      "expected a dotted path such as `action.properties.lines.*.iban`, got `amount`",
    ],
  ])("%s", (fields, message) => {
    expect(action(fields).join("\n")).toContain(message);
  });
  it("a field to be edited or demanded must be declared", () => {
    const text = `actions: { a.b: { ${schema} } }\n`;
    const edits = hold("h", "", "edits: { fields: [action.properties.amuont] }");
    expect(messages(`${text}${rules(edits)}`)).toEqual([
      "`a.b` has no field `action.properties.amuont`; did you mean `amount`?",
    ]);
    expect(
      messages(`${text}${rules(hold("h", "request_fields: [action.properties.x],"))}`),
    ).toEqual(["`a.b` has no field `action.properties.x`"]);
  });
  it("an open schema is worth a warning", () => {
    const warnings = (fields: string) =>
      checkPolicy(`version: 1\nactions: { a.b: { ${fields} } }\n${DENY}`, { file: "p" }).warnings;
    expect(warnings("properties: { type: object }")).toHaveLength(1);
    expect(warnings(schema)).toEqual([]);
  });
  it("have sensitive paths", () => {
    const policy = policyOf(
      `actions: { a.b: { sensitive: ["action.properties.lines.*.iban", context] } }\n${DENY}`,
    );
    expect(sensitivePaths(policy, "a.b")).toEqual(["action.properties.lines.*.iban", "context"]);
    expect(sensitivePaths(policy, "constructor")).toEqual([]);
  });
});

describe("windows", () => {
  const window = (fields: string) => messages(`windows: { w: { ${fields} } }\n${DENY}`);
  it.each([
    ['days: [mon], from: "02:00", to: "02:00", zone: UTC', "the window is empty"],
    ['days: [mon], from: "24:00", to: "02:00", zone: UTC', "a window cannot open at 24:00"],
    ['days: [mon], from: "02:00", to: "03:00", zone: "+02:00"', "there is no time zone `+02:00`"],
    [
      'days: [monday], from: "02:00", to: "03:00", zone: UTC',
      "expected `mon`, `tue`, `wed`, `thu`, `fri`, `sat` or `sun`, got `monday`",
    ],
    [
      'days: [mon], from: 2am, to: "03:00", zone: UTC',
      'expected a time of day such as `"02:00"`, got `2am`',
    ],
  ])("%s", (fields, message) => {
    expect(window(fields)).toEqual([message]);
  });
  it("a condition names one that is there", () => {
    const when = rule("r", "deny", "when: 'in_window(\"mainten\")',");
    const declared =
      'windows: { maintenance: { days: [mon], from: "02:00", to: "03:00", zone: UTC } }\n';
    expect(messages(`${declared}${rules(when)}`)).toEqual(["there is no window `mainten`"]);
    expect(messages(`${declared}${rules(when.replace('mainten"', 'maintenence"'))}`)).toEqual([
      "there is no window `maintenence`; did you mean `maintenance`?",
    ]);
  });
});

describe("what a policy knows", () => {
  it("its groups and everybody who may be asked", () => {
    const policy = policyOf(
      `groups: { fin: [ana, bo] }\n${GUARD}rules:\n${hold("fin", "", "escalate: [{ after: 1h, to: oncall:boss }]")}`,
    );
    expect([...groupsOf(policy)]).toEqual([["fin", ["ana", "bo"]]]);
    expect(sourcesOf(policy)).toEqual(["group:fin", "group:guard", "oncall:boss"]);
  });
  it("a group that is nearly declared is worth a warning, wherever it is used", () => {
    const text = `version: 1
groups: { finance: [ana] }
default: { why: group:finanze, decision: hold, owner: o, quorum: [{ count: 1, from: [person:ana, group:finanze] }], deadline: 1h }
rules:
  - id: a
    match: { action: x }
    why: group:finanze
    decision: hold
    owner: o
    approval: { approvers: group:finanze, deadline: 1h, escalate: [{ after: 10m, to: group:finanze }] }
`;
    const { warnings } = checkPolicy(text, { file: "p" });
    const message = "group `finanze` is not among the policy's groups; did you mean `finance`?";
    expect(warnings.map((each) => [each.line, each.column, each.message])).toEqual([
      [3, 98, message],
      [10, 28, message],
      [10, 86, message],
    ]);
  });
});
