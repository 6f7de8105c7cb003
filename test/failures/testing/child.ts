/** A process of this test's own that is spoken to over a channel, and ended without a word. */
import { spawn, type ChildProcess } from "node:child_process";

export interface ChildOptions<From> {
  /** Arguments of Node. */
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly onMessage: (message: From) => void;
}

const running = new Set<ChildProcess>();

/** Ends what a failed test left behind; nothing but processes started here. */
export function endChildren(): void {
  for (const child of running) child.kill("SIGKILL");
}

export class Child<To extends object, From> {
  readonly #child: ChildProcess;
  #said = "";
  /** Resolves when it is gone. */
  readonly ended: Promise<void>;

  constructor({ args, env = {}, onMessage }: ChildOptions<From>) {
    const child = spawn(process.execPath, [...args], {
      env: { ...process.env, ...env },
      stdio: ["ignore", "pipe", "pipe", "ipc"],
    });
    running.add(child);
    this.#child = child;
    const hear = (chunk: Buffer): void => {
      this.#said += chunk.toString("utf8");
      child.emit("heard");
    };
    child.stdout?.on("data", hear);
    child.stderr?.on("data", hear);
    child.on("message", (message) => onMessage(message as From));
    // A message to a process that was just killed fails; its end is told otherwise.
    child.on("error", () => undefined);
    this.ended = new Promise((resolve) => {
      child.once("exit", () => {
        running.delete(child);
        child.emit("heard");
        resolve();
      });
    });
  }

  get said(): string {
    return this.#said;
  }

  get isRunning(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  tell(message: To): void {
    if (this.isRunning && this.#child.connected) this.#child.send(message, () => undefined);
  }

  /** Waits until it has printed something that matches. @throws Error where it ends before. */
  async says(pattern: RegExp): Promise<RegExpExecArray> {
    for (;;) {
      const match = pattern.exec(this.#said);
      if (match !== null) return match;
      if (!this.isRunning) throw new Error(`it ended without ${String(pattern)}:\n${this.#said}`);
      await new Promise((resolve) => this.#child.once("heard", resolve));
    }
  }

  /** As its own stop would. */
  async stop(): Promise<void> {
    if (this.#child.connected) this.#child.disconnect();
    if (this.isRunning) this.#child.kill("SIGTERM");
    await this.ended;
  }

  async kill(): Promise<void> {
    if (this.isRunning) this.#child.kill("SIGKILL");
    await this.ended;
  }
}
