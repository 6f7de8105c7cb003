import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { measuredReading } from "./inspect.ts";
import { MAX_STEPS } from "./inspection.ts";

const LANGUAGES = ["shell", "python", "javascript", "sql", "unknown"] as const;
const RUNS = process.env["HALTPOINT_CAMPAIGN"] === "1" ? 20_000 : 300;

/** Pieces of syntax that open things, close them in the wrong place and refer to each other. */
const PIECES = [
  "$(",
  ")",
  "`",
  '"',
  "'",
  "${",
  "}",
  "((",
  "))",
  "<<E\n",
  "E\n",
  "<<<",
  "|",
  "&&",
  ";",
  "\n",
  "{",
  "[",
  "[[",
  "]]",
  "if ",
  "then ",
  "fi",
  "for i in ",
  "do ",
  "done",
  "case x in ",
  "esac",
  "f() ",
  "f ",
  "while ",
  "coproc ",
  "! ",
  "$'\\x",
  "\\",
  "*",
  "~",
  "#",
  "$1",
  "$@",
  "a=",
  "$a",
  "rm -rf ",
  "sh -c ",
  "eval ",
  "sudo ",
  "xargs ",
  "find . -exec ",
  "cat ",
  "/etc/shadow",
  "curl ",
  "base64 -d",
  "def f(",
  "):\n  ",
  "return ",
  'f"{',
  "lambda x: ",
  "import os\n",
  "exec(",
  "eval(",
  "open(",
  "=> {",
  "`${",
  "/*",
  "*/",
  "//",
  "--",
  "DROP TABLE ",
  "SELECT ",
  "'''",
  '"""',
  "\u0000",
  "\u202e",
  "\ud800",
  "\u0455",
];

/** Those whose repetition is hard on a parser. */
const OPENERS = [
  "$(",
  "`",
  '"',
  "'",
  "${",
  "((",
  "<<E\n",
  "\n",
  "[",
  "if ",
  "coproc ",
  "\\",
  "find . -exec ",
  "rm -rf ",
  "curl ",
  "f(",
  'f"{',
  "x => {",
  "DROP TABLE ",
  "\u202e",
];

const hostile = fc
  .array(fc.oneof(fc.constantFrom(...PIECES), fc.string({ unit: "binary", maxLength: 6 })), {
    maxLength: 120,
  })
  .map((pieces) => pieces.join(""));

describe("a reading is total and bounded", () => {
  it("reads any text without throwing, within its steps, twice alike", () => {
    fc.assert(
      fc.property(fc.constantFrom(...LANGUAGES), hostile, (language, text) => {
        const { reading, steps } = measuredReading(language, text, "x");
        expect(steps).toBeLessThan(MAX_STEPS * 2);
        expect(measuredReading(language, text, "x").reading).toEqual(reading);
        for (const { evidence, path } of reading.findings) {
          expect(path).toBe("x");
          expect(evidence).toMatch(/^\P{C}*$/u);
          expect(/“(.*)”/su.exec(evidence)?.[1]?.length ?? 0).toBeLessThanOrEqual(200);
        }
      }),
      { numRuns: RUNS, seed: 7 },
    );
  });

  it.each(OPENERS)("survives a megabyte of %j in every language", (piece) => {
    const text = piece.repeat(Math.ceil(1_000_000 / piece.length));
    for (const language of LANGUAGES) {
      const { reading, steps } = measuredReading(language, text, "x");
      expect(steps).toBeLessThan(MAX_STEPS * 2);
      expect(reading.access).toBe("unknown");
      expect(reading.findings.some(({ impact }) => impact === "code_execution")).toBe(true);
    }
  });

  it.each([
    "(",
    "$(",
    '"$(',
    "${a:-",
    "{ ",
    "if x; then ",
    'sh -c "',
    "eval '",
    "f() { ",
    "[",
    "f(",
    'f"{',
    "x => {",
    "lambda: ",
  ])("survives deep nesting of %j", (piece) => {
    for (const language of LANGUAGES) {
      const { steps } = measuredReading(language, piece.repeat(400), "x");
      expect(steps).toBeLessThan(MAX_STEPS * 2);
    }
  });

  it.each([
    ["shell", "ls -la src; cat a.txt | grep x\n"],
    ["shell", "f() { echo $1; }; f a; f b\n"],
    ["shell", 'echo "$(cat a.txt)" > b.txt\n'],
    ["python", "x = open('a.txt').read() + str(1)\n"],
    ["python", "def f(a):\n    return a\nf(1)\n"],
    ["javascript", "const x = f(1, { a: [2, 3] });\n"],
    ["sql", "SELECT a FROM b WHERE c = 1;\n"],
  ] as const)("costs steps in proportion to the length (%s: %s)", (language, line) => {
    const once = measuredReading(language, line.repeat(20), "x").steps;
    const fourfold = measuredReading(language, line.repeat(80), "x").steps;
    expect(fourfold).toBeLessThan(once * 4.5);
  });

  it("says that it stopped: functions that call each other cannot grow the work", () => {
    const chain = Array.from(
      { length: 40 },
      (_, at) => `f${at}() { f${at + 1}; f${at + 1}; }`,
    ).join("\n");
    expect(measuredReading("shell", `${chain}\nf0`, "x").steps).toBeLessThan(2000);
    const python = Array.from(
      { length: 40 },
      (_, at) => `def f${at}():\n    f${at + 1}()\n    f${at + 1}()`,
    ).join("\n");
    expect(measuredReading("python", `${python}\nf0()`, "x").steps).toBeLessThan(5000);
  });

  it("reads what stands before the bound", () => {
    const { reading } = measuredReading(
      "shell",
      `rm -rf /srv\n${"# padding\n".repeat(100_000)}`,
      "x",
    );
    expect(reading.access).toBe("unknown");
    expect(reading.findings.map(({ impact }) => impact)).toEqual(["code_execution", "destruction"]);
  });
});
