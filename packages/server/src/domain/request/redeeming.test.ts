import { describe, expect, it } from "vitest";
import { DEFAULT_LIMITS } from "./commands.ts";
import { HOUR, NOON, Story, agent, holding, person, policy, twoGroups } from "./testing/story.ts";

const two = holding(twoGroups);

describe("a redemption (I1)", () => {
  it("happens once: any other attempt is refused", () => {
    const story = new Story().approve("ana").redeem("attempt-1").redeem("attempt-2");
    expect(story.code).toBe("already_redeemed");
    expect(story.kinds.filter((kind) => kind === "redeemed")).toHaveLength(1);
  });

  it("gives the same attempt the same answer while its lease lives", () => {
    const story = new Story().approve("ana").redeem();
    const { run, version } = story.state;
    story.later(DEFAULT_LIMITS.leaseMs - 1).redeem();
    expect(story.code).toBeNull();
    expect(story.state.run).toEqual(run);
    expect(story.state.version).toBe(version);
  });

  it("gives it no answer after the lease: the outcome is unknown", () => {
    const story = new Story().approve("ana").redeem().later(DEFAULT_LIMITS.leaseMs).redeem();
    expect(story.status).toBe("indeterminate");
    expect(story.code).toBe("lease_lapsed");
    expect(story.redeem("attempt-2").code).toBe("already_redeemed");
  });

  it("is refused once it has ended, whoever asks (T4)", () => {
    const story = new Story().approve("ana").redeem().report("succeeded");
    expect(story.redeem("attempt-1").code).toBe("already_redeemed");
    expect(story.redeem("attempt-2").code).toBe("already_redeemed");
  });

  it("is of the identity that submitted", () => {
    const story = new Story().approve("ana");
    const rival = { kind: "identity", id: "agent-2" } as const;
    for (const actor of [rival, person("ana"), { kind: "clock" } as const]) {
      story.do({ kind: "redeem", actor, attemptHash: "attempt-1" });
      expect(story.code).toBe("not_your_request");
    }
  });

  it("takes the digest of the grant, and says who counted and who was eligible (I2, I3)", () => {
    const story = new Story().approve("ana").redeem();
    expect(story.events.at(-1)).toMatchObject({
      kind: "redeemed",
      digest: "digest-0",
      counted: ["ana"],
      eligible: { "group:finance": ["ana", "bo"] },
    });
  });

  it("at a release-only point is over at once, and its answer is repeated for a while only", () => {
    const story = new Story({}, { releaseOnly: true }).approve("ana").redeem();
    expect(story.status).toBe("released");
    expect(story.later(DEFAULT_LIMITS.releaseRepeatMs - 1).redeem().code).toBeNull();
    expect(story.redeem("attempt-2").code).toBe("already_redeemed");
    expect(story.later(1).redeem().code).toBe("already_redeemed");
  });
});

describe("a grant given back as not started", () => {
  it("is the same grant again, for a new attempt", () => {
    const story = new Story().approve("ana");
    const { grant } = story.state;
    story.redeem("attempt-1").report("not_started", "attempt-1");
    expect(story.status).toBe("approved");
    expect(story.state.grant).toEqual(grant);
    expect(story.redeem("attempt-1").code).toBe("attempt_reused");
    expect(story.redeem("attempt-2").status).toBe("running");
  });

  it("may be said again by whoever lost the answer, and changes nothing more", () => {
    const story = new Story().approve("ana").redeem("attempt-1").report("not_started", "attempt-1");
    const { version } = story.state;
    expect(story.report("not_started", "attempt-1").code).toBeNull();
    expect(story.state.version).toBe(version);
    expect(story.redeem("attempt-2").report("not_started", "attempt-1").code).toBeNull();
    expect(story.status).toBe("running");
    expect(story.report("succeeded", "attempt-1").code).toBe("not_your_attempt");
  });

  it("dies at its deadline and with a halt like any other", () => {
    const expired = new Story({}, { callerReturns: false }).approve("ana").redeem();
    for (let beats = 0; beats < 100; beats += 1) expired.later(10_000).beat();
    expired.report("not_started");
    expect(expired.status).toBe("expired");

    const halted = new Story().approve("ana").redeem().placeHalt().report("not_started");
    expect(halted.redeem("attempt-2").code).toBe("interrupted");
    expect(halted.status).toBe("interrupted");
  });

  it("is not given back for ever", () => {
    const story = new Story().approve("ana");
    for (let each = 0; each < DEFAULT_LIMITS.redemptionsMax; each += 1) {
      story.redeem(`attempt-${each}`).report("not_started", `attempt-${each}`);
      expect(story.status).toBe("approved");
    }
    expect(story.redeem("one-more").code).toBe("redemptions_exhausted");
  });
});

