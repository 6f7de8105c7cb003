/** The long poll: read, and read again after each change, until the answer is there or time is up. */
import type { Problem } from "@haltpoint/protocol";
import type { Answer } from "./answer.ts";
import type { App } from "./app.ts";

export interface Waiting {
  readonly waitMs: number;
  /** Aborted when the caller is gone or the server stops; ends the wait with the last answer. */
  readonly signal: AbortSignal;
  /** Also woken by every change of policy, halts or membership; for who waits for a lift. */
  readonly byEpochs?: boolean;
  /** Why the caller would not be let in now; null: they would. A wait outlives a revocation (T37). */
  readonly stillAdmitted: () => Promise<Problem | null>;
}

interface Read<T> {
  readonly value: Answer<T>;
  readonly done: boolean;
  /** Read again then, whatever happens. */
  readonly retryInMs?: number;
}

/**
 * Calls `read` until it is done, or the wait is over. At least one read; the last read's value is
 * returned. Nothing is read for a caller who would not be let in any more.
 */
export async function awaitChange<T>(
  app: App,
  requestId: string,
  waiting: Waiting,
  read: () => Promise<Read<T>>,
): Promise<Answer<T>> {
  const until = performance.now() + Math.min(waiting.waitMs, app.limits.waitMaxMs);
  let wake: () => void = () => undefined;
  let changed = false;
  const onChange = (): void => {
    changed = true;
    wake();
  };
  const unwatch = app.changes.watch(requestId, onChange);
  const unwatchEpochs =
    waiting.byEpochs === true ? app.changes.onEpochs(onChange) : () => undefined;
  waiting.signal.addEventListener("abort", onAbort, { once: true });
  try {
    for (;;) {
      changed = false;
      const { value, done, retryInMs } = await read();
      const leftMs = until - performance.now();
      if (done || leftMs <= 0 || waiting.signal.aborted) return value;
      const pauseMs = changed ? 0 : Math.max(1, Math.min(leftMs, retryInMs ?? leftMs));
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, pauseMs);
        wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
      const refusal = await waiting.stillAdmitted();
      if (refusal !== null) return { ok: false, problem: refusal };
    }
  } finally {
    unwatch();
    unwatchEpochs();
    waiting.signal.removeEventListener("abort", onAbort);
  }

  function onAbort(): void {
    wake();
  }
}
