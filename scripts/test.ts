import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { runCheck } from "./check/run.ts";
import { checkout } from "./check/step.ts";
import { runPlants } from "./tests/planted-run.ts";
import type { Tally, VitestReport } from "./tests/vitest-report.ts";
import { runVitest, tallyOf } from "./tests/vitest-report.ts";

/**
 * `npm test`: the check, the tests, the planted bugs, the demo. Every part runs even when an earlier
 * one failed. The last line counts vitest's own tests and one for each check step, plant and demo.
 */

type Part = { readonly name: string; readonly tally: Tally };

const demo = "examples/demo/demo.ts";
const demoTimeoutMs = 2 * 60_000;

// A campaign takes hours and a plant breaks the sources; this run is neither.
delete process.env["HALTPOINT_CAMPAIGN"];
delete process.env["HALTPOINT_PLANT"];

const parts: Part[] = [];
await runPart("check", async () => countTrue((await runCheck()).map((step) => step.passed)));
let sound: VitestReport = { testResults: [] };
await runPart("vitest", async () => {
  const run = await runVitest({ args: [], reportFile: "reports/all-tests.json", shown: true });
  sound = run.report ?? sound;
  return tallyOf(run);
});
await runPart("planted", async () => {
  const caught = (await runPlants(sound)).map((verdict) => verdict.kind === "caught");
  // No plant at all proves nothing, so it counts as one that escaped.
  return countTrue(caught.length === 0 ? [false] : caught);
});
if (existsSync(join(checkout, demo))) {
  await runPart("demo", async () => countTrue([await runDemo()]));
}
summarise();

async function runPart(name: string, run: () => Promise<Tally>): Promise<void> {
  console.log(`\n== ${name}`);
  const startedMs = performance.now();
  let tally: Tally;
  try {
    tally = await run();
  } catch (error) {
    console.error(error);
    tally = { passed: 0, failed: 1, skipped: 0 };
  }
  const seconds = ((performance.now() - startedMs) / 1000).toFixed(1);
  console.log(`== ${name}: ${format(tally)} (${seconds} s)`);
  parts.push({ name, tally });
}

function countTrue(verdicts: readonly boolean[]): Tally {
  const passed = verdicts.filter((verdict) => verdict).length;
  return { passed, failed: verdicts.length - passed, skipped: 0 };
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
  console.log("\n== summary");
  for (const part of parts) console.log(`${part.name.padEnd(8)} ${format(part.tally)}`);
  if (total.failed > 0 || total.passed === 0) process.exitCode = 1;
  console.log(format(total));
}

function format(tally: Tally): string {
  const skipped = tally.skipped > 0 ? `, ${tally.skipped} skipped` : "";
  return `${tally.passed} passed, ${tally.failed} failed${skipped}`;
}
