import { describe, expect, it, onTestFinished } from "vitest";
import { viewRequest } from "../../packages/server/src/app/view-request.ts";
import { BUYERS, done, HOUR_MS, policyOf, Purchasing } from "./testing/purchasing.ts";

async function open(...given: Parameters<typeof Purchasing.open>): Promise<Purchasing> {
  const house = await Purchasing.open(...given);
  onTestFinished(() => house.close());
  return house;
}

describe("a budget over real requests (I9)", () => {
  it("lets split orders run to the limit, to the cent, and holds the one that would pass it (T20)", async () => {
    const house = await open();
    for (let order = 0; order < 9; order += 1) {
      expect((await house.order({ amount: "1111.11 USD" })).status).toBe("approved");
    }
    expect((await house.order({ amount: "0.02 USD" })).status).toBe("held");
    expect((await house.order({ amount: "0.01 USD" })).status).toBe("approved");
    expect(await house.total()).toBe(1_000_000n);
  });

  it("counts what other identities of the same owner ordered, where the key says so (T20)", async () => {
    const house = await open();
    for (const buyer of BUYERS) {
      expect((await house.order({ buyer, amount: "2000.00 USD" })).status).toBe("approved");
    }
    const last = await house.order({ buyer: "buyer-3", amount: "1.00 USD" });
    expect(last.status).toBe("held");
    expect(last.policy.budgets).toMatchObject([
      { name: "spend", total: "10000.00 USD", after: "10001.00 USD", over: true },
    ]);
  });

  it("a hold counts for nothing; what a person approves counts, and may pass the limit", async () => {
    const house = await open();
    const large = await house.order({ amount: "12000.00 USD" });
    expect(large.status).toBe("held");
    expect(await house.total()).toBe(0n);
    expect((await house.order({ amount: "1.00 USD" })).status).toBe("approved");
    done(await house.approve(large));
    expect(await house.total()).toBe(1_200_100n);
    expect((await house.order({ amount: "0.01 USD" })).status).toBe("held");
    const urgent = await house.order({ amount: "5.00 USD" });
    done(await house.override(urgent));
    expect(await house.total()).toBe(1_200_600n);
  });

  it("does not count a request against itself when it is redeemed, nor twice (I12)", async () => {
    const house = await open();
    const order = await house.order({ amount: "10000.00 USD" });
    expect(done(await house.redeem(order)).status).toBe("running");
    expect(await house.total()).toBe(1_000_000n);
    const direct = await open();
    const at = await direct.order({ amount: "10000.00 USD", attempt: "x" });
    expect(at.status).toBe("running");
    expect(await direct.total()).toBe(1_000_000n);
  });

  it("asks again at the redemption: what people approved meanwhile has taken the room (I12)", async () => {
    const house = await open();
    const small = await house.order({ amount: "4000.00 USD" });
    const large = await house.order({ amount: "9000.00 USD" });
    done(await house.approve(large));
    expect(await house.redeem(small)).toBe("approval_void");
    expect((await house.state(small.id)).returned?.why).toBe("policy");
    expect(await house.total()).toBe(900_000n);
    expect(done(await house.redeem(large)).status).toBe("running");
  });

  it("moves with an edit", async () => {
    const house = await open();
    const order = await house.order({ amount: "10001.00 USD" });
    const edited = done(await house.edit(order, "400.00 USD"));
    expect(edited.status).toBe("approved");
    expect(await house.total()).toBe(40_000n);
  });
});

