import { afterEach, beforeAll, describe, expect, it } from "vitest";
import type { ConformanceCase } from "./cases/conformance-case.ts";
import { conformanceCases, isOwed } from "./cases/conformance-cases.ts";
import type { PointUnderTest } from "./point.ts";
import { World } from "./world.ts";

/** The points of the contract, each in a sentence. */
const CONTRACT = {
  1: "submit before the effect, with the complete arguments",
  2: "redeem at the effect, not earlier; run exactly what the redemption returned",
  3: "heartbeat while running; stop the effect on interrupt",
  4: "report the outcome; a lost report is not retried",
  5: "fail closed",
  6: "an abandoned hold never runs on late approval",
  7: "tell the agent what happened in words it can act on",
} as const;

/** Puts an enforcement point under the contract: a vitest suite of what it owes. */
export function enforcementSuite(point: PointUnderTest): void {
  describe(`the enforcement contract: ${point.name}`, () => {
    let world: World;
    beforeAll(async () => {
      world = await World.open(point);
      return () => world.close();
    });
    afterEach(() => world.tidy());

    for (const [number, sentence] of Object.entries(CONTRACT)) {
      const cases = conformanceCases.filter((each) => each.point === Number(number));
      describe(`${number}. ${sentence}`, () => {
        for (const each of cases.filter((one) => isOwed(one, point))) register(each);
      });
    }
    function register({ name, run }: ConformanceCase): void {
      it(name, async () => {
        // A case says by an AssertionError what is not so.
        await expect(run(world)).resolves.toBeUndefined();
      });
    }
  });
}
