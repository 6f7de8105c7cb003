/**
 * The suite notices: for each point of the contract there are enforcement points that are careless
 * in it. Each fails, by an assertion, in all the cases named here, which a careful one passes.
 */
import { AssertionError } from "node:assert/strict";
import { describe, expect, it } from "vitest";
import type { ConformanceCase } from "./cases/conformance-case.ts";
import { conformanceCases } from "./cases/conformance-cases.ts";
import { SLIPS, type Slip, sloppyPoint } from "./points/sloppy.ts";
import { World } from "./world.ts";

const isCampaign = process.env["HALTPOINT_CAMPAIGN"] === "1";
/** How long a careless point is waited for: it is not coming. */
const PATIENCE_MS = 3_000;
/** Outside the campaign so many of the cases are enough to see that it is noticed. */
const CASES_MAX = 3;

/** The cases each slip fails. */
const NOTICED: Readonly<Record<Slip, RegExp>> = {
  "submits without one argument": /complete/,
  "runs before it redeems": /before the redemption is answered|edited arguments|halt has overtaken/,
  "runs what was asked, not what was redeemed": /edited arguments/,
  "does not listen while it runs": /interrupt stops|halt stops|cannot ask/,
  "sends no heartbeats": /longer than the lease|interrupt stops|halt stops|cannot ask/,
  "does not report": /reports that|report lost/,
  "runs again when its report is lost": /report lost/,
  "runs where the server gives no good answer": /submission a fault|a redirect|another digest/,
  "waits on for a caller who is gone": /caller gone/,
  "swallows the words": /./,
};

describe.concurrent("a point that", () => {
  it.each(Object.entries(SLIPS))("%s fails in point %i", async (name, number) => {
    const slip = name as Slip;
    const noticing = conformanceCases.filter(
      (each) => each.point === number && NOTICED[slip].test(each.name),
    );
    expect(noticing).not.toEqual([]);
    const cases = isCampaign ? noticing : noticing.slice(0, CASES_MAX);
    expect(await failuresOf(slip, cases)).toEqual(cases.map((each) => each.name));
  });
});

/** The cases it fails; anything but a failed assertion is a fault of the suite, and thrown. */
async function failuresOf(slip: Slip, cases: readonly ConformanceCase[]) {
  const world = await World.open(sloppyPoint(slip), { patienceMs: PATIENCE_MS });
  const failed: string[] = [];
  try {
    for (const { name, run } of cases) {
      try {
        await run(world);
      } catch (error) {
        if (!(error instanceof AssertionError)) throw error;
        failed.push(name);
      }
      await world.tidy();
    }
  } finally {
    await world.close();
  }
  return failed;
}
