import type { Step } from "./step.ts";
import { checkout } from "./step.ts";
import type { Proof } from "./prove.ts";
import { proofsOf } from "./prove.ts";
import { steps } from "./steps.ts";

/** One line of the check's report. */
export type Verdict = { readonly name: string; readonly passed: boolean };

const findingsShownMax = 40;
/** The tools use one core each, except that type checking and linting take a little of a second. */
const atOnceMax = 2;

/**
 * Runs every step on the checkout, then proves each of them on planted violations. Prints a line
 * for each with its time, and what is wrong below it.
 */
export async function runCheck(): Promise<readonly Verdict[]> {
  const verdicts: Verdict[] = [];
  await runAtOnce(
    steps.map((step) => async () => {
      verdicts.push(await runStep(step));
    }),
  );
  return [...verdicts, await runProofs()];
}

/** The proofs alone, without the checkout's own steps. */
export async function runProofs(): Promise<Verdict> {
  const proofs: Proof[] = [];
  const startedMs = performance.now();
  await runAtOnce(
    proofsOf(steps).map((prove) => async () => {
      proofs.push(await prove());
    }),
  );
  return reportProofs(proofs, performance.now() - startedMs);
}

async function runStep(step: Step): Promise<Verdict> {
  const startedMs = performance.now();
  let problems: readonly string[];
  let filesRead = 0;
  let note = "";
  try {
    const result = await step.run(checkout);
    filesRead = result.filesRead;
    note = result.note ?? "";
    problems = result.findings.map(({ rule, file, detail }) => `${rule}  ${file}  ${detail}`);
    if (filesRead === 0) problems = [...problems, "read no file at all, so it checked nothing"];
  } catch (error) {
    problems = [error instanceof Error ? error.message : String(error)];
  }
  printVerdict(step.name, `${filesRead} files`, problems, performance.now() - startedMs);
  if (note !== "") console.log(`      ${note}`);
  return { name: step.name, passed: problems.length === 0 };
}

function reportProofs(proofs: readonly Proof[], tookMs: number): Verdict {
  const name = "planted";
  const planted = proofs.reduce((sum, proof) => sum + proof.planted, 0);
  const problems = proofs.flatMap((proof) =>
    proof.failures.map((failure) => `${proof.step}: ${failure}`),
  );
  printVerdict(name, `${planted} violations`, problems, tookMs);
  return { name, passed: problems.length === 0 && planted > 0 };
}

function printVerdict(
  name: string,
  amount: string,
  problems: readonly string[],
  tookMs: number,
): void {
  const word = problems.length === 0 ? "ok  " : "FAIL";
  const seconds = `${(tookMs / 1000).toFixed(1)} s`;
  console.log(`${word}  ${name.padEnd(10)}  ${amount.padStart(14)}  ${seconds.padStart(7)}`);
  for (const problem of problems.slice(0, findingsShownMax)) console.log(`      ${problem}`);
  const hidden = problems.length - findingsShownMax;
  if (hidden > 0) console.log(`      and ${hidden} more`);
}

async function runAtOnce(tasks: readonly (() => Promise<void>)[]): Promise<void> {
  const waiting = [...tasks];
  const worker = async (): Promise<void> => {
    for (let task = waiting.shift(); task !== undefined; task = waiting.shift()) await task();
  };
  await Promise.all(Array.from({ length: atOnceMax }, worker));
}
