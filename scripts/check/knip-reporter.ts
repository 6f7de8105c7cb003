/**
 * Knip's own JSON report does not say how many files it read, and a check that read none must fail.
 * This reporter prints both.
 */

type KnipIssue = { readonly symbol: string; readonly filePath: string };
type KnipResult = {
  readonly issues: Readonly<Record<string, unknown>>;
  readonly counters: { readonly processed: number; readonly total: number };
};

export default function report(result: KnipResult): void {
  const found: { kind: string; path: string; symbol: string }[] = [];
  for (const [kind, byFile] of Object.entries(result.issues)) {
    if (typeof byFile !== "object" || byFile === null) continue;
    for (const issues of Object.values(byFile)) {
      if (typeof issues !== "object" || issues === null) continue;
      for (const issue of Object.values(issues) as KnipIssue[]) {
        found.push({ kind, path: issue.filePath, symbol: issue.symbol });
      }
    }
  }
  console.log(JSON.stringify({ processed: result.counters.processed, found }));
}
