import { afterEach, beforeAll, describe, expect, it } from "vitest";
import type { ContractPoint } from "./cases/conformance-case.ts";
import { conformanceCases, isOwed } from "./cases/conformance-cases.ts";
import type { PointUnderTest } from "./point.ts";
import { World } from "./world.ts";

/** The points of the contract, each in a sentence. */
const CONTRACT: Readonly<Record<ContractPoint, string>> = {
  1: "submit before the effect, with the complete arguments",
  2: "redeem at the effect, not earlier; run exactly what the redemption returned",
  3: "heartbeat while running; stop the effect on interrupt",
  4: "report the outcome; what was lost is unknown, and not run again",
  5: "fail closed",
  6: "what nobody waits for never runs",
  7: "tell the agent what happened, in words it can act on",
};

/** Puts an enforcement point under the contract: a vitest suite of what it owes. */
export function enforcementSuite(point: PointUnderTest): void {
  describe(`the enforcement contract: ${point.name}`, () => {
    for (const [number, sentence] of Object.entries(CONTRACT)) {
      const cases = conformanceCases.filter((each) => each.point === Number(number));
      const owed = cases.filter((each) => isOwed(each, point));
      if (owed.length === 0) continue;
      // Most of a case is waiting, so the seven run side by side, each in a world of its own.
      describe.concurrent(`${number}. ${sentence}`, () => {
        let world: World;
        beforeAll(async () => {
          world = await World.open(point);
          return () => world.close();
        });
        afterEach(() => world.tidy());
        it.for(owed)("$name", { concurrent: false }, async ({ run }) => {
          // A case says itself what is not so, by an AssertionError.
          await expect(run(world)).resolves.toBeUndefined();
        });
      });
    }
  });
}
