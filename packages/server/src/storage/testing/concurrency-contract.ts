/** Many at once: what one commit relied on, another has changed. */
import { describe, expect, it } from "vitest";
import type { Commit, Expected, Store, Write } from "../../ports/store.ts";
import { openedStore, type MakePlace } from "./place.ts";
import {
  change,
  commitOf,
  countKinds,
  credential,
  entry,
  halt,
  person,
  START_MS,
  submission,
  policyOf,
} from "./samples.ts";

const MANY = 1_000;

export function concurrencyContract(makePlace: MakePlace): void {
  describe("concurrency", () => {
    it("T5, I6: of 1,000 commits on one version exactly one happens", async () => {
      const { store } = await openedStore(makePlace);
      await store.commit(submission("req_A"));
      const results = await Promise.all(
        Array.from({ length: MANY }, () => store.commit(change("req_A", 1))),
      );
      expect(countKinds(results)).toEqual({ committed: 1, "stale request": MANY - 1 });
      expect(await store.request("req_A")).toMatchObject({ version: 2 });
      expect(await store.entries("req_A")).toHaveLength(2);
    });

    it("I14: of 1,000 submits with one key exactly one happens", async () => {
      const { store } = await openedStore(makePlace);
      const results = await Promise.all(
        Array.from({ length: MANY }, (_, n) => store.commit(submission(`req_${n}`, { key: "k" }))),
      );
      expect(countKinds(results)).toEqual({ committed: 1, "stale key": MANY - 1 });
      expect(await store.countRequests({})).toBe(1);
      const kept = await store.key("identity:agent-1", "k");
      expect(await store.request(kept?.requestId ?? "")).not.toBeNull();
      expect(await store.lastLogIndex()).toBe(1);
    });

    it("I8: 1,000 different ones all happen, without a gap in the log", async () => {
      const { store } = await openedStore(makePlace);
      const results = await Promise.all(
        Array.from({ length: MANY }, (_, n) => store.commit(submission(`req_${n}`))),
      );
      expect(countKinds(results)).toEqual({ committed: MANY });
      const log = await store.entriesAfter(0, MANY + 1);
      expect(log.map((one) => one.logIndex)).toEqual(Array.from(log, (_, index) => index + 1));
      expect(new Set(log.map((one) => one.stream)).size).toBe(MANY);
    });

    it("retries on ten requests at once lose no update and no sequence number", async () => {
      const { store } = await openedStore(makePlace);
      const ids = Array.from({ length: 10 }, (_, n) => `req_${n}`);
      await Promise.all(ids.map((id) => store.commit(submission(id))));
      const writers = Array.from({ length: 40 }, (_, n) => ids[n % ids.length] ?? "");
      await Promise.all(writers.map((id) => changeTimes(store, id, 5)));
      for (const id of ids) {
        expect(await store.request(id)).toMatchObject({ version: 21 });
        const sequences = (await store.entries(id)).map((one) => one.sequence);
        expect(sequences).toEqual(Array.from({ length: 21 }, (_, index) => index + 1));
      }
    });

    describe.each([
      ["I10: a halt", { kind: "halt", halt: halt("h") }, { epochs: { halt: 0 } }, "halt"],
      ["a policy", { kind: "policy", policy: policyOf("p") }, { epochs: { policy: 0 } }, "policy"],
      [
        "T11: a membership change",
        { kind: "person", person: person("ana", { disabled: true }) },
        { epochs: { membership: 0 } },
        "membership",
      ],
    ] satisfies readonly (readonly [string, Write, Expected, string])[])(
      "T37: %s and what relies on there being none",
      (_name, write, expected, what) => {
        const rival = () => commitOf([write, entry("system", "governed")]);
        const reliant = () => change("req_A", 1, { expected });

        it("is stale when it comes second", async () => {
          const { store } = await openedStore(makePlace);
          await store.commit(submission("req_A"));
          const results = await Promise.all([store.commit(rival()), store.commit(reliant())]);
          expect(results[1]).toEqual({ kind: "stale", what });
          expect(await store.request("req_A")).toMatchObject({ version: 1 });
        });

        it("is on record as earlier when it comes first", async () => {
          const { store } = await openedStore(makePlace);
          await store.commit(submission("req_A"));
          const results = await Promise.all([store.commit(reliant()), store.commit(rival())]);
          expect(results.map((one) => one.kind)).toEqual(["committed", "committed"]);
          const log = await store.entriesAfter(1, 10);
          expect(log.map((one) => one.stream)).toEqual(["req_A", "system"]);
        });
      },
    );

    it("of two lifts at once one counts", async () => {
      const { store } = await openedStore(makePlace);
      await store.commit(commitOf([{ kind: "halt", halt: halt("h") }]));
      const lift = (by: string): Commit =>
        commitOf(
          [{ kind: "halt", halt: halt("h", { lifts: [{ by, at: START_MS, reason: "over" }] }) }],
          { halt: { id: "h", lifts: 0 } },
        );
      const results = await Promise.all([store.commit(lift("ana")), store.commit(lift("ben"))]);
      expect(countKinds(results)).toEqual({ committed: 1, "stale halt": 1 });
      expect((await store.halt("h"))?.lifts).toHaveLength(1);
    });

    it("of many new keys for one identity at once, two are made and no third", async () => {
      const { store } = await openedStore(makePlace);
      const results = await Promise.all(
        Array.from({ length: 20 }, (_, n) => makeKey(store, `c${n}`)),
      );
      expect(results.filter(Boolean)).toHaveLength(2);
      expect(await store.credentials("identity", "agent-1")).toHaveLength(2);
    });

    it("a read after an acknowledgement sees what was acknowledged", async () => {
      const { store } = await openedStore(makePlace);
      const ids = Array.from({ length: 100 }, (_, n) => `req_${n}`);
      const seen = await Promise.all(
        ids.map(async (id) => {
          await store.commit(submission(id));
          return Promise.all([store.request(id), store.entries(id), store.revision(id, 0)]);
        }),
      );
      for (const [index, [state, entries, revision]] of seen.entries()) {
        expect(state).toMatchObject({ id: ids[index], version: 1 });
        expect(entries).toHaveLength(1);
        expect(revision).not.toBeNull();
      }
    });
  });
}

/** Reads, changes and commits, again when somebody else was faster. */
async function changeTimes(store: Store, id: string, times: number): Promise<void> {
  for (let done = 0; done < times;) {
    const state = await store.request(id);
    const result = await store.commit(change(id, state?.version ?? 0));
    if (result.kind === "committed") done += 1;
  }
}

/** At most two live keys: reads who is there, and expects exactly those. */
async function makeKey(store: Store, id: string): Promise<boolean> {
  for (;;) {
    const live = await store.credentials("identity", "agent-1");
    if (live.length >= 2) return false;
    const ids = live.map((one) => one.id);
    const result = await store.commit(
      commitOf([{ kind: "credential", credential: credential(id) }], {
        liveCredentials: { kind: "identity", id: "agent-1", ids },
      }),
    );
    if (result.kind === "committed") return true;
  }
}
