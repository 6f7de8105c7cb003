import { describe, expect, it, onTestFinished } from "vitest";
import { done, HOUR_MS, policyOf, Purchasing } from "./testing/purchasing.ts";

async function open(...given: Parameters<typeof Purchasing.open>): Promise<Purchasing> {
  const house = await Purchasing.open(...given);
  onTestFinished(() => house.close());
  return house;
}

describe("the policy changes", () => {
  const limited = (limit: string, more = ""): string =>
    policyOf(
      `spend: { sum: action.properties.amount, per: subject.owner, window: 24h, limit: "${limit} USD"${more} }`,
    );

  it("another limit or name resets no total", async () => {
    const house = await open();
    await house.order({ amount: "9000.00 USD" });
    await house.publish(limited("9500.00").replaceAll("spend", "outlay"));
    expect(await house.total()).toBe(900_000n);
    expect((await house.order({ amount: "600.00 USD" })).status).toBe("held");
  });

  it("a budget that is new counts what was approved before it, from the recorded contents", async () => {
    const house = await open(
      "version: 1\ndefault: { decision: deny }\nrules: [{ id: all, match: { action: order }, decision: allow }]\n",
    );
    const old = done(await house.redeem(await house.order({ amount: "4000.00 USD" })));
    done(await house.report(old, "succeeded"));
    house.clock.advance(25 * HOUR_MS);
    const ran = done(await house.redeem(await house.order({ amount: "3000.00 USD" })));
    done(await house.report(ran, "succeeded"));
    await house.order({ amount: "2000.00 USD" });
    await house.publish(policyOf());
    expect(await house.total()).toBe(500_000n);
    const longer = policyOf().replace("24h", "48h");
    await house.publish(longer);
    expect(await house.total('["olga"]', 48 * HOUR_MS)).toBe(900_000n);
    await house.publish(limited("10000.00", ", match: { action: nothing }"));
    expect(await house.total()).toBe(0n);
    await house.publish(longer);
    expect(await house.total('["olga"]', 48 * HOUR_MS)).toBe(900_000n);
    // What was kept for the others is gone.
    expect(await house.app.store.budgets()).toHaveLength(1);
  });

  it("and nothing is read or written for a policy without budgets", async () => {
    const house = await open(
      "version: 1\ndefault: { decision: deny }\nrules: [{ id: all, match: { action: order }, decision: allow }]\n",
    );
    const { store } = house.app;
    const asked: string[] = [];
    const budgetTotals = store.budgetTotals.bind(store);
    store.budgetTotals = async (...given) => (asked.push("totals"), budgetTotals(...given));
    const commit = store.commit.bind(store);
    store.commit = async (given) => {
      asked.push(
        ...given.writes.map(({ kind }) => kind).filter((kind) => kind.startsWith("budget")),
      );
      if (given.expected.budgets !== undefined) asked.push("fence");
      return commit(given);
    };
    const order = done(await house.redeem(await house.order({ amount: "1.00 USD" })));
    done(await house.report(order, "succeeded"));
    expect(asked).toEqual([]);
  });
});
