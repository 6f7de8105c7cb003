/**
 * Runs several commands at once, one step at a time, in an order that somebody else chooses.
 *
 * A command stops at every gate (each call of the store is one) until it is let through. Between
 * two choices everything has come to rest: all commands stand at a gate or have ended. So the same
 * choices give the same interleaving, whatever the event loop does.
 */
import { AsyncLocalStorage } from "node:async_hooks";

export interface Waiting {
  /** The command's number. */
  readonly command: number;
  /** What it is about to do: the name of the store's method. */
  readonly point: string;
}

interface Gate extends Waiting {
  readonly letThrough: () => void;
}

export class Interleaver {
  readonly #current = new AsyncLocalStorage<number>();
  #gates: Gate[] = [];
  #moving = 0;
  #atRest: () => void = () => undefined;

  /** The number of the command that calls; undefined outside of any. */
  get current(): number | undefined {
    return this.#current.getStore();
  }

  get waiting(): readonly Waiting[] {
    return this.#gates;
  }

  /** Begins a command; `work` must not reject. */
  start(command: number, work: () => Promise<void>): void {
    this.#moving += 1;
    void this.#current.run(command, async () => {
      await work();
      this.#rest();
    });
  }

  /** Stops the calling command here until it is let through; outside of a command, does nothing. */
  gate(point: string): Promise<void> {
    const command = this.current;
    if (command === undefined) return Promise.resolve();
    return new Promise((resolve) => {
      this.#gates.push({ command, point, letThrough: resolve });
      this.#rest();
    });
  }

  /** Lets these commands go on, all at once; resolves when everything stands or has ended. */
  async letThrough(waiting: readonly Waiting[]): Promise<void> {
    const chosen = this.#gates.filter((gate) => waiting.includes(gate));
    this.#gates = this.#gates.filter((gate) => !waiting.includes(gate));
    for (const gate of chosen) {
      this.#moving += 1;
      gate.letThrough();
    }
    await this.rest();
  }

  /** Resolves when everything stands or has ended. */
  async rest(): Promise<void> {
    while (this.#moving > 0) {
      await new Promise<void>((resolve) => {
        this.#atRest = resolve;
      });
    }
  }

  /** Nobody who waits now is ever let through: their process is gone. */
  abandon(): void {
    this.#gates = [];
  }

  /** The calling command stops for good: its process is gone. */
  vanish(): Promise<never> {
    if (this.current !== undefined) this.#rest();
    return new Promise<never>(() => undefined);
  }

  #rest(): void {
    this.#moving -= 1;
    if (this.#moving < 0) throw new Error("a command called the store twice at once");
    if (this.#moving === 0) this.#atRest();
  }
}
