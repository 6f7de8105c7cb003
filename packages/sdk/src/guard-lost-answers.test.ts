/** Every call that changes something, lost after the server did it, and the server lost altogether. */
import { describe, expect, it, vi } from "vitest";
import { createClient } from "./client.ts";
import { HaltpointProblem, NotStarted, Unreachable } from "./errors.ts";
import { guard, type RunContext } from "./guard.ts";
import type { LostReport } from "./run.ts";
import {
  deferred,
  type Play,
  refusal,
  type Reply,
  type ScriptedServer,
} from "./testing/scripted-server.ts";
import { skippingTime } from "./testing/skipped-time.ts";
import { ORDER, type Order, orderOptions, placing, served, thrownBy } from "./testing/served.ts";

/** Lets the server do its part, then breaks the connection, so many times. */
function losing(times: number): Play {
  let left = times;
  return async (_call, proceed) => {
    const reply = await proceed();
    left -= 1;
    return left >= 0 ? "reset" : reply;
  };
}

function attemptsOf(server: ScriptedServer, verb: "submit" | "redeem"): ReadonlySet<unknown> {
  return new Set(server.calls(verb).map(({ body }) => body["attempt"]));
}

describe("a lost answer", () => {
  it.each(["held", "approved"] as const)(
    "to the submission is asked for again with the same key and attempt (%s)",
    async (initial) => {
      const server = await served({ initial });
      server.script.submit = losing(2);
      const place = placing();
      const running = guard(place, orderOptions(server))(ORDER);
      await server.called("submit", 3);
      if (initial === "held") {
        await server.called("get");
        server.approve();
      }
      expect(await running).toBe("placed 9000.00 USD");
      expect(new Set(server.calls("submit").map(({ key }) => key)).size).toBe(1);
      expect(attemptsOf(server, "submit").size).toBe(1);
      expect(place).toHaveBeenCalledTimes(1);
      expect(server.status).toBe("succeeded");
    },
  );

  it("to the redemption is asked for again with the same attempt; the effect happens once", async () => {
    const server = await served();
    server.script.redeem = losing(2);
    const place = placing();
    const running = guard(place, orderOptions(server))(ORDER);
    await server.called("get");
    server.approve();
    expect(await running).toBe("placed 9000.00 USD");
    expect(server.calls("redeem")).toHaveLength(3);
    expect(attemptsOf(server, "redeem").size).toBe(1);
    expect(place).toHaveBeenCalledTimes(1);
  });

  it("to the redemption, for longer than a lease: gives back, and redeems anew", async () => {
    const server = await served();
    const time = skippingTime();
    server.script.redeem = async (_call, proceed): Promise<Reply> => {
      await proceed();
      time.skip(8_000);
      if (server.calls("redeem").length === 2) delete server.script.redeem;
      return "reset";
    };
    const place = placing();
    const running = guard(place, orderOptions(server))(ORDER);
    await server.called("get");
    server.approve();
    expect(await running).toBe("placed 9000.00 USD");
    expect(server.outcomes.map(({ result }) => result)).toEqual(["not_started", "succeeded"]);
    expect(attemptsOf(server, "redeem").size).toBe(2);
    expect(place).toHaveBeenCalledTimes(1);
  });

  it("to the redemption, of a run that was given up meanwhile: nothing runs, ever", async () => {
    const server = await served();
    const time = skippingTime();
    server.script.redeem = async (_call, proceed): Promise<Reply> => {
      await proceed();
      server.become("indeterminate");
      time.skip(16_000);
      return "reset";
    };
    const place = placing();
    const running = guard(place, orderOptions(server))(ORDER);
    await server.called("get");
    server.approve();
    expect(await thrownBy(running)).toBeInstanceOf(NotStarted);
    expect(server.calls("redeem")).toHaveLength(1);
    expect(server.status).toBe("failed");
    expect(place).not.toHaveBeenCalled();
  });

  it("to a heartbeat does not stop the run while the lease lives", async () => {
    const server = await served({ initial: "approved", heartbeatMs: 50 });
    server.script.heartbeat = losing(2);
    const done = deferred();
    const place = vi.fn<(order: Order, run: RunContext) => Promise<boolean>>(
      async (_order, { signal }) => {
        await done.promise;
        return signal.aborted;
      },
    );
    const running = guard(place, orderOptions(server))(ORDER);
    await server.called("heartbeat", 4);
    done.resolve();
    expect(await running).toBe(false);
    expect(server.status).toBe("succeeded");
  });

  it("to the outcome is sent again; the function is not", async () => {
    const server = await served({ initial: "approved" });
    server.script.outcome = losing(2);
    const place = placing();
    const onReportLost = vi.fn<(lost: LostReport) => void>();
    expect(await guard(place, orderOptions(server, { onReportLost }))(ORDER)).toMatch(/placed/);
    const attempts = server.outcomes.map(({ attempt, result }) => `${attempt} ${result}`);
    expect(attempts).toHaveLength(3);
    expect(new Set(attempts)).toEqual(new Set([`${server.attempt!} succeeded`]));
    expect(place).toHaveBeenCalledTimes(1);
    expect(onReportLost).not.toHaveBeenCalled();
  });
});

