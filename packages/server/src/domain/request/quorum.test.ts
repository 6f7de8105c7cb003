import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { QuorumClause } from "../policy/model.ts";
import type { RequestState, Review } from "./model.ts";
import { canBeFilled, filledBy, progress, sourcesNeeded, type Electorate } from "./quorum.ts";
import { NOON, Story, obligations } from "./testing/story.ts";

const campaign = process.env["HALTPOINT_CAMPAIGN"] === "1";
const PERSONS = ["a", "b", "c", "d", "e"];
const SOURCES = ["group:1", "group:2", "group:3", "person:a"];

function approval(person: string): Review {
  const { number: revision, digest } = new Story().state.revision;
  const about = { verdict: "approve", stepUp: "none", confirmed: [], reason: null } as const;
  return { person, revision, digest, at: NOON, ...about };
}

const base: RequestState = new Story().state;
const reviews = new Map(PERSONS.map((person) => [person, approval(person)]));

function electorate(
  quorum: readonly QuorumClause[],
  roster: Electorate["roster"],
  approvers: readonly string[],
): Electorate {
  const state = { ...base, reviews: approvers.map((person) => reviews.get(person)!) };
  return {
    state,
    obligations: obligations({ quorum }),
    roster,
    unconfirmed: new Set(),
    ownerNow: "own",
  };
}

/** Every way to choose; slow and plainly right. */
function bruteForce(
  quorum: readonly QuorumClause[],
  roster: Electorate["roster"],
  approvers: readonly string[],
): boolean {
  const slots = quorum.flatMap(({ count, from }) => Array.from({ length: count }, () => from));
  const fill = (slot: number, free: readonly string[]): boolean => {
    const from = slots[slot];
    if (from === undefined) return slots.length > 0;
    return free.some(
      (person) =>
        from.some((source) => roster.get(source)?.includes(person)) &&
        fill(
          slot + 1,
          free.filter((other) => other !== person),
        ),
    );
  };
  return fill(0, approvers);
}

const clauses = fc.array(
  fc.record({
    count: fc.integer({ min: 1, max: 3 }),
    from: fc.uniqueArray(fc.constantFrom(...SOURCES), { minLength: 1, maxLength: 2 }),
    escalate: fc.constant([]),
  }),
  { maxLength: 3 },
);
const rosters = fc
  .tuple(...SOURCES.map(() => fc.subarray(PERSONS)))
  .map((members) => new Map(SOURCES.map((source, index) => [source, members[index]!] as const)));

describe("matching persons to slots", () => {
  it("finds a matching exactly where one exists, and distinct persons who fill it (I3)", () => {
    const seed = Date.now() % 2 ** 31;
    console.log(`quorum: seed ${seed}`);
    fc.assert(
      fc.property(clauses, rosters, fc.shuffledSubarray(PERSONS), (quorum, roster, approvers) => {
        const filled = filledBy(electorate(quorum, roster, approvers));
        expect(filled !== null).toBe(bruteForce(quorum, roster, approvers));
        if (filled === null) return;
        expect(new Set(filled).size).toBe(filled.length);
        expect(filled.length).toBe(quorum.reduce((sum, clause) => sum + clause.count, 0));
        expect(filled.every((person) => approvers.includes(person))).toBe(true);
        expect(bruteForce(quorum, roster, filled)).toBe(true);
      }),
      { seed, numRuns: campaign ? 100_000 : 1_000 },
    );
  });

  it("says it can be filled exactly where everybody together would fill it", () => {
    const seed = Date.now() % 2 ** 31;
    console.log(`quorum: seed ${seed}`);
    fc.assert(
      fc.property(clauses, rosters, (quorum, roster) => {
        const possible = canBeFilled(electorate(quorum, roster, []));
        expect(possible).toBe(bruteForce(quorum, roster, PERSONS));
      }),
      { seed, numRuns: campaign ? 100_000 : 1_000 },
    );
  });

  it("ends on a large quorum with many persons", () => {
    const many = Array.from({ length: 400 }, (_, index) => `p${index}`);
    const quorum = Array.from({ length: 20 }, (_, index) => ({
      count: 20,
      from: [`group:${index}`],
      escalate: [],
    }));
    const roster = new Map(quorum.map(({ from }) => [from[0]!, many] as const));
    expect(canBeFilled(electorate(quorum, roster, []))).toBe(true);
    const oneShort = new Map([...roster].map(([source]) => [source, many.slice(1)] as const));
    expect(canBeFilled(electorate(quorum, oneShort, []))).toBe(false);
  });

  it("tells how many slots are filled so far", () => {
    const roster = new Map([
      ["group:1", ["a", "b"]],
      ["group:2", ["b"]],
    ]);
    const quorum = [
      { count: 1, from: ["group:1"], escalate: [] },
      { count: 1, from: ["group:2"], escalate: [] },
    ];
    expect(progress(electorate(quorum, roster, ["a"]))).toEqual({ filled: 1, slots: 2 });
    expect(progress(electorate(quorum, roster, ["b", "a"]))).toEqual({ filled: 2, slots: 2 });
    expect(progress(electorate(quorum, roster, ["c"]))).toEqual({ filled: 0, slots: 2 });
  });
});

describe("the sources a decision needs", () => {
  it("are those of every clause, of every escalation, and the person acted for", () => {
    const escalate = [{ afterMs: 1, to: "group:2" }];
    const then = obligations({ quorum: [{ count: 1, from: ["group:1"], escalate }] });
    expect(sourcesNeeded([then, null], "pat")).toEqual(["group:1", "group:2", "person:pat"]);
    expect(sourcesNeeded([null], null)).toEqual([]);
  });

  it("a source nobody has read has no members", () => {
    const quorum = [{ count: 1, from: ["group:unread"], escalate: [] }];
    expect(canBeFilled(electorate(quorum, new Map(), ["a"]))).toBe(false);
  });
});
