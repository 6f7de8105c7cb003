/** Waits for what will be true soon, however busy the machine is. */
import { expect } from "vitest";

const PATIENCE_MS = 30_000;
const INTERVAL_MS = 20;

/** `await until(() => read()).toBe(…)`: reads again and again until it is so. */
export function until<T>(read: () => T) {
  return expect.poll(read, { timeout: PATIENCE_MS, interval: INTERVAL_MS });
}
