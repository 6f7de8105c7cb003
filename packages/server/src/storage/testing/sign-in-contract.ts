/** Sessions, passkeys, links and ceremonies: each is used once or as long as it lasts, no more. */
import { describe, expect, it } from "vitest";
import type {
  StoredCeremony,
  StoredEnrolment,
  StoredPasskey,
  StoredSession,
} from "../../ports/sign-in-records.ts";
import type { Store, Write } from "../../ports/store.ts";
import { openedStore, type MakePlace } from "./place.ts";
import { commitOf, person, START_MS } from "./samples.ts";

function session(id: string, options: Partial<StoredSession> = {}): StoredSession {
  return {
    id,
    person: "ana",
    hash: `hash-${id}`,
    previousHash: null,
    previousUntil: 0,
    kind: "web",
    via: "passkey",
    label: "Firefox",
    csrf: "csrf",
    createdAt: START_MS,
    rotatedAt: START_MS,
    lastSeenAt: START_MS,
    expiresAt: START_MS + 1_000,
    idleMs: 100,
    endedAt: null,
    ...options,
  };
}

const PASSKEY: StoredPasskey = {
  id: "pk_1",
  person: "ana",
  credentialId: "credential",
  publicKey: "key",
  algorithm: -7,
  counter: 3,
  transports: ["internal"],
  backedUp: true,
  name: "laptop",
  createdAt: START_MS,
  lastUsedAt: null,
  revokedAt: null,
};
const ENROLMENT: StoredEnrolment = {
  id: "enr_1",
  hash: "hash",
  person: "ana",
  by: "operator",
  reason: "first passkey",
  createdAt: START_MS,
  expiresAt: START_MS * 2,
  usedAt: null,
};
const CEREMONY: StoredCeremony = {
  id: "cer_1",
  kind: "step_up",
  person: null,
  challenge: "challenge",
  context: "{}",
  createdAt: START_MS,
  expiresAt: START_MS * 2,
};

async function written(makePlace: MakePlace, writes: readonly Write[]): Promise<Store> {
  const { store } = await openedStore(makePlace);
  const people: readonly Write[] = ["ana", "bo"].map((id) => ({
    kind: "person",
    person: person(id),
  }));
  await store.commit(commitOf([...people, ...writes]));
  return store;
}

export function signInContract(makePlace: MakePlace): void {
  describe("signing in", () => {
    sessions(makePlace);
    usedOnce(makePlace);

    it("persons keep where they want to be told", async () => {
      const store = await written(makePlace, []);
      const told = person("ana", { email: "ana@example.com", slack: "U024BE7LH" });
      await store.commit(commitOf([{ kind: "person", person: told }]));
      expect(await store.person("ana")).toEqual(told);
      expect(await store.persons()).toEqual([told, person("bo")]);
    });

    it("T31: a passkey signs while its counter grows and until it is revoked", async () => {
      const store = await written(makePlace, [{ kind: "passkey", passkey: PASSKEY }]);
      expect(await store.passkeys("ana")).toEqual([PASSKEY]);
      expect(await store.passkeyByCredential("credential")).toEqual(PASSKEY);
      expect(await store.passkeyByCredential("other")).toBeNull();
      const use = (counter: number) => {
        const used = { id: "pk_1", counter, backedUp: false, at: START_MS + 1 };
        return store.commit(commitOf([{ kind: "passkey_used", ...used }]));
      };
      const stale = { kind: "stale", what: "passkey" };
      for (const counter of [0, 2, 3]) expect(await use(counter)).toEqual(stale);
      expect((await use(9)).kind).toBe("committed");
      const revoked = { ...PASSKEY, publicKey: "another", person: "bo", revokedAt: 7 };
      await store.commit(commitOf([{ kind: "passkey", passkey: revoked }]));
      expect(await use(10)).toEqual(stale);
      await store.commit(commitOf([{ kind: "passkey", passkey: PASSKEY }]));
      const used = { counter: 9, backedUp: false, lastUsedAt: START_MS + 1 };
      expect(await store.passkeys("ana")).toEqual([{ ...PASSKEY, ...used, revokedAt: 7 }]);
      expect(await store.passkeys("bo")).toEqual([]);
    });

    it("a passkey that counts nothing signs as often as it likes", async () => {
      const passkey = { ...PASSKEY, counter: 0 };
      const store = await written(makePlace, [{ kind: "passkey", passkey }]);
      const used = { id: "pk_1", counter: 0, backedUp: false, at: START_MS + 1 };
      for (let round = 0; round < 2; round += 1) {
        const commit = commitOf([{ kind: "passkey_used", ...used }]);
        expect((await store.commit(commit)).kind).toBe("committed");
      }
    });
  });
}

