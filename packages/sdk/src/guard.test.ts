import { commitFields, revisionDigest, type RequestStatus } from "@haltpoint/protocol";
import { describe, expect, it, vi } from "vitest";
import {
  AlreadyRun,
  BadAnswer,
  Cancelled,
  Denied,
  Expired,
  Halted,
  Interrupted,
  OutcomeUnknown,
  type Refusal,
  Rejected,
  StillHeld,
} from "./errors.ts";
import { guard, type GuardedCall } from "./guard.ts";
import { refusal, type Reply, REQUEST_ID } from "./testing/scripted-server.ts";
import { ORDER, type Order, orderOptions, placing, served, thrownBy } from "./testing/served.ts";

describe("an action that policy allows", () => {
  it("is submitted whole, redeemed in the same call, run and reported", async () => {
    const server = await served({ initial: "approved" });
    const place = placing();
    const result = await guard(place, orderOptions(server, { stoppable: "until_sent" }))(ORDER);

    expect(result).toBe("placed 9000.00 USD");
    expect(server.heard.map((call) => call.verb)).toEqual(["submit", "outcome"]);
    expect(server.calls("submit")[0]!.body).toMatchObject({
      action: { name: "purchase_order.submit", properties: ORDER },
      resource: { type: "supplier", id: "acme" },
      enforcement: { stoppable: "until_sent" },
    });
    expect(place).toHaveBeenCalledExactlyOnceWith(ORDER, expect.anything());
    const [, run] = place.mock.calls[0]!;
    expect(run).toMatchObject({ requestId: REQUEST_ID, idempotencyKey: REQUEST_ID });
    expect(run.signal).toBeInstanceOf(AbortSignal);
    expect(server.outcomes).toMatchObject([{ result: "succeeded" }]);
  });

  it("binds the raw arguments whatever `map` shows, as they were when called", async () => {
    const server = await served();
    const place = placing();
    const args = { ...ORDER, note: undefined };
    const running = guard(place, {
      ...orderOptions(server),
      map: ({ supplier }) => ({
        resource: { type: "shop", id: supplier },
        context: { amount: "1.00 USD" },
      }),
    })(args);
    await server.called("get");
    (args as { amount: string }).amount = "1000000.00 USD";
    server.approve();

    expect(await running).toBe("placed 9000.00 USD");
    const { body } = server.calls("submit")[0]!;
    expect(body).toMatchObject({ resource: { type: "shop" }, context: { amount: "1.00 USD" } });
    expect(body["action"]).toEqual({ name: "purchase_order.submit", properties: ORDER });
  });

  it("rethrows what the function throws, and reports that it failed and why", async () => {
    const server = await served({ initial: "approved" });
    const fault = new Error("card declined");
    const failing = guard(() => Promise.reject(fault), orderOptions(server));
    expect(await thrownBy(failing(ORDER))).toBe(fault);
    expect(server.outcomes).toMatchObject([{ result: "failed", detail: "card declined" }]);
  });

  it.each([
    [{ at: new Date() }, "`at`"],
    [{ list: [1, Number.NaN] }, "`list.1`"],
    [{ run: () => 1 }, "`run`"],
    [[1], "named arguments"],
  ])("refuses %j, which cannot be bound, before asking anybody", async (args, words) => {
    const server = await served({ initial: "approved" });
    const place = placing();
    await expect(guard(place, orderOptions(server))(args as never)).rejects.toThrow(words);
    expect(server.heard).toEqual([]);
    expect(place).not.toHaveBeenCalled();
  });
});

