/** Looks at a database without working on it: for `haltpoint doctor`, also while a server runs. */
import { existsSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { StoreFault } from "../../ports/store-fault.ts";
import { lockProcess } from "./process-lock.ts";

export interface Inspection {
  /** What is wrong with the file; null: nothing. */
  readonly damage: string | null;
  /** Which process has it open; null: none. */
  readonly holder: string | null;
  /** Milliseconds since the epoch; null: nothing was ever recorded, or it cannot be read. */
  readonly lastEntryAt: number | null;
}

/** Checks every page of an existing file. Takes seconds on a large one. Never throws for damage. */
export function inspectSqlite(file: string): Inspection {
  const holder = holderOf(file);
  try {
    const database = new DatabaseSync(file, { readOnly: true });
    try {
      const [first] = database.prepare("PRAGMA integrity_check(1)").all();
      const found = String(first?.["integrity_check"]);
      return { damage: found === "ok" ? null : found, holder, lastEntryAt: lastEntryAt(database) };
    } finally {
      database.close();
    }
  } catch (error) {
    return {
      damage: error instanceof Error ? error.message : String(error),
      holder,
      lastEntryAt: null,
    };
  }
}

function lastEntryAt(database: DatabaseSync): number | null {
  const newest = "SELECT canonical FROM entries ORDER BY log_index DESC LIMIT 1";
  const canonical = database.prepare(newest).get()?.["canonical"];
  if (typeof canonical !== "string") return null;
  const { at } = JSON.parse(canonical) as { readonly at?: unknown };
  return typeof at === "number" ? at : null;
}

/** Tries the lock and gives it back at once; a database that was never opened has none. */
function holderOf(file: string): string | null {
  if (!existsSync(`${file}.lock`)) return null;
  try {
    lockProcess(file).release();
    return null;
  } catch (error) {
    if (!(error instanceof StoreFault) || error.code !== "locked") return null;
    return /process \d+( on `[^`]*`)?/.exec(error.message)?.[0] ?? "another process";
  }
}