describe("people are asked again at redeem (I3, I4)", () => {
  it("a reviewer who has left the group no longer counts (T11)", () => {
    const story = new Story({ policy: two }).approve("ana").approve("cy");
    story.world.groups["finance"] = [];
    story.later(HOUR).redeem();
    expect(story.code).toBe("approval_void");
    expect(story.status).toBe("held");
    expect(story.state.grant).toBeNull();
  });

  it("a reviewer who was disabled no longer counts", () => {
    const story = new Story().approve("ana");
    story.world.active = story.world.active.filter((id) => id !== "ana");
    expect(story.redeem().code).toBe("approval_void");
  });

  it("a reviewer who owns the identity by now no longer counts", () => {
    const story = new Story().approve("ana");
    story.world.owner = "ana";
    expect(story.redeem().code).toBe("approval_void");
  });

  it("who confirmed as the person acted for no longer counts once disabled", () => {
    const self = holding({ approval: "self", quorum: [], risk: "low" });
    const story = new Story({ policy: self }, { actsForPeople: true, onBehalfOf: "pat" });
    story.approve("pat");
    story.world.active = story.world.active.filter((id) => id !== "pat");
    expect(story.redeem().code).toBe("approval_void");
  });

  it("another matching of the same persons is as good", () => {
    const story = new Story({ policy: two }).approve("bo").approve("ana");
    story.world.groups["finance"] = ["bo", "ana"];
    story.world.groups["security"] = ["bo"];
    expect(story.redeem().status).toBe("running");
  });

  it("back on hold it has a new deadline, and needs only who is missing", () => {
    const story = new Story({ policy: two }).approve("ana").approve("cy");
    story.world.groups["finance"] = ["bo"];
    story.later(6 * HOUR).redeem();
    expect(story.state.holdDeadline).toBe(NOON + 14 * HOUR);
    expect(story.approve("bo").status).toBe("approved");
    expect(story.redeem().status).toBe("running");
  });

  it("back on hold after its lifetime it expires, and says so", () => {
    const story = new Story({}, { lifetimeEndsAt: NOON + 9 * HOUR }).approve("ana");
    story.world.groups["finance"] = ["bo"];
    expect(story.later(10 * HOUR).redeem().code).toBe("expired");
    expect(story.status).toBe("expired");
  });
});

describe("policy is asked again at redeem (I12)", () => {
  it("and may deny", () => {
    const story = new Story().approve("ana");
    story.world.policy = policy({ effect: "deny", reasons: ["freeze"] });
    expect(story.redeem().code).toBe("denied");
    expect(story.refusal?.detail).toBe("freeze");
    expect(story.status).toBe("denied");
  });

  it("and denies where it holds without saying what for", () => {
    const story = new Story({ policy: policy() });
    story.world.policy = policy({ effect: "hold", obligations: null });
    expect(story.redeem().code).toBe("denied");
  });

  it("and may hold what it allowed", () => {
    const story = new Story({ policy: policy() });
    expect(story.status).toBe("approved");
    story.world.policy = holding();
    expect(story.redeem().code).toBe("approval_void");
    expect(story.status).toBe("held");
    expect(story.approve("ana").redeem().status).toBe("running");
  });

  it("and what it asks for now is met as well as what it asked for then", () => {
    const story = new Story({ policy: holding() }).approve("bo");
    story.world.policy = two;
    expect(story.redeem().code).toBe("approval_void");
    story.world.policy = holding();
    expect(story.approve("ana").status).toBe("approved"); // bo still counts for security
    expect(story.redeem().status).toBe("running");
  });

  it("and a milder answer of now does not drop what was asked then", () => {
    const story = new Story({ policy: two }).approve("ana").approve("cy");
    story.world.policy = policy();
    story.world.groups["security"] = [];
    expect(story.redeem().code).toBe("approval_void");
  });

  it("and earlier reviews count only at the step-up of now", () => {
    const story = new Story().approve("ana");
    story.world.policy = holding({ stepUp: "passkey" });
    expect(story.redeem().code).toBe("approval_void");
    expect(story.approve("ana", { actor: person("ana", "passkey") }).status).toBe("approved");
  });
});

