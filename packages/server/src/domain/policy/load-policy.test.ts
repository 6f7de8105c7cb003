import { describe, expect, it } from "vitest";
import { formatLoadProblem } from "./load-problem.ts";
import { loadPolicy } from "./policy.ts";
import { GUARD, hold, problemsOf, rule } from "./testing/policy-fixtures.ts";

const load = (text: string) => loadPolicy(text, { file: "policy.yaml" });
/** Messages without places, of a text after `version: 1`. */
const messages = (text: string) =>
  problemsOf(`version: 1\n${text}`).map((line) => line.slice(line.indexOf(" ") + 1));
const rules = (...texts: readonly string[]) => `${GUARD}rules:\n${texts.join("")}`;

describe("a load error", () => {
  it("has file, line, column, message, fix and a caret under the spot", () => {
    const loaded = load(
      "version: 1\nrules:\n  - id: a\n    match: { action: x }\n    decison: allow\n",
    );
    if (loaded.ok) throw new Error("it loaded");
    expect(loaded.problems.map(formatLoadProblem)).toEqual([
      "policy.yaml:3:5: `decision` is missing\n" +
        "   3 |   - id: a\n" +
        "     |     ^\n" +
        "  add `decision: …` with `allow`, `hold` or `deny`",
      "policy.yaml:5:5: unknown field `decison`; did you mean `decision`?\n" +
        "   5 |     decison: allow\n" +
        "     |     ^\n" +
        "  remove it, or use `id`, `why`, `owner`, `risk`, `request_fields`, `assurance`, `grant`, " +
        "`controls`, `match`, `when`, `decision`, `mode`, `impact`, `veto_window`, `deadline` or `approval`",
    ]);
  });

  it("points into a condition, however the YAML writes it", () => {
    const at = (when: string) =>
      problemsOf(
        `version: 1\nrules:\n  - id: a\n    match: { action: x }\n    decision: deny\n    when: ${when}`,
      );
    const message = "unknown variable `nope`";
    expect(at("nope > 1\n")).toEqual([`6:11 ${message}`]);
    expect(at("'1 == 1 && nope > 1'\n")).toEqual([`6:22 ${message}`]);
    expect(at('"\\"a\\" != \\"b\\" && nope > 1"\n')).toEqual([`6:30 ${message}`]);
    expect(at("|\n      1 == 1 &&\n        nope > 1\n")).toEqual([`8:9 ${message}`]);
    expect(at(">-\n      1 == 1 &&\n      nope > 1\n")).toEqual([`8:7 ${message}`]);
    expect(at("1 == 1 &&\n      nope > 1\n")).toEqual([`7:7 ${message}`]);
  });

  it("does not hide others: all of a file come at once, in the order of the file", () => {
    const text = `version: 2
mode: shadows
groups: { a: [x], a: [y] }
windows: { w: { days: [mon], from: "25:00", to: "05:00", zone: Mars/Olympus } }
packs: []
rules:
  - { id: a, match: { action: x }, decision: hold, approval: { approvers: finance, deadline: 8 hours } }
  - { id: a, match: { action: x }, when: "action.nam == 1", decision: allow }
`;
    // A duplicate key is wrong YAML: it is said first, alone.
    expect(problemsOf(text)).toEqual(["3:19 `a` is here twice"]);
    expect(problemsOf(text.replace(", a: [y]", ""))).toEqual([
      "1:10 expected `1`, got `2`",
      "2:7 expected `enforce` or `shadow`, got `shadows`; did you mean `shadow`?",
      '4:36 expected a time of day such as `"02:00"`, got `25:00`',
      "4:64 there is no time zone `Mars/Olympus`",
      "5:1 unknown field `packs`",
      "7:75 expected `group:NAME`, `person:ID`, `oncall:NAME`, `owner_of:identity` or " +
        "`owner_of:resource`, or `self`, got `finance`",
      "7:94 expected a duration such as `30s`, `15m`, `8h` or `7d`, got `8 hours`",
      "8:11 a rule `a` is here already",
      "8:50 there is no field `nam`",
    ]);
  });

  it("stays on its lines when what it quotes does not", () => {
    const loaded = load("version: 1\nmode: |\n  sha\n  dow\n");
    if (loaded.ok) throw new Error("it loaded");
    expect(loaded.problems.map(({ message }) => message)).toEqual([
      "expected `enforce` or `shadow`, got `sha dow `; did you mean `shadow`?",
    ]);
  });

  it("shortens what is long and shows no control characters of the file", () => {
    const loaded = load(
      `version: 1\ndefault: { decision: deny, why: ${"x".repeat(300)}, zzz: 1 }\n`,
    );
    if (loaded.ok) throw new Error("it loaded");
    const [problem] = loaded.problems;
    expect(problem!.excerpt.length).toBeLessThan(250);
    const [line, caret] = problem!.excerpt.split("\n");
    expect(line!.indexOf("zzz")).toBe(caret!.indexOf("^"));
  });
});

