import { describe, expect, it } from "vitest";
import { DEFAULT_LIMITS } from "./commands.ts";
import { HOUR, NOON, Story, holding, person, policy, twoGroups } from "./testing/story.ts";

const { followUpMs } = DEFAULT_LIMITS;
const two = holding(twoGroups);

describe("an override (I11)", () => {
  it("takes the right, the digest, a reason and a step-up", () => {
    const attempt = (id: string, over: object): string | null =>
      new Story({ policy: two }).override(id, over).code;
    expect(attempt("ana", {})).toBe("right_required");
    expect(attempt("ove", { digest: "older" })).toBe("stale_revision");
    expect(attempt("ove", { reason: "  " })).toBe("reason_required");
    expect(attempt("ove", { actor: person("ove") })).toBe("step_up_required");
    expect(attempt("ove", {})).toBeNull();
  });

  it("is of no use to somebody who was disabled", () => {
    const story = new Story();
    story.world.active = story.world.active.filter((id) => id !== "ove");
    expect(story.override().code).toBe("right_required");
  });

  it("waives every clause, those of now at redeem included", () => {
    const story = new Story({ policy: two, groups: { finance: [] } }).override();
    expect(story.state.basis).toBe("override");
    story.world.policy = holding({ quorum: [{ count: 3, from: ["group:leads"], escalate: [] }] });
    expect(story.redeem().status).toBe("running");
  });

  it("waives nothing else: a denial of now, a halt, a window and the clock still count (T23)", () => {
    const denied = new Story({ policy: two }).override();
    denied.world.policy = policy({ effect: "deny" });
    expect(denied.redeem().code).toBe("denied");

    expect(new Story({ policy: two }).override().placeHalt().redeem().code).toBe("interrupted");
    expect(new Story({ policy: two }).placeHalt().override().redeem().code).toBe("halted");

    const window = new Story({ policy: { ...two, vetoWindowMs: HOUR } }).override();
    expect(window.redeem().code).toBe("not_yet");

    const jumped = new Story({ policy: two }).override();
    jumped.world.clockTrusted = false;
    expect(jumped.redeem().code).toBe("clock_suspect");
  });

  it("is of one revision and one redemption", () => {
    const story = new Story({ policy: two }).override();
    expect(story.state.grant?.digest).toBe("digest-0");
    expect(story.edit("ana").code).toBe("already_decided");
    expect(story.redeem("attempt-1").redeem("attempt-2").code).toBe("already_redeemed");
  });

  it("names everybody who was skipped, and not who overrode", () => {
    const security = { finance: ["ana", "bo"], security: ["bo", "ove"] };
    const story = new Story({ policy: two, groups: security }).override();
    expect(story.events.at(-1)).toMatchObject({ kind: "overridden", skipped: ["ana", "bo"] });
  });

  it("names the person acted for where they were skipped", () => {
    const self = holding({ approval: "self", quorum: [], risk: "low" });
    const story = new Story(
      { policy: self },
      { actsForPeople: true, onBehalfOf: "pat" },
    ).override();
    expect(story.events.at(-1)).toMatchObject({ kind: "overridden", skipped: ["pat"] });
  });

  it("is not taken back by a reviewer, who never said anything", () => {
    const story = new Story({ policy: holding({ undoMs: HOUR }) }).override();
    expect(story.retract("ana").code).toBe("not_eligible");
    expect(story.retract("ove").code).toBe("not_eligible");
  });
});

describe("the follow-up of an override", () => {
  it("is due, and done by somebody else", () => {
    const story = new Story({ policy: two }).override();
    expect(story.state.followUp).toEqual({ status: "due", dueAt: NOON + followUpMs });
    expect(story.followUp("ove").code).toBe("separation_of_duties");
    expect(story.followUp("str").code).toBe("right_required");
    expect(story.followUp("ana", "violation").code).toBeNull();
    expect(story.state.followUp).toEqual({ status: "done", verdict: "violation", by: "ana" });
    expect(story.followUp("aud").code).toBe("not_in_state");
  });

  it("is for an overrider neither as auditor nor as reviewer", () => {
    const story = new Story({
      rights: { ove: ["override", "auditor"] },
      groups: { finance: ["ove"] },
    });
    expect(story.override().followUp("ove").code).toBe("separation_of_duties");
  });

  it("takes a reason", () => {
    const story = new Story().override();
    story.do({ kind: "follow_up", actor: person("aud"), verdict: "ok", reason: "" });
    expect(story.code).toBe("reason_required");
  });

  it("becomes overdue by time, whatever the request has become, and can still be done", () => {
    const story = new Story().override().redeem().report("succeeded");
    story.later(followUpMs).tick().tick();
    expect(story.state.followUp).toEqual({ status: "overdue", dueAt: NOON + followUpMs });
    expect(story.kinds.filter((kind) => kind === "follow_up_overdue")).toHaveLength(1);
    expect(story.followUp("aud").state.followUp.status).toBe("done");
    expect(story.status).toBe("succeeded");
  });

  it("is not due where nobody overrode", () => {
    expect(new Story().approve("ana").followUp("aud").code).toBe("not_in_state");
  });
});