describe("halts win over everything (I10)", () => {
  it("a grant older than a halt is dead, also when nobody has told the request", () => {
    const story = new Story().approve("ana").placeHalt().redeem();
    expect(story.code).toBe("interrupted");
    expect(story.status).toBe("interrupted");
    expect(story.state.interruptedBy?.by).toBe("halt:halt_1");
  });

  it("and stays dead after the lift (T22)", () => {
    const story = new Story().approve("ana").placeHalt();
    story.world.halted = false;
    expect(story.redeem().code).toBe("interrupted");
    expect(story.status).toBe("interrupted");
  });

  it("a grant made under a halt waits for the lift", () => {
    const story = new Story().placeHalt().approve("ana");
    expect(story.status).toBe("approved"); // held requests may be reviewed under a halt
    expect(story.redeem().code).toBe("halted");
    story.world.halted = false;
    expect(story.redeem().status).toBe("running");
  });

  it("nothing is started after a halt, not even what was redeemed before it", () => {
    const story = new Story().approve("ana").redeem().placeHalt().redeem();
    expect(story.code).toBe("interrupted");
    expect(story.status).toBe("interrupting");
  });

  it("a release is not repeated after a halt", () => {
    const story = new Story({}, { releaseOnly: true }).approve("ana").redeem().placeHalt().redeem();
    expect(story.code).toBe("halted");
    expect(story.status).toBe("released");
  });

  it("a longer window does not make an old grant young", () => {
    const story = new Story({ policy: policy() });
    story.world.policy = policy({ vetoWindowMs: HOUR });
    story.redeem().placeHalt().later(HOUR);
    story.world.halted = false;
    expect(story.redeem().code).toBe("interrupted");
  });

  it("overrides and denials included: a halt is found first", () => {
    const story = new Story().override().placeHalt();
    story.world.policy = policy({ effect: "deny" });
    expect(story.redeem().code).toBe("interrupted");
  });
});

describe("what else stops a redemption", () => {
  it("a clock that jumped (I7)", () => {
    const story = new Story().approve("ana");
    story.world.clockTrusted = false;
    expect(story.redeem().code).toBe("clock_suspect");
    expect(story.status).toBe("approved");
  });

  it("an identity that is suspended or gone", () => {
    for (const registration of ["suspended", "gone"] as const) {
      const story = new Story().approve("ana");
      story.world.registration = registration;
      expect(story.redeem().code).toBe("identity_suspended");
    }
  });

  it("an end: each is told by its own code", () => {
    const withdrawn = new Story().approve("ana");
    withdrawn.do({ kind: "withdraw", actor: agent, reason: null });
    expect(withdrawn.redeem().code).toBe("cancelled");
    expect(new Story().reject("ana").redeem().code).toBe("rejected");
    expect(new Story().interrupt().redeem().code).toBe("interrupted");
    expect(new Story({ policy: policy({ effect: "deny" }) }).redeem().code).toBe("denied");
    expect(new Story().later(8 * HOUR).redeem().code).toBe("expired");
  });
});

describe("deadlines are inside the guards (I7)", () => {
  it("a redemption at the deadline is too late, though nothing swept it (T15)", () => {
    const story = new Story().approve("ana").later(24 * HOUR);
    expect(story.redeem().code).toBe("expired");
    expect(story.status).toBe("expired");
    const inTime = new Story().approve("ana").later(24 * HOUR - 1);
    expect(inTime.redeem().status).toBe("running");
  });

  it("a time that is none is a fault, since no deadline would hold against it", () => {
    const story = new Story().approve("ana");
    story.world.now = NaN;
    expect(() => story.redeem()).toThrow("no time");
    const broken = holding({ deadlineMs: NaN });
    expect(() => new Story({ policy: broken })).toThrow("no time");
    expect(() => new Story({ policy: policy({ grantDeadlineMs: Infinity }) })).toThrow("no time");
  });
});

describe("a membership that the identity provider has not confirmed (I3, T11)", () => {
  it("does not count at approval, and counts once it is confirmed and said again", () => {
    const story = new Story({ unconfirmed: ["ana"] }).approve("ana");
    expect([story.status, story.code]).toEqual(["held", null]);
    story.approve("ana");
    expect(story.code).toBe("already_reviewed");
    expect(story.refusal?.detail).toContain("does not count until the identity provider confirms");
    story.world.unconfirmed = [];
    expect(story.approve("ana").status).toBe("approved");
  });

  it("returns an approval to held at redeem, says why, and never lets it run", () => {
    const story = new Story().approve("ana");
    story.world.unconfirmed = ["ana"];
    story.redeem();
    expect([story.status, story.code]).toEqual(["held", "approval_void"]);
    expect(story.refusal?.detail).toContain("did not confirm that ana may still decide this");
    expect(story.state.returned).toMatchObject({ why: "membership_unconfirmed" });
    story.world.unconfirmed = [];
    expect(story.redeem().code).toBe("not_approved");
    story.approve("ana").redeem();
    expect([story.status, story.state.returned]).toEqual(["running", null]);
  });

  it("is not blamed where the reviews would not suffice with it either", () => {
    const story = new Story().approve("ana");
    story.world.unconfirmed = ["ana"];
    story.world.groups["finance"] = ["bo"];
    story.redeem();
    expect(story.state.returned?.why).toBe("reviews_no_longer_count");
  });

  it("stands in for nobody: another member whose approval counts is enough", () => {
    const story = new Story({ unconfirmed: ["ana"] }).approve("ana").approve("bo");
    expect([story.status, story.state.counted]).toEqual(["approved", ["bo"]]);
  });
});
