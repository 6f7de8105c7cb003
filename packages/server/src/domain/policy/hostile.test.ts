/** What an agent, or a careless author, could send to stop or mislead the engine (T29). */
import { describe, expect, it } from "vitest";
import { STEPS_MAX } from "./input-scope.ts";
import { loadPolicy } from "./policy.ts";
import { judgeText } from "./testing/judge-text.ts";
import { ask, GUARD, hold, policyOf, rule } from "./testing/policy-fixtures.ts";

/** Generous for a busy machine: alone these take 50 ms. What is unbounded takes minutes. */
const PATIENCE_MS = 10_000;

function timed<T>(work: () => T): T {
  const before = performance.now();
  const result = work();
  expect(performance.now() - before).toBeLessThan(PATIENCE_MS);
  return result;
}

const list = (length: number) => Array.from({ length }, (_, index) => index);
const LONG = list(10_000);

describe("conditions over what an agent sends are bounded", () => {
  it.each([
    ["two quantifiers", "context.l.all(a, context.l.all(b, a != -1))"],
    ["two that absorb errors", "context.l.exists(a, context.l.exists(b, a.x == b.x))"],
    ["three", "context.l.all(a, context.l.exists(b, context.l.exists(c, c == -1)))"],
    [
      "three that absorb errors",
      "context.l.exists(a, context.l.exists(b, context.l.exists(c, c.x)))",
    ],
    ["behind an or", "context.l.all(a, context.l.all(b, a != -1)) || true"],
    ["inside an or", "context.l.exists(a, (context.l.all(b, a != -1) || false) && false)"],
    ["membership inside a quantifier", "context.l.all(a, !(-1 in context.l) && a != -1)"],
    ["comparing lists inside a quantifier", "context.l.all(a, context.l == context.same)"],
    ["building lists of lists", "context.l.map(a, context.l.map(b, b)).size() > 0"],
    ["adding lists", "context.l.map(a, context.l + context.l).size() > 0"],
    ["joining what is long", 'context.l.map(a, context.s).join(",").size() > 0'],
    ["searching text in text", "context.l.exists(a, context.s.contains(context.t))"],
    ["splitting", 'context.l.exists(a, context.s.split("b").size() > 9)'],
    ["counting characters", "context.l.exists(a, size(context.s) == 3)"],
    ["comparing text", "context.l.exists(a, context.s == context.t)"],
    ["zones", 'context.l.exists(a, now.getHours("Europe/Berlin") == 99)'],
    ["windows", 'context.l.exists(a, in_window("night"))'],
    ["keys of a record", "context.r.exists(a, context.r.exists(b, a == b + b))"],
  ])("%s", (_name, text) => {
    const s = "a".repeat(200_000);
    const r = Object.fromEntries(LONG.map((index) => [`k${index}`, index]));
    const context = { l: LONG, same: [...LONG], s, t: `${s.slice(1)}b`, r };
    expect(timed(() => judgeText(text, { context }))).toBe("cost");
  });

  it("one round over 10,000 elements is fine", () => {
    const context = { l: LONG };
    expect(judgeText("context.l.all(a, a >= 0 && a < 10000)", { context })).toBe("true");
    expect(judgeText("context.l.exists(a, a == 9999)", { context })).toBe("true");
  });

  it("what took too long tightens, names no value, and leaves nothing for the next rule", () => {
    const endless = "when: 'action.properties.l.all(a, action.properties.l.all(b, a != -1))',";
    const policy = policyOf(
      `${GUARD}rules:\n${rule("slow", "allow", endless)}${hold("h", `when: 'action.properties.l.size() == 3',`)}`,
    );
    const decision = timed(() => ask(policy, { properties: { l: LONG } }));
    expect(decision.effect).toBe("hold");
    expect(decision.reasons[0]).toContain("cannot be judged: judging it takes too many steps");
    expect(ask(policy, { properties: { l: [1, 2, 3] } }).matchedRules).toEqual(["h", "slow"]);
  });

  it("a thousand slow rules are together no slower than one", () => {
    const slow = list(1_000).map(
      (index) =>
        `  - { id: r${index}, match: { action: a.b }, decision: deny, ` +
        `when: 'action.properties.l.exists(a, action.properties.l.exists(b, a == -${index}.5))' }\n`,
    );
    const policy = policyOf(`${GUARD}rules:\n${slow.join("")}`);
    const decision = timed(() => ask(policy, { properties: { l: LONG } }));
    expect(decision.effect).toBe("deny");
  });
});

