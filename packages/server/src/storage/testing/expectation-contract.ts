/**
 * Both sides of every expectation (T37): with the fact as expected the commit happens; with the
 * fact moved it is stale, says which fact, and has written nothing.
 */
import { describe, expect, it } from "vitest";
import type { Expected, StaleFact, Store, Write } from "../../ports/store.ts";
import type { ManualClock } from "./manual-clock.ts";
import { openedStore, type MakePlace } from "./place.ts";
import {
  commitOf,
  credential,
  entry,
  halt,
  identity,
  person,
  START_MS,
  submission,
  policyOf,
} from "./samples.ts";

interface Fence {
  readonly name: string;
  readonly what: StaleFact;
  /** Written before; what is expected holds after it. */
  readonly given?: readonly Write[];
  readonly expected: Expected;
  /** What makes it stale. */
  readonly moved: readonly Write[] | ((clock: ManualClock) => void);
}

const holder = { kind: "identity", id: "agent-1" } as const;
const key = { principal: "person:ana", key: "k" };
const keyRecord = { ...key, fingerprint: "f", requestId: null, answer: "{}", at: START_MS };
const lift = { by: "ana", at: START_MS, reason: "over" };

const total = { budget: 1, key: "k", windowMs: 1_000, value: null, leftOut: null } as const;
const bounds = { atLeast: null, atMost: null, includes: null } as const;
const counted = (requestId: string, value = ""): Write => {
  const counts = [{ budget: 1, key: "k", windowMs: 1_000, units: value === "" ? 5 : 0, value }];
  return { kind: "budget_counts", requestId, revision: 0, countsFrom: START_MS, counts };
};

const FENCES: readonly Fence[] = [
  {
    name: "a total that is at most so much (I9)",
    what: "budget",
    given: [counted("req_1")],
    expected: { budgets: [{ ...total, ...bounds, atMost: 9n }] },
    moved: [counted("req_2")],
  },
  {
    name: "a total that is at least so much, by time",
    what: "budget",
    given: [counted("req_1")],
    expected: { budgets: [{ ...total, ...bounds, atLeast: 1n }] },
    moved: (clock) => clock.advance(1_000),
  },
  {
    name: "a distinct value that is not among those that count",
    what: "budget",
    given: [counted("req_1", "a")],
    expected: { budgets: [{ ...total, ...bounds, value: "b", includes: false }] },
    moved: [counted("req_2", "b")],
  },
  {
    name: "the policy epoch",
    what: "policy",
    expected: { epochs: { policy: 0 } },
    moved: [{ kind: "policy", policy: policyOf("p") }],
  },
  {
    name: "the halt epoch, by a halt",
    what: "halt",
    expected: { epochs: { halt: 0 } },
    moved: [{ kind: "halt", halt: halt("h") }],
  },
  {
    name: "the halt epoch, by a lift",
    what: "halt",
    given: [{ kind: "halt", halt: halt("h") }],
    expected: { epochs: { halt: 1 } },
    moved: [{ kind: "halt", halt: halt("h", { lifts: [lift], liftedAt: START_MS }) }],
  },
  {
    name: "the membership epoch, by an identity",
    what: "membership",
    expected: { epochs: { membership: 0 } },
    moved: [{ kind: "identity", identity: identity("agent-1") }],
  },
  {
    name: "the membership epoch, by a person",
    what: "membership",
    expected: { epochs: { membership: 0 } },
    moved: [{ kind: "person", person: person("ana") }],
  },
  {
    name: "the membership epoch, by a roster",
    what: "membership",
    expected: { epochs: { membership: 0 } },
    moved: [{ kind: "on_call", roster: "night", shifts: [] }],
  },
  {
    name: "I7: a deadline",
    what: "deadline",
    expected: { before: START_MS + 1 },
    moved: (clock) => clock.advance(1),
  },
  {
    name: "I14: an unused key",
    what: "key",
    expected: { unusedKey: key },
    moved: [{ kind: "key", record: keyRecord }],
  },
  {
    name: "that fewer were held since then (T20)",
    what: "burst",
    expected: { heldFewer: { identity: "agent-1", since: START_MS, than: 1 } },
    moved: submission("req_held").writes,
  },
  {
    name: "the number of lifts",
    what: "halt",
    given: [{ kind: "halt", halt: halt("h") }],
    expected: { halt: { id: "h", lifts: 0 } },
    moved: [{ kind: "halt", halt: halt("h", { lifts: [lift] }) }],
  },
  {
    name: "live credentials, by one more",
    what: "credentials",
    given: [{ kind: "credential", credential: credential("c1") }],
    expected: { liveCredentials: { ...holder, ids: ["c1"] } },
    moved: [{ kind: "credential", credential: credential("c2") }],
  },
  {
    name: "live credentials, by revocation",
    what: "credentials",
    given: [{ kind: "credential", credential: credential("c1") }],
    expected: { liveCredentials: { ...holder, ids: ["c1"] } },
    moved: [{ kind: "credential", credential: credential("c1", { revokedAt: START_MS }) }],
  },
  {
    name: "live credentials, by expiry",
    what: "credentials",
    given: [{ kind: "credential", credential: credential("c1") }],
    expected: { liveCredentials: { ...holder, ids: ["c1"] } },
    moved: (clock) => clock.advance(1_000),
  },
  {
    name: "no live credentials",
    what: "credentials",
    expected: { liveCredentials: { ...holder, ids: [] } },
    moved: [{ kind: "credential", credential: credential("c1") }],
  },
  {
    name: "that a request does not exist",
    what: "request",
    expected: { request: { id: "req_A", version: 0 } },
    moved: submission("req_A").writes,
  },
];

