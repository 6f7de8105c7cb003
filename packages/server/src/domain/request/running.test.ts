import { describe, expect, it } from "vitest";
import { DEFAULT_LIMITS } from "./commands.ts";
import { dueAt } from "./due.ts";
import { entryOf } from "./record.ts";
import { HOUR, NOON, Story, agent, person } from "./testing/story.ts";

const { leaseMs, runMaxMs } = DEFAULT_LIMITS;
const running = (): Story => new Story().approve("ana").redeem();

describe("a lease", () => {
  it("is renewed by heartbeats, and makes no entry", () => {
    const story = running().later(5_000).beat();
    expect(story.state.run?.leaseUntil).toBe(NOON + 5_000 + leaseMs);
    const beat = story.events.at(-1)!;
    expect(beat.kind).toBe("lease_renewed");
    expect(entryOf("req_1", beat)).toBeNull();
  });

  it("ends at the run's maximum whatever beats", () => {
    const story = running();
    while (story.world.now < NOON + runMaxMs - 5_000) story.later(5_000).beat();
    expect(story.state.run?.leaseUntil).toBe(NOON + runMaxMs);
    expect(story.later(5_000).beat().code).toBe("lease_lapsed");
    expect(story.status).toBe("indeterminate");
  });

  it("is never longer than the run", () => {
    const story = new Story({ limits: { ...DEFAULT_LIMITS, runMaxMs: 4_000 } });
    story.approve("ana").redeem();
    expect(story.state.run).toMatchObject({ leaseMs: 4_000, leaseUntil: NOON + 4_000 });
  });

  it("is not renewed while the run is asked to stop", () => {
    const story = running().later(5_000).interrupt().later(5_000).beat();
    expect(story.code).toBeNull();
    expect(story.state.run?.leaseUntil).toBe(NOON + leaseMs);
    expect(story.later(5_000).tick().status).toBe("indeterminate");
  });

  it("that lapsed is over, though nothing swept it, and is not renewed (T15)", () => {
    const story = running().later(leaseMs).beat();
    expect(story.code).toBe("lease_lapsed");
    expect(story.status).toBe("indeterminate");
  });

  it("belongs to the attempt that redeemed", () => {
    const story = running();
    expect(story.beat("attempt-2").code).toBe("not_your_attempt");
    expect(story.report("succeeded", "attempt-2").code).toBe("not_your_attempt");
    const rival = { kind: "identity", id: "agent-2" } as const;
    story.do({ kind: "heartbeat", actor: rival, attemptHash: "attempt-1" });
    expect(story.code).toBe("not_your_request");
  });
});

describe("an interrupt", () => {
  it.each([
    ["held", "interrupted"],
    ["approved", "interrupted"],
    ["running", "interrupting"],
  ] as const)("stops what is %s: it is then %s", (status, stopped) => {
    const story = new Story();
    if (status !== "held") story.approve("ana");
    if (status === "running") story.redeem();
    expect(story.status).toBe(status);
    expect(story.interrupt().status).toBe(stopped);
  });

  it("is for operators, owners then and now, the person acted for and reviewers", () => {
    const story = (id: string): Story =>
      new Story({ owner: "lea" }, { onBehalfOf: "pat" }).interrupt(id);
    for (const id of ["ope", "own", "lea", "pat", "ana"]) {
      expect(story(id).status).toBe("interrupted");
    }
    expect(story("str").code).toBe("right_required");
    expect(story("stranger-to-the-registry").code).toBe("right_required");
    expect(story("ope").interrupt("ana").refusal?.decided?.by).toBe("person:ope");
  });

  it("takes a reason", () => {
    expect(new Story().interrupt("ope", " ").code).toBe("reason_required");
  });

  it("of what was handed over or is unknown is refused for what it is", () => {
    const released = new Story({}, { releaseOnly: true }).approve("ana").redeem();
    expect(released.interrupt().code).toBe("not_in_state");
    expect(running().later(leaseMs).interrupt().code).toBe("not_in_state");
  });

  it("ends in what the run says: stopped, too late, or failed", () => {
    const stopping = (): Story => running().interrupt();
    expect(stopping().report("interrupted").status).toBe("interrupted");
    expect(stopping().report("not_started").status).toBe("interrupted");
    expect(stopping().report("succeeded").status).toBe("succeeded");
    expect(stopping().report("failed").status).toBe("failed");
  });

  it("keeps the name of whoever interrupted when the point has stopped", () => {
    const story = running().interrupt().report("interrupted");
    expect(story.state.decided).toMatchObject({ by: "person:ope", status: "interrupted" });
  });

  it("cannot be claimed by the point when nobody asked", () => {
    expect(running().report("interrupted").code).toBe("not_interrupting");
  });
});

