/** The machine's own clock, for tests in which time only has to pass. */
import type { Clock } from "../../ports/clock.ts";

export const systemClock: Clock = {
  wallMs: () => Date.now(),
  monotonicMs: () => performance.now(),
};
