/** What runs can be stopped, and stops by itself when nobody can say that it may go on (T39). */
import { describe, expect, it, vi } from "vitest";
import { Interrupted, LeaseLapsed, NotStarted, OutcomeUnknown } from "./errors.ts";
import { guard, type RunContext } from "./guard.ts";
import { deferred, refusal, type Reply } from "./testing/scripted-server.ts";
import { skippingTime } from "./testing/skipped-time.ts";
import {
  ORDER,
  type Order,
  orderOptions,
  type Place,
  placing,
  served,
  thrownBy,
} from "./testing/served.ts";

/** Runs until its signal aborts, then throws the signal's reason. */
function stoppable() {
  const began = deferred();
  const place = vi.fn<Place>(async (_order, { signal }) => {
    began.resolve();
    return new Promise((_resolve, reject) => {
      signal.addEventListener("abort", () => reject(signal.reason), { once: true });
    });
  });
  return { place, began: began.promise };
}

// A heartbeat ends after 5 s; what is asserted to be faster was heard, not found out. Promised is one
// second; a busy machine gets two.
describe("an interrupt while running", () => {
  it("aborts the signal within a second; the stop is reported with the time it took", async () => {
    const server = await served({ initial: "approved" });
    const { place, began } = stoppable();
    const running = guard(place, orderOptions(server))(ORDER);
    await began;
    const interruptedAt = performance.now();
    server.become("interrupting", "wrong supplier");
    const error = (await thrownBy(running)) as Interrupted;

    expect(performance.now() - interruptedAt).toBeLessThan(2_000);
    expect(error).toBeInstanceOf(Interrupted);
    expect(error).toMatchObject({ reason: "wrong supplier", by: "person:ana", hadBegun: true });
    expect(error.message).toMatch(/part of it may have happened/);
    expect(place.mock.calls[0]![1].signal.reason).toBeInstanceOf(Interrupted);
    expect(server.outcomes).toMatchObject([{ result: "interrupted" }]);
    expect(server.outcomes[0]!.stopped_after_ms).toBeGreaterThanOrEqual(0);
    expect(server.status).toBe("interrupted");
  });

  it("is heard by a heartbeat that already waits", async () => {
    const server = await served({ initial: "approved" });
    const { place } = stoppable();
    const running = guard(place, orderOptions(server))(ORDER);
    await server.called("heartbeat");
    expect(server.calls("heartbeat")[0]!.query.get("wait")).toBe("5");
    const interruptedAt = performance.now();
    server.become("interrupting", "wrong supplier");
    expect(await thrownBy(running)).toBeInstanceOf(Interrupted);
    expect(performance.now() - interruptedAt).toBeLessThan(2_000);
  });

  it("that comes too late: the function finished, and that is what is reported", async () => {
    const server = await served({ initial: "approved", heartbeatMs: 50 });
    const place = async (_order: Order, { signal }: RunContext): Promise<string> =>
      new Promise((resolve) => signal.addEventListener("abort", () => resolve("sent already")));
    const running = guard(place, orderOptions(server))(ORDER);
    await server.called("heartbeat");
    server.become("interrupting", "wrong supplier");
    expect(await running).toBe("sent already");
    expect(server.outcomes).toMatchObject([{ result: "succeeded" }]);
  });

  it("that the function ignores: its caller is told, its late end is still reported", async () => {
    const server = await served({ initial: "approved", heartbeatMs: 50 });
    const finish = deferred();
    const place = async (): Promise<string> => {
      await finish.promise;
      return "done";
    };
    const running = guard(place, orderOptions(server, { stopWithinMs: 20 }))(ORDER);
    await server.called("heartbeat");
    server.become("interrupting", "stop");
    expect(await thrownBy(running)).toBeInstanceOf(OutcomeUnknown);
    expect(server.outcomes).toEqual([]);
    finish.resolve();
    await server.called("outcome");
    await server.until(() => server.status === "succeeded");
  });
});

describe("a caller who aborts while it runs", () => {
  it("has its own reason passed on; the failure is reported", async () => {
    const server = await served({ initial: "approved" });
    const { place, began } = stoppable();
    const controller = new AbortController();
    const running = guard(place, orderOptions(server))(ORDER, { signal: controller.signal });
    await began;
    const reason = new Error("the user left");
    controller.abort(reason);
    expect(await thrownBy(running)).toBe(reason);
    expect(server.outcomes).toMatchObject([{ result: "failed", detail: "the user left" }]);
    expect(server.calls("withdraw")).toEqual([]);
  });
});

