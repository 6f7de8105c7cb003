import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { runCheck } from "./check/run.ts";
import { checkout } from "./check/step.ts";
import type { Plant } from "../test/planted/plant.ts";
import { plants } from "../test/planted/plants.ts";
import { runPlants } from "./tests/planted-run.ts";
import type { Tally, VitestReport } from "./tests/vitest-report.ts";
import { failuresOf, runVitest, tallyOf, unloadedOf } from "./tests/vitest-report.ts";

/**
 * `npm test`: the check, the tests, the planted bugs, the demo. Every part runs even when an earlier
 * one failed. The last line counts vitest's own tests and one for each check step, plant and demo.
 */

type Part = {
  readonly name: string;
  readonly tally: Tally;
  /** What failed, told again at the end: the log between is long, and may be cut. */
  readonly failures: readonly string[];
};
type Outcome = Omit<Part, "name">;

const plantsShare = 6;
const demo = "examples/demo/demo.ts";
const demoTimeoutMs = 2 * 60_000;
const failureCharactersMax = 1_500;

// A campaign takes hours and a plant breaks the sources; this run is neither.
delete process.env["HALTPOINT_CAMPAIGN"];
delete process.env["HALTPOINT_PLANT"];

const parts: Part[] = [];
await runPart("check", async () => {
  const steps = await runCheck();
  return outcomeOf(steps.map((step) => ({ passed: step.passed, failure: step.name })));
});
let sound: VitestReport = { testResults: [] };
await runPart("vitest", async () => {
  const run = await runVitest({ args: [], reportFile: "reports/all-tests.json", shown: true });
  sound = run.report ?? sound;
  const failures = [...failuresOf(sound), ...unloadedOf(sound)].map(
    ({ test, message }) => `${test}: ${message.slice(0, failureCharactersMax)}`,
  );
  return { tally: tallyOf(run), failures };
});
await runPart("planted", async () => {
  const verdicts = await runPlants(sound, sliceOf(plants));
  // No plant at all proves nothing, so it counts as one that escaped.
  if (verdicts.length === 0) return outcomeOf([{ passed: false, failure: "no plant at all" }]);
  return outcomeOf(
    verdicts.map((verdict) =>
      verdict.kind === "caught"
        ? { passed: true, failure: "" }
        : { passed: false, failure: `${verdict.plant.name}: ${verdict.why}` },
    ),
  );
});
if (existsSync(join(checkout, demo))) {
  await runPart("demo", async () =>
    outcomeOf([
      { passed: await runDemo(), failure: "the demo ended in an error; it says so above" },
    ]),
  );
}
summarise();

async function runPart(name: string, run: () => Promise<Outcome>): Promise<void> {
  console.log(`\n== ${name}`);
  const startedMs = performance.now();
  let outcome: Outcome;
  try {
    outcome = await run();
  } catch (error) {
    console.error(error);
    outcome = { tally: { passed: 0, failed: 1, skipped: 0 }, failures: [String(error)] };
  }
  const seconds = ((performance.now() - startedMs) / 1000).toFixed(1);
  console.log(`== ${name}: ${format(outcome.tally)} (${seconds} s)`);
  parts.push({ name, ...outcome });
}

/** Every sixth plant, HALTPOINT_SEED says which; `npm run test:planted` and the campaign play all. */
function sliceOf(all: readonly Plant[]): readonly Plant[] {
  const seed = Number(process.env["HALTPOINT_SEED"] ?? "1");
  return all.filter((_, index) => index % plantsShare === seed % plantsShare);
}

function outcomeOf(
  verdicts: readonly { readonly passed: boolean; readonly failure: string }[],
): Outcome {
  const failed = verdicts.filter((verdict) => !verdict.passed);
  const tally = { passed: verdicts.length - failed.length, failed: failed.length, skipped: 0 };
  return { tally, failures: failed.map((verdict) => verdict.failure) };
}

function runDemo(): Promise<boolean> {
  const child = spawn(process.execPath, [demo], {
    cwd: checkout,
    stdio: ["ignore", "inherit", "inherit"],
    timeout: demoTimeoutMs,
  });
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => resolve(code === 0));
  });
}

function summarise(): void {
  const sum = (count: (tally: Tally) => number): number =>
    parts.reduce((total, part) => total + count(part.tally), 0);
  const total = {
    passed: sum((tally) => tally.passed),
    failed: sum((tally) => tally.failed),
    skipped: sum((tally) => tally.skipped),
  };
  for (const { name, failures } of parts) {
    for (const failure of failures) console.log(`\nFAILED   ${name}: ${failure}`);
  }
  console.log("\n== summary");
  for (const part of parts) console.log(`${part.name.padEnd(8)} ${format(part.tally)}`);
  if (total.failed > 0 || total.passed === 0) process.exitCode = 1;
  console.log(format(total));
}

function format(tally: Tally): string {
  const skipped = tally.skipped > 0 ? `, ${tally.skipped} skipped` : "";
  return `${tally.passed} passed, ${tally.failed} failed${skipped}`;
}
