import { describe, expect, it } from "vitest";
import { decide } from "./decide.ts";
import { NOON, Story, agent, holding, obligations, policy } from "./testing/story.ts";

describe("a submission", () => {
  it("is denied where policy denies, and the reason is kept", () => {
    const story = new Story({ policy: policy({ effect: "deny", reasons: ["never on Sundays"] }) });
    expect(story.status).toBe("denied");
    expect(story.state.decided).toMatchObject({ by: "policy", reason: "never on Sundays" });
  });

  it("names the fields that policy demands and that are missing", () => {
    const missingFields = ["context.justification"];
    const story = new Story({ policy: policy({ effect: "deny", missingFields }) });
    expect(story.events[0]).toMatchObject({ to: "denied", missingFields });
  });

  it("is held where policy asks for a person, under what policy asks for", () => {
    const story = new Story({ policy: holding({ risk: "high" }) });
    expect(story.status).toBe("held");
    expect(story.state.obligations).toEqual(obligations({ risk: "high" }));
    expect(story.state.grant).toBeNull();
  });

  it("is denied where policy holds and does not say what for", () => {
    expect(new Story({ policy: policy({ effect: "hold", obligations: null }) }).status).toBe(
      "denied",
    );
  });

  it("that policy allows is approved on that basis and no person's", () => {
    const story = new Story({ policy: policy() });
    expect(story.status).toBe("approved");
    expect(story.state.basis).toBe("policy");
    expect(story.state.counted).toEqual([]);
    expect(story.state.grant).toMatchObject({ digest: "digest-0", approvedAt: NOON });
  });

  it.each(["suspended", "gone"] as const)(
    "of an identity that is %s is refused",
    (registration) => {
      const story = new Story({ policy: policy(), registration });
      expect(story.code).toBe("identity_suspended");
      expect(story.events).toEqual([]);
    },
  );

  it("under a halt may be held and reviewed, and is not redeemed (I10)", () => {
    const story = new Story({ policy: policy(), haltEpoch: 1, halted: true });
    expect(story.redeem().code).toBe("halted");
  });

  it("is the first command, and only that", () => {
    const story = new Story();
    const facts = story.facts({ actor: agent });
    expect(() => decide(null, { kind: "tick", actor: agent }, facts)).toThrow("needs a request");
    const { events } = story;
    const first = events[0]!;
    if (first.kind !== "submitted") throw new Error("the first event is `submitted`");
    const again = { kind: "submit", actor: agent, submission: first.submission } as const;
    expect(() => decide(story.state, again, facts)).toThrow("exists already");
  });
});
