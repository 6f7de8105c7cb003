/** Random obligations over few sources and persons, so that they often meet. */
import fc from "fast-check";
import { RISKS, STEP_UPS, type Obligations, type QuorumClause, type Roster } from "../model.ts";

const SOURCES = ["group:a", "group:b", "group:c", "person:p1"] as const;
const PERSONS = ["p1", "p2", "p3", "p4", "p5"] as const;

const subset = (members: readonly string[], minLength = 0) =>
  fc.subarray([...members], { minLength }).map((list) => [...list].sort());

const escalations = fc
  .uniqueArray(
    fc.record({ afterMs: fc.constantFrom(1_000, 2_000, 3_000), to: fc.constantFrom(...SOURCES) }),
    { maxLength: 2, selector: ({ to }) => to },
  )
  .map((list) => [...list].sort((a, b) => a.afterMs - b.afterMs || (a.to < b.to ? -1 : 1)));

const clause: fc.Arbitrary<QuorumClause> = fc.record({
  count: fc.integer({ min: 1, max: 3 }),
  from: subset(SOURCES, 1),
  escalate: escalations,
});

const quorum = fc
  .uniqueArray(clause, { minLength: 1, maxLength: 3, selector: ({ from }) => from.join(" ") })
  .map((list) => [...list].sort((a, b) => (a.from.join(" ") < b.from.join(" ") ? -1 : 1)));

const statements = subset(["x", "y", "z"]).map((ids) => ids.map((id) => ({ id, text: `${id}!` })));
const spanMs = fc.constantFrom(0, 1_000, 60_000, 3_600_000);

/** In the order in which merging leaves lists. */
export const obligations: fc.Arbitrary<Obligations> = fc
  .record({
    risk: fc.constantFrom(...RISKS),
    approval: fc.constantFrom("quorum" as const, "quorum" as const, "self" as const),
    quorum,
    confirm: statements,
    stepUp: fc.constantFrom(...STEP_UPS),
    editableFields: subset(["action.properties.a", "action.properties.b", "context.c"]),
    editorMayApprove: fc.boolean(),
    ownerMayApprove: fc.boolean(),
    onBehalfOfMayApprove: fc.boolean(),
    excludedPersons: subset(PERSONS),
    deadlineMs: spanMs,
    extendMs: spanMs,
    undoMs: spanMs,
    grantDeadlineMs: spanMs,
    assurance: fc.constantFrom("mediated" as const, "cooperative" as const),
    onReject: fc.constantFrom("none" as const, "halt_session" as const),
    ruleOwners: subset(["o1", "o2"], 1),
    controls: subset(["c1", "c2"]),
  })
  .map((each) => (each.approval === "self" ? { ...each, quorum: [] } : each));

/** Who is where; persons may be in several groups. */
export const roster: fc.Arbitrary<Roster> = fc
  .tuple(...SOURCES.map(() => subset(PERSONS)))
  .map((lists) => new Map(SOURCES.map((source, index) => [source, lists[index] ?? []])));