function sessions(makePlace: MakePlace): void {
  it("sessions, by hash, by id and by person, the newest first", async () => {
    const first = session("s1");
    const second = session("s2", { createdAt: START_MS + 1, kind: "cli" });
    const store = await written(makePlace, [
      { kind: "session", session: first },
      { kind: "session", session: second },
      { kind: "session", session: session("s3", { person: "bo" }) },
    ]);
    expect(await store.sessionByHash("hash-s1")).toEqual(first);
    expect(await store.sessionByHash("hash-")).toBeNull();
    expect(await store.session("s2")).toEqual(second);
    expect(await store.sessions("ana")).toEqual([second, first]);
  });

  it("T31: a session's secret is exchanged once; the one before is still known", async () => {
    const store = await written(makePlace, [{ kind: "session", session: session("s1") }]);
    const exchange = (to: string) => {
      const rotated = { from: "hash-s1", to, previousUntil: 77 };
      return store.commit(
        commitOf([{ kind: "session_seen", id: "s1", at: START_MS + 5, rotated }]),
      );
    };
    expect((await exchange("new")).kind).toBe("committed");
    expect(await exchange("newer")).toEqual({ kind: "stale", what: "session" });
    const known = session("s1", {
      hash: "new",
      previousHash: "hash-s1",
      previousUntil: 77,
      rotatedAt: START_MS + 5,
      lastSeenAt: START_MS + 5,
    });
    expect(await store.sessionByHash("hash-s1")).toEqual(known);
    expect(await store.sessionByHash("new")).toEqual(known);
    expect(await store.sessionByHash("newer")).toBeNull();
  });

  it("T31: a session that has ended stays so, however it is used afterwards", async () => {
    const store = await written(makePlace, [
      { kind: "session", session: session("s1") },
      { kind: "session", session: session("s2") },
      { kind: "session", session: session("s3", { person: "bo" }) },
    ]);
    const ended = { kind: "sessions_ended", of: { session: "s1" }, at: START_MS + 1 } as const;
    await store.commit(commitOf([ended]));
    const use = commitOf([{ kind: "session_seen", id: "s1", at: START_MS + 2 }]);
    expect(await store.commit(use)).toEqual({ kind: "stale", what: "session" });
    await store.commit(commitOf([{ ...ended, at: START_MS + 9 }]));
    expect((await store.session("s1"))?.endedAt).toBe(START_MS + 1);
    expect((await store.sessions("ana")).map(({ id }) => id)).toEqual(["s2"]);
    const all = { kind: "sessions_ended", of: { person: "ana" }, at: START_MS + 3 } as const;
    await store.commit(commitOf([all]));
    expect(await store.sessions("ana")).toEqual([]);
    expect(await store.sessions("bo")).toHaveLength(1);
  });
}

function usedOnce(makePlace: MakePlace): void {
  it("T31: a link is used once, and not once it was withdrawn", async () => {
    const setup = { ...ENROLMENT, id: "enr_2", hash: "setup", person: null };
    const store = await written(makePlace, [
      { kind: "enrolment", enrolment: ENROLMENT },
      { kind: "enrolment", enrolment: setup },
    ]);
    expect(await store.enrolmentByHash("hash")).toEqual(ENROLMENT);
    const use = (id: string) =>
      store.commit(commitOf([{ kind: "enrolment_used", id, at: START_MS + 1 }]));
    expect((await use("enr_1")).kind).toBe("committed");
    expect(await use("enr_1")).toEqual({ kind: "stale", what: "enrolment" });
    expect((await store.enrolmentByHash("hash"))?.usedAt).toBe(START_MS + 1);
    await store.commit(commitOf([{ kind: "enrolments_withdrawn", person: null, at: START_MS }]));
    expect(await use("enr_2")).toEqual({ kind: "stale", what: "enrolment" });
  });

  it("T31: a ceremony is answered once, and nothing else of a second answer happens", async () => {
    const store = await written(makePlace, [{ kind: "ceremony", ceremony: CEREMONY }]);
    expect(await store.ceremony("cer_1")).toEqual(CEREMONY);
    const answer = (id: string) =>
      store.commit(
        commitOf([
          { kind: "session", session: session(id) },
          { kind: "ceremony_done", id: "cer_1" },
        ]),
      );
    const both = await Promise.all([answer("s1"), answer("s2")]);
    expect(both.map(({ kind }) => kind).sort()).toEqual(["committed", "stale"]);
    expect(await store.sessions("ana")).toHaveLength(1);
    expect(await store.ceremony("cer_1")).toBeNull();
  });
}
