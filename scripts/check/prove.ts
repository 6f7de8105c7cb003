import { rm } from "node:fs/promises";
import type { Finding, Step, StepResult } from "./step.ts";
import type { Tree } from "./planted-tree.ts";
import { soundTree, writeTree } from "./planted-tree.ts";
import type { Violation } from "./planted-violations.ts";
import { violations } from "./planted-violations.ts";

/** What came of the violations planted for one step, in one tree. */
export type Proof = {
  readonly step: string;
  readonly planted: number;
  /** Violations that went unnoticed, and findings that nothing was planted for. */
  readonly failures: readonly string[];
};

/**
 * One function for each tree to be written: for every step one with all its violations, and one for
 * each violation that has to stand alone.
 */
export function proofsOf(steps: readonly Step[]): readonly (() => Promise<Proof>)[] {
  return steps.flatMap((step) => {
    const own = violations.filter((violation) => violation.step === step.name);
    if (own.length === 0) throw new Error(`nothing is planted for the step \`${step.name}\``);
    const together = own.filter((violation) => violation.alone === undefined);
    const alone = own.filter((violation) => violation.alone !== undefined);
    return [together, ...alone.map((violation) => [violation])].map(
      (planted) => () => prove(step, planted),
    );
  });
}

async function prove(step: Step, planted: readonly Violation[]): Promise<Proof> {
  const root = await writeTree({ ...soundTree, ...filesOf(planted) });
  try {
    const { findings } = await runToFindings(step, root);
    return { step: step.name, planted: planted.length, failures: judge(planted, findings) };
  } finally {
    await rm(root, { recursive: true, force: true });
  }
}

/** A step that throws noticed something too, but no rule of ours: it counts as no finding. */
async function runToFindings(step: Step, root: string): Promise<StepResult> {
  try {
    return await step.run(root);
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    return { filesRead: 0, findings: [{ rule: "fault", file: "", detail }] };
  }
}

function filesOf(planted: readonly Violation[]): Tree {
  const files: Record<string, string> = {};
  for (const violation of planted) {
    for (const [path, content] of Object.entries(violation.files)) {
      if (files[path] !== undefined) throw new Error(`two violations are planted in \`${path}\``);
      files[path] = content;
    }
  }
  return files;
}

function judge(planted: readonly Violation[], findings: readonly Finding[]): readonly string[] {
  const failures: string[] = [];
  const explained = new Set<Finding>();
  for (const violation of planted) {
    const place = Object.keys(violation.files).join(", ");
    const here = findings.filter(
      (finding) => violation.alone === true || violation.files[finding.file] !== undefined,
    );
    const matching = here.filter((finding) => finding.rule === violation.rule);
    if (matching.length === 0) {
      failures.push(`\`${violation.rule}\` planted in ${place} went unnoticed`);
    }
    for (const finding of violation.alone === true ? here : matching) explained.add(finding);
  }
  for (const finding of findings) {
    if (explained.has(finding)) continue;
    const place = finding.file === "" ? "the tree" : finding.file;
    failures.push(`\`${finding.rule}\` at ${place} was not planted there: ${finding.detail}`);
  }
  return failures;
}
