import type { Finding, Step } from "./step.ts";
import { parseToolJson, runTool } from "./step.ts";
import { isTypeScript, listFiles, presentSourceFolders } from "./source-files.ts";

type OxlintReport = {
  readonly number_of_files: number;
  readonly diagnostics: readonly {
    readonly message: string;
    readonly code?: string;
    readonly filename: string;
    readonly labels?: readonly { readonly span: { readonly line?: number } }[];
  }[];
};

/** oxlint with type information (through tsgolint); every rule set in `.oxlintrc.json`. */
export const lint: Step = {
  name: "lint",
  async run(root) {
    const files = await listFiles(root);
    const targets = [...presentSourceFolders(files), ...files.filter(isRootSource)];
    const output = await runTool(root, "oxlint/bin/oxlint", [
      "--type-aware",
      "--format=json",
      ...targets,
    ]);
    const report = parseToolJson("oxlint", output) as OxlintReport;
    const findings: Finding[] = report.diagnostics.map((diagnostic) => ({
      rule: diagnostic.code ?? "oxlint",
      file: diagnostic.filename,
      detail: `line ${diagnostic.labels?.[0]?.span.line ?? "?"}: ${diagnostic.message}`,
    }));
    const missed = files.filter(isTypeScript).length - report.number_of_files;
    if (missed > 0) {
      findings.push({ rule: "unread", file: "", detail: `oxlint left out ${missed} sources` });
    }
    return { filesRead: report.number_of_files, findings };
  },
};

function isRootSource(file: string): boolean {
  return !file.includes("/") && isTypeScript(file);
}
