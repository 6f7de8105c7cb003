/**
 * The little of a database that the repository needs, so that SQLite and PostgreSQL can share it.
 *
 * SQL is written once, with `?` for parameters and no `?` inside literals; a driver that wants `$1`
 * rewrites it and keeps the result. A session is one connection: statements run in the order of
 * the calls, and transactions are ordinary statements on it.
 */

export type SqlValue = string | number | null | Uint8Array;
/** Integers come back as numbers: times, counters and versions stay below 2^53. */
export type Row = Readonly<Record<string, SqlValue>>;

export interface Statement {
  readonly sql: string;
  readonly params: readonly SqlValue[];
}

export interface Session {
  /** The rows a statement reads. Rejects with the driver's error. */
  query(sql: string, params?: readonly SqlValue[]): Promise<readonly Row[]>;
  /**
   * How many rows a statement changed. Rejects with the driver's error, and then none is changed.
   * (Not `RETURNING`: SQLite builds a temporary table for it, which nearly doubles what a write
   * costs.)
   */
  execute(sql: string, params?: readonly SqlValue[]): Promise<number>;
}

/** What differs between databases. Anything that could be written so that both take it, is. */
export interface Dialect {
  /**
   * Begins a transaction that holds the one write lock: what it reads stays true until COMMIT.
   * (Where several servers write, their adapter has to lock the row of `installation` as well.)
   */
  readonly begin: string;
  /** Replaces `{text}`, `{integer}`, `{bytes}`, `{number}`, `{table}`, `{keyedTable}` in migrations. */
  readonly words: {
    /** Compared byte by byte; the databases' own orders of text differ. */
    readonly text: string;
    /** 64 bits. */
    readonly integer: string;
    readonly bytes: string;
    /** Primary key that the database counts up. */
    readonly number: string;
    /** After the closing parenthesis of a table. */
    readonly table: string;
    /** The same for a table of small rows that are only found by their primary key. */
    readonly keyedTable: string;
  };
}

export function textOf(row: Row, column: string): string {
  const value = row[column];
  if (typeof value !== "string") throw wrongType(column, "text");
  return value;
}

export function textOrNull(row: Row, column: string): string | null {
  return row[column] === null ? null : textOf(row, column);
}

export function integerOf(row: Row, column: string): number {
  const value = row[column];
  if (typeof value !== "number") throw wrongType(column, "an integer");
  return value;
}

export function integerOrNull(row: Row, column: string): number | null {
  return row[column] === null ? null : integerOf(row, column);
}

export function flagOf(row: Row, column: string): boolean {
  return integerOf(row, column) === 1;
}

export function bytesOf(row: Row, column: string): Uint8Array {
  const value = row[column];
  if (!(value instanceof Uint8Array)) throw wrongType(column, "bytes");
  return value;
}

/** Text that this repository wrote itself; its shape was checked when it came in. */
export function jsonOf<T>(row: Row, column: string): T {
  return JSON.parse(textOf(row, column)) as T;
}

function wrongType(column: string, expected: string): Error {
  return new TypeError(`the column \`${column}\` is not ${expected}`);
}

/** `?, ?, ?` */
export function placeholders(count: number): string {
  return Array.from({ length: count }, () => "?").join(", ");
}
