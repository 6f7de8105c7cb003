/** Where contestants keep their databases: one folder, on the disk the checkout is on. */
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/**
 * The path of a database that does not exist yet, in a folder of its own that goes when the process
 * ends. Not the system's folder for temporary files: that may be in memory, where a flush costs
 * nothing.
 */
export function newDataFile(name: string): string {
  const root = fileURLToPath(new URL("../../reports/bench/", import.meta.url));
  mkdirSync(root, { recursive: true });
  const folder = mkdtempSync(join(root, `${name}-`));
  process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
  return join(folder, "data.db");
}
