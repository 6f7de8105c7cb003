/** SQLite's result codes, as far as they are told apart here (https://sqlite.org/rescode.html). */

export const SQLITE_BUSY = 5;
export const SQLITE_CORRUPT = 11;
export const SQLITE_NOTADB = 26;

/** The primary result code, without the details in the higher bits; 0: no error of SQLite's. */
export function primaryCodeOf(error: unknown): number {
  if (!(error instanceof Error) || !("errcode" in error)) return 0;
  return typeof error.errcode === "number" ? error.errcode & 0xff : 0;
}
