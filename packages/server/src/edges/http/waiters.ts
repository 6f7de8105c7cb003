/** Callers that are kept waiting: counted, bounded, and let go when they leave or the server does. */
import type { ServerResponse } from "node:http";

export class Waiters {
  readonly #open = new Set<AbortController>();
  readonly #max: number;
  #stopped = false;

  constructor(max: number) {
    this.#max = max;
  }

  get count(): number {
    return this.#open.size;
  }

  /** A signal that is aborted when the caller hangs up or the server stops; null: too many wait. */
  enter(response: ServerResponse): { readonly signal: AbortSignal; leave(): void } | null {
    if (this.#open.size >= this.#max) return null;
    const controller = new AbortController();
    const onClose = (): void => controller.abort();
    this.#open.add(controller);
    response.once("close", onClose);
    if (this.#stopped || response.destroyed) controller.abort();
    return {
      signal: controller.signal,
      leave: () => {
        this.#open.delete(controller);
        response.off("close", onClose);
      },
    };
  }

  /** Everybody who waits, or comes to wait, is answered at once with how things stand. */
  stop(): void {
    this.#stopped = true;
    for (const controller of this.#open) controller.abort();
  }
}