describe("an action that is held", () => {
  it("waits, and runs once approved; `onHeld` hears of each change", async () => {
    const server = await served();
    const place = placing();
    const heldVersions: number[] = [];
    const onHeld = ({ version }: { version: number }) => void heldVersions.push(version);
    const running = guard(place, orderOptions(server, { onHeld }))(ORDER);
    await server.called("get");
    expect(place).not.toHaveBeenCalled();
    server.become("held");
    await server.called("get", 2);
    server.approve();

    expect(await running).toBe("placed 9000.00 USD");
    expect(heldVersions).toEqual([1, 2]);
    expect(place).toHaveBeenCalledTimes(1);
    expect(server.status).toBe("succeeded");
  });

  it("runs the edited arguments and tells of the edit, which is no error (I2)", async () => {
    const server = await served();
    const place = placing();
    const onEdited = vi.fn<NonNullable<GuardedCall["onEdited"]>>();
    const running = guard(place, orderOptions(server, { onEdited }))(ORDER);
    await server.called("get");
    server.edit({ amount: "4000.00 USD" }, "half is enough");
    server.approve();

    expect(await running).toBe("placed 4000.00 USD");
    expect(place.mock.calls[0]![0]).toEqual({ ...ORDER, amount: "4000.00 USD" });
    const changes = [{ path: "action.properties.amount", from: "9000.00 USD", to: "4000.00 USD" }];
    expect(onEdited).toHaveBeenCalledExactlyOnceWith(changes, "half is enough");
  });

  it("does not run when an edit makes arguments and resource disagree (I2)", async () => {
    const server = await served();
    const place = placing();
    const running = guard(place, orderOptions(server))(ORDER);
    await server.called("get");
    server.edit({ supplier: "other" }, "cheaper there");
    server.approve();

    expect(await thrownBy(running)).toBeInstanceOf(BadAnswer);
    expect(place).not.toHaveBeenCalled();
    expect(server.outcomes).toMatchObject([{ result: "not_started" }]);
  });

  it("names the person who decided, and calls a halt a halt", () => {
    const facts = { reason: "enough", hadBegun: false };
    expect(new Interrupted({ ...facts, by: "halt:halt_1" }).message).toMatch(
      /^A halt interrupted this: enough\./,
    );
    expect(new Interrupted({ ...facts, by: "person:bo" }).message).toMatch(/^bo interrupted/);
    expect(new Interrupted(facts).message).toMatch(/^A person interrupted this/);
  });

  const endings: readonly [RequestStatus, new (facts: never) => Refusal, RegExp][] = [
    ["denied", Denied, /^Policy denies this: too much\. It did not run/],
    ["rejected", Rejected, /^ana rejected this: too much\. It did not run/],
    ["expired", Expired, /in time, so it did not run. Nobody said no/],
    ["interrupted", Interrupted, /^ana interrupted this: too much. It did not run/],
    ["cancelled", Cancelled, /withdrawn: too much. It did not run/],
    ["indeterminate", OutcomeUnknown, /Do not repeat it/],
    ["succeeded", AlreadyRun, /it is `succeeded`\); it was not run again/],
    ["running", AlreadyRun, /it was not run again/],
    ["released", AlreadyRun, /it was not run again/],
  ];
  it.each(endings)(
    "does not run when it ends as %s, and says so",
    async (status, kind, message) => {
      const server = await served();
      const place = placing();
      const running = guard(place, orderOptions(server))(ORDER);
      await server.called("get");
      server.become(status, "too much");

      const error = await thrownBy(running);
      expect(error).toBeInstanceOf(kind);
      const { requestId, reason, by } = error as Refusal;
      expect({ requestId, reason, by }).toEqual({
        requestId: REQUEST_ID,
        reason: "too much",
        by: "person:ana",
      });
      expect((error as Refusal).message).toMatch(message);
      expect(place).not.toHaveBeenCalled();
      expect(server.calls("redeem")).toEqual([]);
      expect(server.calls("withdraw")).toEqual([]);
    },
  );

  it.each(endings)("says the same where submission already says %s", async (status, kind) => {
    const server = await served({ initial: status });
    const place = placing();
    expect(await thrownBy(guard(place, orderOptions(server))(ORDER))).toBeInstanceOf(kind);
    expect(place).not.toHaveBeenCalled();
  });

  it("takes a status it does not know for no", async () => {
    const server = await served({ initial: "waved_through" as RequestStatus });
    const place = placing();
    expect(await thrownBy(guard(place, orderOptions(server))(ORDER))).toBeInstanceOf(BadAnswer);
    expect(place).not.toHaveBeenCalled();
  });

  it("is not run by `approved: true`, whoever sends it (T6)", async () => {
    const server = await served();
    server.script.get = async (_call, proceed) => {
      const reply = await proceed();
      const claims = { approved: true, redemption: server.redemption() };
      return { json: { ...(reply as { json: object }).json, ...claims } };
    };
    const place = placing();
    const args = { ...ORDER, approved: true, status: "approved", context: { approved: true } };
    const running = guard(place, orderOptions(server))(args);
    await server.called("get", 1);
    server.become("held");
    await server.called("get", 2);
    server.reject("no");
    expect(await thrownBy(running)).toBeInstanceOf(Rejected);
    expect(place).not.toHaveBeenCalled();
  });

  it.each(["get", "redeem"] as const)(
    "takes no answer about another request for its own (%s)",
    async (verb) => {
      const server = await served();
      const place = placing();
      server.script[verb] = async (_call, proceed) => {
        const { json } = (await proceed()) as { json: object };
        return { json: JSON.parse(JSON.stringify(json).replaceAll(REQUEST_ID, "req_2")) as object };
      };
      const running = guard(place, orderOptions(server))(ORDER);
      await server.called("get");
      server.approve();
      const error = await thrownBy(running);
      expect(error).toBeInstanceOf(BadAnswer);
      expect((error as Error).message).toMatch(/about another request/);
      expect(server.heard.filter(({ path }) => path.includes("req_2"))).toEqual([]);
      expect(place).not.toHaveBeenCalled();
    },
  );

  it("follows an approval that is void at redemption back into the hold", async () => {
    const server = await served();
    const place = placing();
    server.script.redeem = () => {
      delete server.script.redeem;
      server.become("held");
      return refusal("approval_void");
    };
    const running = guard(place, orderOptions(server))(ORDER);
    await server.called("get");
    server.approve();
    await server.until(() => server.status === "held" && server.calls("get").length >= 3);
    expect(place).not.toHaveBeenCalled();
    server.approve();
    expect(await running).toBe("placed 9000.00 USD");
  });

  it("waits while a halt is in force, and runs after the lift", async () => {
    const server = await served({ initial: "approved" });
    let isHalted = true;
    const halted = () => refusal("halted");
    server.script.redeem = (_call, proceed) => (isHalted ? halted() : proceed());
    server.script.submit = async (_call, proceed) => {
      server.initial = "held";
      await proceed();
      server.approve();
      return { json: { ...server.answer(), redemption: null } };
    };
    const place = placing();
    const running = guard(place, orderOptions(server))(ORDER);
    await server.called("redeem", 3);
    expect(place).not.toHaveBeenCalled();
    isHalted = false;
    expect(await running).toBe("placed 9000.00 USD");
  });

  it.each(["a refusal", "an answer without redemption"])(
    "waits for a veto window to end, however often it is told so by %s",
    async (how) => {
      const server = await served();
      const notYet = (): Reply =>
        how === "a refusal" ? refusal("not_yet") : { json: server.answer() };
      let left = 5;
      server.script.redeem = (_call, proceed) => (left-- > 0 ? notYet() : proceed());
      const running = guard(placing(), orderOptions(server))(ORDER);
      await server.called("get");
      server.approve();
      const since = performance.now();
      expect(await running).toBe("placed 9000.00 USD");
      expect(server.calls("redeem")).toHaveLength(6);
      // The server's long polls end at once here; that must not become a tight loop.
      expect(performance.now() - since).toBeGreaterThan(1_000);
    },
  );

  it("gives up on a veto window after `waitMs`", async () => {
    const server = await served();
    server.script.redeem = () => refusal("not_yet");
    const place = placing();
    const running = guard(place, orderOptions(server, { waitMs: 300 }))(ORDER);
    await server.called("get");
    server.approve();
    expect(await thrownBy(running)).toBeInstanceOf(StillHeld);
    expect(server.status).toBe("cancelled");
    expect(place).not.toHaveBeenCalled();
  });

  it("throws a refusal that no waiting cures, after a few tries", async () => {
    const server = await served();
    server.script.redeem = () => refusal("already_redeemed");
    const place = placing();
    const running = guard(place, orderOptions(server))(ORDER);
    await server.called("get");
    server.approve();
    expect(await thrownBy(running)).toMatchObject({ code: "already_redeemed" });
    expect(place).not.toHaveBeenCalled();
  });

  it("is told of a halt that lets nothing more be held, and runs nothing (T20)", async () => {
    const server = await served();
    server.script.submit = () => refusal("halted");
    const place = placing();
    const thrown = await thrownBy(guard(place, orderOptions(server))(ORDER));
    expect(thrown).toBeInstanceOf(Halted);
    expect(thrown).toMatchObject({ code: "halted", requestId: null });
    expect(server.calls("submit")).toHaveLength(1);
    expect(place).not.toHaveBeenCalled();
  });

  it("gives up on a halt after `waitMs`", async () => {
    const server = await served();
    server.script.redeem = () => refusal("halted");
    const place = placing();
    const running = guard(place, orderOptions(server, { waitMs: 300 }))(ORDER);
    await server.called("get");
    server.approve();
    expect(await thrownBy(running)).toBeInstanceOf(Halted);
    expect(server.status).toBe("cancelled");
    expect(place).not.toHaveBeenCalled();
  });
});

