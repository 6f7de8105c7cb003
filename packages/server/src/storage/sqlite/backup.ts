/**
 * A copy of the database as of one moment, made while others write.
 *
 * The copy is made and checked in a worker thread: `VACUUM INTO` and the check of every page take
 * seconds on a large database, and a held-up event loop would let leases lapse. The target's name
 * is reserved first and gets its content only when the copy is complete, checked and flushed.
 *
 * CRASH: leaves an empty file under the target's name, or a `.partial` beside it; never a copy that
 * looks complete and is not.
 */
import { closeSync, existsSync, fsyncSync, openSync, renameSync, rmSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { isMainThread, parentPort, Worker, workerData } from "node:worker_threads";
import { StoreFault } from "../../ports/store-fault.ts";

interface Task {
  readonly haltpointBackup: { readonly source: string; readonly copy: string };
}

/**
 * Reads only what is committed, so it may also be called from another process than the store's.
 * The copy contains the store's secrets and hashed credentials; only its owner may read it.
 *
 * @throws StoreFault `backup_exists`, `failed`.
 */
export async function backUp(source: string, target: string): Promise<void> {
  const file = resolve(target);
  const copy = `${file}.partial`;
  if (!existsSync(source)) throw new StoreFault("failed", `there is no store at \`${source}\``);
  reserve(file);
  try {
    rmSync(copy, { force: true });
    closeSync(openSync(copy, "wx", 0o600));
    await copyInWorker({ haltpointBackup: { source, copy } });
    flush(copy);
    renameSync(copy, file);
    flush(dirname(file));
  } catch (error) {
    rmSync(copy, { force: true });
    rmSync(file, { force: true });
    const why = error instanceof Error ? error.message : String(error);
    throw new StoreFault("failed", `the backup to \`${file}\` failed: ${why}`, error);
  }
}

function reserve(file: string): void {
  try {
    closeSync(openSync(file, "wx", 0o600));
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "EEXIST") {
      throw new StoreFault(
        "backup_exists",
        `\`${file}\` exists already: back up to a new name, an older backup is not overwritten`,
        error,
      );
    }
    const why = error instanceof Error ? error.message : String(error);
    throw new StoreFault("failed", `the backup cannot be written: ${why}`, error);
  }
}

function flush(path: string): void {
  const descriptor = openSync(path, "r");
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

function copyInWorker(task: Task): Promise<void> {
  return new Promise((done, fail) => {
    // This very file, so that it is found wherever it was built to.
    const worker = new Worker(new URL(import.meta.url), { workerData: task });
    worker.once("message", (problem: string | null) => {
      if (problem === null) done();
      else fail(new Error(problem));
    });
    worker.once("error", fail);
    worker.once("exit", () => fail(new Error("the copying thread ended early")));
  });
}

/** @returns what is wrong with the copy; null: nothing. */
function copyAndCheck({ source, copy }: Task["haltpointBackup"]): string | null {
  const database = new DatabaseSync(source, { readOnly: true });
  try {
    database.prepare("VACUUM INTO ?").run(copy);
  } finally {
    database.close();
  }
  const copied = new DatabaseSync(copy, { readOnly: true });
  try {
    const [first] = copied.prepare("PRAGMA integrity_check(1)").all();
    if (first?.["integrity_check"] !== "ok") return `the copy is damaged: ${JSON.stringify(first)}`;
    const orphans = copied.prepare("PRAGMA foreign_key_check").all();
    return orphans.length === 0 ? null : `the copy has ${orphans.length} rows without their parent`;
  } finally {
    copied.close();
  }
}

if (!isMainThread) {
  const task = workerData as Partial<Task> | null;
  if (task?.haltpointBackup !== undefined) {
    parentPort?.postMessage(copyAndCheck(task.haltpointBackup));
  }
}