describe("a halt", () => {
  const told = { kind: "halt", actor: { kind: "clock" }, halt: "halt_1", reason: "leak" } as const;

  it("stops a run by the next heartbeat, told or not (I10)", () => {
    const story = running().placeHalt().beat();
    expect(story.status).toBe("interrupting");
    expect(story.state.interruptedBy).toMatchObject({ by: "halt:halt_1", reason: "leak" });
  });

  it("stops a run and ends an approval when they are told, and leaves a hold held", () => {
    expect(running().placeHalt().do(told).status).toBe("interrupting");
    expect(new Story().approve("ana").placeHalt().do(told).status).toBe("interrupted");
    expect(new Story().placeHalt().do(told).status).toBe("held");
  });

  it("placed before an approval does not end it", () => {
    expect(new Story().placeHalt().approve("ana").do(told).status).toBe("approved");
  });
});

describe("an unknown outcome (I1)", () => {
  it("is what a lapsed lease leaves, also while interrupting, and nothing tries it again (T25)", () => {
    for (const story of [running(), running().interrupt()]) {
      story.later(leaseMs).tick();
      expect(story.status).toBe("indeterminate");
      expect(story.redeem("attempt-2").code).toBe("already_redeemed");
      story.later(1_000 * HOUR).tick();
      expect(story.status).toBe("indeterminate");
      expect(dueAt(story.state)).toBeNull();
    }
  });

  it("is settled by the attempt's late report", () => {
    const late = (): Story => running().later(leaseMs);
    expect(late().report("succeeded").status).toBe("succeeded");
    expect(late().report("failed").status).toBe("failed");
    expect(late().report("interrupted").status).toBe("interrupted");
    expect(late().report("not_started").status).toBe("failed"); // never free to run again
    expect(running().interrupt().later(leaseMs).report("not_started").status).toBe("interrupted");
  });

  it("is settled by a named person with that right and a reason", () => {
    const lost = (): Story => running().later(leaseMs).tick();
    expect(lost().resolve("succeeded").status).toBe("succeeded");
    expect(lost().resolve("failed").state.decided?.by).toBe("person:res");
    expect(lost().resolve("failed", "ana").code).toBe("right_required");
    const about = { kind: "resolve", result: "failed" } as const;
    expect(lost().do({ ...about, actor: person("res"), reason: "" }).code).toBe("reason_required");
    expect(lost().do({ ...about, actor: agent, reason: "it failed" }).code).toBe("right_required");
  });

  it("tells a second resolver who has resolved it", () => {
    const story = running().later(leaseMs).tick().resolve("failed").resolve("succeeded");
    expect(story.code).toBe("not_in_state");
    expect(story.refusal?.decided?.by).toBe("person:res");
  });

  it("resolved by a person and contradicted by the run is recorded; the state stays (I6, T39)", () => {
    const story = running().later(leaseMs).tick().resolve("failed").report("succeeded");
    expect(story.status).toBe("failed");
    expect(story.state.contradicted).toBe(true);
    expect(story.kinds.at(-1)).toBe("outcome_contradicted");
    expect(story.state.decided?.by).toBe("person:res");
  });

  it("resolved by a person and confirmed by the run is left alone", () => {
    const story = running().later(leaseMs).tick().resolve("failed").report("failed");
    expect(story.code).toBeNull();
    expect(story.state.contradicted).toBe(false);
  });
});

describe("a report", () => {
  it("said twice is said once, and does not change", () => {
    const story = running().report("succeeded");
    const { version } = story.state;
    expect(story.report("succeeded").code).toBeNull();
    expect(story.report("failed").code).toBe("not_in_state");
    expect(story.state.version).toBe(version);
    expect(story.status).toBe("succeeded");
  });

  it("on what was handed over is refused by its own code", () => {
    const story = new Story({}, { releaseOnly: true }).approve("ana").redeem();
    expect(story.report("succeeded").code).toBe("not_in_state");
  });

  it("does not say who decided: that stays with who approved", () => {
    expect(running().report("failed").state.decided?.by).toBe("person:ana");
  });
});

describe("a withdrawal", () => {
  const withdraw = { kind: "withdraw", actor: agent, reason: "no longer wanted" } as const;

  it("is the requester's own, while nothing runs", () => {
    expect(new Story().do(withdraw).status).toBe("cancelled");
    expect(new Story().approve("ana").do(withdraw).status).toBe("cancelled");
    expect(running().do(withdraw).code).toBe("not_in_state");
    expect(new Story().do({ ...withdraw, actor: person("ana") }).code).toBe("not_your_request");
  });

  it("after the end is told how it ended", () => {
    expect(new Story().reject("ana").do(withdraw).refusal?.decided?.by).toBe("person:ana");
    expect(new Story().later(8 * HOUR).do(withdraw).code).toBe("expired");
    expect(running().report("succeeded").do(withdraw).code).toBe("not_in_state");
  });
});
