/**
 * Loaded by `node --import` into a server under test: fault points at the database driver, so that a
 * transaction can fail, or the process end, exactly around COMMIT. Nothing of it is in the product.
 *
 * Says over the channel to its parent which transactions are committed, and takes from it at most
 * one fault at a time. A transaction is named by the kinds of the entries in it.
 */
import { DatabaseSync, type SQLInputValue } from "node:sqlite";
import type { CommitFault, FromServer, ToServer } from "./messages.ts";

/** What a renewed lease writes: the request and no entry. */
const WITHOUT_ENTRIES = "lease";

let kinds: string[] = [];
let hasRequest = false;
let armed: { readonly label: string; readonly fault: CommitFault; left: number } | null = null;

const tell = (message: FromServer): void => void process.send?.(message);

process.on("message", (message: ToServer) => {
  armed = message.arm === null ? null : { ...message.arm, left: message.arm.nth };
  tell({ kind: "armed" });
});
// Whoever started this is gone; nobody would ever end it.
process.once("disconnect", () => process.exit(0));

type Run = (...params: SQLInputValue[]) => unknown;

// oxlint-disable-next-line typescript/unbound-method -- called with the patched one's connection
const prepare = DatabaseSync.prototype.prepare;
DatabaseSync.prototype.prepare = function prepareWatched(sql, ...rest) {
  const statement = prepare.call(this, sql, ...rest);
  const run = statement.run.bind(statement) as Run;
  const watched: Run = (...params) => execute(sql, params, () => run(...params));
  statement.run = watched as typeof statement.run;
  return statement;
};

function execute(sql: string, params: readonly SQLInputValue[], run: () => unknown): unknown {
  if (sql.startsWith("BEGIN")) {
    kinds = [];
    hasRequest = false;
  } else if (sql.startsWith("INSERT INTO entries")) {
    const canonical = params.at(-1);
    if (typeof canonical === "string") kinds.push(kindIn(canonical));
  } else if (/^(INSERT INTO|UPDATE) requests\b/.test(sql)) {
    hasRequest = true;
  } else if (sql === "COMMIT") return commit(run);
  return run();
}

function kindIn(canonical: string): string {
  return (JSON.parse(canonical) as { readonly kind: string }).kind;
}

function commit(run: () => unknown): unknown {
  const label = kinds.length > 0 ? kinds.join("+") : hasRequest ? WITHOUT_ENTRIES : null;
  if (label === null) return run();
  tell({ kind: "commit", label });
  if (armed === null || armed.label !== label || --armed.left > 0) return run();
  const { fault } = armed;
  armed = null;
  switch (fault) {
    case "killed_before":
      return end();
    case "killed_after":
      run();
      return end();
    case "fails":
      tell({ kind: "hit" });
      throw driverFault();
    case "done_but_fails":
      run();
      tell({ kind: "hit" });
      throw driverFault();
  }
}

/** As the operating system ends it: nothing after this line happens. */
function end(): void {
  process.kill(process.pid, "SIGKILL");
}

/** As SQLite reports a disk that does not answer. */
function driverFault(): Error {
  return Object.assign(new Error("disk I/O error"), { code: "ERR_SQLITE_ERROR", errcode: 10 });
}
