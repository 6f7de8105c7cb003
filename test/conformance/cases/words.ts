/** Point 7: tell the agent what happened, in words it can act on. */
import assert from "node:assert/strict";
import { WHY_DENIED } from "../testing/installation.ts";
import type { Told } from "../point.ts";
import type { ConformanceCase } from "./conformance-case.ts";

function says({ words }: Told, ...patterns: readonly (string | RegExp)[]): void {
  for (const pattern of patterns) {
    const isSaid = typeof pattern === "string" ? words.includes(pattern) : pattern.test(words);
    assert.ok(isSaid, `the agent is told ${String(pattern)}; it was told: ${words}`);
  }
}

export const wordsCases: readonly ConformanceCase[] = [
  {
    point: 7,
    name: "denied, and why",
    run: async (world) => {
      const told = await world.told(await world.attempt({ action: "denied" }));
      assert.equal(told.isDone, false);
      says(told, /den(ied|ies)/i, WHY_DENIED);
    },
  },
  {
    point: 7,
    name: "rejected, and the reviewer's reason",
    run: async (world) => {
      const attempt = await world.attempt();
      await world.reject(await world.request("held"), "we have a contract with somebody else");
      const told = await world.told(attempt);
      assert.equal(told.isDone, false);
      says(told, /reject/i, "we have a contract with somebody else");
    },
  },
  {
    point: 7,
    name: "edited: which field, from what, to what, and why (T26)",
    run: async (world) => {
      const attempt = await world.attempt();
      const held = await world.request("held");
      await world.edit(held, { "action.properties.amount": "4000.00 USD" }, "half will do");
      const told = await world.told(attempt);
      assert.equal(told.isDone, true);
      says(told, "amount", "9000.00 USD", "4000.00 USD", "half will do");
    },
  },
  {
    point: 7,
    name: "interrupted before it ran: by whom and why, and that it did not run",
    run: async (world) => {
      const attempt = await world.attempt();
      await world.interrupt(await world.request("held"), "the quarter is closed");
      const told = await world.told(attempt);
      assert.equal(told.isDone, false);
      says(told, /interrupt/i, "olga", "the quarter is closed", /(did not|never) r[au]n/i);
    },
  },
  {
    point: 7,
    name: "interrupted while it ran: by whom and why",
    isOwedBy: ({ releaseOnly, stoppable }) => !releaseOnly && stoppable !== "no",
    run: async (world) => {
      world.site.manner = "long";
      const attempt = await world.attempt({ action: "allowed" });
      await world.effect("running");
      await world.interrupt(await world.request("running"), "wrong supplier");
      const told = await world.told(attempt);
      assert.equal(told.isDone, false);
      says(told, /interrupt/i, "olga", "wrong supplier");
    },
  },
  {
    point: 7,
    name: "outcome unknown, and not to repeat it (T25)",
    isOwedBy: ({ releaseOnly, joins }) => !releaseOnly && joins,
    run: async (world) => {
      world.site.manner = "long";
      const args = world.args();
      await world.attempt({ action: "allowed", args });
      await world.effect("running");
      await world.killAgent();
      await world.request("indeterminate");
      const told = await world.told(await world.attempt({ action: "allowed", args }));
      assert.equal(told.isDone, false);
      says(told, /unknown|nobody knows/i, /do not repeat/i);
    },
  },
  {
    point: 7,
    name: "no answer of the server's: that it could not be asked, and that it did not run (T27)",
    run: async (world) => {
      world.network.cut();
      const told = await world.told(await world.attempt({ patienceMs: 500 }));
      assert.equal(told.isDone, false);
      says(told, /reach|away|unavailable/i, /(did not|not) run/i);
    },
  },
];
