import { describe, expect, it } from "vitest";
import {
  HOUR,
  MINUTE,
  NOON,
  Story,
  agent,
  holding,
  person,
  policy,
  twoGroups,
} from "./testing/story.ts";

const two = holding(twoGroups);

describe("a quorum (I3)", () => {
  it("is one person where one is asked for", () => {
    const story = new Story().approve("ana");
    expect(story.status).toBe("approved");
    expect(story.state.basis).toBe("quorum");
    expect(story.state.counted).toEqual(["ana"]);
  });

  it("waits for everybody who is asked for", () => {
    const story = new Story({ policy: two }).approve("ana");
    expect(story.status).toBe("held");
    story.approve("cy");
    expect(story.status).toBe("approved");
    expect([...story.state.counted].sort()).toEqual(["ana", "cy"]);
  });

  it("is never filled twice by one person in two groups (T10)", () => {
    const story = new Story({ policy: two }).approve("bo");
    expect(story.status).toBe("held");
    story.approve("bo");
    expect(story.code).toBe("already_reviewed");
    expect(story.status).toBe("held");
  });

  it("moves a person to the other slot where that lets everybody fit", () => {
    // bo may fill either slot; ana only finance. Whoever comes first, both fit.
    const story = new Story({ policy: two }).approve("bo").approve("ana");
    expect(story.status).toBe("approved");
  });

  it("does not count a review whose person has left the group since", () => {
    const story = new Story({ policy: two }).approve("ana");
    story.world.groups["finance"] = ["bo"];
    story.approve("cy");
    expect(story.status).toBe("held");
  });

  it("that was complete when membership came back is approved by saying so anew", () => {
    const story = new Story({ policy: two }).approve("ana");
    story.world.groups["finance"] = ["bo"];
    story.approve("cy");
    story.world.groups["finance"] = ["ana", "bo"];
    story.do({ kind: "recheck", actor: { kind: "clock" } });
    expect(story.status).toBe("held"); // nothing but a person approves (I5)
    story.approve("cy");
    expect(story.status).toBe("approved");
  });

  it("of no clause is never filled", () => {
    const story = new Story({ policy: holding({ quorum: [] }) }).approve("ana");
    expect(story.code).toBe("not_eligible");
    expect(story.state.nobodyEligible).toBe(true);
  });

  it("counts no disabled person", () => {
    const story = new Story();
    story.world.active = story.world.active.filter((id) => id !== "ana");
    expect(story.approve("ana").code).toBe("right_required");
  });
});

describe("what is displayed is what is decided (I2)", () => {
  it.each(["approve", "reject"] as const)(
    "%s takes the digest of the present revision (T19)",
    (verb) => {
      const story = new Story()[verb]("ana", { digest: "digest-of-yesterday" });
      expect(story.code).toBe("stale_revision");
      expect(story.status).toBe("held");
    },
  );

  it("the grant is of the digest that was reviewed", () => {
    const story = new Story().approve("ana");
    expect(story.state.grant?.digest).toBe("digest-0");
    expect(story.state.reviews[0]?.digest).toBe("digest-0");
  });
});

describe("separation of duties (I4)", () => {
  const finance = { groups: { finance: ["ana", "own", "pat"] } };

  it("keeps the identity's owner from approving, and lets them reject (T7)", () => {
    const story = new Story(finance);
    expect(story.approve("own").code).toBe("separation_of_duties");
    expect(story.refusal?.detail).toMatch(/^you own the identity that asks, so somebody else/);
    expect(story.reject("own").status).toBe("rejected");
  });

  it("keeps out whoever owns it now as well as whoever owned it at submit", () => {
    const story = new Story({ ...finance, owner: "ana" });
    expect(story.approve("ana").code).toBe("separation_of_duties");
    expect(story.approve("own").code).toBe("separation_of_duties");
  });

  it("lets the owner approve where the rule says so", () => {
    const story = new Story({ ...finance, policy: holding({ ownerMayApprove: true }) });
    expect(story.approve("own").status).toBe("approved");
  });

  it("keeps out the person it acts for, also where that is only claimed", () => {
    for (const actsForPeople of [true, false]) {
      const story = new Story(finance, { actsForPeople, onBehalfOf: "pat" });
      expect(story.approve("pat").code).toBe("separation_of_duties");
      expect(story.refusal?.detail).toMatch(/^this is done for you, so somebody else/);
    }
  });

  it("counts nobody where the person acted for is missing, unknown or disabled (T8)", () => {
    for (const onBehalfOf of [null, "nobody-knows"]) {
      const story = new Story(finance, { actsForPeople: true, onBehalfOf });
      expect(story.state.nobodyEligible).toBe(true);
      expect(story.approve("ana").code).toBe("separation_of_duties");
      expect(story.refusal?.detail).toMatch(/^nobody knows for whom this is done/);
    }
    const story = new Story(finance, { actsForPeople: true, onBehalfOf: "pat" });
    expect(story.state.nobodyEligible).toBe(false);
    story.world.active = story.world.active.filter((id) => id !== "pat");
    expect(story.approve("ana").code).toBe("separation_of_duties");
  });

  it("keeps out whom a rule excludes", () => {
    const story = new Story({ policy: holding({ excludedPersons: ["ana"] }) });
    expect(story.approve("ana").code).toBe("separation_of_duties");
    expect(story.refusal?.detail).toMatch(/^the policy excludes you/);
    expect(story.approve("bo").status).toBe("approved");
  });

  it("lets no identity review, whatever it is called", () => {
    const digest = "digest-0";
    const about = { digest, reason: "approved: true", confirmed: [], verdict: "approve" } as const;
    const story = new Story({ groups: { finance: ["agent-1"] }, active: ["agent-1"] });
    story.do({ kind: "review", actor: agent, ...about });
    expect(story.code).toBe("right_required");
  });
});

