import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { ROUTES } from "../packages/server/src/edges/http/routes/table.ts";
import { checkout } from "./check/step.ts";
import { limitTable, problemTable, routeTable } from "./protocol/pages.ts";
import { between } from "./states/pages.ts";

/**
 * Writes the tables of docs/protocol.md between their markers. With `--check` it writes nothing and
 * fails when the page says something else.
 */

const path = join(checkout, "docs/protocol.md");
const present = await readFile(path, "utf8");
let wanted = between(present, "routes", routeTable(ROUTES));
wanted = between(wanted, "problems", problemTable());
wanted = between(wanted, "limits", limitTable());
const isStale = wanted !== present;

if (process.argv.includes("--check")) {
  if (isStale) {
    console.error("stale: docs/protocol.md; run `node scripts/protocol-page.ts`");
    process.exitCode = 1;
  }
} else {
  if (isStale) await writeFile(path, wanted);
  console.log(isStale ? "written: docs/protocol.md" : "nothing has changed");
}