describe("the lease", () => {
  it("ends the run locally when the server is away; the outcome is unknown to the caller", async () => {
    const server = await served({ initial: "approved", leaseMs: 600, heartbeatMs: 100 });
    server.script.heartbeat = () => "reset";
    const { place, began } = stoppable();
    const calledAt = performance.now();
    const running = guard(place, orderOptions(server))(ORDER);
    await began;
    const { signal } = place.mock.calls[0]![1];
    await new Promise((resolve) => signal.addEventListener("abort", resolve));
    expect(performance.now() - calledAt).toBeGreaterThanOrEqual(server.leaseMs);
    expect(performance.now() - calledAt).toBeLessThan(server.leaseMs + 1_500);
    expect(signal.reason).toBeInstanceOf(LeaseLapsed);
    expect(await thrownBy(running)).toBeInstanceOf(OutcomeUnknown);
    expect(server.outcomes).toMatchObject([{ result: "failed" }]);
    expect(place).toHaveBeenCalledTimes(1);
  });

  it("is renewed by heartbeats, counted from before each was sent", async () => {
    const server = await served({ initial: "approved", leaseMs: 1_500, heartbeatMs: 100 });
    const { place } = stoppable();
    const done = deferred();
    const finishing = vi.fn<Place>(async (order, run) =>
      Promise.race([place(order, run), done.promise.then(() => "done")]),
    );
    const running = guard(finishing, orderOptions(server))(ORDER);
    // One each 100 ms: so many are well past the first lease.
    await server.called("heartbeat", 20);
    done.resolve();
    expect(await running).toBe("done");
  });

  it.each([
    ["another lease that lapsed", () => refusal("lease_lapsed")],
    ["a run that is another's", () => refusal("not_your_attempt")],
    ["a credential that was revoked", () => refusal("unauthenticated")],
    [
      "a status that is not running",
      () => ({ json: { status: "indeterminate", interrupt: true, reason: null, lease_ms: 0 } }),
    ],
    [
      "a status it does not know",
      () => ({ json: { status: "blessed", interrupt: false, reason: null, lease_ms: 9e9 } }),
    ],
  ])("ends at once when a heartbeat hears of %s", async (_name, reply) => {
    const server = await served({ initial: "approved", heartbeatMs: 50 });
    server.script.heartbeat = reply;
    const { place } = stoppable();
    const running = guard(place, orderOptions(server))(ORDER);
    expect(await thrownBy(running)).toBeInstanceOf(OutcomeUnknown);
    expect(place.mock.calls[0]![1].signal.reason).toBeInstanceOf(LeaseLapsed);
  });

  it("is renewed at once, not by a long poll, when the redemption used most of it", async () => {
    const server = await served({ initial: "approved" });
    const time = skippingTime();
    server.script.submit = async (_call, proceed) => {
      const reply = await proceed();
      time.skip(server.leaseMs - 6_000);
      return reply;
    };
    const { place } = stoppable();
    const running = guard(place, orderOptions(server))(ORDER);
    await server.called("heartbeat", 2);
    const waits = server.calls("heartbeat").map(({ query }) => query.get("wait"));
    expect(waits.slice(0, 2)).toEqual([null, "5"]);
    server.become("interrupting", "enough");
    await thrownBy(running);
  });

  it("is not renewed by answers that cannot be read", async () => {
    const server = await served({ initial: "approved", leaseMs: 400, heartbeatMs: 50 });
    server.script.heartbeat = () => ({ text: "<p>fine</p>", type: "text/html" });
    const { place } = stoppable();
    const running = guard(place, orderOptions(server))(ORDER);
    expect(await thrownBy(running)).toBeInstanceOf(OutcomeUnknown);
  });

  it("never outlives the run's maximum, whatever heartbeats say", async () => {
    const server = await served({ initial: "approved", leaseMs: 600, heartbeatMs: 50 });
    server.script.submit = async (_call, proceed) => {
      const { json } = (await proceed()) as { json: { redemption: object } };
      return { json: { ...json, redemption: { ...json.redemption, run_max_ms: 300 } } };
    };
    const { place } = stoppable();
    const running = guard(place, orderOptions(server))(ORDER);
    expect(await thrownBy(running)).toBeInstanceOf(OutcomeUnknown);
  });
});

