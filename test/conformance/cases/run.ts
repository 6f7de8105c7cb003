/** Point 3: heartbeat while running; stop the effect when told to, or when nobody can be asked. */
import assert from "node:assert/strict";
import { setTimeout as after } from "node:timers/promises";
import { LEASE_MS } from "../testing/installation.ts";
import type { PointUnderTest } from "../point.ts";
import type { World } from "../world.ts";
import {
  type ConformanceCase,
  endsWithoutEffect,
  gate,
  onRedemption,
  ranOnce,
} from "./conformance-case.ts";

/** Heard of within a second (I10), and a second for a busy machine. */
const STOP_WITHIN_MS = 2_000;

const stops = ({ stoppable }: PointUnderTest): boolean => stoppable !== "no";

/** An allowed action whose effect goes on until it is stopped. */
async function longRun(world: World) {
  world.site.manner = "long";
  const attempt = await world.attempt({ action: "allowed" });
  const effect = await world.effect("running");
  return { attempt, effect, request: await world.request("running") };
}

async function stopsWithin(world: World, limitMs: number): Promise<void> {
  const since = performance.now();
  await world.effect("stopped");
  const tookMs = Math.round(performance.now() - since);
  assert.ok(tookMs <= limitMs, `the effect stopped after ${tookMs} ms, not within ${limitMs} ms`);
}

export const runCases: readonly ConformanceCase[] = [
  {
    point: 3,
    name: "says before the approval whether it can be stopped",
    run: async (world) => {
      await world.attempt();
      const request = await world.request("held");
      assert.equal(request.stoppable, world.point.stoppable);
      assert.equal(request.release_only, false);
    },
  },
  {
    point: 3,
    name: "an effect longer than the lease keeps it by heartbeats (I15)",
    run: async (world) => {
      const { attempt, request } = await longRun(world);
      const firstLeaseUntil = request.run!.lease_until;
      await world.eventually(
        () => world.requests(),
        ([each]) => each!.status !== "running" || Date.now() > firstLeaseUntil,
        "the first lease is over",
      );
      const { status, run } = await world.request();
      assert.equal(status, "running");
      assert.ok(run!.lease_until > firstLeaseUntil, "the lease was renewed");
      world.site.finish();
      assert.equal((await world.told(attempt)).isDone, true);
      assert.equal((await world.request()).status, "succeeded");
      ranOnce(world);
    },
  },
  {
    point: 3,
    name: "an interrupt stops what runs, in time, and that it stopped is reported",
    isOwedBy: stops,
    run: async (world) => {
      const { attempt, request } = await longRun(world);
      await world.interrupt(request, "wrong supplier");
      await stopsWithin(world, STOP_WITHIN_MS);
      assert.equal((await world.told(attempt)).isDone, false);
      const ended = await world.request("interrupted");
      assert.equal(ended.outcome?.result, "interrupted");
      ranOnce(world);
    },
  },
  {
    point: 3,
    name: "a halt stops what runs, in time (I10)",
    isOwedBy: stops,
    run: async (world) => {
      const { attempt } = await longRun(world);
      await world.halt("stop everything of this agent");
      await stopsWithin(world, STOP_WITHIN_MS);
      assert.equal((await world.told(attempt)).isDone, false);
      await world.request("interrupted");
      ranOnce(world);
    },
  },
  {
    point: 3,
    name: "what cannot ask whether it may go on stops when its lease is over (I10, T39)",
    isOwedBy: stops,
    run: async (world) => {
      await longRun(world);
      world.network.cut();
      await stopsWithin(world, LEASE_MS + STOP_WITHIN_MS);
      world.network.mend();
      await world.quiet();
      ranOnce(world);
    },
  },
  {
    point: 3,
    name: "one that stalls between redemption and effect starts nothing after its lease (T39)",
    run: async (world) => {
      const held = gate();
      world.network.onAnswer = onRedemption(held.pass);
      const agent = await world.agent();
      const attempt = await world.attempt({ action: "allowed" });
      await world.within(held.reached, "the point redeems");
      const request = await world.request("running");
      agent.stall();
      world.network.mend();
      held.open();
      // The server's clock and the point's began at most the way of one call apart.
      await after(Math.max(0, request.run!.lease_until - Date.now()) + 50);
      await world.request("indeterminate");
      agent.goOn();
      await endsWithoutEffect(world, attempt);
    },
  },
];
