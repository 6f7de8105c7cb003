import { describe, expect, it } from "vitest";
import { HOUR, MINUTE, NOON, Story, holding, obligations, policy } from "./testing/story.ts";

const editable = { editableFields: ["action.properties.amount"] };

describe("a veto window", () => {
  it("delays what policy allows, and the grant's deadline counts from its end", () => {
    const story = new Story({ policy: policy({ vetoWindowMs: 30 * MINUTE }) });
    expect(story.state.grant).toMatchObject({
      notBefore: NOON + 30 * MINUTE,
      deadline: NOON + 30 * MINUTE + 24 * HOUR,
    });
    expect(story.redeem().code).toBe("not_yet");
    expect(story.refusal?.retryAt).toBe(NOON + 30 * MINUTE);
    expect(story.later(30 * MINUTE).redeem().status).toBe("running");
  });

  it("longer than the grant lasts does not use the grant up", () => {
    const story = new Story({ policy: policy({ vetoWindowMs: 2 * HOUR, grantDeadlineMs: HOUR }) });
    expect(story.later(3 * HOUR - 1).redeem().status).toBe("running");
    const late = new Story({ policy: policy({ vetoWindowMs: 2 * HOUR, grantDeadlineMs: HOUR }) });
    expect(late.later(3 * HOUR).redeem().code).toBe("expired");
  });

  it("survives an approval by people", () => {
    const story = new Story({ policy: { ...holding(), vetoWindowMs: HOUR } }).approve("ana");
    expect(story.state.grant?.notBefore).toBe(NOON + HOUR);
    expect(story.redeem().code).toBe("not_yet");
  });

  it("survives an edit to something without one, and the longer of two does", () => {
    const story = new Story({ policy: { ...holding(editable), vetoWindowMs: HOUR } });
    story.world.policy = holding(editable);
    story.edit("bo").approve("ana");
    expect(story.state.grant?.windowMs).toBe(HOUR);
  });

  it("survives a return to held", () => {
    const story = new Story({ policy: { ...holding(), vetoWindowMs: HOUR } }).approve("ana");
    story.world.policy = holding({ stepUp: "passkey" });
    expect(story.later(2 * HOUR).redeem().code).toBe("approval_void");
    expect(story.state.policy.vetoWindowMs).toBe(HOUR);
  });

  it("of now is waited for where it is longer than the grant's, once", () => {
    const story = new Story({ policy: policy() });
    story.world.policy = policy({ vetoWindowMs: HOUR });
    expect(story.redeem().code).toBe("not_yet");
    expect(story.refusal?.retryAt).toBe(NOON + HOUR);
    expect(story.state.grant?.approvedAt).toBe(NOON);
    expect(story.later(HOUR).redeem().status).toBe("running");
  });

  it("that nobody could be told of becomes a hold, at submit and at redeem", () => {
    const window = policy({ vetoWindowMs: HOUR });
    const story = new Story({ policy: window, interrupterExists: false });
    expect(story.status).toBe("held");
    expect(story.state.obligations).toEqual(obligations());

    const later = new Story({ policy: window }).later(HOUR);
    later.world.interrupterExists = false;
    expect(later.redeem().code).toBe("approval_void");
    expect(later.status).toBe("held");
  });

  it("that nobody could be told of is denied where the default denies", () => {
    const window = policy({ vetoWindowMs: HOUR, fallback: null });
    expect(new Story({ policy: window, interrupterExists: false }).status).toBe("denied");
    const later = new Story({ policy: window }).later(HOUR);
    later.world.interrupterExists = false;
    expect(later.redeem().code).toBe("denied");
    expect(later.status).toBe("denied");
  });
});

describe("the undo window", () => {
  const undo = holding({ undoMs: 10 * MINUTE });

  it("lets a counted reviewer take the approval back before it can take effect", () => {
    const story = new Story({ policy: undo })
      .approve("ana")
      .later(10 * MINUTE - 1)
      .retract("ana");
    expect(story.status).toBe("held");
    expect(story.state.reviews).toEqual([]);
    expect(story.state.grant).toBeNull();
    expect(story.redeem().code).toBe("not_approved");
  });

  it("is over when the grant may be redeemed", () => {
    const story = new Story({ policy: undo }).approve("ana").later(10 * MINUTE);
    expect(story.retract("ana").code).toBe("retract_too_late");
    expect(story.redeem().status).toBe("running");
  });

  it("is for those whose approval counted, not for everybody who approved", () => {
    const both = holding({
      undoMs: HOUR,
      quorum: [{ count: 2, from: ["group:finance"], escalate: [] }],
    });
    const story = new Story({ policy: both, groups: { finance: ["ana", "bo", "cy"] } }).approve(
      "ana",
    );
    story.world.groups["finance"] = ["bo", "cy"];
    story.approve("bo").approve("cy");
    expect(story.state.counted).toEqual(["bo", "cy"]);
    expect(story.retract("ana").code).toBe("not_eligible");
    expect(story.retract("bo").status).toBe("held");
  });

  it("of now is waited for where it is longer (I12)", () => {
    const story = new Story().approve("ana");
    story.world.policy = undo;
    expect(story.redeem().code).toBe("not_yet");
    expect(story.retract("ana").status).toBe("held");
  });

  it("gives a new deadline within the total lifetime", () => {
    const soon = { lifetimeEndsAt: NOON + 9 * HOUR };
    const story = new Story({ policy: holding({ undoMs: 2 * HOUR }) }, soon);
    story
      .later(7 * HOUR)
      .approve("ana")
      .later(HOUR)
      .retract("ana");
    expect(story.state.holdDeadline).toBe(NOON + 9 * HOUR);
  });
});

describe("the grant's deadline", () => {
  it("is short where the caller does not come back", () => {
    const story = new Story({}, { callerReturns: false }).approve("ana");
    expect(story.state.grant?.deadline).toBe(NOON + 15 * MINUTE);
    expect(story.later(15 * MINUTE - 1).redeem().status).toBe("running");
    const late = new Story({}, { callerReturns: false }).approve("ana").later(15 * MINUTE);
    expect(late.redeem().code).toBe("expired");
  });

  it("is policy's where the caller comes back", () => {
    const story = new Story().approve("ana").later(24 * HOUR - 1);
    expect(story.redeem().status).toBe("running");
  });
});
