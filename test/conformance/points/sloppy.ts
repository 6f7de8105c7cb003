/** Enforcement points that are careless in one thing each: what the suite has to notice. */
import type { ContractPoint } from "../cases/conformance-case.ts";
import type { PointUnderTest } from "../point.ts";
import { sdkGuard, startAgent } from "./sdk-guard.ts";

/** Each slip, and the point of the contract it goes against. */
export const SLIPS = {
  "submits without one argument": 1,
  "runs before it redeems": 2,
  "runs what was asked, not what was redeemed": 2,
  "does not listen while it runs": 3,
  "sends no heartbeats": 3,
  "does not report": 4,
  "runs again when its report is lost": 4,
  "runs where the server gives no good answer": 5,
  "waits on for a caller who is gone": 6,
  "swallows the words": 7,
} as const satisfies Readonly<Record<string, ContractPoint>>;

export type Slip = keyof typeof SLIPS;

export function sloppyPoint(slip: Slip): PointUnderTest {
  return {
    ...sdkGuard,
    name: `a point that ${slip}`,
    start: (setup) => startAgent(new URL("./sloppy-agent.ts", import.meta.url), setup, [slip]),
  };
}
