/**
 * Wake-ups: who waits for a request to change is called after the commit.
 *
 * Only a hint. Every waiter reads the store again, so a lost wake-up costs time and never truth
 * (T24); with several servers the store's notifications come in here as well.
 */
import type { Store } from "../ports/store.ts";

export class Changes {
  readonly #waiting = new Map<string, Set<() => void>>();
  readonly #epochListeners = new Set<() => void>();
  readonly #anyListeners = new Set<() => void>();
  readonly #unsubscribe: () => void;

  constructor(store: Store) {
    this.#unsubscribe = store.onCommitted((committed) => {
      for (const id of committed.requestIds) {
        for (const wake of this.#waiting.get(id) ?? []) wake();
      }
      if (committed.epochs) for (const listener of this.#epochListeners) listener();
      for (const listener of this.#anyListeners) listener();
    });
  }

  /**
   * Calls `wake` after each commit that touches this request, until the returned function is
   * called. Register before reading, so that nothing falls between.
   */
  watch(requestId: string, wake: () => void): () => void {
    const set = this.#waiting.get(requestId) ?? new Set();
    set.add(wake);
    this.#waiting.set(requestId, set);
    return () => {
      set.delete(wake);
      if (set.size === 0 && this.#waiting.get(requestId) === set) this.#waiting.delete(requestId);
    };
  }

  /** After each change of policy, halts or membership. */
  onEpochs(listener: () => void): () => void {
    this.#epochListeners.add(listener);
    return () => this.#epochListeners.delete(listener);
  }

  /** After each commit. */
  onAny(listener: () => void): () => void {
    this.#anyListeners.add(listener);
    return () => this.#anyListeners.delete(listener);
  }

  /** How many callers wait now; for metrics. */
  get waiting(): number {
    let count = 0;
    for (const set of this.#waiting.values()) count += set.size;
    return count;
  }

  /** Stops listening and wakes everybody, so that a stopping server answers its callers. */
  close(): void {
    this.#unsubscribe();
    for (const set of [...this.#waiting.values()]) for (const wake of [...set]) wake();
  }
}
