/**
 * Group commit: commands that wait at the same time share one transaction, and so one wait for the
 * disk. Each has its own savepoint, so that one that is stale or fails does not fail the others.
 *
 * Commands are collected until the event loop has read what its sockets had to say (setImmediate,
 * not a microtask: then every request that arrived would be a group of its own).
 *
 * CRASH: before COMMIT has returned nobody was answered and nothing is kept, or everything of the
 * group is; a caller that was not answered looks its command up.
 */
import { StoreFault } from "../../ports/store-fault.ts";
import type { Commit, CommitResult, Committed } from "../../ports/store.ts";
import { applyCommit, type Applied, type Standing } from "./apply-commit.ts";
import { readLastLogIndex } from "./entries.ts";
import {
  deleteOldCommands,
  hasCommand,
  readInstallation,
  updateInstallation,
} from "./installation.ts";
import type { Dialect, Session } from "./session.ts";
import type { StoreClock } from "./store-clock.ts";

/** More would hold up readers of the event loop for longer than a group saves. */
const GROUP_MAX = 128;
/** Commits waiting for their group. Beyond that the caller is told that the store is busy. */
const WAITING_MAX = 10_000;
/** Between two deletions of old commands. Each deletes a second of them, so it keeps up. */
const FORGET_EVERY_MS = 500;

interface Waiting {
  readonly commit: Commit;
  readonly resolve: (result: CommitResult) => void;
  readonly reject: (fault: StoreFault) => void;
}

/** What happened to a command inside the transaction. */
type Attempt = Applied | { readonly kind: "failed"; readonly fault: StoreFault };

export interface GroupCommitOptions {
  /** A connection that nobody else uses. */
  readonly session: Session;
  readonly dialect: Dialect;
  readonly clock: StoreClock;
}

export class GroupCommit {
  readonly #session: Session;
  readonly #dialect: Dialect;
  readonly #clock: StoreClock;
  readonly #waiting: Waiting[] = [];
  readonly #listeners = new Set<(committed: Committed) => void>();
  /** Resolves when the connection is free. */
  #free: Promise<void> = Promise.resolve();
  #isScheduled = false;
  #isClosed = false;
  /** The store's clock when old commands are deleted next. */
  #forgetAt = 0;
  /** After a COMMIT that failed: what it wrote could still appear at the next recovery. */
  #isUnsettled = false;

  constructor(options: GroupCommitOptions) {
    this.#session = options.session;
    this.#dialect = options.dialect;
    this.#clock = options.clock;
  }

