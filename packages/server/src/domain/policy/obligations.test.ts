import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Obligations } from "./model.ts";
import { mergeAllObligations, mergeObligations } from "./obligations.ts";
import { whatObligationsGiveUp } from "./testing/at-least-as-strict.ts";
import { obligations, roster } from "./testing/obligation-arbitraries.ts";
import { runs } from "./testing/policy-fixtures.ts";

const BASE: Obligations = {
  risk: "low",
  approval: "quorum",
  quorum: [{ count: 1, from: ["group:a"], escalate: [] }],
  confirm: [],
  stepUp: "none",
  editableFields: [],
  editorMayApprove: true,
  ownerMayApprove: true,
  onBehalfOfMayApprove: true,
  excludedPersons: [],
  deadlineMs: 10,
  extendMs: 10,
  undoMs: 10,
  grantDeadlineMs: 10,
  assurance: "cooperative",
  onReject: "none",
  ruleOwners: ["o1"],
  controls: [],
};

const merged = (a: Partial<Obligations>, b: Partial<Obligations>): Obligations =>
  mergeObligations({ ...BASE, ...a }, { ...BASE, ...b });

describe("mergeObligations (I12)", () => {
  it("does not depend on order or grouping, and adds nothing to itself", () => {
    fc.assert(
      fc.property(obligations, obligations, obligations, (a, b, c) => {
        expect(mergeObligations(a, b)).toEqual(mergeObligations(b, a));
        expect(mergeObligations(mergeObligations(a, b), c)).toEqual(
          mergeObligations(a, mergeObligations(b, c)),
        );
        expect(mergeAllObligations([c, a, b])).toEqual(mergeObligations(mergeObligations(a, b), c));
        expect(mergeObligations(a, a)).toEqual(a);
      }),
      runs(500),
    );
  });

  it("never asks for less than either: no set of reviewers passes it and not both", () => {
    fc.assert(
      fc.property(obligations, obligations, roster, (a, b, who) => {
        const both = mergeObligations(a, b);
        expect(whatObligationsGiveUp(both, a, who)).toBeNull();
        expect(whatObligationsGiveUp(both, b, who)).toBeNull();
      }),
      runs(300),
    );
  });

  it("takes the larger count of clauses with the same sources, and adds others", () => {
    const { quorum } = merged(
      {
        quorum: [
          { count: 2, from: ["group:a"], escalate: [] },
          { count: 1, from: ["group:b", "group:c"], escalate: [] },
        ],
      },
      { quorum: [{ count: 1, from: ["group:a"], escalate: [] }] },
    );
    expect(quorum).toEqual([
      { count: 2, from: ["group:a"], escalate: [] },
      { count: 1, from: ["group:b", "group:c"], escalate: [] },
    ]);
  });

  it("escalates only where both do, at the later time", () => {
    const clause = { count: 1, from: ["group:a"] };
    const { quorum } = merged(
      {
        quorum: [
          {
            ...clause,
            escalate: [
              { afterMs: 1, to: "group:b" },
              { afterMs: 2, to: "group:c" },
            ],
          },
        ],
      },
      { quorum: [{ ...clause, escalate: [{ afterMs: 5, to: "group:c" }] }] },
    );
    expect(quorum).toEqual([{ ...clause, escalate: [{ afterMs: 5, to: "group:c" }] }]);
  });

  it("lets a quorum beat a confirmation by the person acted for", () => {
    const self = { approval: "self", quorum: [] } as const;
    expect(merged(self, {}).approval).toBe("quorum");
    expect(merged(self, {}).quorum).toEqual(BASE.quorum);
    expect(merged(self, self)).toMatchObject(self);
  });

  it.each([
    ["risk max", { risk: "high" }, { risk: "medium" }, { risk: "high" }],
    ["step-up max", { stepUp: "passkey" }, {}, { stepUp: "passkey" }],
    [
      "editable fields intersect",
      { editableFields: ["a", "b"] },
      { editableFields: ["b", "c"] },
      { editableFields: ["b"] },
    ],
    ["editors only if all say so", { editorMayApprove: false }, {}, { editorMayApprove: false }],
    ["owners only if all say so", {}, { ownerMayApprove: false }, { ownerMayApprove: false }],
    [
      "principals only if all say so",
      {},
      { onBehalfOfMayApprove: false },
      { onBehalfOfMayApprove: false },
    ],
    ["deadlines min", { deadlineMs: 5, extendMs: 0 }, {}, { deadlineMs: 5, extendMs: 0 }],
    ["undo max", { undoMs: 50 }, {}, { undoMs: 50 }],
    ["grants min", { grantDeadlineMs: 5 }, {}, { grantDeadlineMs: 5 }],
    ["mediated wins", {}, { assurance: "mediated" }, { assurance: "mediated" }],
    ["a halt on rejection stays", { onReject: "halt_session" }, {}, { onReject: "halt_session" }],
    [
      "exclusions and controls unite",
      { excludedPersons: ["x"], controls: ["1"] },
      { excludedPersons: ["w"], controls: ["1"] },
      { excludedPersons: ["w", "x"], controls: ["1"] },
    ],
    [
      "statements unite, two texts under one id are two",
      { confirm: [{ id: "v", text: "one" }] },
      { confirm: [{ id: "v", text: "two" }] },
      {
        confirm: [
          { id: "v", text: "one" },
          { id: "v", text: "two" },
        ],
      },
    ],
  ] as const)("%s", (_name, a, b, expected) => {
    expect(merged(a, b)).toMatchObject(expected);
    expect(merged(b, a)).toMatchObject(expected);
  });
});
