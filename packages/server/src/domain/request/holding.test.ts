import { describe, expect, it } from "vitest";
import { dueAt } from "./due.ts";
import {
  HOUR,
  MINUTE,
  NOON,
  Story,
  agent,
  clock,
  holding,
  person,
  twoGroups,
} from "./testing/story.ts";

const recheck = { kind: "recheck", actor: clock } as const;
const ask = { kind: "ask", actor: person("bo"), text: "why this vendor?" } as const;
const answer = { kind: "answer", actor: agent, text: "it is the cheapest" } as const;
const extend = { kind: "extend", actor: person("ana"), reason: null } as const;

describe("a hold (I15)", () => {
  it("ends at its deadline, and never after the total lifetime", () => {
    expect(new Story().state.holdDeadline).toBe(NOON + 8 * HOUR);
    const brief = new Story({}, { lifetimeEndsAt: NOON + HOUR });
    expect(brief.state.holdDeadline).toBe(NOON + HOUR);
    expect(brief.later(HOUR).tick().status).toBe("expired");
  });

  it("that expired is nobody's no", () => {
    const story = new Story().later(8 * HOUR).tick();
    expect(story.state.decided).toMatchObject({ by: "clock", status: "expired" });
    expect(story.state.reviews).toEqual([]);
  });

  it("is ended once by time, however often it is looked at", () => {
    const story = new Story()
      .later(9 * HOUR)
      .tick()
      .tick()
      .tick();
    expect(story.kinds).toEqual(["submitted", "expired"]);
  });
});

describe("a question", () => {
  it("pauses the deadline, thirty minutes at most", () => {
    const story = new Story().do(ask);
    expect(story.state.holdDeadline).toBe(NOON + 8 * HOUR + 30 * MINUTE);
    expect(dueAt(story.state)).toBe(NOON + 8 * HOUR + 30 * MINUTE);
  });

  it("answered early gives the rest of the pause back", () => {
    const story = new Story()
      .do(ask)
      .later(10 * MINUTE)
      .do(answer);
    expect(story.state.holdDeadline).toBe(NOON + 8 * HOUR + 10 * MINUTE);
  });

  it("answered late has paused for thirty minutes", () => {
    const story = new Story()
      .do(ask)
      .later(2 * HOUR)
      .do(answer);
    expect(story.state.holdDeadline).toBe(NOON + 8 * HOUR + 30 * MINUTE);
  });

  it("is asked once", () => {
    expect(new Story().do(ask).do(ask).code).toBe("question_open");
    expect(new Story().do(ask).do(answer).do(ask).code).toBe("question_open");
  });

  it("does not outlast the lifetime", () => {
    const story = new Story({}, { lifetimeEndsAt: NOON + 8 * HOUR + MINUTE }).do(ask);
    expect(story.state.holdDeadline).toBe(NOON + 8 * HOUR + MINUTE);
    story.later(MINUTE).do(answer);
    expect(story.state.holdDeadline).toBe(NOON + 8 * HOUR + MINUTE);
  });

  it("and an extension add up", () => {
    const story = new Story({ policy: holding({ extendMs: HOUR }) });
    story
      .do(ask)
      .do(extend)
      .later(10 * MINUTE)
      .do(answer);
    expect(story.state.holdDeadline).toBe(NOON + 9 * HOUR + 10 * MINUTE);
  });

  it("left open over an approval takes nothing from the next deadline", () => {
    const story = new Story({ policy: holding({ undoMs: HOUR, deadlineMs: 20 * MINUTE }) });
    story.do(ask).later(MINUTE).approve("ana").later(MINUTE).retract("ana");
    expect(story.state.holdDeadline).toBe(NOON + 22 * MINUTE);
    story.later(MINUTE).do(answer);
    expect(story.state.holdDeadline).toBe(NOON + 22 * MINUTE);
    expect(story.status).toBe("held");
  });

  it("is asked by reviewers and answered by the requester", () => {
    expect(new Story().do({ ...ask, actor: person("str") }).code).toBe("not_eligible");
    expect(new Story().do(answer).code).toBe("not_in_state");
    const story = new Story().do(ask);
    expect(story.do({ ...answer, actor: person("ana") }).code).toBe("not_your_request");
    expect(story.do(answer).state.question?.answer).toBe("it is the cheapest");
  });
});

describe("an extension", () => {
  it("adds what policy allows, up to the lifetime", () => {
    const soon = { lifetimeEndsAt: NOON + 9 * HOUR + MINUTE };
    const story = new Story({ policy: holding({ extendMs: HOUR }) }, soon);
    expect(story.do(extend).state.holdDeadline).toBe(NOON + 9 * HOUR);
    expect(story.do(extend).state.holdDeadline).toBe(NOON + 9 * HOUR + MINUTE);
    expect(story.do(extend).code).toBe("not_extendable");
  });

  it("is refused where policy allows none", () => {
    expect(new Story().do(extend).code).toBe("not_extendable");
  });
});

