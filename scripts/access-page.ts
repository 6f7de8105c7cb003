import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { RIGHTS } from "../packages/server/src/domain/request/commands.ts";
import type { Route } from "../packages/server/src/edges/http/route.ts";
import { ROUTES } from "../packages/server/src/edges/http/routes/table.ts";
import { checkout } from "./check/step.ts";
import { between, markdownTable } from "./states/pages.ts";

/**
 * Writes who may call what into docs/access.md, between its markers, from the routes' declarations.
 * With `--check` it writes nothing and fails when the page says something else.
 */

const YES = "yes";
const NO = "–";

function rowOf({ method, path, access }: Route): readonly string[] {
  const { kind, rights } = access;
  const isOpen = kind === "anyone";
  const takesPeople = isOpen || kind === "person" || kind === "identity_or_person";
  const takesIdentities = isOpen || kind === "identity" || kind === "identity_or_person";
  const mark = (may: boolean): string => (may ? YES : NO);
  return [
    `\`${method} ${path}\``,
    mark(isOpen),
    mark(takesIdentities),
    mark(takesPeople && rights.length === 0),
    ...RIGHTS.map((right) => mark(takesPeople && (rights.length === 0 || rights.includes(right)))),
  ];
}

const head = ["call", "nobody", "identity", "person", ...RIGHTS.map((right) => `\`${right}\``)];
const path = join(checkout, "docs/access.md");
const present = await readFile(path, "utf8");
const wanted = between(present, "access", markdownTable(head, ROUTES.map(rowOf)));
const isStale = wanted !== present;

if (process.argv.includes("--check")) {
  if (isStale) {
    console.error("stale: docs/access.md; run `node scripts/access-page.ts`");
    process.exitCode = 1;
  }
} else {
  if (isStale) await writeFile(path, wanted);
  console.log(isStale ? "written: docs/access.md" : "nothing has changed");
}
