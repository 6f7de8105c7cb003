import type { Finding, Step } from "./step.ts";
import { parseToolJson, runTool } from "./step.ts";
import { isTypeScript, listFiles, presentSourceFolders } from "./source-files.ts";

type CruiseReport = {
  readonly modules: readonly { readonly source: string }[];
  readonly summary: {
    readonly violations: readonly {
      readonly from: string;
      readonly to: string;
      readonly rule: { readonly name: string };
    }[];
  };
};

/** The import law of `.dependency-cruiser.cjs`. */
export const imports: Step = {
  name: "imports",
  async run(root) {
    const files = await listFiles(root);
    const folders = presentSourceFolders(files);
    const output = await runTool(root, "dependency-cruiser/bin/dependency-cruiser.mjs", [
      "--config",
      ".dependency-cruiser.cjs",
      "--output-type",
      "json",
      ...folders,
    ]);
    const report = parseToolJson("dependency-cruiser", output) as CruiseReport;
    const findings: Finding[] = report.summary.violations.map((violation) => ({
      rule: violation.rule.name,
      file: violation.from,
      detail: `imports \`${violation.to}\``,
    }));
    const read = new Set(report.modules.map((module) => module.source));
    const expected = files.filter(
      (file) => isTypeScript(file) && folders.some((folder) => file.startsWith(folder)),
    );
    const unread = expected.filter((file) => !read.has(file));
    for (const file of unread) {
      findings.push({ rule: "unread", file, detail: "dependency-cruiser did not read it" });
    }
    return { filesRead: expected.length - unread.length, findings };
  },
};
