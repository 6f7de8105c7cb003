/** Point 2: redeem at the effect, not earlier; run exactly what the redemption returned. */
import assert from "node:assert/strict";
import { BROKEN } from "../testing/network.ts";
import {
  type ConformanceCase,
  endsWithoutEffect,
  gate,
  nothingRan,
  onRedemption,
  ranOnce,
} from "./conformance-case.ts";

export const redeemCases: readonly ConformanceCase[] = [
  {
    point: 2,
    name: "no effect begins before the redemption is answered, and on record (I8, T2)",
    run: async (world) => {
      const held = gate();
      const attempt = await world.attempt();
      const request = await world.request("held");
      world.network.onAnswer = onRedemption(held.pass);
      await world.approve(request);
      await world.within(held.reached, "the point redeems what was approved");
      await nothingRan(world);
      held.open();
      world.network.onAnswer = () => null;
      await world.told(attempt);
      ranOnce(world);
      const statuses = world.effects[0]!.standing.map(({ status }) => status);
      assert.deepEqual(statuses, [world.point.releaseOnly ? "released" : "running"]);
    },
  },
  {
    point: 2,
    name: "runs once, as approved, and passes the request's id on as idempotency key (I1, T3)",
    run: async (world) => {
      const args = world.args();
      const attempt = await world.attempt({ args });
      const request = await world.request("held");
      await world.approve(request);
      assert.equal((await world.told(attempt)).isDone, true);
      await world.quiet();
      ranOnce(world);
      assert.deepEqual(world.effects[0]!.args, args);
      assert.equal(world.effects[0]!.idempotencyKey, request.id);
    },
  },
  {
    point: 2,
    name: "runs the edited arguments, and not those of the attempt (I2, T26)",
    run: async (world) => {
      const args = world.args();
      const attempt = await world.attempt({ args });
      const request = await world.request("held");
      await world.edit(request, { "action.properties.amount": "4000.00 USD" }, "half will do");
      await world.told(attempt);
      ranOnce(world);
      assert.deepEqual(world.effects[0]!.args, { ...args, amount: "4000.00 USD" });
    },
  },
  {
    point: 2,
    name: "an approval that a halt has overtaken does not run, nor after the lift (I10, T22)",
    run: async (world) => {
      const attempt = await world.attempt();
      const request = await world.request("held");
      // What is on its way to the server waits, so that the point cannot be quicker than the halt.
      const held = gate();
      world.network.onAsked = ({ verb }) => (verb === "redeem" ? held.pass() : null);
      world.network.onAnswer = onRedemption(() => BROKEN);
      await world.approve(request);
      const halt = await world.halt("stop for now");
      held.open();
      world.network.mend();
      await world.lift(halt);
      await endsWithoutEffect(world, attempt);
    },
    // A point that redeems within a waiting call has redeemed before anybody can halt.
    isOwedBy: ({ releaseOnly }) => !releaseOnly,
  },
  {
    point: 2,
    name: "the answer of a redemption lost: it runs at most once, and as recorded (I1, I14)",
    run: async (world) => {
      let losses = 0;
      world.network.onAnswer = onRedemption(() => (losses++ === 0 ? BROKEN : null));
      const { isDone } = await world.told(await world.attempt({ action: "allowed" }));
      assert.ok(losses > 0, "the point redeems");
      await world.quiet();
      assert.equal(world.effects.length, isDone ? 1 : 0);
    },
  },
  {
    point: 2,
    name: "one approval is for one effect: the same call with a new key is held again (T4)",
    run: async (world) => {
      const args = world.args();
      const attempt = await world.attempt({ args });
      await world.approve(await world.request("held"));
      await world.told(attempt);
      await world.attempt({ args, key: `${String(args["reference"])}-again` });
      await world.eventually(
        () => world.requests(),
        (all) => all.length === 2 && all.some(({ status }) => status === "held"),
        "the same call is held again",
      );
      await world.quiet();
      ranOnce(world);
    },
  },
];
