/** Policy texts made wrong, or made large. */
import type { SeededRandom } from "../../simulation/seeded-random.ts";
import { isCampaign } from "./slice.ts";

export interface Mutated {
  readonly what: string;
  readonly text: string;
}

type Mutation = (text: string, random: SeededRandom) => string;

const VALUES = [
  ...["null", "[]", "{}", "-1", "1e400", ".nan", ".inf", "0x1F", "0o17", "yes", "''", '"\\0"'],
  ...['"\\ud800"', "2026-01-01", "!!binary aGk=", "!!js/function x", "!ruby/object:X {}", "&a x"],
  ...["*a", "<<", "? x", "| x", "99999999999999999999h", "-5m", "1y", "PT1H", "8h8h", "0s", "1.5h"],
  ...["[[[[[[]]]]]]", "{a: {b: {c: {}}}}", "'25:61'", "Mars/Olympus", "__proto__", "constructor"],
  ...[
    "group:",
    "group:none",
    "person:*",
    "true && (",
    '"\u202e"',
    "\t",
    "%",
    "@",
    "`",
    "- -",
    ": :",
  ],
];
const KEYS = [
  "__proto__",
  "constructor",
  "extra",
  "<<",
  "version",
  "rules",
  "''",
  "1",
  "null",
  "?",
];

function lineOf(text: string, random: SeededRandom): readonly [string[], number] {
  const lines = text.split("\n");
  return [lines, random.below(lines.length)];
}

function onLine(change: (line: string, random: SeededRandom) => string): Mutation {
  return (text, random) => {
    const [lines, at] = lineOf(text, random);
    lines[at] = change(lines[at] ?? "", random);
    return lines.join("\n");
  };
}

const bomb = (depth: number): string =>
  Array.from({ length: depth }, (_, level) =>
    level === 0
      ? "a0: &a0 [x, x, x, x, x, x, x, x, x]"
      : `a${level}: &a${level} [${Array(9)
          .fill(`*a${level - 1}`)
          .join(", ")}]`,
  ).join("\n");

const rule = (index: number, rest: string): string =>
  `  - { id: x${index}, why: w, owner: chen, match: { action: a.b }, decision: deny${rest} }\n`;

const MUTATIONS: Readonly<Record<string, Mutation>> = {
  none: (text) => text,
  spaces: (text, random) =>
    `${"\n".repeat(random.below(5))}# ${"c".repeat(random.below(90))}\n${text}`,
  value: onLine((line, random) => line.replace(/:(\s+)\S.*$/, `: ${random.pick(VALUES)}`)),
  inner: onLine((line, random) =>
    line.replace(/: *[\w:.-]+([,} ])/, (_all, end: string) => `: ${random.pick(VALUES)}${end}`),
  ),
  key: onLine((line, random) => line.replace(/[\w_]+:/, `${random.pick(KEYS)}:`)),
  unknown: onLine((line, random) => {
    const indent = /^\s*/.exec(line)?.[0] ?? "";
    return `${line}\n${indent}${random.pick(KEYS)}: ${random.pick(VALUES)}`;
  }),
  gone: onLine(() => ""),
  twice: onLine((line) => `${line}\n${line}`),
  indent: onLine((line, random) => random.pick([" ", "  ", "\t", "      "]) + line),
  outdent: onLine((line) => line.trimStart()),
  swapped: (text, random) => {
    const [lines, at] = lineOf(text, random);
    const other = random.below(lines.length);
    [lines[at], lines[other]] = [lines[other] ?? "", lines[at] ?? ""];
    return lines.join("\n");
  },
  character: (text, random) => {
    const at = random.below(text.length);
    const put = random.pick([
      ..."{}[]:,#&*!|>'\"%@`\\\n\t\0\u0085\u2028\u202e\u00e9",
      "\ud800",
      "---\n",
    ]);
    return text.slice(0, at) + put + text.slice(at + random.below(2));
  },
  cut: (text, random) => text.slice(0, random.below(text.length)),
  documents: (text) => `${text}\n---\n${text}`,
  directive: (text) => `%YAML 9.9\n---\n${text}`,
  mark: (text) => `\ufeff${text}`,
  windows: (text, random) => {
    const zone = random.pick(["Mars", "UTC+99", "", "Europe/Berlin", "../../etc", "x".repeat(999)]);
    const from = random.pick(["'00:00'", "'24:00'", "'7:5'", "-1", "12:30", "'99:99'", "02:00"]);
    return `${text}\nwindows: { w: { days: [mon, xyz], from: ${from}, to: "05:00", zone: "${zone}" } }`;
  },
  condition: (text, random) => {
    const depth = random.pick([1, 39, 60, 2_000, 20_000]);
    const condition = random.pick([
      `${"(".repeat(depth)}true${")".repeat(depth)}`,
      `${"!".repeat(depth)}true`,
      `${"[".repeat(depth)}${"]".repeat(depth)} == []`,
      Array(depth).fill("true").join(" && "),
      `action.name.matches("${"(a{1,99}){1,99}".repeat(3)}")`,
      `action.name.matches("${"(".repeat(depth)}a${")".repeat(depth)}")`,
      `${"-".repeat(depth)}1 == 1`,
      `"${"s".repeat(depth)}" == action.name`,
      `true ? ${"true ? ".repeat(depth)}true${": false".repeat(depth)} : false`,
      `1${" + 1".repeat(depth)} == 2`,
      "9".repeat(depth) + " == 1",
    ]);
    return `${text}\n${rule(random.below(1e6), `, when: '${condition}'`)}`;
  },
  schema: (text, random) => {
    const depth = random.pick([2, 30, 300, 3_000]);
    const schema = random.pick([
      `{ type: object, properties: ${"{ a: { type: object, properties: ".repeat(depth)}{}${" } }".repeat(depth)} }`,
      "{ $ref: '#' }",
      "{ $ref: 'http://127.0.0.1:1/x' }",
      "{ pattern: '(a+)+$', type: string }",
      "{ pattern: '(?=x)', type: string }",
      "{ type: banana }",
      "{ allOf: [{ $ref: '#/allOf/0' }] }",
      `{ enum: [${"1, ".repeat(depth)}1] }`,
      "{ $id: 'x', $defs: { __proto__: {} } }",
      "{ if: { not: { if: {} } } }",
      "true",
    ]);
    return `${text.replace(/^actions:\n/m, `actions:\n  x.y: { properties: ${schema} }\n`)}`;
  },
};