describe("an abandoned hold", () => {
  it("is withdrawn when the caller aborts, and never runs", async () => {
    const server = await served();
    const place = placing();
    const controller = new AbortController();
    const running = guard(place, orderOptions(server))(ORDER, { signal: controller.signal });
    await server.called("get");
    controller.abort(new Error("the user left"));

    const error = await thrownBy(running);
    expect(error).toBeInstanceOf(Cancelled);
    expect((error as Error).cause).toEqual(new Error("the user left"));
    expect(server.status).toBe("cancelled");
    server.approve();
    expect(server.calls("redeem")).toEqual([]);
    expect(place).not.toHaveBeenCalled();
  });

  it("is given back and withdrawn when the caller aborts during the redemption", async () => {
    const server = await served();
    const place = placing();
    const controller = new AbortController();
    server.script.redeem = async (_call, proceed) => {
      const reply = await proceed();
      controller.abort();
      return reply;
    };
    const running = guard(place, orderOptions(server, { signal: controller.signal }))(ORDER);
    await server.called("get");
    server.approve();
    expect(await thrownBy(running)).toBeInstanceOf(Cancelled);
    expect(server.outcomes).toMatchObject([{ result: "not_started" }]);
    expect(server.status).toBe("cancelled");
    expect(place).not.toHaveBeenCalled();
  });

  it("is withdrawn after `waitMs`, since nobody can come back for it", async () => {
    const server = await served();
    const place = placing();
    const error = await thrownBy(guard(place, orderOptions(server, { waitMs: 1 }))(ORDER));
    expect(error).toBeInstanceOf(StillHeld);
    expect(server.status).toBe("cancelled");
    expect(place).not.toHaveBeenCalled();
  });

  it("stays held after `waitMs` where the caller has a key, and is joined with it", async () => {
    const server = await served();
    const place = placing();
    const guarded = guard(place, orderOptions(server, { waitMs: 1, callerReturns: true }));
    const call = { key: "thread-1/call-1" };
    expect(await thrownBy(guarded(ORDER, call))).toBeInstanceOf(StillHeld);
    expect(server.status).toBe("held");
    server.approve();
    expect(await guarded(ORDER, call)).toBe("placed 9000.00 USD");
    expect(server.calls("submit").map(({ key }) => key)).toEqual([call.key, call.key]);
    expect(server.calls("submit")[0]!.body).toMatchObject({
      enforcement: { caller_returns: true },
    });
    expect(await thrownBy(guarded(ORDER, call))).toBeInstanceOf(AlreadyRun);
    expect(place).toHaveBeenCalledTimes(1);
  });
});

