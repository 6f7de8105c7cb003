/** What a commit leaves behind: everything or nothing, with its evidence. */
import { describe, expect, it } from "vitest";
import { sealEntry } from "../../domain/ledger/entry.ts";
import type { Commit, Committed, Write } from "../../ports/store.ts";
import { openedStore, type MakePlace } from "./place.ts";
import {
  change,
  commandId,
  commitOf,
  entry,
  identity,
  requestState,
  submission,
} from "./samples.ts";

export function commitContract(makePlace: MakePlace): void {
  describe("entries", () => {
    it("I8: numbers a stream from 1 without gaps, seals each entry, in log order", async () => {
      const { store } = await openedStore(makePlace);
      await store.commit(submission("req_A"));
      await store.commit(submission("req_B"));
      await store.commit(change("req_A", 1));
      const twoMore = change("req_A", 2);
      const result = await store.commit({
        ...twoMore,
        writes: [...twoMore.writes, entry("req_A", "approved"), entry("system", "note")],
      });
      expect(result).toMatchObject({ kind: "committed", logIndex: 6 });
      const ofA = await store.entries("req_A");
      expect(ofA.map((one) => [one.sequence, one.logIndex, one.kind])).toEqual([
        [1, 1, "submitted"],
        [2, 3, "reviewed"],
        [3, 4, "reviewed"],
        [4, 5, "approved"],
      ]);
      const all = await store.entriesAfter(0, 100);
      expect(all.map((one) => one.logIndex)).toEqual([1, 2, 3, 4, 5, 6]);
      for (const one of all) {
        const sealed = sealEntry(one, one.sequence);
        expect({ canonical: one.canonical, hash: one.hash }).toEqual(sealed);
      }
      expect(await store.lastLogIndex()).toBe(6);
    });

    it("gives back what was drafted, whatever text is in it", async () => {
      const { store } = await openedStore(makePlace);
      const data = {
        text: "Ünïcode 𝒳 \u0000 \u2028 ' \" \\ ?",
        deep: [{ a: [1, null, true, 0.5] }],
      };
      await store.commit(commitOf([entry("system", "note", data)]));
      const [sealed] = await store.entries("system");
      expect(sealed?.data).toEqual(data);
    });

    it("pages through the log", async () => {
      const { store } = await openedStore(makePlace);
      const kinds = ["a", "b", "c", "d", "e"];
      await store.commit(commitOf(kinds.map((kind) => entry("system", kind))));
      const first = await store.entriesAfter(0, 2);
      const second = await store.entriesAfter(first.at(-1)?.logIndex ?? 0, 2);
      const third = await store.entriesAfter(second.at(-1)?.logIndex ?? 0, 2);
      expect([...first, ...second, ...third].map((one) => one.kind)).toEqual(kinds);
      expect(await store.entriesAfter(5, 2)).toEqual([]);
    });

    it("a commit without entries reports the end of the log", async () => {
      const { store } = await openedStore(makePlace);
      await store.commit(submission("req_A"));
      const result = await store.commit(commitOf([{ kind: "identity", identity: identity("i") }]));
      expect(result).toMatchObject({ kind: "committed", logIndex: 1 });
    });
  });

  describe("misuse", () => {
    const misuses: readonly (readonly [name: string, commit: () => Commit])[] = [
      ["I8: a request that begins without an entry", () => withoutEntries(submission("req_N"))],
      [
        "I8: a status that changes without an entry",
        () => withoutEntries(change("req_A", 1, { status: "approved" })),
      ],
      [
        "I8: a status that changes with another request's entry only",
        () => {
          const commit = withoutEntries(change("req_A", 1, { status: "approved" }));
          return { ...commit, writes: [...commit.writes, entry("req_B", "reviewed")] };
        },
      ],
      ["I6: a state without its version expected", () => ({ ...change("req_A", 1), expected: {} })],
      [
        "I6: a state with another request's version expected",
        () => ({ ...change("req_A", 1), expected: { request: { id: "req_B", version: 1 } } }),
      ],
      ["I6: a version that does not grow", () => change("req_A", 1, { version: 1 })],
      [
        "two requests behind one fence",
        () => {
          const commit = change("req_A", 1);
          const second: Write = { kind: "request", state: requestState("req_B"), dueAt: null };
          return { ...commit, writes: [...commit.writes, second] };
        },
      ],
    ];
    it.each(misuses)("refuses %s", async (_name, commit) => {
      const { store } = await openedStore(makePlace);
      await store.commit(submission("req_A"));
      await expect(store.commit(commit())).rejects.toMatchObject({ code: "misused" });
      expect(await store.request("req_A")).toMatchObject({ version: 1, status: "held" });
      expect(await store.lastLogIndex()).toBe(1);
    });

    it("lets a lease be renewed without an entry", async () => {
      const { store } = await openedStore(makePlace);
      await store.commit(submission("req_A"));
      const renewal = withoutEntries(change("req_A", 1, { updatedAt: 7 }));
      expect(await store.commit(renewal)).toMatchObject({ kind: "committed" });
      expect(await store.request("req_A")).toMatchObject({ version: 2, updatedAt: 7 });
    });

    it("without an entry and stale, says stale", async () => {
      const { store } = await openedStore(makePlace);
      await store.commit(submission("req_A"));
      const late = withoutEntries(change("req_A", 5, { status: "approved" }));
      expect(await store.commit(late)).toEqual({ kind: "stale", what: "request" });
    });
  });

  describe("all or nothing", () => {
    const failing: readonly (readonly [name: string, last: Write])[] = [
      ["a revision of no request", revisionOf("req_missing")],
      ["an entry that has no canonical form", entry("system", "note", { no: undefined })],
      ["a revision that exists", revisionOf("req_A")],
    ];
    it.each(failing)("a commit that ends with %s writes nothing of it", async (_name, last) => {
      const { store } = await openedStore(makePlace);
      await store.commit(submission("req_A"));
      const commit = change("req_A", 1);
      const broken = { ...commit, writes: [...commit.writes, last] };
      await expect(store.commit(broken)).rejects.toMatchObject({ code: "failed" });
      expect(await store.request("req_A")).toMatchObject({ version: 1 });
      expect(await store.lastLogIndex()).toBe(1);
      expect(await store.commandOutcome(commit.commandId)).toBe("absent");
      expect(await store.commit(change("req_A", 1))).toMatchObject({ logIndex: 2 });
    });

    it("one that fails or is stale does not fail its neighbours", async () => {
      const { store } = await openedStore(makePlace);
      await store.commit(submission("req_A"));
      const broken = submission("req_X");
      const results = await Promise.allSettled([
        store.commit(submission("req_B")),
        store.commit({ ...broken, writes: [...broken.writes, revisionOf("req_missing")] }),
        store.commit(change("req_A", 9)),
        store.commit(change("req_A", 1)),
        store.commit(submission("req_C")),
      ]);
      expect(results.map((one) => one.status)).toEqual([
        "fulfilled",
        "rejected",
        "fulfilled",
        "fulfilled",
        "fulfilled",
      ]);
      expect(results[2]).toMatchObject({ value: { kind: "stale", what: "request" } });
      const log = await store.entriesAfter(0, 100);
      expect(log.map((one) => [one.logIndex, one.stream])).toEqual([
        [1, "req_A"],
        [2, "req_B"],
        [3, "req_A"],
        [4, "req_C"],
      ]);
      expect(await store.request("req_X")).toBeNull();
    });
  });

  describe("command ids", () => {
    it("tells committed from stale and unknown commands", async () => {
      const { store, reopen } = await openedStore(makePlace);
      const done = submission("req_A");
      const stale = change("req_A", 9);
      await store.commit(done);
      await store.commit(stale);
      expect(await store.commandOutcome(done.commandId)).toBe("committed");
      expect(await store.commandOutcome(stale.commandId)).toBe("absent");
      expect(await store.commandOutcome(commandId())).toBe("absent");
      const reopened = await reopen();
      expect(await reopened.commandOutcome(done.commandId)).toBe("committed");
    });

    it("I14: refuses a command id a second time", async () => {
      const { store } = await openedStore(makePlace);
      const first = commitOf([entry("system", "note")]);
      await store.commit(first);
      await expect(store.commit(first)).rejects.toMatchObject({ code: "failed" });
      expect(await store.lastLogIndex()).toBe(1);
    });

    it("forgets command ids after a while, so that they do not pile up", async () => {
      const { store, clock } = await openedStore(makePlace);
      const first = commitOf([entry("system", "note")]);
      await store.commit(first);
      clock.advance(3_500_000);
      await store.commit(commitOf([entry("system", "note")]));
      expect(await store.commandOutcome(first.commandId)).toBe("committed");
      clock.advance(200_000);
      await store.commit(commitOf([entry("system", "note")]));
      expect(await store.commandOutcome(first.commandId)).toBe("absent");
    });
  });

  describe("telling who listens", () => {
    it("T24: once per group, after it is durable, with all that changed", async () => {
      const { store } = await openedStore(makePlace);
      await store.commit(submission("req_A"));
      const told: Committed[] = [];
      const seen: Promise<unknown>[] = [];
      store.onCommitted((committed) => {
        told.push(committed);
        seen.push(Promise.all(committed.requestIds.map((id) => store.request(id))));
      });
      await Promise.all([
        store.commit(submission("req_B")),
        store.commit(change("req_A", 1)),
        store.commit(change("req_A", 1)),
        store.commit(commitOf([entry("req_C", "refused")])),
      ]);
      expect(told).toHaveLength(1);
      expect(told[0]).toMatchObject({ epochs: false, logIndex: 4 });
      expect([...(told[0]?.requestIds ?? [])].toSorted()).toEqual(["req_A", "req_B", "req_C"]);
      const [states] = await Promise.all(seen);
      expect(states).toEqual([
        expect.objectContaining({ id: "req_B" }),
        expect.objectContaining({ version: 2 }),
        null,
      ]);
    });

    it("says when an epoch moved, and nothing of what was stale, nor after unsubscribing", async () => {
      const { store } = await openedStore(makePlace);
      const told: Committed[] = [];
      const stop = store.onCommitted((committed) => told.push(committed));
      await store.commit(change("req_missing", 1));
      expect(told).toEqual([]);
      await store.commit(commitOf([{ kind: "identity", identity: identity("i") }]));
      expect(told).toEqual([{ requestIds: [], epochs: true, logIndex: 0 }]);
      stop();
      await store.commit(submission("req_A"));
      expect(told).toHaveLength(1);
    });
  });

  describe("closing", () => {
    it("commits what waits, then refuses everything", async () => {
      const { store, reopen } = await openedStore(makePlace);
      const waiting = [1, 2, 3].map((n) => store.commit(submission(`req_${n}`)));
      const closing = Promise.all([store.close(), store.close()]);
      await expect(store.commit(submission("req_late"))).rejects.toMatchObject({ code: "closed" });
      const results = await Promise.all(waiting);
      expect(results.map((one) => one.kind)).toEqual(["committed", "committed", "committed"]);
      await closing;
      await expect(store.request("req_1")).rejects.toMatchObject({ code: "closed" });
      await expect(store.secret("x")).rejects.toMatchObject({ code: "closed" });
      const reopened = await reopen();
      expect(await reopened.countRequests({})).toBe(3);
    });
  });
}

function withoutEntries(commit: Commit): Commit {
  return { ...commit, writes: commit.writes.filter((write) => write.kind !== "entry") };
}

function revisionOf(requestId: string): Write {
  return {
    kind: "revision",
    revision: { requestId, number: 0, digest: "digest", committed: "{}" },
  };
}