describe("a report that cannot be delivered", () => {
  const lost = async (outcome: Play, place: (order: Order) => Promise<string>) => {
    const server = await served({ initial: "approved" });
    server.script.outcome = outcome;
    const reports: LostReport[] = [];
    const onReportLost = (report: LostReport): void => {
      reports.push(report);
      throw new Error("a fault of the callback");
    };
    const result = await guard(
      place,
      orderOptions(server, { onReportLost }),
    )(ORDER).catch((error: unknown) => error);
    return { result, reports, server };
  };

  it("is refused: the result stands, `onReportLost` hears of it, nothing is run again", async () => {
    const place = placing();
    const { result, reports } = await lost(() => refusal("not_in_state"), place as never);
    expect(result).toBe("placed 9000.00 USD");
    expect(reports).toMatchObject([{ result: "succeeded", error: { code: "not_in_state" } }]);
    expect(place).toHaveBeenCalledTimes(1);
  });

  it("finds no server for too long: the same", async () => {
    const time = skippingTime();
    const { result, reports, server } = await lost(() => {
      time.skip(16_000);
      return "reset";
    }, placing() as never);
    expect(result).toBe("placed 9000.00 USD");
    expect(server.calls("outcome").length).toBe(2);
    expect(reports).toMatchObject([{ result: "succeeded" }]);
    expect(reports[0]!.error).toBeInstanceOf(Unreachable);
  });

  it("is refused for its words alone: reported without them", async () => {
    const server = await served({ initial: "approved" });
    server.script.outcome = ({ body }, proceed) =>
      "detail" in body ? refusal("limit_exceeded", { field: "detail" }) : proceed();
    // Cut at 1,000 units, this would end in half a character, which is no JSON text.
    const fault = new Error(`${"x".repeat(999)}😀`);
    const onReportLost = vi.fn<(lost: LostReport) => void>();
    const failing = guard(() => Promise.reject(fault), orderOptions(server, { onReportLost }));
    expect(await thrownBy(failing(ORDER))).toBe(fault);
    const [first] = server.calls("outcome");
    expect(first!.body["detail"]).toBe(`${"x".repeat(999)}\ufffd`);
    expect(server.outcomes).toEqual([{ attempt: server.attempt, result: "failed" }]);
    expect(onReportLost).not.toHaveBeenCalled();
  });

  it("is about a failure: the caller gets the failure", async () => {
    const fault = new Error("card declined");
    const { result, reports } = await lost(
      () => refusal("not_in_state"),
      () => Promise.reject(fault),
    );
    expect(result).toBe(fault);
    expect(reports).toMatchObject([{ result: "failed" }]);
  });
});

