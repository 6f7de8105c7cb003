/** Point 4: report the outcome; a report that is lost leaves it unknown, and nothing runs again. */
import assert from "node:assert/strict";
import { BROKEN } from "../testing/network.ts";
import { type ConformanceCase, ranOnce } from "./conformance-case.ts";

export const reportCases: readonly ConformanceCase[] = [
  {
    point: 4,
    name: "reports that it was done (T25)",
    run: async (world) => {
      const { isDone } = await world.told(await world.attempt({ action: "allowed" }));
      assert.equal(isDone, true);
      assert.equal((await world.request("succeeded")).outcome?.result, "succeeded");
      ranOnce(world);
    },
  },
  {
    point: 4,
    name: "reports that it failed, tells the agent, and does not try again (I1, T25)",
    run: async (world) => {
      world.site.manner = "failing";
      const { isDone } = await world.told(await world.attempt({ action: "allowed" }));
      assert.equal(isDone, false);
      assert.equal((await world.request("failed")).outcome?.result, "failed");
      await world.quiet();
      ranOnce(world);
    },
  },
  {
    point: 4,
    name: "the answer to its report lost: reported again, not run again (I1, I14)",
    run: async (world) => {
      let losses = 0;
      world.network.onAnswer = ({ verb }) => (verb === "outcome" && losses++ === 0 ? BROKEN : null);
      const { isDone } = await world.told(await world.attempt({ action: "allowed" }));
      assert.ok(losses > 0, "the point reports");
      assert.equal(isDone, true);
      await world.quiet();
      await world.request("succeeded");
      ranOnce(world);
    },
  },
  {
    point: 4,
    name: "its report lost for as long as the lease: unknown, and not run again (I1)",
    run: async (world) => {
      let losses = 0;
      world.network.onAsked = ({ verb }) => {
        if (verb !== "outcome") return null;
        losses += 1;
        return BROKEN;
      };
      const attempt = await world.attempt({ action: "allowed" });
      await world.request("indeterminate");
      assert.ok(losses > 0, "the point reports");
      world.network.mend();
      await world.told(attempt);
      // The attempt's late report is good; a second effect would not be.
      await world.request("succeeded", "indeterminate");
      await world.quiet();
      ranOnce(world);
    },
  },
  {
    point: 4,
    name: "killed while it ran: unknown, and the identical call does not run it again (I1, T3)",
    isOwedBy: ({ joins }) => joins,
    run: async (world) => {
      world.site.manner = "long";
      const args = world.args();
      await world.attempt({ action: "allowed", args });
      await world.effect("running");
      await world.killAgent();
      await world.request("indeterminate");
      const again = await world.told(await world.attempt({ action: "allowed", args }));
      assert.equal(again.isDone, false);
      await world.quiet();
      ranOnce(world);
    },
  },
];
