import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import type { Commit, Store } from "../../ports/store.ts";
import { GroupCommit } from "../sql/group-commit.ts";
import { migrate } from "../sql/migrate.ts";
import { MIGRATIONS } from "../sql/schema.ts";
import { StoreClock } from "../sql/store-clock.ts";
import { SqlStore } from "../sql/store.ts";
import { FaultySession, type Fault } from "../testing/faulty-session.ts";
import { random } from "../testing/random-bytes.ts";
import { change, commitOf, entry, submission } from "../testing/samples.ts";
import { systemClock } from "../testing/system-clock.ts";
import { temporaryFolder } from "../testing/temporary-folder.ts";
import { SQLITE, SqliteConnection } from "./connection.ts";
import { openSqliteStore } from "./store.ts";

const FAULTS: readonly Fault[] = ["lost", "saved_but_reported_failed"];

interface Faulty {
  readonly store: Store;
  readonly session: FaultySession;
  readonly file: string;
}

/** The store on SQLite, with a writer whose calls can be made to fail. */
async function faultyStore(): Promise<Faulty> {
  const file = join(temporaryFolder(), "x.db");
  const writer = new SqliteConnection(file, "write");
  await migrate({ session: writer, dialect: SQLITE, migrations: MIGRATIONS, now: 0 });
  const reads = new SqliteConnection(file, "read");
  const session = new FaultySession(writer);
  const clock = new StoreClock(systemClock);
  const store = new SqlStore({
    reads,
    clock,
    random,
    commits: new GroupCommit({ session, dialect: SQLITE, clock }),
    backup: () => Promise.reject(new Error("not here")),
    release: () => {
      reads.close();
      writer.close();
    },
  });
  onTestFinished(() => store.close());
  return { store, session, file };
}

/** Three commands that go into one group; the last two depend on nothing. */
function group(): readonly Commit[] {
  return [change("req_A", 1), submission("req_B"), submission("req_C")];
}

describe("groups", () => {
  it("commands that wait at the same time share a transaction, up to a limit", async () => {
    const { store, session } = await faultyStore();
    await Promise.all(Array.from({ length: 300 }, (_, n) => store.commit(submission(`req_${n}`))));
    expect(session.statements.filter((sql) => sql === "COMMIT")).toHaveLength(3);
    expect(await store.lastLogIndex()).toBe(300);
  });

  it("a group with nothing to keep does not wait for the disk", async () => {
    const { store, session } = await faultyStore();
    await Promise.all([1, 2].map((version) => store.commit(change("req_missing", version))));
    expect(session.statements).not.toContain("COMMIT");
    expect(session.statements.at(-1)).toBe("ROLLBACK");
  });

  it("T24: nothing is answered or readable before COMMIT has returned", async () => {
    const { store, session } = await faultyStore();
    let letCommit: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => (letCommit = resolve));
    const atGate = new Promise<void>((resolve) => {
      session.holdWith(async (sql) => {
        if (sql !== "COMMIT") return;
        resolve();
        await gate;
      });
    });
    let isAnswered = false;
    const commit = store.commit(submission("req_A")).then(() => (isAnswered = true));
    await atGate;
    expect(await store.request("req_A")).toBeNull();
    expect(await store.lastLogIndex()).toBe(0);
    expect(isAnswered).toBe(false);
    letCommit();
    await commit;
    expect(await store.request("req_A")).not.toBeNull();
  });

  it("refuses more than so many waiting commits, and changes nothing for them", async () => {
    const { store, session } = await faultyStore();
    let letBegin: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => (letBegin = resolve));
    session.holdWith(() => gate);
    const notes = Array.from({ length: 10_000 }, () => store.commit(change("req_missing", 1)));
    await expect(store.commit(submission("req_B"))).rejects.toMatchObject({ code: "busy" });
    letBegin();
    await Promise.all(notes);
    expect(await store.request("req_B")).toBeNull();
    expect(await store.commit(submission("req_B"))).toMatchObject({ kind: "committed" });
  });
});