describe("what a budget keeps for a request", () => {
  it.each([
    ["withdrawn", (house: Purchasing, order) => house.withdraw(order)],
    ["interrupted", (house: Purchasing, order) => house.interrupt(order)],
    [
      "expired",
      (house: Purchasing, order) => {
        house.clock.advance(25 * HOUR_MS);
        return house.tick(order);
      },
    ],
  ] satisfies readonly (readonly [
    string,
    (house: Purchasing, order: Awaited<ReturnType<Purchasing["order"]>>) => Promise<unknown>,
  ])[])("is given back where it is %s before it was redeemed", async (_, end) => {
    const house = await open();
    const order = await house.order({ amount: "10000.00 USD" });
    await end(house, order);
    expect(await house.total()).toBe(0n);
    expect((await house.order({ amount: "10000.00 USD" })).status).toBe("approved");
  });

  it("is given back by a halt that kills the approval (I10)", async () => {
    const house = await open();
    const order = await house.order({ amount: "10000.00 USD" });
    await house.halt();
    expect((await house.state(order.id)).status).toBe("interrupted");
    expect(await house.total()).toBe(0n);
  });

  it.each(["succeeded", "failed"] as const)(
    "counts from its redemption after it has %s, as long as the window",
    async (result) => {
      const house = await open();
      const order = await house.order({ amount: "10000.00 USD" });
      house.clock.advance(2 * HOUR_MS);
      done(await house.redeem(order));
      done(await house.report(order, result));
      house.clock.advance(24 * HOUR_MS - 1);
      expect(await house.total()).toBe(1_000_000n);
      expect((await house.order({ amount: "0.01 USD" })).status).toBe("held");
      house.clock.advance(1);
      expect(await house.total()).toBe(0n);
      expect((await house.order({ amount: "10000.00 USD" })).status).toBe("approved");
      expect(await house.total()).toBe(1_000_000n);
    },
  );

  it("is kept by a run that nobody knows the outcome of, whatever the window", async () => {
    const house = await open();
    const order = done(await house.redeem(await house.order({ amount: "10000.00 USD" })));
    house.clock.advance(48 * HOUR_MS);
    expect(done(await house.tick(order)).status).toBe("indeterminate");
    expect(await house.total()).toBe(1_000_000n);
    expect((await house.order({ amount: "0.01 USD" })).status).toBe("held");
  });

  it.each([
    ["not_started", 0n, "failed"],
    ["failed", 1_000_000n, "failed"],
    ["succeeded", 1_000_000n, "succeeded"],
  ] as const)("and a person who resolves it as %s leaves %d", async (result, left, status) => {
    const house = await open();
    const order = done(await house.redeem(await house.order({ amount: "10000.00 USD" })));
    house.clock.advance(2 * HOUR_MS);
    done(await house.tick(order));
    const resolved = done(await house.resolve(order, result));
    expect([resolved.status, resolved.outcome?.result]).toEqual([status, result]);
    expect(await house.total()).toBe(left);
  });

  it.each([
    ["mediated", 0n],
    ["cooperative", 1_000_000n],
  ] as const)(
    "after a %s point's not_started and a withdrawal it is %d",
    async (assurance, left) => {
      const house = await open(policyOf(), assurance);
      const order = done(await house.redeem(await house.order({ amount: "10000.00 USD" })));
      expect(done(await house.report(order, "not_started")).status).toBe("approved");
      expect(await house.total()).toBe(1_000_000n);
      done(await house.withdraw(order));
      expect(await house.total()).toBe(left);
    },
  );

  it("is exact beyond 2^53 and refuses what no number holds (I9)", async () => {
    const most = "90071992547409.91 USD"; // 2^53 − 1 cents
    const house = await open();
    for (let order = 0; order < 3; order += 1) {
      done(await house.approve(await house.order({ amount: most })));
    }
    expect(await house.total()).toBe(3n * (2n ** 53n - 1n));
    const more = await house.order({ amount: "90071992547409.92 USD" });
    expect(more.policy.reasons.join()).toContain("too large to be counted");
  });
});

describe("budgets that count (I9)", () => {
  it("a number of requests, and a number of different values", async () => {
    const budgets =
      "calls: { count: true, per: subject.id, window: 1h, limit: 4 }, " +
      "vendors: { distinct: action.properties.vendor, window: 1h, limit: 2 }";
    const house = await open(policyOf(budgets, '!budget("calls").over && !budget("vendors").over'));
    const status = async (vendor: string, buyer = "buyer-1"): Promise<string> =>
      (await house.order({ amount: "1.00 USD", vendor, buyer })).status;
    expect(await status("a")).toBe("approved");
    expect(await status("b")).toBe("approved");
    expect(await status("c")).toBe("held");
    expect(await status("b")).toBe("approved");
    expect(await status("a")).toBe("approved");
    expect(await status("a")).toBe("held");
    expect(await status("a", "buyer-2")).toBe("approved");
  });

  it("holds another currency, and does not add it", async () => {
    const house = await open();
    const order = await house.order({ amount: "1.00 EUR" });
    expect(order.status).toBe("held");
    done(await house.approve(order));
    expect(await house.total()).toBe(0n);
  });
});

describe("what people see of a budget", () => {
  it("is how it stands now, while they may decide; and nothing of it without sight of the amount", async () => {
    const house = await open();
    await house.order({ amount: "9000.00 USD" });
    const held = await house.order({ amount: "2400.00 USD" });
    const more = await house.order({ amount: "1000.00 USD" });
    expect(more.status).toBe("approved");
    const finance = { kind: "person", id: "bo", rights: [] } as const;
    const view = await viewRequest(house.app, held, finance);
    expect(view?.budgets).toEqual([
      {
        name: "spend",
        text: "would be 12,400.00 of 10,000.00 USD in 24 hours; 10,000.00 USD so far",
        window: "24h",
        total: "10000.00 USD",
        after: "12400.00 USD",
        limit: "10000.00 USD",
        over: true,
      },
    ]);
    const operator = { kind: "person", id: "zoe", rights: ["operator"] } as const;
    expect((await viewRequest(house.app, held, operator))?.budgets).toEqual([]);
    const agent = { kind: "identity", id: "buyer-1" } as const;
    expect((await viewRequest(house.app, held, agent))?.budgets).toEqual([]);
  });
});
