/** Everything written comes back as it was, and lookups find what they should and nothing else. */
import { describe, expect, it } from "vitest";
import type { OutboxItem } from "../../ports/store.ts";
import { openedStore, type MakePlace } from "./place.ts";
import {
  change,
  commitOf,
  credential,
  halt,
  identity,
  person,
  policyOf,
  requestState,
  START_MS,
  submission,
} from "./samples.ts";

export function readContract(makePlace: MakePlace): void {
  describe("reads", () => {
    registryReads(makePlace);
    governanceReads(makePlace);
    requestReads(makePlace);
    timerReads(makePlace);
    secretReads(makePlace);
  });
}

function requestReads(makePlace: MakePlace): void {
  it("T20: look-alikes are those of one group that wait, an edited one those of its new group", async () => {
    const { store } = await openedStore(makePlace);
    const at = (ms: number) => ({ createdAt: START_MS + ms });
    await store.commit(submission("req_b", { lookAlike: "g", ...at(1) }));
    await store.commit(submission("req_a", { lookAlike: "g", ...at(0) }));
    await store.commit(submission("req_c", { lookAlike: "h", ...at(2) }));
    await store.commit(submission("req_d", { lookAlike: "g", ...at(3) }));
    await store.commit(submission("req_none", at(4)));
    await store.commit(change("req_d", 1, { status: "rejected", ...at(3) }));
    const ids = ["req_a", "req_b", "req_c", "req_d", "req_none", "req_missing"];
    const two = { group: "g", waiting: 2, oldestAt: START_MS };
    expect(await store.lookAlikes(ids)).toEqual(
      new Map([
        ["req_a", two],
        ["req_b", two],
        ["req_c", { group: "h", waiting: 1, oldestAt: START_MS + 2 }],
      ]),
    );
    expect(await store.lookAlikes([])).toEqual(new Map());
    expect(await store.waitingAlike("g", 10)).toEqual(["req_a", "req_b"]);
    expect(await store.waitingAlike("g", 1)).toEqual(["req_a"]);
    const edited = change("req_a", 1, at(0));
    const write = { kind: "look_alike", requestId: "req_a", group: "h" } as const;
    await store.commit({ ...edited, writes: [...edited.writes, write] });
    expect(await store.waitingAlike("g", 10)).toEqual(["req_b"]);
    expect(await store.waitingAlike("h", 10)).toEqual(["req_a", "req_c"]);
  });

  it("T20: counts what was held since a time, whatever became of it, and no more than is asked", async () => {
    const { store } = await openedStore(makePlace);
    await store.commit(submission("req_old", { heldAt: START_MS - 1 }));
    await store.commit(submission("req_a"));
    await store.commit(submission("req_b", { heldAt: START_MS + 1 }));
    await store.commit(submission("req_c", { heldAt: null, status: "approved" }));
    await store.commit(submission("req_d", { scope: { identity: "agent-2" } }));
    await store.commit(change("req_a", 1, { status: "cancelled" }));
    expect(await store.countHeldSince("agent-1", START_MS, 10)).toBe(2);
    expect(await store.countHeldSince("agent-1", START_MS - 1, 10)).toBe(3);
    expect(await store.countHeldSince("agent-1", START_MS - 1, 2)).toBe(2);
    expect(await store.countHeldSince("agent-2", START_MS + 1, 10)).toBe(0);
  });

  it("a request's state comes back as it was written, also after a restart", async () => {
    const { store, reopen } = await openedStore(makePlace);
    const state = requestState("req_A", {
      scope: { session: "s-1" },
      reviews: [
        {
          person: "ana",
          verdict: "approve",
          revision: 0,
          digest: "d",
          at: START_MS,
          stepUp: "none",
          confirmed: ["seen"],
          reason: 'Ünïcode 𝒳 \u0000 "quoted"',
        },
      ],
    });
    await store.commit(submission("req_A", state));
    expect(await store.request("req_A")).toEqual(state);
    expect(await store.request("req_a")).toBeNull();
    expect(await (await reopen()).request("req_A")).toEqual(state);
  });

  it("revisions, openings and keys", async () => {
    const { store } = await openedStore(makePlace);
    await store.commit(submission("req_A", { key: "k" }));
    const opening = { requestId: "req_A", revision: 0, salt: "salt", value: '"1234567"' };
    await store.commit(
      commitOf([
        { kind: "opening", opening: { ...opening, path: "context.b" } },
        { kind: "opening", opening: { ...opening, path: "context.a" } },
      ]),
    );
    expect(await store.revision("req_A", 0)).toEqual({
      requestId: "req_A",
      number: 0,
      digest: "digest-0",
      committed: '{"id":"req_A"}',
    });
    expect(await store.revision("req_A", 1)).toBeNull();
    expect(await store.openings("req_A", 0)).toEqual([
      { ...opening, path: "context.a" },
      { ...opening, path: "context.b" },
    ]);
    expect(await store.openings("req_A", 1)).toEqual([]);
    expect(await store.key("identity:agent-1", "k")).toEqual({
      principal: "identity:agent-1",
      key: "k",
      fingerprint: "fingerprint",
      requestId: "req_A",
      answer: null,
      at: START_MS,
    });
    expect(await store.key("identity:agent-2", "k")).toBeNull();
  });

  it("I14: a person's recorded answer", async () => {
    const { store } = await openedStore(makePlace);
    const record = { principal: "person:ana", key: "k", fingerprint: "f", at: START_MS };
    const answer = { ...record, requestId: null, answer: '{"verdict":"approve"}' };
    await store.commit(commitOf([{ kind: "key", record: answer }]));
    expect(await store.key("person:ana", "k")).toEqual(answer);
  });

  it("short ids: by their last characters, live ones first", async () => {
    const { store } = await openedStore(makePlace);
    const ids = ["req_01AAAAAAAA7F3K", "req_01BBBBBBBB7F3K", "req_01CCCCCCCC7F3X"] as const;
    for (const id of ids) await store.commit(submission(id));
    await store.commit(change(ids[0], 1, { status: "rejected" }));
    expect(await store.requestIdsByShort("7F3K", 10)).toEqual([ids[1], ids[0]]);
    expect(await store.requestIdsByShort("7f3k", 1)).toEqual([ids[1]]);
    expect(await store.requestIdsByShort("3X", 10)).toEqual([ids[2]]);
    expect(await store.requestIdsByShort("01AAAAAAAA7F3K", 10)).toEqual([ids[0]]);
    expect(await store.requestIdsByShort("99AAAAAAAA7F3K", 10)).toEqual([]);
    expect(await store.requestIdsByShort("F3", 10)).toEqual([]);
    expect(await store.requestIdsByShort("%", 10)).toEqual([]);
    expect(await store.requestIdsByShort("", 10)).toEqual([]);
  });
}

