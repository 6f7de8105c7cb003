import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Finding, Step } from "./step.ts";
import { isTest, listFiles } from "./source-files.ts";

const sourceLinesMax = 400;
const testLinesMax = 600;

/** Files that may be longer, each with its reason: `{ "path": "reason" }`. */
const longFiles: Readonly<Record<string, string>> = {};

const code = /\.(ts|tsx|js|cjs|mjs|css)$/;

/** Names that say nothing about what a file holds. */
const emptyNames = /(^|\/)(utils?|helpers?|common|misc|[^/]*(manager|service))(\.[^/]*|\/)/;

/** Length and naming of code files. */
export const fileLaws: Step = {
  name: "file laws",
  async run(root) {
    const files = (await listFiles(root)).filter((file) => code.test(file));
    const findings: Finding[] = [];
    for (const file of files) {
      const text = await readFile(join(root, file), "utf8");
      const lines = text.split("\n").length - (text.endsWith("\n") ? 1 : 0);
      const linesMax = isTest(file) ? testLinesMax : sourceLinesMax;
      if (lines > linesMax && longFiles[file] === undefined) {
        const detail = `${lines} lines, at most ${linesMax}: split it by what it holds`;
        findings.push({ rule: "file-too-long", file, detail });
      }
      if (emptyNames.test(file)) {
        const detail = "name it for what it holds";
        findings.push({ rule: "name-says-nothing", file, detail });
      }
    }
    for (const file of Object.keys(longFiles)) {
      if (files.includes(file)) continue;
      findings.push({ rule: "stale-exception", file, detail: "is excepted but does not exist" });
    }
    return { filesRead: files.length, findings };
  },
};
