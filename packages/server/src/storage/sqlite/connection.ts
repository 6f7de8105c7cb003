/** One SQLite connection through `node:sqlite`, with its settings and prepared statements. */
import { DatabaseSync, type StatementSync } from "node:sqlite";
import type { Dialect, Row, Session, SqlValue } from "../sql/session.ts";

/** Statements kept prepared. Lists have many shapes; the oldest goes when a new one comes. */
const STATEMENTS_MAX = 256;
/** Nobody else writes while we hold the process lock; a shell that was left open might. */
const BUSY_TIMEOUT_MS = 2_000;
/** Pages of the write-ahead log after which a commit also moves them into the database: 32 MB. */
const CHECKPOINT_PAGES = 8_192;
const LOG_KEPT_BYTES = 67_108_864;
const CACHE_KIB = 32_768;

export const SQLITE: Dialect = {
  // Not a plain BEGIN: that takes the write lock at the first write, when it may be too late (I7).
  begin: "BEGIN IMMEDIATE",
  words: {
    text: "TEXT",
    integer: "INTEGER",
    bytes: "BLOB",
    number: "INTEGER PRIMARY KEY",
    table: " STRICT",
    keyedTable: " STRICT, WITHOUT ROWID",
  },
};

/**
 * Durable: the write-ahead log is flushed before COMMIT returns (`synchronous=FULL`), on macOS with
 * the flush that reaches the disk's own cache too.
 */
const SETTINGS = [
  "PRAGMA synchronous = FULL",
  "PRAGMA fullfsync = ON",
  "PRAGMA checkpoint_fullfsync = ON",
  "PRAGMA temp_store = MEMORY",
  `PRAGMA wal_autocheckpoint = ${CHECKPOINT_PAGES}`,
  `PRAGMA journal_size_limit = ${LOG_KEPT_BYTES}`,
];

export class SqliteConnection implements Session {
  readonly #database: DatabaseSync;
  readonly #statements = new Map<string, StatementSync>();

  /** @throws the driver's error where the file cannot be opened or is no database. */
  constructor(file: string, access: "write" | "read") {
    this.#database = new DatabaseSync(file, {
      timeout: BUSY_TIMEOUT_MS,
      enableForeignKeyConstraints: true,
      readOnly: access === "read",
    });
    try {
      this.#database.exec(`PRAGMA cache_size = -${CACHE_KIB}`);
      if (access === "write") this.#prepareForWriting();
    } catch (error) {
      this.#database.close();
      throw error;
    }
  }

  #prepareForWriting(): void {
    const mode = this.#database.prepare("PRAGMA journal_mode = WAL").get();
    // SQLite keeps the old mode, silently, where the file system cannot share memory.
    if (mode?.["journal_mode"] !== "wal") {
      throw new Error("this file system does not allow a write-ahead log; use a local disk");
    }
    for (const setting of SETTINGS) this.#database.exec(setting);
  }

  // Both run before they return; promises only because other databases need them.

  query(sql: string, params: readonly SqlValue[] = []): Promise<readonly Row[]> {
    try {
      // Integers are read as numbers, so no value is a bigint.
      return Promise.resolve(this.#prepared(sql).all(...params) as Row[]);
    } catch (error) {
      return Promise.reject(error instanceof Error ? error : new Error(String(error)));
    }
  }

  execute(sql: string, params: readonly SqlValue[] = []): Promise<number> {
    try {
      return Promise.resolve(Number(this.#prepared(sql).run(...params).changes));
    } catch (error) {
      return Promise.reject(error instanceof Error ? error : new Error(String(error)));
    }
  }

  #prepared(sql: string): StatementSync {
    const known = this.#statements.get(sql);
    if (known !== undefined) return known;
    const statement = this.#database.prepare(sql);
    if (this.#statements.size >= STATEMENTS_MAX) {
      const [oldest] = this.#statements.keys();
      if (oldest !== undefined) this.#statements.delete(oldest);
    }
    this.#statements.set(sql, statement);
    return statement;
  }

  close(): void {
    this.#statements.clear();
    this.#database.close();
  }
}