function registryReads(makePlace: MakePlace): void {
  it("identities and persons, replaced as a whole", async () => {
    const { store } = await openedStore(makePlace);
    const [b, a] = [identity("b", { may: ["mail.*"] }), identity("a")];
    const [ben, ana] = [person("ben"), person("ana")];
    await store.commit(
      commitOf([
        { kind: "identity", identity: b },
        { kind: "identity", identity: a },
        { kind: "person", person: ben },
        { kind: "person", person: ana },
      ]),
    );
    expect(await store.identity("b")).toEqual(b);
    expect(await store.identities()).toEqual([a, b]);
    expect(await store.persons()).toEqual([ana, ben]);
    const retired = identity("b", {
      type: "workload",
      owner: "ben",
      stage: "retired",
      groups: [],
      labels: {},
      actsForPeople: false,
      assurance: "cooperative",
      mode: "shadow",
    });
    const disabled = person("ben", { name: "Ben B.", rights: ["auditor"], disabled: true });
    await store.commit(
      commitOf([
        { kind: "identity", identity: retired },
        { kind: "person", person: disabled },
      ]),
    );
    expect(await store.identity("b")).toEqual(retired);
    expect(await store.person("ben")).toEqual(disabled);
    expect(await store.identity("c")).toBeNull();
    expect(await store.person("c")).toBeNull();
  });

  it("credentials, by hash and by holder, revoked ones included", async () => {
    const { store } = await openedStore(makePlace);
    const first = credential("c1");
    const second = credential("c2", { createdAt: START_MS + 1 });
    const other = credential("c3", {
      holder: { kind: "person", id: "agent-1" },
      via: "development",
    });
    await store.commit(
      commitOf([
        { kind: "credential", credential: second },
        { kind: "credential", credential: first },
        { kind: "credential", credential: other },
      ]),
    );
    const revoked = { ...first, revokedAt: START_MS + 5 };
    await store.commit(commitOf([{ kind: "credential", credential: revoked }]));
    expect(await store.credentialByHash("hash-c1")).toEqual(revoked);
    expect(await store.credentialByHash("hash-")).toBeNull();
    expect(await store.credentials("identity", "agent-1")).toEqual([revoked, second]);
    expect(await store.credentials("person", "agent-1")).toEqual([other]);
  });

  it("two credentials never share a hash", async () => {
    const { store } = await openedStore(makePlace);
    await store.commit(commitOf([{ kind: "credential", credential: credential("c1") }]));
    const same = credential("c2", { hash: "hash-c1" });
    const commit = store.commit(commitOf([{ kind: "credential", credential: same }]));
    await expect(commit).rejects.toMatchObject({ code: "failed" });
  });

  it("on-call shifts: from the start, until before the end, a roster replaced as a whole", async () => {
    const { store } = await openedStore(makePlace);
    const shift = (roster: string, who: string, from: number, until: number) => {
      return { roster, person: who, from, until };
    };
    const night = [shift("night", "ana", 100, 200), shift("night", "ben", 150, 300)];
    const day = [shift("day", "cy", 100, 200)];
    await store.commit(
      commitOf([
        { kind: "on_call", roster: "night", shifts: night },
        { kind: "on_call", roster: "day", shifts: day },
      ]),
    );
    const at = (time: number) => store.onCall("night", time);
    expect(await Promise.all([99, 100, 150, 199, 200, 299, 300].map(at))).toEqual([
      [],
      ["ana"],
      ["ana", "ben"],
      ["ana", "ben"],
      ["ben"],
      ["ben"],
      [],
    ]);
    expect(await store.onCallShifts()).toEqual([...day, ...night]);
    const later = [shift("night", "cy", 400, 500)];
    await store.commit(commitOf([{ kind: "on_call", roster: "night", shifts: later }]));
    expect(await store.onCallShifts()).toEqual([...day, ...later]);
  });
}

