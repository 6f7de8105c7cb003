/**
 * The suite notices: for each point of the contract a point that is careless in it fails, by an
 * assertion, in exactly the cases named here, and passes the others of that point.
 */
import { describe, expect, it } from "vitest";
import type { ConformanceCase } from "./cases/conformance-case.ts";
import { conformanceCases } from "./cases/conformance-cases.ts";
import { SLIPS, type Slip, sloppyPoint } from "./points/sloppy.ts";
import { World } from "./world.ts";

/** How long a careless point is waited for: it is not coming. */
const PATIENCE_MS = 4_000;

const NOTICED: Readonly<Record<Slip, readonly RegExp[]>> = {
  "submits without one argument": [/complete arguments/],
  "runs before it redeems": [/no effect begins before/],
  "runs what was asked, not what was redeemed": [/edited/],
  "does not listen while it runs": [/interrupt/],
  "sends no heartbeats": [/heartbeats/],
  "does not report": [/reports/],
  "runs again when its report is lost": [/lost/],
  "runs where the server gives no good answer": [/500/],
  "waits on for a caller who is gone": [/caller gone/],
  "swallows the words": [/denied/],
};

describe.concurrent("a point that", () => {
  it.each(Object.entries(SLIPS))("%s fails in point %i", async (name, number) => {
    const slip = name as Slip;
    const cases = conformanceCases.filter(({ point }) => point === number || process.env["ALL"]);
    const failed = await failuresOf(slip, cases);
    console.log(slip, failed.map(([c, e]) => `\n   ${c.point} ${c.name}: ${e.name} ${e.message.slice(0, 200)}`).join(""));
  });
});

/** The cases it fails; anything but a failed assertion is a fault of the suite, and thrown. */
async function failuresOf(slip: Slip, cases: readonly ConformanceCase[]) {
  const world = await World.open(sloppyPoint(slip), { patienceMs: PATIENCE_MS });
  const failed: [ConformanceCase, Error][] = [];
  try {
    for (const each of cases) {
      try {
        await each.run(world);
      } catch (error) {
        failed.push([each, error as Error]);
      }
      await world.tidy();
    }
  } finally {
    await world.close();
  }
  return failed;
}