describe("a server that is away", () => {
  it("restarts while somebody waits: the wait goes on, and the approval is heard", async () => {
    const server = await served();
    const place = placing();
    const running = guard(place, orderOptions(server))(ORDER);
    await server.called("get");
    await server.close();
    server.approve();
    await server.listen();
    expect(await running).toBe("placed 9000.00 USD");
    expect(server.calls("submit")).toHaveLength(1);
  });

  it("restarts between approval and redemption: redeemed when it is back", async () => {
    const server = await served();
    server.script.redeem = (): Reply => {
      delete server.script.redeem;
      setTimeout(() => void server.close().then(() => server.listen()), 0);
      return "reset";
    };
    const place = placing();
    const running = guard(place, orderOptions(server))(ORDER);
    await server.called("get");
    server.approve();
    expect(await running).toBe("placed 9000.00 USD");
    expect(place).toHaveBeenCalledTimes(1);
  });

  it("answers a waiting caller with 503, 502 and 429: the wait goes on", async () => {
    const server = await served();
    const replies = [
      refusal("unavailable"),
      { status: 502, text: "<h1>Bad gateway</h1>", type: "text/html" },
      refusal("too_many_requests", { retry_after_ms: 1 }),
    ];
    server.script.get = (_call, proceed) => replies.shift() ?? proceed();
    const running = guard(placing(), orderOptions(server))(ORDER);
    await server.called("get", 4);
    server.approve();
    expect(await running).toBe("placed 9000.00 USD");
  });

  it("whenever it should redeem: given up after `waitMs`, and nothing runs", async () => {
    const server = await served();
    const time = skippingTime();
    server.script.redeem = (): Reply => {
      time.skip(16_000);
      return "reset";
    };
    const place = placing();
    const running = guard(place, orderOptions(server, { waitMs: 20_000 }))(ORDER);
    await server.called("get");
    server.approve();
    expect(await thrownBy(running)).toBeInstanceOf(Unreachable);
    expect(server.calls("redeem").length).toBe(2);
    expect(attemptsOf(server, "redeem").size).toBe(1);
    expect(server.status).toBe("cancelled");
    expect(place).not.toHaveBeenCalled();
  });

  it("from the start: nothing runs, and the caller is told so", async () => {
    const server = await served();
    await server.close();
    const place = placing();
    const error = await thrownBy(guard(place, orderOptions(server))(ORDER));
    expect(error).toBeInstanceOf(Unreachable);
    expect((error as Error).message).toMatch(/could not be reached: .*ECONNREFUSED.*did not run/);
    expect(place).not.toHaveBeenCalled();
  });

  it("until `waitMs` is over: nothing runs", async () => {
    const server = await served();
    const place = placing();
    const running = guard(place, orderOptions(server, { waitMs: 100 }))(ORDER);
    await server.called("get");
    await server.close();
    expect(await thrownBy(running)).toBeInstanceOf(Unreachable);
    expect(place).not.toHaveBeenCalled();
  });

  it("that never answers is given up after the timeout", async () => {
    const server = await served();
    const never = deferred();
    server.script.submit = async (_call, proceed) => {
      await never.promise;
      return proceed();
    };
    const place = placing();
    const client = createClient({ url: server.url, apiKey: "hpk_test", timeoutMs: 20 });
    const error = await thrownBy(guard(place, { ...orderOptions(server), client })(ORDER));
    expect(error).toBeInstanceOf(Unreachable);
    expect(place).not.toHaveBeenCalled();
    never.resolve();
  });
});

describe("a refusal of the call itself", () => {
  it.each(["unauthenticated", "identity_suspended", "invalid_request"] as const)(
    "(%s) is thrown as it is; nothing runs",
    async (code) => {
      const server = await served();
      server.script.submit = () => refusal(code, { field: "context.on_behalf_of" });
      const place = placing();
      const error = await thrownBy(guard(place, orderOptions(server))(ORDER));
      expect(error).toBeInstanceOf(HaltpointProblem);
      expect(error).toMatchObject({ code, field: "context.on_behalf_of" });
      expect(server.calls("submit")).toHaveLength(1);
      expect(place).not.toHaveBeenCalled();
    },
  );
});