describe("two guards at once", () => {
  it("share nothing: each has its own key, attempt and end", async () => {
    const [one, two] = [await served(), await served()];
    const place = placing();
    const first = guard(place, orderOptions(one))(ORDER);
    const second = guard(place, orderOptions(two))({ ...ORDER, amount: "1.00 USD" });
    await Promise.all([one.called("get"), two.called("get")]);
    one.reject("no");
    two.approve();
    expect(await thrownBy(first)).toBeInstanceOf(Rejected);
    expect(await second).toBe("placed 1.00 USD");
    const submits = [...one.calls("submit"), ...two.calls("submit")];
    expect(new Set(submits.map(({ key }) => key)).size).toBe(2);
    expect(new Set(submits.map(({ body }) => body["attempt"])).size).toBe(2);
  });
});

describe("a redemption that is not what was reviewed (I2)", () => {
  const tampered = async (
    tamper: (answer: never) => object,
    initial: RequestStatus = "approved",
  ) => {
    const server = await served({ initial });
    server.script.submit = async (_call, proceed) => {
      const reply = (await proceed()) as { json: never };
      return { json: tamper(structuredClone(reply.json)) };
    };
    const place = placing();
    const error = await thrownBy(guard(place, orderOptions(server))(ORDER));
    expect(place).not.toHaveBeenCalled();
    expect(server.outcomes.filter(({ result }) => result !== "not_started")).toEqual([]);
    return { server, error };
  };
  type Answer = {
    request: {
      id: string;
      status: string;
      revision: { digest: string; content: { action: { properties: Order } } };
    };
    redemption: Record<string, unknown> & {
      content: { action: { properties: Record<string, unknown> }; resource: { id: string } };
    };
  };

  it.each<[string, (answer: Answer) => void]>([
    ["other arguments", ({ redemption }) => (redemption.content.action.properties["amount"] = "1")],
    ["one argument more", ({ redemption }) => (redemption.content.action.properties["x"] = 1)],
    [
      "one argument less",
      ({ redemption }) => delete redemption.content.action.properties["amount"],
    ],
    ["another resource", ({ redemption }) => (redemption.content.resource.id = "other")],
    ["another digest", ({ redemption }) => (redemption["digest"] = "A".repeat(43))],
    ["another request", ({ redemption }) => (redemption["request_id"] = "req_2")],
    ["another revision", ({ redemption }) => (redemption["revision"] = 1)],
    ["a request that waits", ({ request }) => (request.status = "held")],
    ["a release", ({ redemption }) => (redemption["released"] = true)],
    ["no lease", ({ redemption }) => (redemption["lease_ms"] = 0)],
    ["no content", ({ redemption }) => delete (redemption as { content?: unknown }).content],
    ["a digest nobody saw", ({ request }) => (request.revision.digest = `${"B".repeat(42)}A`)],
    [
      "a digest that is not its content's",
      ({ request, redemption }) => {
        const digest = "B".repeat(42) + "A";
        request.revision.digest = digest;
        redemption["digest"] = digest;
      },
    ],
  ])("with %s does not run", async (_name, tamper) => {
    const { error } = await tampered((answer: Answer) => {
      tamper(answer);
      return answer;
    });
    expect(error).toBeInstanceOf(BadAnswer);
  });

  it("with consistent arguments that nobody submitted does not run, and is given back", async () => {
    const { error, server } = await tampered((answer: Answer) => {
      const { request, redemption } = answer;
      request.revision.content.action.properties = { ...ORDER, amount: "9.00 USD" };
      redemption.content.action.properties = { ...ORDER, amount: "9.00 USD" };
      const digest = revisionDigest(request.revision.content as never);
      Object.assign(request.revision, { digest });
      Object.assign(redemption, { digest });
      return answer;
    });
    expect(error).toBeInstanceOf(BadAnswer);
    expect(server.outcomes).toMatchObject([{ result: "not_started" }]);
  });
});