describe("escalation", () => {
  const escalate = [{ afterMs: 2 * HOUR, to: "group:leads" }];
  const clause = { count: 1, from: ["group:finance"], escalate };
  const escalates = holding({
    quorum: [clause],
    editableFields: ["action.properties.amount"],
    undoMs: HOUR,
  });

  it("adds reviewers after its time and removes none", () => {
    const story = new Story({ policy: escalates });
    expect(dueAt(story.state)).toBe(NOON + 2 * HOUR);
    expect(story.approve("lea").code).toBe("not_eligible");
    story.later(2 * HOUR).tick();
    expect(story.state.obligations?.quorum).toEqual([
      { count: 1, from: ["group:finance", "group:leads"], escalate },
    ]);
    expect(story.approve("lea").status).toBe("approved");
  });

  it("holds without a sweeper, and for whoever else could now decide", () => {
    const story = new Story({ policy: escalates, groups: { finance: [], leads: ["lea"] } });
    expect(story.state.nobodyEligible).toBe(true);
    expect(story.later(2 * HOUR).approve("lea").status).toBe("approved");

    const refused = new Story({ policy: escalates, groups: { finance: [], leads: ["lea"] } });
    expect(refused.later(2 * HOUR).approve("str").code).toBe("not_eligible");
    expect(refused.state.nobodyEligible).toBe(false);
  });

  it("still counts when policy is asked again at redeem", () => {
    const story = new Story({ policy: escalates })
      .later(2 * HOUR)
      .approve("lea")
      .later(HOUR);
    expect(story.redeem().status).toBe("running");
  });

  it("asks for no second person after an edit", () => {
    const story = new Story({ policy: escalates }).later(2 * HOUR).edit("ana");
    expect(story.state.obligations?.quorum).toHaveLength(1);
    expect(story.approve("lea").status).toBe("approved");
  });

  it("takes every step that is due, in order, and none after the deadline", () => {
    const steps = [
      { afterMs: 3 * HOUR, to: "group:security" },
      { afterMs: HOUR, to: "group:leads" },
    ];
    const twice = holding({ quorum: [{ ...clause, escalate: steps }], deadlineMs: 4 * HOUR });
    const story = new Story({ policy: twice }).later(3 * HOUR).tick();
    const escalated = story.events.filter((event) => event.kind === "escalated");
    expect(escalated.map((event) => event.afterMs)).toEqual([HOUR, 3 * HOUR]);
    expect(story.state.obligations?.quorum[0]?.from).toEqual([
      "group:finance",
      "group:leads",
      "group:security",
    ]);
    expect(dueAt(story.state)).toBe(NOON + 4 * HOUR);
    const late = new Story({ policy: twice }).later(4 * HOUR).tick();
    expect(late.kinds).toEqual(["submitted", "expired"]);
  });

  it("once taken stays taken over a return to held", () => {
    const story = new Story({ policy: escalates })
      .later(2 * HOUR)
      .approve("lea")
      .retract("lea");
    expect(story.status).toBe("held");
    expect(story.approve("lea").status).toBe("approved");
    expect(story.kinds.filter((kind) => kind === "escalated")).toHaveLength(1);
  });
});

describe("nobody eligible", () => {
  it("is said at submit, and the request stays held", () => {
    const story = new Story({ groups: { finance: [] } });
    expect(story.kinds).toEqual(["submitted", "eligibility_changed"]);
    expect(story.status).toBe("held");
    expect(story.state.nobodyEligible).toBe(true);
  });

  it("is said where the only members are in conflict", () => {
    expect(new Story({ groups: { finance: ["own"] } }).state.nobodyEligible).toBe(true);
  });

  it("is said by a membership change, once, and taken back by the next", () => {
    const story = new Story({ policy: holding(twoGroups) });
    story.world.groups["security"] = [];
    story.do(recheck).do(recheck).do(recheck);
    expect(story.kinds).toEqual(["submitted", "eligibility_changed"]);
    story.world.groups["security"] = ["cy"];
    story.do(recheck).do(recheck);
    expect(story.kinds).toEqual(["submitted", "eligibility_changed", "eligibility_changed"]);
    expect(story.state.nobodyEligible).toBe(false);
  });

  it("is no state of what is not held", () => {
    const story = new Story().approve("ana");
    story.world.groups["finance"] = [];
    expect(story.do(recheck).state.nobodyEligible).toBe(false);
  });
});

describe("delegation", () => {
  const delegate = { kind: "delegate", actor: person("ana"), reason: null } as const;

  it("is to somebody who may decide it, and is recorded", () => {
    const story = new Story().do({ ...delegate, person: "bo" });
    expect(story.kinds.at(-1)).toBe("delegated");
  });

  it("gives nobody a say who has none", () => {
    const finance = { groups: { finance: ["ana", "own"] } };
    expect(new Story(finance).do({ ...delegate, person: "str" }).code).toBe("not_delegable");
    expect(new Story(finance).do({ ...delegate, person: "own" }).code).toBe("not_delegable");
    expect(new Story().do({ ...delegate, actor: person("str"), person: "bo" }).code).toBe(
      "not_eligible",
    );
  });
});
