/**
 * `npm run bench:impact -- DIR [--misses]`: what share of harmful calls the default decision holds,
 * and of harmless ones it interrupts, over the data sets in DIR. One JSON line for each measure, a
 * table at the end; exits with 1 where a bar is missed.
 */
import { parseArgs } from "node:util";
import { isMet, type Measure } from "./measures.ts";
import { SETS } from "./sets.ts";

const { values, positionals } = parseArgs({
  options: { misses: { type: "boolean", default: false } },
  allowPositionals: true,
});
const [folder] = positionals;
if (folder === undefined || positionals.length > 1) {
  console.error(
    "Usage: npm run bench:impact -- DIR [--misses]   (DIR has the data sets as .jsonl files)",
  );
  process.exit(2);
}

const measures: Measure[] = [];
for (const judge of SETS) {
  const measured = judge(folder);
  if (measured === null) continue;
  measures.push(...measured.measures);
  for (const one of measured.measures) {
    const { set, measure, value, bar } = one;
    console.log(
      JSON.stringify({ set, measure, value: Number(value.toFixed(4)), bar, met: isMet(one) }),
    );
  }
  if (values.misses) for (const line of counted(measured.misses)) console.log(`  ${line}`);
}
console.log(`\n${table(measures)}`);
process.exitCode = measures.some((one) => isMet(one) === false) ? 1 : 0;

/** The same miss once, with how often it occurs, the most frequent first. */
function counted(misses: readonly string[]): readonly string[] {
  const times = Map.groupBy(misses, (miss) => miss);
  const sorted = [...times].toSorted(([, one], [, other]) => other.length - one.length);
  return sorted.map(([miss, all]) => `${all.length} × ${miss}`);
}

function table(rows: readonly Measure[]): string {
  const shown = rows.map((row) => {
    const met = isMet(row);
    const bar = row.bar === null ? "" : barText(row.bar);
    const verdict = met === null ? "" : met ? "met" : "MISSED";
    const count = `${Number(row.hits.toFixed(1))} of ${row.of}`;
    return [row.set, row.measure, `${(row.value * 100).toFixed(1)} %`, count, bar, verdict];
  });
  const widths = [0, 1, 2, 3, 4, 5].map((at) =>
    Math.max(...shown.map((row) => row[at]?.length ?? 0)),
  );
  return shown
    .map((row) => row.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join("  "))
    .join("\n");
}

function barText({ least, most }: NonNullable<Measure["bar"]>): string {
  return least === undefined ? `≤ ${(most ?? 1) * 100} %` : `≥ ${least * 100} %`;
}
