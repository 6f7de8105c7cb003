import { expect, it, onTestFinished } from "vitest";
import type { Write } from "../../packages/server/src/ports/store.ts";
import { HOUR_MS, Purchasing } from "./testing/purchasing.ts";

const ORDERS = 100_000;
const TOGETHER = 1_000;

it("100,000 times 0.10 is exactly 10,000.00, while they come and when they go (I9)", async () => {
  const house = await Purchasing.open();
  onTestFinished(() => house.close());
  const { store } = house.app;
  const [budget] = await store.budgets();
  const counts = [
    { budget: budget?.number ?? -1, key: "k", windowMs: HOUR_MS, units: 10, value: "" },
  ];
  const at = house.clock.wallMs();
  for (let from = 0; from < ORDERS; from += TOGETHER) {
    const writes = Array.from({ length: TOGETHER }, (_, order): Write => {
      const about = {
        kind: "budget_counts",
        requestId: `req_${from + order}`,
        revision: 0,
      } as const;
      return { ...about, countsFrom: at + (order % 2), counts };
    });
    await store.commit({ commandId: `cmd_${from}`, expected: {}, writes });
    expect(await house.total("k", HOUR_MS)).toBe(BigInt(from + TOGETHER) * 10n);
  }
  // The half that was redeemed a millisecond earlier is out of the window, deleted or not.
  house.clock.advance(HOUR_MS);
  expect(await house.total("k", HOUR_MS)).toBe(500_000n);
  const one = { kind: "budget_counts", requestId: "req_last", revision: 0 } as const;
  const countsFrom = house.clock.wallMs();
  await store.commit({ commandId: "last", expected: {}, writes: [{ ...one, countsFrom, counts }] });
  expect(await house.total("k", HOUR_MS)).toBe(500_010n);
  house.clock.advance(1);
  expect(await house.total("k", HOUR_MS)).toBe(10n);
});
