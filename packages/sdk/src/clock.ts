/** Time as an enforcement point may use it: how long something took, never what time it is. */

/** Milliseconds since it was made. */
export type Stopwatch = () => number;

/**
 * Measures on the monotonic clock. That clock stands still while some machines sleep, so the wall
 * clock may add to it; it can never take away: a lease ends early rather than late (T39).
 */
export function stopwatch(): Stopwatch {
  const monotonic = performance.now();
  const wall = Date.now();
  return () => Math.max(performance.now() - monotonic, Date.now() - wall);
}

/** Resolves after a time, or at once when the signal aborts. Never rejects. */
export function pause(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (ms <= 0 || signal?.aborted === true) return resolve();
    const end = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    signal?.addEventListener("abort", end, { once: true });
  });
}

const BACKOFF_FIRST_MS = 100;
const BACKOFF_MAX_MS = 5_000;

/** How long to wait after the n-th failure (from 0): doubling, with jitter, at most 5 s. */
export function backoffMs(failures: number): number {
  const ms = Math.min(BACKOFF_FIRST_MS * 2 ** failures, BACKOFF_MAX_MS);
  return ms * (0.5 + Math.random() / 2);
}
