import type { ChildProcess } from "node:child_process";
import { createInterface } from "node:readline";
import { check, Surprise } from "./expectation.ts";

const WAIT_MS = 60_000;
const END_MS = 3_000;

/** A process on the stage, with everything it has said so far. */
export class Actor {
  readonly name: string;
  readonly #child: ChildProcess;
  readonly #ended: Promise<number>;
  #said = "";
  #hasEnded = false;
  readonly #listeners = new Set<() => void>();

  /** `tell` is given each line it says. */
  constructor(name: string, child: ChildProcess, tell: (line: string) => void) {
    this.name = name;
    this.#child = child;
    const hear = (line: string): void => {
      this.#said += `${line}\n`;
      tell(line);
      for (const listener of this.#listeners) listener();
    };
    for (const stream of [child.stdout, child.stderr]) {
      if (stream !== null) createInterface({ input: stream }).on("line", hear);
    }
    this.#ended = new Promise((resolve) => {
      child.once("close", (code) => {
        this.#hasEnded = true;
        resolve(code ?? -1);
        for (const listener of this.#listeners) listener();
      });
    });
  }

  get said(): string {
    return this.#said;
  }

  /** Waits until it has said something that matches; resolves to the first group. */
  async says(pattern: RegExp): Promise<string> {
    const deadline = performance.now() + WAIT_MS;
    for (;;) {
      const match = pattern.exec(this.#said);
      if (match !== null) return match[1] ?? match[0];
      const leftMs = deadline - performance.now();
      if (this.#hasEnded || leftMs <= 0) {
        throw new Surprise(`${this.name} did not say ${String(pattern)}:\n${this.#said}`);
      }
      await this.#news(leftMs);
    }
  }

  #news(timeoutMs: number): Promise<void> {
    return new Promise((resolve) => {
      const listener = (): void => {
        clearTimeout(timer);
        this.#listeners.delete(listener);
        resolve();
      };
      const timer = setTimeout(listener, timeoutMs);
      this.#listeners.add(listener);
    });
  }

  /** The exit status; -1 where a signal ended it. */
  end(): Promise<number> {
    return this.#ended;
  }

  /** Waits for its end and checks how it ended. */
  async ends(exitStatus: number): Promise<void> {
    const code = await this.#ended;
    check(
      code === exitStatus,
      `${this.name} ended with ${code}, not ${exitStatus}:\n${this.#said}`,
    );
  }

  /** Ends it as the operating system does, without a word. */
  async kill(): Promise<void> {
    this.#child.kill("SIGKILL");
    await this.#ended;
  }

  /** Asks it to end, and makes it end where it does not. */
  async stop(): Promise<void> {
    if (this.#hasEnded) return;
    this.#child.kill("SIGTERM");
    const timer = setTimeout(() => this.#child.kill("SIGKILL"), END_MS);
    await this.#ended;
    clearTimeout(timer);
  }
}
