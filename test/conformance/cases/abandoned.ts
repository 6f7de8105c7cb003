/** Point 6: what nobody waits for never runs; only the identical call may come back for it. */
import assert from "node:assert/strict";
import { setTimeout as after } from "node:timers/promises";
import type { RequestView } from "@haltpoint/protocol";
import { HaltpointProblem } from "@haltpoint/sdk";
import type { PointUnderTest } from "../point.ts";
import type { World } from "../world.ts";
import { type ConformanceCase, nothingRan, ranOnce } from "./conformance-case.ts";

/** How long a point may take to notice that its caller is gone. */
const HEARD_WITHIN_MS = 1_000;

const joins = (point: PointUnderTest): boolean => point.joins;

/** Approves what may have been withdrawn, which is as good. */
async function approveLate(world: World, request: RequestView): Promise<void> {
  try {
    await world.approve(request);
  } catch (error) {
    if (!(error instanceof HaltpointProblem)) throw error;
    assert.equal(error.code, "already_decided");
  }
}

export const abandonedCases: readonly ConformanceCase[] = [
  {
    point: 6,
    name: "its agent killed while it was held, then approved: it does not run (I5)",
    run: async (world) => {
      await world.attempt();
      const request = await world.request("held");
      await world.killAgent();
      await world.approve(request);
      await nothingRan(world);
      // Nor when the agent is back and does something else.
      await world.told(await world.attempt({ action: "denied" }));
      await nothingRan(world);
    },
  },
  {
    point: 6,
    name: "its caller gone while it was held, then approved: it does not run (I5)",
    run: async (world) => {
      const attempt = await world.attempt();
      const request = await world.request("held");
      attempt.abandon();
      // Approved before the point has heard that its caller is gone, it might rightly run.
      await Promise.race([attempt.told, after(HEARD_WITHIN_MS)]);
      await approveLate(world, request);
      await nothingRan(world);
      assert.equal((await world.told(attempt)).isDone, false);
    },
  },
  {
    point: 6,
    name: "the identical call, made again while it is held, joins it and runs once approved (I14)",
    isOwedBy: joins,
    run: async (world) => {
      const args = world.args();
      await world.attempt({ args });
      const request = await world.request("held");
      await world.killAgent();
      const again = await world.attempt({ args });
      await world.eventually(
        () => Promise.resolve(world.network.answered),
        (all) => all.filter(({ verb }) => verb === "submit").length === 2,
        "the call is made again",
      );
      assert.equal((await world.request("held")).id, request.id);
      await world.approve(request);
      assert.equal((await world.told(again)).isDone, true);
      await world.quiet();
      ranOnce(world);
    },
  },
  {
    point: 6,
    name: "the identical call, made after a late approval, redeems it once (I1, I14)",
    isOwedBy: joins,
    run: async (world) => {
      const args = world.args();
      await world.attempt({ args });
      const request = await world.request("held");
      await world.killAgent();
      await world.approve(request);
      assert.equal((await world.told(await world.attempt({ args }))).isDone, true);
      assert.equal((await world.request("succeeded", "released")).id, request.id);
      const third = await world.told(await world.attempt({ args }));
      assert.equal(third.isDone, false);
      await world.quiet();
      ranOnce(world);
    },
  },
  {
    point: 6,
    name: "the same call by another principal does not get what was approved for the first (I13)",
    run: async (world) => {
      const args = world.args();
      await world.attempt({ args });
      const request = await world.request("held");
      await world.killAgent();
      await world.approve(request);
      await world.attempt({ args, by: await world.otherAgent() });
      await world.eventually(
        () => world.requests(),
        (all) => all.length === 2 && all.some(({ status }) => status === "held"),
        "the other principal's call is held",
      );
      await nothingRan(world);
    },
  },
];
