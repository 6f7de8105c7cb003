import { PROBLEMS } from "@haltpoint/protocol";
import { describe, expect, it } from "vitest";
import { REFUSALS } from "./refusal.ts";
import { HOUR, Story, agent, holding, person } from "./testing/story.ts";

describe("the table of refusals", () => {
  it("names codes that exist, each once for a command", () => {
    for (const codes of Object.values<readonly string[]>(REFUSALS)) {
      expect(codes.filter((code) => !(code in PROBLEMS))).toEqual([]);
      expect(new Set(codes).size).toBe(codes.length);
    }
  });
});

describe("where two reasons apply the earlier is the answer", () => {
  it("who you are comes before what state it is in", () => {
    const story = new Story().reject("ana");
    expect(story.approve("unknown").code).toBe("right_required");
    expect(story.approve("str").code).toBe("already_decided");
  });

  it("what you saw comes before whether you may, and that before what is missing", () => {
    const story = new Story({ policy: holding({ risk: "high", stepUp: "passkey" }) });
    expect(story.approve("str", { digest: "older", reason: null }).code).toBe("stale_revision");
    expect(story.approve("str", { reason: null }).code).toBe("not_eligible");
    expect(story.approve("ana", { reason: null }).code).toBe("reason_required");
    expect(story.approve("ana").code).toBe("step_up_required");
  });

  it("a conflict comes before what is missing, so that nobody is asked for it in vain", () => {
    const story = new Story({ policy: holding({ risk: "high" }), groups: { finance: ["own"] } });
    expect(story.approve("own", { reason: null }).code).toBe("separation_of_duties");
  });

  it("a dead grant comes before a used attempt, a clock and a suspended identity", () => {
    const story = new Story().approve("ana").redeem().report("not_started");
    story.world.clockTrusted = false;
    story.world.registration = "suspended";
    expect(story.redeem("attempt-1").code).toBe("attempt_reused");
    expect(story.redeem("attempt-2").code).toBe("clock_suspect");
    story.world.clockTrusted = true;
    expect(story.redeem("attempt-2").code).toBe("identity_suspended");
    expect(story.placeHalt().redeem("attempt-1").code).toBe("interrupted");
  });
});

describe("a refusal", () => {
  it("changes nothing of the request", () => {
    const story = new Story();
    const { state } = story;
    const digest = "digest-0";
    story
      .approve("str")
      .approve("own")
      .reject("ana", { reason: null })
      .redeem()
      .beat()
      .retract("ana");
    story.do({ kind: "answer", actor: agent, text: "approved" });
    story.do({ kind: "override", actor: person("ana", "passkey"), digest, reason: "now" });
    expect(story.state).toBe(state);
  });

  it("comes with what time has done, where a command comes too late", () => {
    const story = new Story().later(8 * HOUR).approve("ana");
    expect(story.kinds).toEqual(["submitted", "expired"]);
    expect(story.code).toBe("expired");
  });
});
