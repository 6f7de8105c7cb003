import { useSyncExternalStore } from "react";
import { serverNow } from "./server-clock.ts";

const stepMs = 1_000;
const listeners = new Set<() => void>();
let timer: ReturnType<typeof setInterval> | null = null;
let now = serverNow();

/** One timer for the page, so that everything that counts down does so at once. */
function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  timer ??= setInterval(() => {
    now = serverNow();
    for (const each of listeners) each();
  }, stepMs);
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0 || timer === null) return;
    clearInterval(timer);
    timer = null;
  };
}

/** The server's time, once a second; or, with a coarser step, only when that step has passed. */
export function useNow(everyMs: number = stepMs): number {
  return useSyncExternalStore(subscribe, () => {
    const current = timer === null ? (now = serverNow()) : now;
    return current - (current % everyMs);
  });
}
