import { describe, expect, it, onTestFinished } from "vitest";
import { sumsOf } from "./testing/ledger-sums.ts";
import { BUYERS, done, HOUR_MS, policyOf, Purchasing } from "./testing/purchasing.ts";

async function open(...given: Parameters<typeof Purchasing.open>): Promise<Purchasing> {
  const house = await Purchasing.open(...given);
  onTestFinished(() => house.close());
  return house;
}

describe("at the same time (T37)", () => {
  it("twenty callers take the last room once", async () => {
    const house = await open();
    await house.order({ amount: "9000.00 USD" });
    const orders = await Promise.all(
      Array.from({ length: 20 }, (_, at) =>
        house.order({ buyer: BUYERS[at % 5]!, amount: "300.00 USD", attempt: `a${at}` }),
      ),
    );
    expect(orders.filter(({ status }) => status === "running")).toHaveLength(3);
    const { now } = await house.app.store.time();
    const sums = await sumsOf(house.app.store, 24 * HOUR_MS, now);
    expect(sums).toEqual({ mostByPolicy: 990_000n, all: 990_000n });
  });

  it("also where a condition looks at the total itself", async () => {
    const house = await open(policyOf(undefined, 'budget("spend").after <= money("10000.00 USD")'));
    const orders = await Promise.all(
      Array.from({ length: 20 }, (_, at) =>
        house.order({ buyer: BUYERS[at % 5]!, amount: "3000.00 USD" }),
      ),
    );
    expect(orders.filter(({ status }) => status === "approved")).toHaveLength(3);
    expect(await house.total()).toBe(900_000n);
  });

  it("and where different values are counted", async () => {
    const vendors = "v: { distinct: action.properties.vendor, window: 1h, limit: 3 }";
    const house = await open(policyOf(vendors, '!budget("v").over'));
    const orders = await Promise.all(
      Array.from({ length: 20 }, (_, at) =>
        house.order({ amount: "1.00 USD", vendor: `vendor-${at % 10}` }),
      ),
    );
    const approved = orders.filter(({ status }) => status === "approved");
    const budgets = approved.map(({ policy }) => policy.budgets?.[0]?.after);
    expect(approved.length).toBeGreaterThanOrEqual(3);
    expect(new Set(budgets)).toEqual(new Set(["1", "2", "3"]));
  });

  it("a publication and submissions: none is decided by the budget of before", async () => {
    const house = await open();
    const lower = policyOf().replace("10000.00", "1000.00");
    const [orders] = await Promise.all([
      Promise.all(Array.from({ length: 20 }, () => house.order({ amount: "500.00 USD" }))),
      house.publish(lower),
    ]);
    const { version } = (await house.app.store.policy())!;
    const later = orders.filter(
      ({ policy, status }) => policy.version === version && status === "approved",
    );
    const sum = BigInt(orders.filter(({ status }) => status === "approved").length) * 50_000n;
    expect(await house.total()).toBe(sum);
    if (later.length > 0) expect(sum).toBeLessThanOrEqual(100_000n);
    expect((await house.order({ amount: "1000.00 USD" })).status).toBe("held");
  });

  it("a publication of a new key while orders come counts every one of them", async () => {
    const house = await open();
    const orders: Promise<unknown>[] = [];
    const publishing = house.publish(policyOf().replace("24h", "48h"));
    for (let at = 0; at < 20; at += 1) {
      orders.push(house.order({ buyer: BUYERS[at % 5]!, amount: "700.00 USD" }));
      await new Promise((resolve) => setImmediate(resolve));
    }
    await Promise.all([publishing, ...orders]);
    const { now } = await house.app.store.time();
    const sums = await sumsOf(house.app.store, 48 * HOUR_MS, now);
    expect(sums.mostByPolicy).toBeLessThanOrEqual(1_000_000n);
    expect(await house.total('["olga"]', 48 * HOUR_MS)).toBe(sums.all);
  });

  it("submissions and a halt: what it kills gives back its room, and no more", async () => {
    const house = await open();
    await Promise.all([
      ...Array.from({ length: 20 }, () => house.order({ amount: "500.00 USD" })),
      house.halt(),
    ]);
    const { now } = await house.app.store.time();
    const sums = await sumsOf(house.app.store, 24 * HOUR_MS, now);
    expect(await house.total()).toBe(sums.all);
    expect(sums.mostByPolicy).toBeLessThanOrEqual(1_000_000n);
  });

  it("a redemption whose room people take just before its commit is held again (I12)", async () => {
    const house = await open();
    const small = await house.order({ amount: "4000.00 USD" });
    const large = await house.order({ amount: "9000.00 USD" });
    const { store } = house.app;
    const commit = store.commit.bind(store);
    let isFirst = true;
    store.commit = async (given) => {
      const isOvertaken = isFirst;
      isFirst = false;
      if (isOvertaken) done(await house.approve(large));
      return commit(given);
    };
    expect(await house.redeem(small)).toBe("approval_void");
    expect(await house.total()).toBe(900_000n);
  });
});
