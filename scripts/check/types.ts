import { relative, sep } from "node:path";
import type { Finding, Step, StepResult } from "./step.ts";
import { runTool } from "./step.ts";
import {
  isBrowserTest,
  isPageSource,
  isPureSource,
  isTypeScript,
  listFiles,
} from "./source-files.ts";

/** All sources as they run on Node, tests and scripts included. */
export const types: Step = {
  name: "types",
  async run(root) {
    const files = (await listFiles(root)).filter(isTypeScript);
    const expected = files.filter((file) => !isBrowserTest(file) && !isPageSource(file));
    return checkProject(root, "tsconfig.json", expected);
  },
};

/** The tests of the pages, which also know what exists in a browser. */
export const browserTestTypes: Step = {
  name: "page tests",
  async run(root) {
    const expected = (await listFiles(root)).filter(isTypeScript).filter(isBrowserTest);
    return checkProject(root, "test/browser/tsconfig.json", expected);
  },
};

/** The inbox with the browser's types and JSX. */
export const pageTypes: Step = {
  name: "page types",
  async run(root) {
    const expected = (await listFiles(root)).filter(isPageSource);
    return checkProject(root, "packages/inbox/tsconfig.json", expected);
  },
};

/**
 * Protocol and domain once more without Node's and the browser's types, so that what does not exist
 * in a pure program does not compile.
 */
export const pureTypes: Step = {
  name: "pure types",
  async run(root) {
    const expected = (await listFiles(root)).filter(isPureSource);
    const result = await checkProject(root, "tsconfig.domain.json", expected);
    const { stdout } = await runTool(root, "typescript/bin/tsc", [
      "--project",
      "tsconfig.domain.json",
      "--listFilesOnly",
    ]);
    const node = stdout.split("\n").find((path) => path.includes("/node_modules/@types/node/"));
    if (node === undefined) return result;
    const detail = "a dependency's types bring Node's globals into the pure program";
    return {
      ...result,
      findings: [...result.findings, { rule: "node-types-in-domain", file: "", detail }],
    };
  },
};

/** One `tsc --noEmit`; every file of `expected` must have been part of the program. */
async function checkProject(
  root: string,
  project: string,
  expected: readonly string[],
): Promise<StepResult> {
  const { stdout } = await runTool(root, "typescript/bin/tsc", [
    "--project",
    project,
    "--noEmit",
    "--pretty",
    "false",
    "--listFiles",
  ]);
  const findings: Finding[] = [];
  const read = new Set<string>();
  for (const line of stdout.split("\n")) {
    const finding = parseDiagnostic(line);
    if (finding !== undefined) findings.push(finding);
    else if (line.startsWith("/") || /^[A-Za-z]:/.test(line)) read.add(toRelative(root, line));
  }
  const unread = expected.filter((file) => !read.has(file));
  for (const file of unread) {
    findings.push({ rule: "unread", file, detail: `not part of ${project}` });
  }
  return { filesRead: expected.length - unread.length, findings };
}

/** `path(line,column): error TS2322: text`, or the same without a place. */
function parseDiagnostic(line: string): Finding | undefined {
  const match = /^(?:(?<file>[^\s(]+)\((?<at>\d+),\d+\): )?error (?<code>TS\d+): (?<text>.*)$/.exec(
    line,
  );
  if (match?.groups === undefined) return undefined;
  const { file = "", at = "?", code = "", text = "" } = match.groups;
  return { rule: code, file, detail: `line ${at}: ${text}` };
}

function toRelative(root: string, path: string): string {
  return relative(root, path).split(sep).join("/");
}