describe("patterns take linear time", () => {
  it.each(["^(a+)+$", "(a|aa)+$", "(.*a){25}$", "(a*)*b", "^(([a-z])+.)+[A-Z]([a-z])+$"])(
    "matches %s",
    (pattern) => {
      const context = { s: `${"a".repeat(5_000)}!` };
      expect(timed(() => judgeText(`context.s.matches("${pattern}")`, { context }))).not.toBe(
        "true",
      );
    },
  );

  it("what no automaton fits costs steps", () => {
    const text = `context.s.matches("([ab]{0,50}a){1,20}$")`;
    const mixed = (length: number) => {
      let seed = 1;
      return list(length)
        .map(() => "ab"[(seed = (seed * 48_271) % 2_147_483_647) % 2])
        .join("");
    };
    expect(timed(() => judgeText(text, { context: { s: mixed(50_000) } }))).toBe("cost");
    expect(timed(() => judgeText(text, { context: { s: mixed(100) } }))).not.toBe("cost");
    expect(judgeText(`context.s.matches("(a{0,999}){0,9}")`)).toContain("refused");
  });

  it("in schemas too, and what is too long for its pattern does not fit", () => {
    const text = (pattern: string) =>
      `${GUARD}actions: { a.b: { properties: { type: object, properties: { s: { type: string, pattern: '${pattern}' } } } } }\n` +
      `rules:\n${rule("r", "allow")}`;
    const policy = policyOf(text("^(a+)+$"));
    const effect = (s: string) => timed(() => ask(policy, { properties: { s } }).effect);
    expect(effect("aaa")).toBe("allow");
    expect(effect(`${"a".repeat(50_000)}!`)).toBe("hold");
    expect(effect("a".repeat(2_000_000))).toBe("hold");
  });

  it("two patterns in one policy stay two", () => {
    const policy = policyOf(
      `${GUARD}actions: { a.b: { properties: { type: object, properties: { s: { pattern: '^x' }, t: { pattern: '^y' } } } } }\n` +
        `rules:\n${rule("r", "allow")}`,
    );
    expect(ask(policy, { properties: { s: "x", t: "y" } }).effect).toBe("allow");
    expect(ask(policy, { properties: { s: "x", t: "x" } }).effect).toBe("hold");
  });
});

describe("names that JavaScript treats specially", () => {
  const policy = policyOf(
    `${GUARD}actions: { a.b: { properties: { type: object, required: [constructor] } } }\n` +
      `rules:\n${rule("r", "allow")}`,
  );
  it("an inherited member is no argument", () => {
    expect(ask(policy, { properties: {} }).effect).toBe("hold");
    expect(ask(policy, { properties: { constructor: "own" } }).effect).toBe("allow");
  });
  it.each(["__proto__", "constructor", "toString", "hasOwnProperty"])("as action: %s", (action) => {
    expect(ask(policy, { action }).effect).toBe("hold");
  });
  it("as an argument they are data, and change no prototype", () => {
    const properties = JSON.parse(
      '{"constructor": "own", "__proto__": {"polluted": 1}, "x": 1}',
    ) as unknown;
    const typed = policyOf(
      `${GUARD}actions: { a.b: { properties: { type: object, properties: { x: { type: integer } } } } }\n` +
        `rules:\n${rule("r", "allow", "when: 'action.properties.x == 1',")}`,
    );
    expect(ask(typed, { properties }).effect).toBe("allow");
    expect(({} as Record<string, unknown>)["polluted"]).toBeUndefined();
  });
});

describe("arguments of every shape", () => {
  const policy = policyOf(
    `${GUARD}actions: { a.b: { properties: { type: object, properties: { x: { type: integer }, s: {} } } } }\n` +
      `rules:\n${rule("r", "allow", `when: 'action.properties.x > 1 && action.properties.s.startsWith("a")',`)}`,
  );
  it.each([[null], [[]], ["text"], [5], [true], [{ x: null }], [{ x: { y: 1 } }], [{ x: 1e300 }]])(
    "never throw and never allow: %j",
    (properties) => {
      expect(ask(policy, { properties, context: properties }).effect).toBe("hold");
    },
  );
});

describe("the size of things", () => {
  it("5,000 rules load, and one that is wrong is found among them", () => {
    const rules = list(5_000).map(
      (index) =>
        `  - { id: r${index}, match: { action: a${index % 200}.b }, when: 'action.properties.x > ${index}', decision: deny }\n`,
    );
    const loaded = loadPolicy(`version: 1\nrules:\n${rules.join("")}`, { file: "p" });
    expect(loaded.ok).toBe(true);
    rules[4_000] = rules[4_000]!.replace("> 4000", "> ");
    const broken = loadPolicy(`version: 1\nrules:\n${rules.join("")}`, { file: "p" });
    expect(broken.ok ? [] : broken.problems.map(({ line }) => line)).toEqual([4_003]);
  });
  it("a file with more mistakes than are counted is refused like any other", () => {
    const text = `version: 1\nrules:\n${"  - { id: a, what: b }\n".repeat(1_000)}`;
    const loaded = loadPolicy(text, { file: "p" });
    expect(loaded.ok ? [] : loaded.problems).toHaveLength(100);
  });
  it("a condition may take as many steps as documented", () => {
    expect(STEPS_MAX).toBe(150_000);
  });
});