export function expectationContract(makePlace: MakePlace): void {
  describe("T37: expectations", () => {
    it.each(FENCES)("commits while it holds: $name", async (fence) => {
      const { store } = await openedStore(makePlace);
      await give(store, fence);
      expect(await store.commit(note(fence.expected))).toMatchObject({ kind: "committed" });
    });

    it.each(FENCES)("is stale once it moved: $name", async (fence) => {
      const { store, clock } = await openedStore(makePlace);
      await give(store, fence);
      if (typeof fence.moved === "function") fence.moved(clock);
      else await move(store, fence.moved);
      const logIndex = await store.lastLogIndex();
      const result = await store.commit(note(fence.expected));
      expect(result).toEqual({ kind: "stale", what: fence.what });
      expect(await store.lastLogIndex()).toBe(logIndex);
      expect(await store.entries("system")).toEqual([]);
    });

    it("what concerns another holder, key or halt does not matter", async () => {
      const { store } = await openedStore(makePlace);
      const other = { kind: "person", id: "agent-1" } as const;
      await store.commit(
        commitOf([
          { kind: "credential", credential: credential("c1", { holder: other }) },
          { kind: "key", record: { ...keyRecord, principal: "person:ben" } },
          { kind: "halt", halt: halt("h1") },
          { kind: "halt", halt: halt("h2", { lifts: [lift] }) },
        ]),
      );
      const expected: Expected = {
        liveCredentials: { ...holder, ids: [] },
        unusedKey: key,
        halt: { id: "h1", lifts: 0 },
      };
      expect(await store.commit(note(expected))).toMatchObject({ kind: "committed" });
    });

    it("a halt that does not exist has no number of lifts", async () => {
      const { store } = await openedStore(makePlace);
      const result = await store.commit(note({ halt: { id: "none", lifts: 0 } }));
      expect(result).toEqual({ kind: "stale", what: "halt" });
    });

    it("a version is compared although no state is written", async () => {
      const { store } = await openedStore(makePlace);
      await store.commit(submission("req_A"));
      const noteOn = (version: number) => note({ request: { id: "req_A", version } });
      expect(await store.commit(noteOn(1))).toMatchObject({ kind: "committed" });
      expect(await store.commit(noteOn(2))).toEqual({ kind: "stale", what: "request" });
    });

    it("I6: a request that exists is not begun again", async () => {
      const { store } = await openedStore(makePlace);
      await store.commit(submission("req_A", { key: "first" }));
      const again = submission("req_A", { key: "second", status: "approved" });
      expect(await store.commit(again)).toEqual({ kind: "stale", what: "request" });
      expect(await store.request("req_A")).toMatchObject({ status: "held" });
      expect(await store.key("identity:agent-1", "second")).toBeNull();
    });

    it("each change of its kind moves an epoch by one, and a halt is given the one it made", async () => {
      const { store } = await openedStore(makePlace);
      await store.commit(
        commitOf([
          { kind: "halt", halt: halt("h1") },
          { kind: "halt", halt: halt("h2") },
          { kind: "person", person: person("ana") },
          { kind: "credential", credential: credential("c1") },
        ]),
      );
      expect(await store.epochs()).toEqual({ policy: 0, halt: 2, membership: 1 });
      expect((await store.halts(10)).map((one) => [one.id, one.epoch])).toEqual([
        ["h2", 2],
        ["h1", 1],
      ]);
    });

    it("T22: epochs survive a restart", async () => {
      const { store, reopen } = await openedStore(makePlace);
      await store.commit(commitOf([{ kind: "halt", halt: halt("h1") }]));
      expect(await (await reopen()).epochs()).toEqual({ policy: 0, halt: 1, membership: 0 });
    });
  });
}

async function give(store: Store, fence: Fence): Promise<void> {
  if (fence.given !== undefined) await store.commit(commitOf(fence.given));
}

async function move(store: Store, writes: readonly Write[]): Promise<void> {
  const [first] = writes;
  const expected: Expected =
    first?.kind === "request" ? { request: { id: first.state.id, version: 0 } } : {};
  expect(await store.commit(commitOf(writes, expected))).toMatchObject({ kind: "committed" });
}

function note(expected: Expected) {
  return commitOf([entry("system", "note")], expected);
}
