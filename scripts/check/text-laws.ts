import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Finding, Step } from "./step.ts";
import { listFiles } from "./source-files.ts";

const lockFile = "package-lock.json";

type TextLaw = {
  readonly rule: string;
  readonly pattern: RegExp;
  readonly detail: string;
  readonly only?: string;
};

/** The patterns are put together from pieces, since this file is read by its own law. */
const laws: readonly TextLaw[] = [
  {
    rule: "machine-path",
    pattern: new RegExp(`(^|[^\\w.-])/(${["work", "root", "tmp/bash_jobs"].join("|")})/`),
    detail: "a path of one machine: the project speaks of itself only",
  },
  {
    rule: "outside-path",
    pattern: new RegExp(["\\.\\.", "shared"].join("/")),
    detail: "a path outside the project",
  },
  {
    rule: "registry-host",
    pattern: /"resolved": "[a-z+]+:\/\//,
    detail: "a registry's address: install with the project's .npmrc",
    only: lockFile,
  },
  {
    rule: "suppression-without-reason",
    pattern: new RegExp(`${"oxlint"}-disable(?!.* -- \\S)`),
    detail: "say why after ` -- `",
  },
];

const binary = /\.(png|jpg|ico|woff2|sqlite|db|gz|zip)$/;

/** What no text of the project may contain. */
export const textLaws: Step = {
  name: "text laws",
  async run(root) {
    const files = (await listFiles(root)).filter((file) => !binary.test(file));
    const findings: Finding[] = [];
    for (const file of files) {
      const lines = (await readFile(join(root, file), "utf8")).split("\n");
      for (const law of laws) {
        if (law.only !== undefined && law.only !== file) continue;
        const at = lines.findIndex((line) => law.pattern.test(line));
        if (at === -1) continue;
        findings.push({ rule: law.rule, file, detail: `line ${at + 1}: ${law.detail}` });
      }
    }
    return { filesRead: files.length, findings };
  },
};
