import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { check, getFileInfo, resolveConfig } from "prettier";
import type { Finding, Step } from "./step.ts";
import { listFiles } from "./source-files.ts";

/** Prettier over every file it knows, as `prettier --check .` does, but counting what it read. */
export const format: Step = {
  name: "format",
  async run(root) {
    const ignorePath = [join(root, ".gitignore"), join(root, ".prettierignore")];
    const findings: Finding[] = [];
    let filesRead = 0;
    for (const file of await listFiles(root)) {
      const path = join(root, file);
      const info = await getFileInfo(path, { ignorePath });
      if (info.ignored || info.inferredParser === null) continue;
      filesRead += 1;
      const finding = await checkFormat(root, file);
      if (finding !== undefined) findings.push(finding);
    }
    return { filesRead, findings };
  },
};

async function checkFormat(root: string, file: string): Promise<Finding | undefined> {
  const path = join(root, file);
  const options = { ...(await resolveConfig(path)), filepath: path };
  try {
    if (await check(await readFile(path, "utf8"), options)) return undefined;
    return { rule: "format", file, detail: "not as prettier writes it: run `npm run format`" };
  } catch (error) {
    const said = error instanceof Error ? error.message.split("\n")[0] : String(error);
    return { rule: "format", file, detail: `prettier cannot read it: ${said}` };
  }
}
