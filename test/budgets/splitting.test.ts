/**
 * However 10,000 is split, by whom and by how many at once, whatever ends and wherever the server
 * dies: policy alone never lets more than the budget run (I9).
 */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { RequestState } from "../../packages/server/src/domain/request/model.ts";
import { sumsOf } from "./testing/ledger-sums.ts";
import { BUYERS, HOUR_MS, policyOf, Purchasing } from "./testing/purchasing.ts";

const campaign = process.env["HALTPOINT_CAMPAIGN"] === "1";
const LIMIT = 1_000_000n;
const WINDOW_MS = 24 * HOUR_MS;

type Step =
  | { readonly kind: "orders"; readonly cents: readonly number[]; readonly redeemed: boolean }
  | { readonly kind: "end"; readonly ends: readonly End[] }
  | { readonly kind: "wait"; readonly ms: number }
  | { readonly kind: "publish"; readonly limit: number }
  | { readonly kind: "crash"; readonly turns: number };

const ENDS = [
  "redeem",
  "succeeded",
  "failed",
  "not_started",
  "approve",
  "reject",
  "withdraw",
  "interrupt",
  "override",
  "edit",
  "resolve",
  "nothing",
] as const;
/** Which request, by its number among all; and what happens to it. */
interface End {
  readonly request: number;
  readonly how: (typeof ENDS)[number];
}

const steps = fc.array(
  fc.oneof(
    {
      weight: 4,
      arbitrary: fc.record({
        kind: fc.constant("orders" as const),
        cents: fc.array(fc.oneof(fc.integer({ min: 1, max: 400_000 }), fc.constant(250_000)), {
          minLength: 1,
          maxLength: 20,
        }),
        redeemed: fc.boolean(),
      }),
    },
    {
      weight: 4,
      arbitrary: fc.record({
        kind: fc.constant("end" as const),
        ends: fc.array(fc.record({ request: fc.nat(200), how: fc.constantFrom(...ENDS) }), {
          minLength: 1,
          maxLength: 20,
        }),
      }),
    },
    {
      weight: 2,
      arbitrary: fc.record({
        kind: fc.constant("wait" as const),
        ms: fc.constantFrom(1_000, 20_000, HOUR_MS, 23 * HOUR_MS, WINDOW_MS - 1),
      }),
    },
    {
      weight: 1,
      arbitrary: fc.record({
        kind: fc.constant("publish" as const),
        limit: fc.constantFrom(2_000, 10_000),
      }),
    },
    {
      weight: 1,
      arbitrary: fc.record({ kind: fc.constant("crash" as const), turns: fc.nat(12) }),
    },
  ),
  { minLength: 4, maxLength: 14 },
);

describe("splitting", () => {
  it("never lets policy approve more than the budget at any commit (I9, T37)", async () => {
    await fc.assert(
      fc.asyncProperty(steps, async (sequence) => {
        const house = await Purchasing.open();
        try {
          await play(house, sequence);
          const { now } = await house.app.store.time();
          const sums = await sumsOf(house.app.store, WINDOW_MS, now);
          expect(sums.mostByPolicy).toBeLessThanOrEqual(LIMIT);
          expect(await house.total()).toBe(sums.all);
        } finally {
          await house.close();
        }
      }),
      { numRuns: campaign ? 400 : 12 },
    );
  });
});

async function play(house: Purchasing, sequence: readonly Step[]): Promise<void> {
  const requests: string[] = [];
  for (const [at, step] of sequence.entries()) {
    const next = sequence[at + 1];
    // What comes before a crash is under way when it happens.
    const under = run(house, step, requests).catch(() => undefined);
    if (next?.kind !== "crash") await under;
    else for (let turn = 0; turn < next.turns; turn += 1) await new Promise(setImmediate);
  }
}

async function run(house: Purchasing, step: Step, requests: string[]): Promise<void> {
  switch (step.kind) {
    case "orders": {
      const orders = step.cents.map(async (cents, at) => {
        const order = { buyer: BUYERS[at % BUYERS.length]!, amount: amountOf(cents) };
        const attempt = step.redeemed ? { attempt: `a-${at}` } : {};
        const state = await house.order({ ...order, ...attempt });
        requests.push(state.id);
      });
      await Promise.allSettled(orders);
      return;
    }
    case "end":
      await Promise.allSettled(
        step.ends.map(async ({ request, how }) => {
          const id = requests[request % Math.max(1, requests.length)];
          if (id !== undefined) await end(house, await house.state(id), how);
        }),
      );
      return;
    case "wait":
      house.clock.advance(step.ms);
      return;
    case "publish":
      return house.publish(policyOf().replace("10000.00", `${step.limit}.00`));
    case "crash":
      return house.crash();
  }
}

async function end(house: Purchasing, state: RequestState, how: End["how"]): Promise<unknown> {
  switch (how) {
    case "redeem":
      return house.redeem(state);
    case "succeeded":
    case "failed":
    case "not_started":
      return house.report(state, how);
    case "approve":
      return house.approve(state);
    case "reject":
      return house.reject(state);
    case "withdraw":
      return house.withdraw(state);
    case "interrupt":
      return house.interrupt(state);
    case "override":
      return house.override(state);
    case "edit":
      return house.edit(state, "1.00 USD");
    case "resolve":
      return house.resolve(await tickedState(house, state), "not_started");
    case "nothing":
      return house.tick(state);
  }
}

async function tickedState(house: Purchasing, state: RequestState): Promise<RequestState> {
  const ticked = await house.tick(state);
  return typeof ticked === "string" ? state : ticked;
}

function amountOf(cents: number): string {
  return `${Math.floor(cents / 100)}.${String(cents % 100).padStart(2, "0")} USD`;
}
