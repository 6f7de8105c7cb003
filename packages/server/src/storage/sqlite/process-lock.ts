/**
 * One process per database file.
 *
 * Two servers on one file would each believe that they alone assign log indexes and run timers. The
 * lock is SQLite's own write lock on a small database beside the file, held by an open transaction.
 * The operating system frees it with the process, however that ends (kill -9 included); a file that
 * says who holds it would outlive its holder.
 *
 * The lock file stays when the lock is released: deleting it would take it from under another
 * process that is just locking it. Nothing but SQLite may open it in this process either: closing
 * any descriptor of a file drops all of a process's POSIX locks on it.
 */
import { chmodSync, closeSync, existsSync, openSync, statSync } from "node:fs";
import { hostname } from "node:os";
import { DatabaseSync } from "node:sqlite";
import { StoreFault } from "../../ports/store-fault.ts";
import { primaryCodeOf, SQLITE_BUSY } from "./result-code.ts";

export interface ProcessLock {
  release(): void;
}

/** @throws StoreFault `locked`, naming the holder; `not_writable` where it cannot be made. */
export function lockProcess(file: string): ProcessLock {
  let database: DatabaseSync | null = null;
  try {
    makePrivate(`${file}.lock`);
    database = new DatabaseSync(`${file}.lock`, { timeout: 0 });
    hold(database);
  } catch (error) {
    const holder = database !== null && isBusy(error) ? holderOf(database) : null;
    database?.close();
    throw isBusy(error) ? lockedFault(file, holder, error) : unusableFault(file, error);
  }
  const held = database;
  return { release: () => held.close() };
}

/**
 * Whoever could open the lock could hold it, and so keep the server from starting. One that is there
 * is not opened, only its mode changed: this process may hold it.
 */
function makePrivate(path: string): void {
  if (!existsSync(path)) {
    try {
      closeSync(openSync(path, "wx", 0o600));
      return;
    } catch (error) {
      // Another process made it just now.
      if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw error;
    }
  }
  const { mode, uid } = statSync(path);
  if ((mode & 0o077) !== 0 && uid === process.getuid?.()) chmodSync(path, mode & 0o700);
}

function hold(database: DatabaseSync): void {
  database.exec("PRAGMA synchronous = OFF");
  database.exec("BEGIN IMMEDIATE");
  database.exec("CREATE TABLE IF NOT EXISTS holder (pid INTEGER, host TEXT)");
  database.exec("DELETE FROM holder");
  database.prepare("INSERT INTO holder VALUES (?, ?)").run(process.pid, hostname());
  database.exec("COMMIT");
  // Others may read who holds it, but not write: this one is never committed.
  database.exec("BEGIN IMMEDIATE");
}

function isBusy(error: unknown): boolean {
  return primaryCodeOf(error) === SQLITE_BUSY;
}

/** Null in the moment in which the holder writes its name. */
function holderOf(database: DatabaseSync): string | null {
  try {
    const row = database.prepare("SELECT pid, host FROM holder").get();
    const pid = row?.["pid"];
    const host = row?.["host"];
    if (typeof pid !== "number" || typeof host !== "string") return null;
    return host === hostname() ? `process ${pid}` : `process ${pid} on \`${host}\``;
  } catch {
    return null;
  }
}

function lockedFault(file: string, holder: string | null, cause: unknown): StoreFault {
  return new StoreFault(
    "locked",
    `\`${file}\` is in use by ${holder ?? "another process"}: stop that one first, or give this ` +
      "one a file of its own",
    cause,
  );
}

function unusableFault(file: string, cause: unknown): StoreFault {
  const why = cause instanceof Error ? cause.message : String(cause);
  return new StoreFault("not_writable", `\`${file}.lock\` cannot be used as a lock: ${why}`, cause);
}
