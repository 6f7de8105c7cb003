import { execFile } from "node:child_process";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** One broken rule at one place. `rule` is the name a planted violation is recognised by. */
export type Finding = {
  readonly rule: string;
  /** Relative to the root that was checked, with forward slashes; empty when no file is at fault. */
  readonly file: string;
  readonly detail: string;
};

export type StepResult = {
  /** How many files the tool really opened. Zero means that it checked nothing. */
  readonly filesRead: number;
  readonly findings: readonly Finding[];
  /** A figure to print beside the verdict. */
  readonly note?: string;
};

/** One part of `npm run check`, able to run on the checkout and on a small planted tree alike. */
export type Step = {
  readonly name: string;
  readonly run: (root: string) => Promise<StepResult>;
};

/** The checkout these scripts stand in. */
export const checkout = join(dirname(fileURLToPath(import.meta.url)), "..", "..");

type ToolOutput = { readonly stdout: string; readonly stderr: string };

const outputBytesMax = 256 * 1024 * 1024;

/**
 * Runs a tool of node_modules on this very Node with `root` as its working directory. The exit
 * status says nothing here (tools leave with 1 on findings): callers read the output, and a tool
 * that could not run at all prints none that can be read.
 */
export function runTool(root: string, entry: string, args: readonly string[]): Promise<ToolOutput> {
  const file = join(checkout, "node_modules", entry);
  return new Promise((resolve, reject) => {
    execFile(
      process.execPath,
      [file, ...args],
      { cwd: root, maxBuffer: outputBytesMax, env: { ...process.env, NO_COLOR: "1" } },
      (error, stdout, stderr) => {
        if (error !== null && (error.killed === true || typeof error.code !== "number")) {
          reject(new Error(`\`${entry}\` could not run: ${error.message}`, { cause: error }));
          return;
        }
        resolve({ stdout, stderr });
      },
    );
  });
}

/** The JSON a tool printed, or a fault that shows what it printed instead. */
export function parseToolJson(tool: string, output: ToolOutput): unknown {
  try {
    return JSON.parse(output.stdout);
  } catch (error) {
    const said = `${output.stderr}${output.stdout}`.trim().slice(0, 2000);
    throw new Error(`\`${tool}\` gave no report; it said: ${said}`, { cause: error });
  }
}
