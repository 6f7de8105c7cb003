/** A process that is spoken to over a channel, stalled, and ended without a word. */
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

export interface ChildOptions {
  readonly script: URL;
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly onMessage?: (message: unknown) => void;
}

export class Child {
  readonly #child: ChildProcess;
  readonly #ended: Promise<void>;
  #said = "";

  private constructor({ script, args = [], env = {}, onMessage }: ChildOptions) {
    this.#child = spawn(process.execPath, [fileURLToPath(script), ...args], {
      env: { ...process.env, ...env },
      stdio: ["ignore", "ignore", "pipe", "ipc"],
    });
    this.#child.stderr?.on("data", (chunk: Buffer) => (this.#said += chunk.toString("utf8")));
    this.#child.on("error", () => undefined);
    if (onMessage !== undefined) this.#child.on("message", onMessage);
    this.#ended = new Promise((resolve) => this.#child.once("exit", () => resolve()));
  }

  /** Started, with the first message it sent. @throws Error where it ends before. */
  static async start(options: ChildOptions): Promise<{ child: Child; first: unknown }> {
    const child = new Child(options);
    const gone = child.#ended.then(() => Promise.reject(new Error(`it ended:\n${child.#said}`)));
    gone.catch(() => undefined);
    const [first] = (await Promise.race([once(child.#child, "message"), gone])) as [unknown];
    return { child, first };
  }

  tell(message: object): void {
    if (this.#child.connected) this.#child.send(message, () => undefined);
  }

  signal(name: "SIGSTOP" | "SIGCONT" | "SIGKILL"): void {
    this.#child.kill(name);
  }

  async kill(): Promise<void> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) {
      this.#child.kill("SIGKILL");
    }
    await this.#ended;
  }
}