function governanceReads(makePlace: MakePlace): void {
  it("policies: the last one published is in force, also one that was in force before", async () => {
    const { store } = await openedStore(makePlace);
    expect(await store.policy()).toBeNull();
    const proposed = { ...policyOf("p2", 2), requestId: "req_1", reason: "why" };
    const published = [policyOf("p1", 1), proposed, policyOf("p1", 3)];
    for (const one of published) {
      await store.commit(commitOf([{ kind: "policy", policy: one }]));
      expect(await store.policy()).toEqual(one);
    }
    expect(await store.policyByVersion("p2")).toEqual(published[1]);
    expect(await store.policyByVersion("p3")).toBeNull();
    const versions = published.map(({ text: _text, ...version }) => version);
    expect(await store.policyVersions(2)).toEqual(versions.toReversed().slice(0, 2));
  });

  it("I10: halts by scope key, newest first, lifted ones with the epoch they made", async () => {
    const { store } = await openedStore(makePlace);
    const lift = { by: "ben", at: START_MS + 1, reason: "over" };
    const halts = [
      halt("h1", { scope: { kind: "identity", id: "agent-1" } }),
      halt("h2", { scope: { kind: "identity", id: "agent-2" } }),
      halt("h3"),
    ];
    for (const one of halts) await store.commit(commitOf([{ kind: "halt", halt: one }]));
    const lifted = { ...halt("h1"), scope: halts[0]?.scope ?? { kind: "everything" as const } };
    const write = { ...lifted, lifts: [lift], liftedAt: START_MS + 1 };
    await store.commit(commitOf([{ kind: "halt", halt: write }]));
    const matching = await store.haltsFor(["everything", "identity:agent-1", "owner:ana"]);
    expect(matching).toEqual([
      { ...halts[2], epoch: 3 },
      { ...write, epoch: 1 },
    ]);
    expect(await store.epochs()).toMatchObject({ halt: 4 });
    expect(await store.haltsFor([])).toEqual([]);
    expect((await store.halts(2)).map((one) => one.id)).toEqual(["h3", "h2"]);
    expect(await store.halt("h2")).toMatchObject({ id: "h2", epoch: 2 });
    expect(await store.halt("h9")).toBeNull();
  });
}