describe("sensitive fields", () => {
  /** Commits the supplier, as the server does; then a person may edit the amount. */
  const sealed = async (edited: boolean, swap: boolean) => {
    const server = await served();
    const place = placing();
    const running = guard(place, { ...orderOptions(server), resource: { type: "shop", id: "1" } })(
      ORDER,
    );
    await server.called("get");
    if (edited) server.edit({ amount: "1.00 USD" }, "less");
    const salt = () => crypto.getRandomValues(new Uint8Array(16));
    const result = commitFields(server.content!, ["action.properties.supplier"], salt);
    if (!result.ok) throw new Error("cannot commit");
    server.committed = result.committed;
    const { content } = server;
    if (swap) {
      const properties = { ...content!.action.properties, supplier: "mallory" };
      server.content = { ...content!, action: { ...content!.action, properties } };
    }
    server.approve();
    return { running, place };
  };

  it.each([true, false])(
    "run complete, though people see commitments (edited: %s)",
    async (edited) => {
      const { running, place } = await sealed(edited, false);
      await running;
      expect(place.mock.calls[0]![0]).toMatchObject({ supplier: "acme" });
    },
  );

  it.each([true, false])(
    "must be those that were submitted, unless their change is declared (edited: %s)",
    async (edited) => {
      const { running, place } = await sealed(edited, true);
      expect(await thrownBy(running)).toBeInstanceOf(BadAnswer);
      expect(place).not.toHaveBeenCalled();
    },
  );
});
