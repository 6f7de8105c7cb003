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

const editable = { editableFields: ["action.properties.amount"] };
const one = holding(editable);
const two = holding({ ...editable, ...twoGroups });

describe("an edit", () => {
  it("makes a new revision and voids earlier reviews (T1)", () => {
    const story = new Story({ policy: two }).approve("ana").edit("bo");
    expect(story.state.revision).toEqual({ number: 1, digest: "digest-1" });
    story.approve("cy");
    expect(story.status).toBe("held"); // ana has not seen digest-1
    story.approve("ana");
    expect(story.status).toBe("approved");
  });

  it("voids a review also where it leads back to the same content", () => {
    const story = new Story({ policy: two })
      .approve("cy")
      .edit("ana")
      .edit("ana", { newDigest: "digest-0" });
    story.world.policy = two;
    expect(story.state.revision).toEqual({ number: 2, digest: "digest-0" });
    expect(story.approve("bo").status).toBe("held");
  });

  it("to something that policy allows stays held under what was asked before", () => {
    const story = new Story({ policy: two });
    story.world.policy = policy();
    story.edit("ana");
    expect(story.status).toBe("held");
    expect(story.state.obligations?.quorum).toHaveLength(2);
  });

  it("to something that policy allows says first why it is held all the same", () => {
    const story = new Story({ policy: { ...one, reasons: ["finance approves what is dear"] } });
    story.world.policy = policy({ reasons: ["small orders need nobody"] });
    story.edit("ana");
    const reasons = ["finance approves what is dear", "small orders need nobody"];
    expect(story.state.policy.reasons).toEqual(reasons);
    // However often it is edited, each reason is said once.
    expect(story.edit("ana", { newDigest: "digest-2" }).state.policy.reasons).toEqual(reasons);
  });

  it("to something that asks for less drops no reviewer", () => {
    const story = new Story({ policy: two });
    story.world.policy = one;
    story.edit("ana").approve("bo");
    expect(story.status).toBe("held");
    expect(story.approve("cy").code).toBeNull();
  });

  it("to something that asks for more asks for that as well", () => {
    const story = new Story({ policy: one });
    story.world.policy = two;
    story.edit("bo").approve("ana");
    expect(story.status).toBe("held");
    expect(story.approve("cy").status).toBe("approved");
  });

  it("to something that policy denies ends it (T26)", () => {
    const story = new Story({ policy: one });
    story.world.policy = policy({ effect: "deny", reasons: ["never more than a million"] });
    story.edit("ana");
    expect(story.status).toBe("denied");
    expect(story.state.decided?.reason).toBe("never more than a million");
  });

  it("denies where policy holds and does not say what for", () => {
    const story = new Story({ policy: one });
    story.world.policy = policy({ effect: "hold", obligations: null });
    expect(story.edit("ana").status).toBe("denied");
  });

  it("that leaves nobody who could approve is refused", () => {
    const story = new Story({ policy: one, groups: { finance: ["ana"] } });
    expect(story.edit("ana").code).toBe("edit_leaves_no_quorum");
    expect(story.state.revision.number).toBe(0);
  });

  it("is moved into the scope of halts by the impact of the new content", () => {
    const story = new Story({ policy: one });
    story.world.policy = { ...one, impact: "data_release" };
    expect(story.edit("ana").state.scope.impact).toBe("data_release");
  });
});

describe("the editor's own approval", () => {
  it("does not count by editing, nor after it, unless the rule allows it (T7)", () => {
    const story = new Story({ policy: one }).edit("ana");
    expect(story.status).toBe("held");
    expect(story.approve("ana").code).toBe("separation_of_duties");
    expect(story.approve("bo").status).toBe("approved");
  });

  it("counts as a review of the new revision where the rule allows it", () => {
    const story = new Story({ policy: holding({ ...editable, editorMayApprove: true }) });
    expect(story.edit("ana").status).toBe("held");
    expect(story.approve("ana").status).toBe("approved");
    expect(story.state.grant?.digest).toBe("digest-1");
  });

  it("stops counting when a later edit meets a rule that does not allow it", () => {
    const story = new Story({ policy: holding({ ...editable, editorMayApprove: true }) });
    story.world.policy = one;
    expect(story.edit("ana").approve("ana").code).toBe("separation_of_duties");
  });
});

describe("who and what may be edited", () => {
  it("takes a reviewer, a reason, a change, and only fields that policy names", () => {
    const attempt = (over: object): string | null =>
      new Story({ policy: one }).edit("ana", over).code;
    expect(new Story({ policy: one }).edit("str").code).toBe("not_eligible");
    expect(attempt({ digest: "older" })).toBe("stale_revision");
    expect(attempt({ reason: " " })).toBe("reason_required");
    expect(attempt({ fields: [] })).toBe("edit_unchanged");
    expect(attempt({ newDigest: "digest-0" })).toBe("edit_unchanged");
    expect(attempt({ fields: ["action.properties.amount", "context.note"] })).toBe(
      "field_not_editable",
    );
    expect(attempt({ actor: agent })).toBe("right_required");
    expect(attempt({})).toBeNull();
  });

  it("a field within an editable one is editable, one that only begins alike is not", () => {
    const attempt = (field: string): string | null =>
      new Story({ policy: one }).edit("ana", { fields: [field] }).code;
    expect(attempt("action.properties.amount.currency")).toBeNull();
    expect(attempt("action.properties.amounts")).toBe("field_not_editable");
    expect(attempt("action.properties")).toBe("field_not_editable");
  });
});

describe("the deadline of an edited request", () => {
  it("is the sooner of the old one and the new rule's", () => {
    const story = new Story({ policy: one }).later(HOUR);
    story.world.policy = holding({ ...editable, deadlineMs: 2 * HOUR });
    expect(story.edit("ana").state.holdDeadline).toBe(NOON + 3 * HOUR);
    story.later(HOUR);
    story.world.policy = holding({ ...editable, deadlineMs: 24 * HOUR });
    expect(story.edit("ana").state.holdDeadline).toBe(NOON + 3 * HOUR);
  });

  it("does not come down on the answer to a question asked before", () => {
    const brief = holding({ ...editable, deadlineMs: 10 * MINUTE });
    const story = new Story({ policy: brief });
    story.do({ kind: "ask", actor: person("bo"), text: "why?" });
    story.later(MINUTE).edit("bo").later(MINUTE);
    story.do({ kind: "answer", actor: agent, text: "because" });
    expect(story.status).toBe("held");
    expect(story.state.holdDeadline).toBe(NOON + 12 * MINUTE);
  });
});