function timerReads(makePlace: MakePlace): void {
  it("T15: what is due, the most overdue first, and when the next is", async () => {
    const { store } = await openedStore(makePlace);
    expect(await store.nextDue()).toBeNull();
    await store.commit(submission("req_A", { dueAt: 300 }));
    await store.commit(submission("req_B", { dueAt: 100 }));
    await store.commit(submission("req_C", { dueAt: 200 }));
    await store.commit(submission("req_D"));
    expect(await store.due(200, 10)).toEqual(["req_B", "req_C"]);
    expect(await store.due(300, 1)).toEqual(["req_B"]);
    expect(await store.due(99, 10)).toEqual([]);
    expect(await store.nextDue()).toBe(100);
    await store.commit(change("req_B", 1, { dueAt: null }));
    await store.commit(change("req_C", 1, { dueAt: 400 }));
    expect(await store.nextDue()).toBe(300);
    expect(await store.due(1_000, 10)).toEqual(["req_A", "req_C"]);
  });

  it("the outbox: due items in order, written again to retry, gone when done", async () => {
    const { store } = await openedStore(makePlace);
    const item = (id: string, notBefore: number): OutboxItem => {
      const tried = { attempts: 0, deadAt: null, lastError: null, foldedInto: null };
      return { id, kind: "notify", requestId: "req_A", payload: "{}", notBefore, ...tried };
    };
    const items = [item("o3", 200), item("o2", 100), item("o1", 100)];
    await store.commit(commitOf(items.map((one) => ({ kind: "outbox", item: one }))));
    const ids = async (now: number) => (await store.outboxDue(now, 10)).map((one) => one.id);
    expect(await ids(100)).toEqual(["o2", "o1"]);
    const retried = { ...item("o2", 150), attempts: 1, requestId: null };
    await store.commit(commitOf([{ kind: "outbox", item: retried }]));
    expect(await ids(100)).toEqual(["o1"]);
    expect(await store.outboxDue(150, 10)).toEqual([item("o1", 100), retried]);
    await store.commit(commitOf([{ kind: "outbox_done", id: "o1" }]));
    expect(await ids(1_000)).toEqual(["o2", "o3"]);
    expect(await store.outboxDue(1_000, 1)).toHaveLength(1);
  });

  it("the outbox: what was given up stays to be seen and is not due", async () => {
    const { store } = await openedStore(makePlace);
    const item = (id: string): OutboxItem => {
      const tried = { attempts: 1, deadAt: null, lastError: null, foldedInto: null };
      return { id, kind: "notify", requestId: null, payload: "{}", notBefore: 100, ...tried };
    };
    const dead = { ...item("o1"), deadAt: 90, lastError: "answered 500" };
    const failing = { ...item("o2"), lastError: "answered 503" };
    await store.commit(
      commitOf([dead, failing, item("o3")].map((one) => ({ kind: "outbox", item: one }))),
    );
    expect((await store.outboxDue(1_000, 10)).map(({ id }) => id)).toEqual(["o2", "o3"]);
    expect(await store.outboxTroubled("dead", 10)).toEqual([dead]);
    expect(await store.outboxTroubled("failing", 10)).toEqual([failing]);
    expect(await store.outboxItem("o1")).toEqual(dead);
    expect(await store.outboxItem("o9")).toBeNull();
  });

  it("who looked at a request: since when, not what of", async () => {
    const { store } = await openedStore(makePlace);
    await store.commit(change("req_A", 0, {}));
    expect(await store.isLookedAt("req_A", 0)).toBe(false);
    const look = { kind: "look", requestId: "req_A", person: "ana" } as const;
    await store.commit(commitOf([{ ...look, at: 100 }]));
    await store.commit(commitOf([{ ...look, at: 200 }]));
    expect(await store.isLookedAt("req_A", 200)).toBe(true);
    expect(await store.isLookedAt("req_A", 201)).toBe(false);
    expect(await store.isLookedAt("req_B", 0)).toBe(false);
  });

  it("where a chat message is: the newest place of it, null for none", async () => {
    const { store } = await openedStore(makePlace);
    expect(await store.chatPost("req_A")).toBeNull();
    await store.commit(commitOf([{ kind: "chat_post", subject: "req_A", reference: "C1/1.0" }]));
    await store.commit(commitOf([{ kind: "chat_post", subject: "req_A", reference: "C1/2.0" }]));
    expect(await store.chatPost("req_A")).toBe("C1/2.0");
  });
}

function secretReads(makePlace: MakePlace): void {
  it("a secret is made once, by whoever asks first, and kept", async () => {
    const { store, reopen } = await openedStore(makePlace);
    const asked = await Promise.all(Array.from({ length: 20 }, () => store.secret("sameness")));
    const [first] = asked;
    expect(first).toHaveLength(32);
    expect(new Set(asked.map((one) => Buffer.from(one).toString("hex"))).size).toBe(1);
    expect(await store.secret("other")).not.toEqual(first);
    expect(await (await reopen()).secret("sameness")).toEqual(first);
  });
}
