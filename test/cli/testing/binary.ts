/** The program itself, as a shell starts it. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

const HALTPOINT = fileURLToPath(new URL("../../../packages/server/bin/haltpoint", import.meta.url));
const WAIT_MS = 30_000;

export interface Around {
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Options for Node itself. */
  readonly node?: readonly string[];
}

export interface Process {
  readonly pid: number;
  /** Waits until it has printed something that matches, to either stream. */
  shows(pattern: RegExp): Promise<RegExpExecArray>;
  text(): string;
  signal(name: "SIGINT" | "SIGTERM" | "SIGKILL"): void;
  readonly ended: Promise<{
    readonly status: number | null;
    readonly out: string;
    readonly err: string;
  }>;
}

export function startBinary(args: readonly string[], around: Around): Process {
  const child = spawn(process.execPath, [...(around.node ?? []), HALTPOINT, ...args], {
    cwd: around.cwd,
    env: { PATH: process.env["PATH"], ...around.env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const written = { out: "", err: "" };
  const hear = (to: "out" | "err") => (chunk: Buffer) => {
    written[to] += chunk.toString("utf8");
    child.emit("heard");
  };
  child.stdout.on("data", hear("out"));
  child.stderr.on("data", hear("err"));
  const text = (): string => written.out + written.err;
  const ended = once(child, "close").then(([status]) => {
    child.emit("heard");
    return { status: status as number | null, ...written };
  });
  return {
    pid: child.pid ?? 0,
    text,
    signal: (name) => child.kill(name),
    ended,
    async shows(pattern) {
      const signal = AbortSignal.timeout(WAIT_MS);
      for (;;) {
        const found = pattern.exec(text());
        if (found !== null) return found;
        if (signal.aborted || child.exitCode !== null) {
          throw new Error(`${String(pattern)} was not shown:\n${text()}`);
        }
        await once(child, "heard", { signal }).catch(() => undefined);
      }
    },
  };
}

export function runBinary(args: readonly string[], around: Around): Process["ended"] {
  return startBinary(args, around).ended;
}
