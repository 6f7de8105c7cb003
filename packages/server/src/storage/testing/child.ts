/** The store in a process of its own, which a test listens to and kills. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { onTestFinished } from "vitest";

const SCRIPT = fileURLToPath(new URL("commit-stream.ts", import.meta.url));

export interface Child {
  readonly pid: number;
  /** The next line it says; null: it ended. */
  readonly nextLine: () => Promise<string | null>;
  /** `kill -9`; resolves when it is gone. */
  readonly kill: () => Promise<void>;
}

export function startChild(file: string, prefix: string): Child {
  const child = spawn(process.execPath, [SCRIPT, file, prefix], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const gone = once(child, "exit");
  onTestFinished(() => {
    child.kill("SIGKILL");
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    pid: child.pid ?? 0,
    nextLine: async () => {
      const { done, value } = await lines.next();
      return done === true ? null : value;
    },
    kill: async () => {
      child.kill("SIGKILL");
      await gone;
    },
  };
}
