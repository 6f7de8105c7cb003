import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { TERMINAL_STATUSES } from "@haltpoint/protocol";
import { REFUSALS } from "../packages/server/src/domain/request/refusal.ts";
import { TRANSITIONS } from "../packages/server/src/domain/request/transitions.ts";
import { checkout } from "./check/step.ts";
import { between, refusalTable, stateDiagram, transitionTable } from "./states/pages.ts";

/**
 * Writes the states into ARCHITECTURE.md and docs/states.md, between their markers, from the tables
 * of the machine. With `--check` it writes nothing and fails when a page says something else.
 */

const sections = [
  {
    file: "ARCHITECTURE.md",
    name: "states",
    content: stateDiagram(TRANSITIONS, TERMINAL_STATUSES),
  },
  { file: "docs/states.md", name: "transitions", content: transitionTable(TRANSITIONS) },
  { file: "docs/states.md", name: "refusals", content: refusalTable(REFUSALS) },
];

const stale: string[] = [];
for (const { file, name, content } of sections) {
  const path = join(checkout, file);
  const present = await readFile(path, "utf8");
  const wanted = between(present, name, content);
  if (present === wanted) continue;
  stale.push(`${file} (${name})`);
  if (!process.argv.includes("--check")) await writeFile(path, wanted);
}

if (!process.argv.includes("--check")) {
  console.log(stale.length === 0 ? "nothing has changed" : `written: ${stale.join(", ")}`);
} else if (stale.length > 0) {
  console.error(`stale: ${stale.join(", ")}; run \`node scripts/state-diagram.ts\``);
  process.exitCode = 1;
}