describe("an answer that comes after its lease (T39)", () => {
  it.each(["monotonic", "wall"] as const)(
    "starts nothing; the grant is given back and redeemed by a new attempt (%s clock)",
    async (clock) => {
      const server = await served();
      const time = skippingTime(clock);
      const place = placing();
      server.script.redeem = async (_call, proceed) => {
        delete server.script.redeem;
        const reply = await proceed();
        time.skip(server.leaseMs);
        return reply;
      };
      server.script.outcome = (_call, proceed) => {
        if (server.outcomes.length === 0) expect(place).not.toHaveBeenCalled();
        return proceed();
      };
      const running = guard(place, orderOptions(server))(ORDER);
      await server.called("get");
      server.approve();
      expect(await running).toBe("placed 9000.00 USD");
      expect(server.outcomes.map(({ result }) => result)).toEqual(["not_started", "succeeded"]);
      const attempts = server.calls("redeem").map(({ body }) => body["attempt"]);
      expect(new Set(attempts).size).toBe(2);
      expect(server.outcomes.map(({ attempt }) => attempt)).toEqual(attempts);
      expect(place).toHaveBeenCalledTimes(1);
    },
  );

  it("each time: gives up after three, and nothing ran", async () => {
    const server = await served({ initial: "approved" });
    const time = skippingTime();
    const late = async (_call: unknown, proceed: () => Promise<never>) => {
      const reply = await proceed();
      time.skip(server.leaseMs);
      return reply;
    };
    Object.assign(server.script, { submit: late, redeem: late });
    const place = placing();
    expect(await thrownBy(guard(place, orderOptions(server))(ORDER))).toBeInstanceOf(NotStarted);
    expect(server.outcomes.map(({ result }) => result)).toEqual(Array(3).fill("not_started"));
    expect(server.status).toBe("cancelled");
    expect(place).not.toHaveBeenCalled();
  });

  it("is measured from before the first try was sent, not from the one that was answered", async () => {
    const server = await served();
    const time = skippingTime();
    server.script.redeem = async (_call, proceed) => {
      const reply = await proceed();
      if (server.calls("redeem").length > 1) return reply;
      time.skip(14_000);
      return "reset";
    };
    server.leaseMs = 14_000;
    const place = placing();
    const running = guard(place, orderOptions(server))(ORDER);
    await server.called("get");
    server.approve();
    await running;
    expect(server.outcomes.map(({ result }) => result)).toEqual(["not_started", "succeeded"]);
    expect(place).toHaveBeenCalledTimes(1);
  });

  it("is measured from before the look that showed nobody had redeemed", async () => {
    const server = await served();
    const time = skippingTime();
    let lost: unknown;
    server.script.redeem = ({ body }): Reply => {
      delete server.script.redeem;
      lost = body["attempt"];
      time.skip(16_000);
      return "reset";
    };
    server.script.get = async (_call, proceed) => {
      const reply = await proceed();
      if (lost === undefined) return reply;
      delete server.script.get;
      // What was lost on the way in arrives after all, and its lease is over before the answer.
      server.redeem(lost as string);
      time.skip(server.leaseMs);
      return reply;
    };
    const place = placing();
    const running = guard(place, orderOptions(server))(ORDER);
    await server.called("get");
    server.approve();
    await running;
    expect(server.outcomes.map(({ result }) => result)).toEqual(["not_started", "succeeded"]);
    expect(place).toHaveBeenCalledTimes(1);
  });

  it("to a caller whose `onEdited` took its time starts nothing on the old lease", async () => {
    const server = await served({ leaseMs: 300 });
    const blocked: number[] = [];
    const onEdited = (): void => {
      const until = performance.now() + (blocked.length === 0 ? 310 : 0);
      while (performance.now() < until);
      blocked.push(server.outcomes.length);
    };
    const place = placing();
    const running = guard(place, orderOptions(server, { onEdited }))(ORDER);
    await server.called("get");
    server.edit({ amount: "1.00 USD" }, "less");
    server.approve();
    await running;
    expect(server.outcomes.map(({ result }) => result)).toEqual(["not_started", "succeeded"]);
    expect(place).toHaveBeenCalledTimes(1);
  });
});
