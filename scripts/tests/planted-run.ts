import { existsSync } from "node:fs";
import { join } from "node:path";
import { checkout } from "../check/step.ts";
import type { Plant } from "../../test/planted/plant.ts";
import { plantVariable, proveApplicable } from "../../test/planted/plant.ts";
import { plants } from "../../test/planted/plants.ts";
import type { VitestReport, VitestRun } from "./vitest-report.ts";
import { failuresOf, runVitest, unloadedOf } from "./vitest-report.ts";

/** Whether a plant was caught, and by which test; `why` says what is wrong when it was not. */
export type PlantVerdict =
  | { readonly kind: "caught"; readonly plant: Plant; readonly by: string }
  | { readonly kind: "escaped"; readonly plant: Plant; readonly why: string };

const plantsAtOnceMax = 3;
const failureReporter = "--reporter=./scripts/tests/failure-reporter.ts";
const plantTimeoutMs = 5 * 60_000;
/** A plant may break a hundred cases of one walk; a few failures are enough to judge it. */
const failedTestsMax = 5;

/**
 * Runs each plant's tests with the plant applied. Prints one line for each as it ends.
 *
 * @param sound the report of a run without any plant: a test that fails anyway catches nothing.
 */
export async function runPlants(
  sound: VitestReport,
  chosen: readonly Plant[],
): Promise<readonly PlantVerdict[]> {
  const names = new Set(plants.map((plant) => plant.name));
  if (names.size !== plants.length) throw new Error("two plants share a name");
  const verdicts: PlantVerdict[] = [];
  const waiting = [...chosen];
  const worker = async (): Promise<void> => {
    for (let plant = waiting.shift(); plant !== undefined; plant = waiting.shift()) {
      const startedMs = performance.now();
      const verdict = await runPlant(plant, sound);
      verdicts.push(verdict);
      printVerdict(verdict, performance.now() - startedMs);
    }
  };
  await Promise.all(Array.from({ length: plantsAtOnceMax }, worker));
  const caught = verdicts.filter((verdict) => verdict.kind === "caught").length;
  console.log(`caught: ${caught} of ${chosen.length}, ${plants.length} in all`);
  return verdicts;
}

/** One run of every test a plant names, with nothing planted. @throws Error without a report. */
export async function runSound(): Promise<VitestReport> {
  const tests = new Set(plants.flatMap((plant) => plant.tests));
  const run = await runVitest({
    args: [...tests, failureReporter],
    reportFile: "reports/planted/nothing-planted.json",
    env: { [plantVariable]: "" },
    shown: false,
  });
  if (run.report === undefined) throw new Error(`vitest gave no report:\n${run.output.trim()}`);
  return run.report;
}

async function runPlant(plant: Plant, sound: VitestReport): Promise<PlantVerdict> {
  const absent = plant.tests.find((test) => !existsSync(join(checkout, test)));
  if (absent !== undefined) return { kind: "escaped", plant, why: `no test file \`${absent}\`` };
  if (plant.tests.length === 0) return { kind: "escaped", plant, why: "it names no test" };
  const passing = new Set(
    sound.testResults.filter((file) => file.status === "passed").map((file) => file.name),
  );
  const unsound = plant.tests.find((test) => !passing.has(join(checkout, test)));
  if (unsound !== undefined) {
    return { kind: "escaped", plant, why: `\`${unsound}\` does not pass without the plant` };
  }
  try {
    proveApplicable(plant);
  } catch (error) {
    return { kind: "escaped", plant, why: error instanceof Error ? error.message : String(error) };
  }
  const run = await runVitest({
    args: [...plant.tests, failureReporter, "--maxWorkers=1", `--bail=${failedTestsMax}`],
    reportFile: `reports/planted/${plant.name}.json`,
    env: {
      [plantVariable]: plant.name,
      ...(plant.cells === undefined ? {} : { HALTPOINT_CELL: plant.cells }),
      ...(plant.stories === undefined ? {} : { HALTPOINT_STORIES: plant.stories.join(",") }),
    },
    timeoutMs: plantTimeoutMs,
    shown: false,
  });
  return judge(plant, run);
}

function judge(plant: Plant, run: VitestRun): PlantVerdict {
  if (run.report === undefined) {
    return { kind: "escaped", plant, why: `vitest gave no report:\n${run.output.trim()}` };
  }
  const failures = failuresOf(run.report);
  const assertion = failures.find((failure) => isAssertion(failure.message));
  if (assertion !== undefined) return { kind: "caught", plant, by: assertion.test };
  const broken = failures[0];
  if (broken !== undefined) {
    const said = brokenCode.exec(broken.message)?.[0] ?? broken.message.split("\n")[0] ?? "";
    return { kind: "escaped", plant, why: `it breaks \`${broken.test}\` otherwise: ${said}` };
  }
  const unloaded = unloadedOf(run.report)[0];
  if (unloaded !== undefined) {
    const said = unloaded.message.split("\n")[0] ?? "";
    return { kind: "escaped", plant, why: `a test file did not run: ${said}` };
  }
  return { kind: "escaped", plant, why: "all tests passed" };
}

/** A line of a failure that says the code did not run, rather than that it did the wrong thing. */
const brokenCode = /^(Caused by: |Got )?(SyntaxError|ReferenceError|TypeError)\b.*/m;

/**
 * A plant that merely does not run (a typo in `replace`) or that hangs proves nothing about an
 * assertion. Property tests report the error they met as a cause.
 */
function isAssertion(message: string): boolean {
  const timedOut = /\b(Test|Hook) timed out in \d+ms/;
  return !brokenCode.test(message) && !timedOut.test(message);
}

function printVerdict(verdict: PlantVerdict, tookMs: number): void {
  const { name, invariant } = verdict.plant;
  const seconds = `${(tookMs / 1000).toFixed(1)} s`.padStart(7);
  if (verdict.kind === "caught") console.log(`caught  ${seconds}  ${name}: ${verdict.by}`);
  else console.log(`ESCAPED ${seconds}  ${name} (${invariant}): ${verdict.why}`);
}
