/**
 * How a store fails. A stale fact is not a failure: `commit` answers it as a value. These are
 * thrown, and the code says whether anything can have been written.
 */

export type StoreFaultCode =
  /** Too many commits wait already. Nothing was changed; try again later. */
  | "busy"
  /** The store was closed. Nothing was changed. */
  | "closed"
  /** The commit, opening or backup failed. Nothing was changed. */
  | "failed"
  /** Whether the commit happened is not known: ask `commandOutcome`. */
  | "commit_unknown"
  /** The caller broke the port's rules, e.g. a state without its entry. Nothing was changed. */
  | "misused"
  /** A cursor that no page of this store gave out. */
  | "invalid_cursor"
  /** Opening: the folder of the database does not exist. */
  | "directory_missing"
  /** Opening: the database or its folder cannot be written. */
  | "not_writable"
  /** Opening: the file is no database of Haltpoint's, or a damaged one. */
  | "not_a_database"
  /** Opening: a newer Haltpoint has written it. */
  | "newer_schema"
  /** Opening: its schema is not what the migrations that it lists would have made. */
  | "foreign_schema"
  /** Opening: another process has it open. */
  | "locked"
  /** Backup: the target exists. */
  | "backup_exists";

export class StoreFault extends Error {
  override readonly name = "StoreFault";
  readonly code: StoreFaultCode;

  constructor(code: StoreFaultCode, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
  }
}
