/** Makes time pass for the code under test without waiting for it. Timers keep their own time. */
import { onTestFinished, vi } from "vitest";

export interface SkippedTime {
  readonly skip: (ms: number) => void;
}

/** `performance.now()`, or the wall clock where that is asked for, jumps when told to. */
export function skippingTime(clock: "monotonic" | "wall" = "monotonic"): SkippedTime {
  let skippedMs = 0;
  const now = clock === "wall" ? Date.now.bind(Date) : performance.now.bind(performance);
  const skipped = (): number => now() + skippedMs;
  const spy =
    clock === "wall"
      ? vi.spyOn(Date, "now").mockImplementation(skipped)
      : vi.spyOn(performance, "now").mockImplementation(skipped);
  onTestFinished(() => spy.mockRestore());
  return { skip: (ms) => void (skippedMs += ms) };
}