describe("YAML", () => {
  it.each([
    ["an empty file", "", ["1:1 the file is empty"]],
    [
      "an alias",
      "version: &v 1\nmode: *v\n",
      [
        "1:13 an anchor is not taken here: each place says what it means",
        "2:7 an alias is not taken here: each place says what it means",
      ],
    ],
    [
      "a tag",
      "version: !!int 1\n",
      ["1:16 a tag is not taken here: each place says what it means"],
    ],
    ["two documents", "version: 1\n---\nversion: 1\n", ["2:1 a file holds one document"]],
    [
      "a tab",
      "version: 1\ngroups:\n\ta: [x]\n",
      ["3:1 not valid YAML: tabs are not allowed as indentation"],
    ],
    [
      "a hidden direction mark",
      "version: 1\n# \u202e\n",
      ["2:3 the invisible character U+202E could make this read as something else"],
    ],
    [
      "the same, escaped",
      'version: 1\ndefault: { decision: deny, why: "\\u202e" }\n',
      ["2:33 the invisible character U+202E could make this read as something else"],
    ],
    [
      "half a surrogate pair, escaped",
      'version: 1\ndefault: { decision: deny, why: "\\ud800" }\n',
      ["2:33 the invisible character U+D800 could make this read as something else"],
    ],
    [
      "a prototype as a name",
      "version: 1\ngroups: { __proto__: [x] }\n",
      ["2:11 `__proto__` cannot be a name here"],
    ],
    ["a scalar", "hello\n", ["1:1 expected a mapping, got `hello`"]],
    ["no number, as YAML writes it", ".NaN\n", ["1:1 expected a mapping, got `.nan`"]],
    ["more than any number", "-.inf\n", ["1:1 expected a mapping, got `-.inf`"]],
  ])("refuses %s", (_name, text, expected) => {
    expect(problemsOf(text)).toEqual(expected);
  });

  it("refuses bombs at once: aliases, nesting, length", () => {
    const levels = Array.from(
      { length: 20 },
      (_, i) => `  l${i}: &l${i} [${i === 0 ? "x" : `*l${i - 1}, *l${i - 1}`}]`,
    );
    const deep = `version: 1\ngroups: ${"[".repeat(5_000)}${"]".repeat(5_000)}\n`;
    for (const text of [
      `version: 1\ngroups:\n${levels.join("\n")}\n`,
      deep,
      `version: 1\n${"- ".repeat(20_000)}`,
      `version: 1\n#${"x".repeat(2_100_000)}`,
      `version: 1\n${Array.from({ length: 30_000 }, (_, i) => `k${i}: 1`).join("\n")}`,
    ]) {
      const before = performance.now();
      expect(problemsOf(text)).not.toEqual([]);
      expect(performance.now() - before).toBeLessThan(10_000);
    }
    expect(problemsOf(deep)[0]).toContain("nested too deeply");
  });
});

describe("what stands elsewhere is no field of a policy", () => {
  it.each(["lifecycle", "replay", "packs", "organisation"])("%s", (field) => {
    expect(messages(`${field}: {}\n`)).toContain(`unknown field \`${field}\``);
  });
});

