/**
 * The store in one SQLite file, for one process: nothing to install, nothing to look after.
 *
 * Beside the file `x.db` there are `x.db-wal` and `x.db-shm` while it is open (SQLite's own; they
 * belong to the database and must not be deleted) and `x.db.lock`. The folder must be on a local
 * disk: SQLite's locks and its shared memory do not work over network file systems.
 *
 * Two connections: the writer runs group commits, the reader sees only what is durable. Log indexes
 * are assigned in commit order inside the transaction; with several servers on one database a
 * sequencer does that.
 */
import {
  accessSync,
  closeSync,
  constants,
  existsSync,
  openSync,
  realpathSync,
  statSync,
} from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import type { Clock } from "../../ports/clock.ts";
import type { Random } from "../../ports/random.ts";
import { StoreFault } from "../../ports/store-fault.ts";
import type { Store } from "../../ports/store.ts";
import { GroupCommit } from "../sql/group-commit.ts";
import { migrate } from "../sql/migrate.ts";
import { MIGRATIONS } from "../sql/schema.ts";
import { StoreClock } from "../sql/store-clock.ts";
import { SqlStore } from "../sql/store.ts";
import { backUp } from "./backup.ts";
import { SQLITE, SqliteConnection } from "./connection.ts";
import { lockProcess } from "./process-lock.ts";
import { primaryCodeOf, SQLITE_CORRUPT, SQLITE_NOTADB } from "./result-code.ts";

export interface OpenSqliteStoreOptions {
  /** Path of the database; made when it does not exist, in a folder that does. */
  readonly file: string;
  readonly clock: Clock;
  readonly random: Random;
}

/**
 * Opens the store, makes or migrates its schema, and keeps every other process out until `close`.
 *
 * @throws StoreFault `directory_missing`, `not_writable`, `not_a_database`, `newer_schema`,
 * `foreign_schema`, `locked`.
 */
export async function openSqliteStore(options: OpenSqliteStoreOptions): Promise<Store> {
  const file = usableFile(options.file);
  const lock = lockProcess(file);
  const opened: SqliteConnection[] = [];
  const release = () => {
    // The writer last: the last connection to close moves the log into the database.
    for (const connection of opened.toReversed()) connection.close();
    lock.release();
  };
  try {
    // Made here for its mode; SQLite gives the log the same.
    closeSync(openSync(file, "a", 0o600));
    const writer = new SqliteConnection(file, "write");
    opened.push(writer);
    await refuseForeign(writer, file);
    const { clock: machineClock, random } = options;
    await migrate({
      session: writer,
      dialect: SQLITE,
      migrations: MIGRATIONS,
      now: Math.floor(machineClock.wallMs()),
    });
    const reads = new SqliteConnection(file, "read");
    opened.push(reads);
    const clock = new StoreClock(machineClock);
    const commits = new GroupCommit({ session: writer, dialect: SQLITE, clock });
    const backup = (target: string) => backUp(file, target);
    return new SqlStore({ reads, commits, clock, random, backup, release });
  } catch (error) {
    release();
    throw openFault(file, error);
  }
}

/** The file's one true path, so that a link to it is locked as the same file. */
function usableFile(given: string): string {
  if (given === "" || given === ":memory:") {
    throw new StoreFault(
      "not_a_database",
      "the store needs a file: evidence that is only in memory proves nothing after a restart",
    );
  }
  const folder = dirname(resolve(given));
  if (!existsSync(folder) || !statSync(folder).isDirectory()) {
    throw new StoreFault(
      "directory_missing",
      `the folder \`${folder}\` does not exist: make it first, or name another file`,
    );
  }
  const file = existsSync(resolve(given))
    ? realpathSync(given)
    : join(realpathSync(folder), basename(given));
  if (existsSync(file) && !statSync(file).isFile()) {
    throw new StoreFault("not_a_database", `\`${file}\` is not a file`);
  }
  requireWritable(dirname(file));
  if (existsSync(file)) requireWritable(file);
  return file;
}

function requireWritable(path: string): void {
  try {
    accessSync(path, constants.R_OK | constants.W_OK);
  } catch (error) {
    throw new StoreFault(
      "not_writable",
      `\`${path}\` cannot be written by this user: SQLite needs to write the database and, for its ` +
        "log, the folder that it is in",
      error,
    );
  }
}

/** A database that has tables and no migrations is somebody else's. */
async function refuseForeign(connection: SqliteConnection, file: string): Promise<void> {
  const tables = await connection.query("SELECT name FROM sqlite_schema WHERE type = 'table'");
  if (tables.length > 0 && !tables.some((table) => table["name"] === "migrations")) {
    throw new StoreFault(
      "not_a_database",
      `\`${file}\` is a database of another program: name another file`,
    );
  }
}

function openFault(file: string, error: unknown): unknown {
  if (error instanceof StoreFault) {
    if (error.message.includes(file)) return error;
    return new StoreFault(error.code, `\`${file}\`: ${error.message}`, error.cause);
  }
  if (!(error instanceof Error)) return error;
  const code = primaryCodeOf(error);
  if (code === SQLITE_NOTADB || code === SQLITE_CORRUPT) {
    return new StoreFault(
      "not_a_database",
      `\`${file}\` is not a SQLite database, or it is damaged: name another file, or restore a ` +
        "backup",
      error,
    );
  }
  return new StoreFault("failed", `\`${file}\` could not be opened: ${error.message}`, error);
}
