import { readFile, rm } from "node:fs/promises";
import { spawn } from "node:child_process";
import { join } from "node:path";
import { checkout } from "../check/step.ts";

/** What is used of vitest's JSON report. */
export type VitestReport = {
  readonly testResults: readonly {
    readonly name: string;
    readonly status: string;
    readonly message: string;
    readonly assertionResults: readonly {
      readonly fullName: string;
      readonly status: string;
      readonly failureMessages?: readonly string[] | null;
    }[];
  }[];
};

export type VitestRun = {
  /** Undefined when vitest was ended by a signal or by `timeoutMs`. */
  readonly exitCode: number | undefined;
  /** Undefined when vitest ended without writing one. */
  readonly report: VitestReport | undefined;
  /** What it printed, where it was not passed on. */
  readonly output: string;
};

export type VitestOptions = {
  readonly args: readonly string[];
  /** Where the JSON report goes, relative to the checkout. A report of an earlier run is removed. */
  readonly reportFile: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly timeoutMs?: number;
  /** Whether people see vitest's own output as it runs. */
  readonly shown: boolean;
};

const outputCharactersMax = 20_000;

/** Runs vitest once, on this very Node. */
export async function runVitest(options: VitestOptions): Promise<VitestRun> {
  const reportPath = join(checkout, options.reportFile);
  await rm(reportPath, { force: true });
  const args = [
    join(checkout, "node_modules/vitest/vitest.mjs"),
    "run",
    `--outputFile.json=${reportPath}`,
    ...options.args,
  ];
  const child = spawn(process.execPath, args, {
    cwd: checkout,
    env: { ...process.env, ...options.env },
    stdio: ["ignore", options.shown ? "inherit" : "pipe", options.shown ? "inherit" : "pipe"],
    ...(options.timeoutMs === undefined ? {} : { timeout: options.timeoutMs }),
  });
  let output = "";
  const keep = (chunk: Buffer): void => {
    output = (output + chunk.toString("utf8")).slice(-outputCharactersMax);
  };
  child.stdout?.on("data", keep);
  child.stderr?.on("data", keep);
  const exitCode = await new Promise<number | undefined>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => resolve(code ?? undefined));
  });
  return { exitCode, report: await readReport(reportPath), output };
}

async function readReport(path: string): Promise<VitestReport | undefined> {
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch {
    return undefined;
  }
  const report: unknown = JSON.parse(text);
  const isReport = typeof report === "object" && report !== null && "testResults" in report;
  return isReport ? (report as VitestReport) : undefined;
}

export type Tally = { readonly passed: number; readonly failed: number; readonly skipped: number };

/**
 * Counts a run's tests. A file that failed without a failed test (it did not load, a hook broke)
 * counts as one failed, and so does a run that failed, or said nothing, without a failed test.
 */
export function tallyOf(run: VitestRun): Tally {
  let passed = 0;
  let failed = 0;
  let skipped = 0;
  for (const file of run.report?.testResults ?? []) {
    let failedHere = 0;
    for (const test of file.assertionResults) {
      if (test.status === "passed") passed += 1;
      else if (test.status === "failed") failedHere += 1;
      else skipped += 1;
    }
    failed += failedHere === 0 && file.status === "failed" ? 1 : failedHere;
  }
  const brokeOtherwise = run.exitCode !== 0 || run.report === undefined;
  return { passed, failed: failed === 0 && brokeOtherwise ? 1 : failed, skipped };
}

export type TestFailure = { readonly test: string; readonly message: string };

/** Every failed test with all it said. */
export function failuresOf(report: VitestReport): readonly TestFailure[] {
  return report.testResults.flatMap((file) =>
    file.assertionResults
      .filter((test) => test.status === "failed")
      .map((test) => ({ test: test.fullName, message: (test.failureMessages ?? []).join("\n") })),
  );
}

/** Every file that failed without a failed test: it did not load, or a hook broke. */
export function unloadedOf(report: VitestReport): readonly TestFailure[] {
  return report.testResults
    .filter((file) => file.status === "failed")
    .filter((file) => file.assertionResults.every((test) => test.status !== "failed"))
    .map((file) => ({ test: file.name, message: file.message }));
}