describe("a rule that holds", () => {
  const held = (fields: string) =>
    messages(rules(`  - { id: a, match: { action: x }, decision: hold, ${fields} }\n`));
  it("needs an owner, a deadline and somebody to ask", () => {
    expect(held("")).toEqual([
      "a hold needs an `owner`",
      "a hold needs a `deadline`",
      "a hold needs `approvers` or `quorum`, one of them",
    ]);
    expect(held("owner: o, approval: { approvers: group:g }")).toEqual([
      "a hold needs a `deadline`",
    ]);
    expect(held("owner: o, approval: { deadline: 1h }")).toEqual([
      "a hold needs `approvers` or `quorum`, one of them",
    ]);
    expect(held("approval: { approvers: group:g, deadline: 1h }")).toEqual([
      "a hold needs an `owner`",
    ]);
    expect(held("owner: o, approval: { approvers: group:g, deadline: 1h }")).toEqual([]);
    expect(held("owner: o, deadline: 1h, approval: { approvers: group:g }")).toEqual([]);
  });
  it("so does a default that holds; the default lends nothing to a rule", () => {
    expect(messages("default: { decision: hold }\n")).toEqual([
      "a hold needs an `owner`",
      "a hold needs a `deadline`",
      "a hold needs `approvers` or `quorum`, one of them",
    ]);
    expect(messages("default: { decision: deny, approvers: group:g }\n")).toEqual([
      "`approvers` is for a hold",
    ]);
  });
  it.each([
    [
      "both forms of a quorum",
      "approvers: group:g, quorum: [{ count: 1, from: group:g }]",
      "",
      "a hold needs `approvers` or `quorum`, one of them",
    ],
    [
      "self at high risk",
      "approvers: self",
      "risk: high,",
      "`self` is for low and medium risk only",
    ],
    [
      "self with an escalation",
      "approvers: self, escalate: [{ after: 1h, to: group:g }]",
      "",
      "`escalate` says nothing where the person acted for confirms",
    ],
    [
      "undo at critical risk",
      "approvers: group:g, undo: 5s",
      "risk: critical,",
      "`undo` is for low and medium risk only",
    ],
    [
      "two clauses for one group",
      "quorum: [{ count: 1, from: group:g }, { count: 1, from: group:g }]",
      "",
      "a clause for `group:g` is here already",
    ],
    [
      "one statement twice",
      "approvers: group:g, confirm: [{ id: a, text: x }, { id: a, text: x }]",
      "",
      "a statement `a` is here already",
    ],
    [
      "editing who asks",
      "approvers: group:g, edits: { fields: [subject.properties.x] }",
      "",
      "who asks cannot be edited",
    ],
    [
      "an owner with a prefix",
      "approvers: group:g, exclude: [person:x]",
      "",
      "expected the id of a person, without a prefix, or `suspender_of:resource`, got `person:x`",
    ],
    [
      "a count of nobody",
      "quorum: [{ count: 0, from: group:g }]",
      "",
      "expected a whole number from 1 to 20, got `0`",
    ],
  ])("cannot have %s", (_name, approval, more, message) => {
    expect(held(`owner: o, ${more} approval: { ${approval}, deadline: 1h }`)).toEqual([message]);
  });
  it("self and undo are fine at low and medium risk", () => {
    expect(held("owner: o, risk: low, approval: { approvers: self, deadline: 1h }")).toEqual([]);
    expect(held("owner: o, approval: { approvers: group:g, undo: 5s, deadline: 1h }")).toEqual([]);
    expect(held("owner: o, approval: self, deadline: 1h")).toEqual([]);
  });
  it("one statement's id has one text in a policy", () => {
    const confirm = (text: string) => `confirm: [{ id: v, text: ${text} }]`;
    expect(messages(rules(hold("a", "", confirm("one")), hold("b", "", confirm("two"))))).toEqual([
      "`v` says something else in another rule",
    ]);
    expect(messages(rules(hold("a", "", confirm("one")), hold("b", "", confirm("one"))))).toEqual(
      [],
    );
  });
});

describe("what belongs to one decision is refused on another", () => {
  it.each([
    ["veto_window: 5m,", "deny", "`veto_window` is for rules that allow"],
    ["approval: { approvers: group:g },", "allow", "`approval` is for a hold"],
    ["deadline: 1h,", "deny", "`deadline` is for a hold"],
  ] as const)("%s on %s", (more, decision, message) => {
    expect(messages(rules(rule("a", decision, more)))).toEqual([message]);
  });
});