  commit(commit: Commit): Promise<CommitResult> {
    if (this.#isClosed) return Promise.reject(closedFault());
    if (this.#waiting.length >= WAITING_MAX) {
      return Promise.reject(new StoreFault("busy", `${WAITING_MAX} commits are waiting already`));
    }
    return new Promise((resolve, reject) => {
      this.#waiting.push({ commit, resolve, reject });
      this.#schedule();
    });
  }

  onCommitted(listener: (committed: Committed) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Runs `work` in a transaction of its own, between two groups. */
  async transaction<T>(work: (session: Session) => Promise<T>): Promise<T> {
    if (this.#isClosed) throw closedFault();
    return this.#exclusively(async () => {
      await this.#session.execute(this.#dialect.begin);
      try {
        const result = await work(this.#session);
        await this.#session.execute("COMMIT");
        return result;
      } catch (error) {
        await this.#rollBack();
        throw failedFault(error);
      }
    });
  }

  /**
   * Afterwards a read of the database tells for certain which commands were committed.
   *
   * @throws StoreFault `commit_unknown` while that cannot be achieved.
   */
  async settle(): Promise<void> {
    if (!this.#isUnsettled) return;
    try {
      await this.#exclusively(() => this.#overwriteUnsettled());
    } catch (error) {
      throw unknownFault(error);
    }
  }

  /** Commits what waits, then refuses more. */
  async close(): Promise<void> {
    this.#isClosed = true;
    while (this.#waiting.length > 0) await this.#runGroup();
    await this.#free;
  }

  #schedule(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    setImmediate(() => {
      this.#isScheduled = false;
      void this.#runGroup();
    });
  }

  async #runGroup(): Promise<void> {
    await this.#exclusively(async () => {
      const group = this.#waiting.splice(0, GROUP_MAX);
      if (group.length > 0) await this.#commitGroup(group);
    });
    if (this.#waiting.length > 0) this.#schedule();
  }

  async #exclusively<T>(work: () => Promise<T>): Promise<T> {
    const before = this.#free;
    let release: () => void = () => undefined;
    this.#free = new Promise((resolve) => {
      release = resolve;
    });
    await before;
    try {
      return await work();
    } finally {
      release();
    }
  }

  /** Answers everybody in the group; never rejects. */
  async #commitGroup(group: readonly Waiting[]): Promise<void> {
    let attempts: readonly Attempt[];
    let standing: Standing;
    try {
      await this.#session.execute(this.#dialect.begin);
      ({ attempts, standing } = await this.#applyGroup(group));
    } catch (error) {
      await this.#rollBack();
      for (const { reject } of group) reject(failedFault(error));
      return;
    }
    if (attempts.every((attempt) => attempt.kind !== "applied")) {
      await this.#rollBack(); // Nothing to keep, and so nothing to wait for.
    } else {
      try {
        await this.#session.execute("COMMIT");
        this.#isUnsettled = false;
      } catch (error) {
        const found = await this.#lookUp(group, attempts, error);
        if (found === null) {
          for (const { reject } of group) reject(unknownFault(error));
          return;
        }
        attempts = found;
      }
      this.#tell(attempts, standing);
    }
    for (const [index, attempt] of attempts.entries()) answer(group[index], attempt);
  }

  async #applyGroup(
    group: readonly Waiting[],
  ): Promise<{ readonly attempts: readonly Attempt[]; readonly standing: Standing }> {
    const { epochs, highWaterMs } = await readInstallation(this.#session);
    const lastLogIndex = await readLastLogIndex(this.#session);
    // INVARIANT: I7 time is read while the write lock is held.
    const { now, trusted: clockTrusted } = this.#clock.read(highWaterMs);
    let standing: Standing = { now, clockTrusted, epochs, lastLogIndex };
    const attempts: Attempt[] = [];
    for (const { commit } of group) {
      const attempt =
        group.length === 1
          ? // No savepoint: what is not applied, or throws, goes with the transaction.
            await applyCommit(this.#session, commit, standing)
          : await this.#attempt(commit, standing);
      if (attempt.kind === "applied") standing = attempt.standing;
      attempts.push(attempt);
    }
    const { sql, params } = updateInstallation(standing.epochs, now);
    await this.#session.execute(sql, params);
    await this.#forgetOldCommands(now);
    return { attempts, standing };
  }

  /** Now and then is often enough. */
  async #forgetOldCommands(now: number): Promise<void> {
    if (now < this.#forgetAt) return;
    const { sql, params } = deleteOldCommands(now);
    await this.#session.execute(sql, params);
    this.#forgetAt = now + FORGET_EVERY_MS;
  }

  /** @throws where not even the savepoint could be rolled back: then the group is lost. */
  async #attempt(commit: Commit, standing: Standing): Promise<Attempt> {
    await this.#session.execute("SAVEPOINT command");
    try {
      const attempt = await applyCommit(this.#session, commit, standing);
      // What was found stale may have written already.
      if (attempt.kind === "stale") await this.#session.execute("ROLLBACK TO SAVEPOINT command");
      await this.#session.execute("RELEASE SAVEPOINT command");
      return attempt;
    } catch (error) {
      await this.#session.execute("ROLLBACK TO SAVEPOINT command");
      await this.#session.execute("RELEASE SAVEPOINT command");
      return { kind: "failed", fault: failedFault(error) };
    }
  }

  async #rollBack(): Promise<void> {
    try {
      await this.#session.execute("ROLLBACK");
    } catch {
      // The database ended the transaction itself, as it does when the disk is full.
    }
  }

  /**
   * COMMIT failed, or it succeeded and its answer was lost: each command is looked up by its id.
   *
   * @returns what became of each; null: it cannot be found out now.
   */
  async #lookUp(
    group: readonly Waiting[],
    attempts: readonly Attempt[],
    error: unknown,
  ): Promise<readonly Attempt[] | null> {
    await this.#rollBack();
    this.#isUnsettled = true;
    try {
      await this.#overwriteUnsettled();
      const found: Attempt[] = [];
      for (const [index, { commit }] of group.entries()) {
        const attempt = attempts[index];
        const isCommitted = await hasCommand(this.#session, commit.commandId);
        const failed: Attempt = { kind: "failed", fault: failedFault(error) };
        found.push(attempt?.kind === "applied" && !isCommitted ? failed : (attempt ?? failed));
      }
      return found;
    } catch {
      return null;
    }
  }

  /**
   * A failed commit may have left its whole record in the log file, behind the log's end. Nobody
   * sees it, but a recovery after a crash would take it for good. The next commit overwrites it;
   * only after that is a command that cannot be found known to be absent.
   */
  async #overwriteUnsettled(): Promise<void> {
    await this.#session.execute(this.#dialect.begin);
    try {
      const { epochs, highWaterMs } = await readInstallation(this.#session);
      const { sql, params } = updateInstallation(epochs, this.#clock.read(highWaterMs).now);
      await this.#session.execute(sql, params);
      await this.#session.execute("COMMIT");
      this.#isUnsettled = false;
    } catch (error) {
      await this.#rollBack();
      throw error;
    }
  }

  #tell(attempts: readonly Attempt[], standing: Standing): void {
    if (!attempts.some((attempt) => attempt.kind === "applied")) return;
    const requestIds = new Set<string>();
    let epochs = false;
    for (const attempt of attempts) {
      if (attempt.kind !== "applied") continue;
      for (const id of attempt.requestIds) requestIds.add(id);
      epochs ||= attempt.movedEpochs;
    }
    const committed: Committed = {
      requestIds: [...requestIds],
      epochs,
      logIndex: standing.lastLogIndex,
    };
    for (const listener of this.#listeners) {
      // In its own turn: a listener that throws is a bug to be seen, but not our callers' fault.
      queueMicrotask(() => listener(committed));
    }
  }
}

function answer(waiting: Waiting | undefined, attempt: Attempt): void {
  switch (attempt.kind) {
    case "applied": {
      const { now, lastLogIndex } = attempt.standing;
      waiting?.resolve({ kind: "committed", now, logIndex: lastLogIndex });
      return;
    }
    case "stale":
      waiting?.resolve(attempt);
      return;
    case "failed":
      waiting?.reject(attempt.fault);
  }
}

function closedFault(): StoreFault {
  return new StoreFault("closed", "the store is closed");
}

function unknownFault(error: unknown): StoreFault {
  const message = "it is not known whether the commit happened: look its command id up";
  return new StoreFault("commit_unknown", message, error);
}

function failedFault(error: unknown): StoreFault {
  if (error instanceof StoreFault) return error;
  const why = error instanceof Error ? error.message : String(error);
  return new StoreFault("failed", `the commit failed and nothing was changed: ${why}`, error);
}
