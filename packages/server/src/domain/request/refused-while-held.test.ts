import { describe, expect, it } from "vitest";
import { decide } from "./decide.ts";
import { refusedWhileHeld } from "./decide-redeem.ts";
import { HOUR, Story, agent, clock, holding, person, policy } from "./testing/story.ts";

const rival = { kind: "identity", id: "agent-2" } as const;

/** What the short answer must be: the whole one's, wherever that neither moves nor decides. */
function expectAgreement(story: Story): void {
  for (const actor of [agent, rival, person("ana"), clock]) {
    const command = { kind: "redeem", actor, attemptHash: "attempt-1" } as const;
    const facts = story.facts(command);
    const whole = decide(story.state, command, facts);
    const short = refusedWhileHeld(story.state, command, facts.now);
    if (short !== null) expect({ events: [], refusal: short }).toEqual(whole);
    else if (story.status === "held") expect(whole.events).not.toEqual([]);
  }
}

describe("the short answer to whoever waits for a person", () => {
  it("is the whole answer, whatever the facts are", () => {
    for (const world of [
      {},
      { registration: "suspended" },
      { registration: "gone" },
      { halted: true, haltEpoch: 7 },
      { clockTrusted: false },
      { policy: policy() },
      { policy: policy({ effect: "deny" }) },
    ] as const) {
      const story = new Story({ policy: holding() });
      Object.assign(story.world, world);
      expect(refusedWhileHeld(story.state, redeemBy(agent), story.world.now)?.code).toBe(
        "not_approved",
      );
      expectAgreement(story);
    }
  });

  it("is none once time has done something", () => {
    const story = new Story({ policy: holding({ deadlineMs: HOUR }) });
    expectAgreement(story.later(HOUR - 1));
    expect(refusedWhileHeld(story.state, redeemBy(agent), story.world.now)).not.toBeNull();
    story.later(1);
    expect(refusedWhileHeld(story.state, redeemBy(agent), story.world.now)).toBeNull();
    expectAgreement(story);
  });

  it("is none for what is not held", () => {
    for (const story of [
      new Story({ policy: policy() }),
      new Story().approve("ana"),
      new Story().approve("ana").redeem(),
      new Story().approve("ana").redeem().report("not_started"),
    ]) {
      expect(refusedWhileHeld(story.state, redeemBy(agent), story.world.now)).toBeNull();
    }
  });

  it("is of the requester: anybody else is told that it is not theirs", () => {
    const story = new Story();
    expect(refusedWhileHeld(story.state, redeemBy(rival), story.world.now)?.code).toBe(
      "not_your_request",
    );
  });
});

function redeemBy(actor: typeof agent) {
  return { kind: "redeem", actor, attemptHash: "attempt-1" } as const;
}