describe("confirmation by the person acted for (basis self)", () => {
  const self = holding({ approval: "self", quorum: [], risk: "low" });

  it("is reported apart from a quorum", () => {
    const story = new Story({ policy: self }, { actsForPeople: true, onBehalfOf: "pat" });
    expect(story.approve("ana").code).toBe("not_eligible");
    expect(story.approve("pat").state.basis).toBe("self");
  });

  it("gives nobody a say whom an identity that acts for nobody merely names (I13)", () => {
    const story = new Story({ policy: self }, { actsForPeople: false, onBehalfOf: "pat" });
    expect(story.approve("pat").code).toBe("not_eligible");
    expect(story.state.nobodyEligible).toBe(true);
  });
});

describe("what an approval takes", () => {
  const strict = holding({
    risk: "high",
    stepUp: "passkey",
    confirm: [{ id: "vendor", text: "The vendor is known to us" }],
  });
  const complete = { actor: person("ana", "passkey"), confirmed: ["vendor"], reason: "known" };

  it("is every statement ticked, a reason from high risk on, and the step-up", () => {
    const attempt = (over: object): string | null =>
      new Story({ policy: strict }).approve("ana", { ...complete, ...over }).code;
    expect(attempt({ confirmed: [] })).toBe("confirmation_missing");
    expect(attempt({ reason: null })).toBe("reason_required");
    expect(attempt({ actor: person("ana") })).toBe("step_up_required");
    expect(attempt({})).toBeNull();
  });

  it.each(["", "   ", "\n\t"])("a reason of nothing but %j is none", (reason) => {
    const story = new Story({ policy: strict }).approve("ana", { ...complete, reason });
    expect(story.code).toBe("reason_required");
    expect(new Story().reject("ana", { reason }).code).toBe("reason_required");
  });

  it("is not asked of a rejection, which takes a reason only (T17)", () => {
    const story = new Story({ policy: strict }).reject("ana", { reason: "not this vendor" });
    expect(story.status).toBe("rejected");
  });

  it("may be given anew with more by somebody whose approval lacked it", () => {
    const story = new Story().approve("ana");
    story.world.policy = strict;
    expect(story.redeem().code).toBe("approval_void");
    expect(story.approve("ana", complete).status).toBe("approved");
    expect(story.state.counted).toEqual(["ana"]);
  });
});

describe("the first decision wins (I6)", () => {
  it.each([
    ["approve", "reject", "approved"],
    ["reject", "approve", "rejected"],
  ] as const)(
    "%s before %s: the other is told who decided what and when",
    (first, second, status) => {
      const story = new Story()[first]("ana").later(MINUTE)[second]("bo");
      expect(story.status).toBe(status);
      expect(story.code).toBe("already_decided");
      expect(story.refusal?.decided).toMatchObject({ by: "person:ana", at: NOON, status });
    },
  );

  it("names the approver also to whoever comes after the run has ended", () => {
    const story = new Story().approve("ana").redeem().report("succeeded").approve("bo");
    expect(story.status).toBe("succeeded");
    expect(story.refusal?.decided).toMatchObject({ by: "person:ana", status: "approved" });
  });

  it("tells whoever is late that nobody decided, or that nobody redeemed", () => {
    const held = new Story().later(8 * HOUR).approve("ana");
    expect(held.code).toBe("expired");
    expect(held.refusal?.detail).toContain("nobody decided");
    const approved = new Story()
      .approve("ana")
      .later(24 * HOUR)
      .approve("bo");
    expect(approved.code).toBe("expired");
    expect(approved.refusal?.detail).toContain("nobody redeemed");
  });
});

describe("silence never authorises (I5)", () => {
  it("no time, no membership change and no halt approves", () => {
    const story = new Story({ policy: two }).approve("ana");
    for (let hours = 0; hours < 8; hours += 1) story.later(HOUR).tick();
    expect(story.status).toBe("expired");
    expect(story.kinds).not.toContain("approved");
  });

  it("a caller's word that it was approved is not looked at (T6)", () => {
    const story = new Story();
    expect(story.redeem().code).toBe("not_approved");
    story.do({ kind: "answer", actor: agent, text: "approved: true, basis: override" });
    expect(story.status).toBe("held");
  });

  it("the end of a veto window authorises nothing that policy had not allowed", () => {
    const story = new Story({ policy: policy({ vetoWindowMs: HOUR }) });
    expect(story.status).toBe("approved");
    expect(story.state.basis).toBe("policy");
    story.later(HOUR).tick();
    expect(story.status).toBe("approved"); // nobody has redeemed it
  });
});
