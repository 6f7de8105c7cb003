import { join, relative, sep } from "node:path";
import type { Finding, Step } from "./step.ts";
import { checkout, parseToolJson, runTool } from "./step.ts";
import { isTypeScript, listFiles } from "./source-files.ts";

type KnipReport = {
  readonly processed: number;
  readonly found: readonly {
    readonly kind: string;
    readonly path: string;
    readonly symbol: string;
  }[];
};

/** Files, exports and dependencies that nothing uses. */
export const unused: Step = {
  name: "unused",
  async run(root) {
    const output = await runTool(root, "knip/bin/knip.js", [
      "--no-progress",
      "--reporter",
      join(checkout, "scripts/check/knip-reporter.ts"),
    ]);
    const report = parseToolJson("knip", output) as KnipReport;
    const findings: Finding[] = report.found.map((issue) => ({
      rule: `unused-${issue.kind}`,
      file: relative(root, issue.path).split(sep).join("/"),
      detail: issue.symbol,
    }));
    const sources = (await listFiles(root)).filter(isTypeScript).length;
    if (report.processed < sources) {
      const detail = `knip left out ${sources - report.processed} of ${sources} sources`;
      findings.push({ rule: "unread", file: "", detail });
    }
    return { filesRead: report.processed, findings };
  },
};
