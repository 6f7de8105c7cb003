/** Callers that are kept waiting: counted, bounded, and let go when they leave or the server does. */
import type { ServerResponse } from "node:http";

interface Place {
  readonly signal: AbortSignal;
  leave(): void;
}

/** There is no place: `all` of them are taken, or `each` may have no more than this caller has. */
export type NoPlace = "all" | "each";

export class Waiters {
  readonly #open = new Set<AbortController>();
  readonly #byCaller = new Map<string, number>();
  readonly #max: number;
  readonly #eachMax: number;
  #stopped = false;

  constructor(max: number, eachMax: number) {
    this.#max = max;
    this.#eachMax = eachMax;
  }

  get count(): number {
    return this.#open.size;
  }

  /** A signal that is aborted when the caller hangs up or the server stops. */
  enter(response: ServerResponse, caller: string): Place | NoPlace {
    if (this.#open.size >= this.#max) return "all";
    const taken = this.#byCaller.get(caller) ?? 0;
    if (taken >= this.#eachMax) return "each";
    this.#byCaller.set(caller, taken + 1);
    const controller = new AbortController();
    const onClose = (): void => controller.abort();
    this.#open.add(controller);
    response.once("close", onClose);
    // A response whose turn on the connection never came does not hear that it was closed.
    const { socket } = response.req;
    socket.once("close", onClose);
    if (this.#stopped || response.destroyed || socket.destroyed) controller.abort();
    return {
      signal: controller.signal,
      leave: () => {
        if (!this.#open.delete(controller)) return;
        response.off("close", onClose);
        socket.off("close", onClose);
        this.#free(caller);
      },
    };
  }

  /** Everybody who waits, or comes to wait, is answered at once with how things stand. */
  stop(): void {
    this.#stopped = true;
    for (const controller of this.#open) controller.abort();
  }

  #free(caller: string): void {
    const left = (this.#byCaller.get(caller) ?? 1) - 1;
    if (left > 0) this.#byCaller.set(caller, left);
    else this.#byCaller.delete(caller);
  }
}
