/** The store's clock, as the store shows it (I7, T33). */
import { describe, expect, it } from "vitest";
import { openedStore, type MakePlace } from "./place.ts";
import { commitOf, entry, START_MS } from "./samples.ts";

const HOUR_MS = 3_600_000;

export function timeContract(makePlace: MakePlace): void {
  const note = () => commitOf([entry("system", "note")]);

  describe("time", () => {
    it("follows the clock", async () => {
      const { store, clock } = await openedStore(makePlace);
      expect(await store.time()).toEqual({ now: START_MS, trusted: true });
      clock.advance(HOUR_MS);
      expect(await store.time()).toEqual({ now: START_MS + HOUR_MS, trusted: true });
      expect(await store.commit(note())).toMatchObject({ now: START_MS + HOUR_MS });
    });

    it("T33: a clock set back makes it stand still, over a restart too", async () => {
      const { store, clock, reopen } = await openedStore(makePlace);
      clock.advance(HOUR_MS);
      await store.commit(note());
      clock.jump(-HOUR_MS);
      const still = { now: START_MS + HOUR_MS, trusted: false };
      expect(await store.time()).toEqual(still);
      expect(await store.commit(note())).toMatchObject({ now: still.now });
      const reopened = await reopen();
      expect(await reopened.time()).toEqual(still);
      clock.advance(HOUR_MS + 1);
      expect(await reopened.time()).toEqual({ now: still.now + 1, trusted: true });
    });

    it("T33: what relies on a trusted clock is stale once it jumped, and nothing else is", async () => {
      const { store, clock } = await openedStore(makePlace);
      const relying = () => commitOf([entry("system", "note")], { clockTrusted: true });
      expect(await store.commit(relying())).toMatchObject({ kind: "committed" });
      clock.jump(20_000);
      expect(await store.commit(relying())).toEqual({ kind: "stale", what: "deadline" });
      expect(await store.commit(note())).toMatchObject({ kind: "committed" });
    });

    it("T33: a clock set back does not let a passed deadline be met", async () => {
      const { store, clock } = await openedStore(makePlace);
      clock.advance(HOUR_MS);
      await store.commit(note());
      clock.jump(-HOUR_MS);
      const late = await store.commit({ ...note(), expected: { before: START_MS + HOUR_MS } });
      expect(late).toEqual({ kind: "stale", what: "deadline" });
    });

    it("T33: a clock set forward is followed, and not trusted", async () => {
      const { store, clock } = await openedStore(makePlace);
      clock.jump(HOUR_MS);
      expect(await store.time()).toEqual({ now: START_MS + HOUR_MS, trusted: false });
    });
  });
}