/** Large ones, rarely: up to 1 MB in a campaign, a fifth of that otherwise. */
const some = (count: number): number => Math.ceil(count * (isCampaign ? 1 : 0.2));
const LARGE: Readonly<Record<string, () => string>> = {
  bomb: () => `version: 1\n${bomb(20)}\n`,
  "bomb in use": () => `${bomb(9)}\nversion: *a8\n`,
  "nested brackets": () => `version: 1\nrules: ${"[".repeat(some(100_000))}`,
  "nested maps": () => `version: 1\nrules: ${"{a: ".repeat(some(50_000))}`,
  "nested lines": () =>
    Array.from({ length: 900 }, (_, depth) => `${" ".repeat(depth)}a:`).join("\n"),
  dashes: () => "- ".repeat(some(100_000)),
  "many keys": () => Array.from({ length: some(50_000) }, (_, index) => `k${index}: 1`).join("\n"),
  "one key, many times": () => "version: 1\n".repeat(some(60_000)),
  "many rules": () =>
    `version: 1\nrules:\n${Array.from({ length: some(5_000) }, (_, index) => rule(index, "")).join("")}`,
  "many wrong rules": () =>
    `version: 1\nrules:\n${"  - { id: a, what: b }\n".repeat(some(30_000))}`,
  "many slow conditions": () =>
    `version: 1\nrules:\n${Array.from({ length: some(1_000) }, (_, index) =>
      rule(index, `, when: 'action.properties.a${index}.exists(x, x.b == ${index})'`),
    ).join("")}`,
  "a long line": () => `version: 1\nwhy: ${"x".repeat(some(1_000_000))}`,
  "a long quote": () => `version: "${"\\n".repeat(some(500_000))}`,
  "blank lines": () => `${"\n".repeat(some(1_000_000))}version: 2`,
  comments: () => `${"#\n".repeat(some(500_000))}version: 1`,
  quotes: () => "'".repeat(some(1_000_000)),
  stars: () => "*".repeat(some(1_000_000)),
  questions: () => "? ".repeat(some(100_000)),
  colons: () => ":".repeat(some(1_000_000)),
  "a folded scalar": () => `version: >\n${"  x\n".repeat(some(200_000))}`,
};

export function mutatedPolicy(bases: readonly string[], random: SeededRandom): Mutated {
  if (random.chance(0.05)) {
    const what = random.pick(Object.keys(LARGE));
    return { what, text: LARGE[what]?.() ?? "" };
  }
  let text = random.pick(bases);
  const names: string[] = [];
  for (let rounds = random.pick([1, 1, 1, 2, 4]); rounds > 0; rounds -= 1) {
    const name = random.pick(Object.keys(MUTATIONS));
    names.push(name);
    text = MUTATIONS[name]?.(text, random) ?? text;
  }
  return { what: names.join(" + "), text };
}