describe("failure matrix: each step × (lost, saved but reported failed) × restart", () => {
  it.each(FAULTS)("I8: %s: answers are true, and nobody else is hurt", async (fault) => {
    let failures = 0;
    for (let step = 1; ; step += 1) {
      const { store, session, file } = await faultyStore();
      await store.commit(submission("req_A"));
      session.failWhere((_sql, call) => (call === step ? fault : null));
      const commits = group();
      const answers = await Promise.allSettled(commits.map((one) => store.commit(one)));
      const failedAt = session.statements[step - 1];
      if (failedAt === undefined) break;
      failures += 1;

      await expectTrue(store, commits, answers, failedAt);
      expect(await store.commit(submission("req_D"))).toMatchObject({ kind: "committed" });
      await store.close();
      const reopened = await openSqliteStore({ file, clock: systemClock, random });
      await expectTrue(reopened, commits, answers, failedAt);
      await reopened.close();
    }
    // Begin, standing, three commands of several statements, clock, command ids, commit.
    expect(failures).toBeGreaterThan(20);
  });

  /** What was answered is what is stored: completely, or not at all. */
  async function expectTrue(
    store: Store,
    commits: readonly Commit[],
    answers: readonly PromiseSettledResult<{ readonly kind: string }>[],
    failedAt: string,
  ): Promise<void> {
    for (const [index, answer] of answers.entries()) {
      const commit = commits[index]!;
      const { id, version } = commit.expected.request!;
      const expected = answer.status === "fulfilled" ? version + 1 : version;
      if (answer.status === "rejected") expect(answer.reason).toMatchObject({ code: "failed" });
      const state = await store.request(id);
      const entries = await store.entries(id);
      expect({ failedAt, id, version: state?.version ?? 0, entries: entries.length }).toEqual({
        failedAt,
        id,
        version: expected,
        entries: expected,
      });
      const outcome = await store.commandOutcome(commit.commandId);
      expect(outcome).toBe(answer.status === "fulfilled" ? "committed" : "absent");
    }
    const log = await store.entriesAfter(0, 100);
    expect(log.map((one) => one.logIndex)).toEqual(Array.from(log, (_, index) => index + 1));
  }
});

describe("unknown commits", () => {
  it("a COMMIT whose answer was lost is answered as committed", async () => {
    const { store, session } = await faultyStore();
    session.failWhere((sql) => (firstCommit(session, sql) ? "saved_but_reported_failed" : null));
    expect(await store.commit(submission("req_A"))).toMatchObject({ kind: "committed" });
  });

  it("while it cannot be found out, the commit is unknown, and its look-up fails too", async () => {
    const { store, session } = await faultyStore();
    session.failWhere((sql) => (sql === "COMMIT" ? "lost" : null));
    const commit = submission("req_A");
    await expect(store.commit(commit)).rejects.toMatchObject({ code: "commit_unknown" });
    const lookUp = store.commandOutcome(commit.commandId);
    await expect(lookUp).rejects.toMatchObject({ code: "commit_unknown" });
    session.failWhere(() => null);
    expect(await store.commandOutcome(commit.commandId)).toBe("absent");
    // The look-up has written over what the failed commit may have left behind.
    expect(session.statements).toContain("COMMIT");
    expect(await store.commit(commit)).toMatchObject({ kind: "committed" });
    expect(await store.commandOutcome(commit.commandId)).toBe("committed");
  });

  it("listeners are told of what turned out to be committed", async () => {
    const { store, session } = await faultyStore();
    const told: (readonly string[])[] = [];
    store.onCommitted((committed) => told.push(committed.requestIds));
    session.failWhere((sql) => (firstCommit(session, sql) ? "saved_but_reported_failed" : null));
    await store.commit(submission("req_A"));
    expect(told).toEqual([["req_A"]]);
  });

  it("a secret whose commit failed is not given out", async () => {
    const { store, session } = await faultyStore();
    session.failWhere((sql) => (sql === "COMMIT" ? "lost" : null));
    await expect(store.secret("sameness")).rejects.toMatchObject({ code: "failed" });
    session.failWhere(() => null);
    const kept = await store.secret("sameness");
    expect(await store.secret("sameness")).toEqual(kept);
  });
});

it("a listener that throws disturbs neither the commit nor other listeners", async () => {
  const { store } = await faultyStore();
  const thrown = new Promise<unknown>((resolve) => {
    const others = process.listeners("uncaughtException");
    process.removeAllListeners("uncaughtException");
    process.once("uncaughtException", (error) => {
      for (const other of others) process.on("uncaughtException", other);
      resolve(error);
    });
  });
  let told = 0;
  store.onCommitted(() => {
    throw new Error("a bug in a listener");
  });
  store.onCommitted(() => (told += 1));
  const result = await store.commit(commitOf([entry("system", "note")]));
  expect(result).toMatchObject({ kind: "committed" });
  expect(await thrown).toMatchObject({ message: "a bug in a listener" });
  expect(told).toBe(1);
});

function firstCommit(session: FaultySession, sql: string): boolean {
  return sql === "COMMIT" && session.statements.filter((one) => one === "COMMIT").length === 1;
}
