/** One measured case, as it is printed: a JSON line for machines, a row of a table for people. */
import { median, quantile, rounded } from "./figures.ts";

export interface CaseLine {
  readonly bench: string;
  readonly case: string;
  /** What the figure is compared with. */
  readonly against: string;
  /** Median over the rounds of ours divided by theirs, both measured in the same round. */
  readonly ratio?: number;
  /** For bars that are no ratio: the figure itself, in the unit that `bar` names. */
  readonly value?: number;
  readonly bar: string;
  /** Null where the case is printed for information and has no bar. */
  readonly met: boolean | null;
  /** Rounds. */
  readonly n: number;
  /** The smallest and the largest of the rounds. */
  readonly spread: readonly [number, number];
  /** Medians of what was measured, named with their units. */
  readonly [figure: string]: unknown;
}

export interface Bar {
  readonly at: "least" | "most";
  readonly value: number;
  readonly unit?: string;
}

/** A case whose rounds each gave one ratio. `bar` null: printed, not judged. */
export function ratioCase(
  about: { readonly bench: string; readonly case: string; readonly against: string },
  ratios: readonly number[],
  bar: Bar | null,
  figures: Readonly<Record<string, unknown>> = {},
): CaseLine {
  const middle = median(ratios);
  return {
    ...about,
    ratio: rounded(middle),
    ...judged(middle, bar),
    n: ratios.length,
    spread: spreadOf(ratios),
    ...figures,
  };
}

/** A case whose rounds each gave one figure that has a bar of its own. */
export function valueCase(
  about: { readonly bench: string; readonly case: string; readonly against: string },
  values: readonly number[],
  bar: Bar | null,
  figures: Readonly<Record<string, unknown>> = {},
): CaseLine {
  const middle = median(values);
  return {
    ...about,
    value: rounded(middle),
    ...judged(middle, bar),
    n: values.length,
    spread: spreadOf(values),
    ...figures,
  };
}

function judged(value: number, bar: Bar | null): Pick<CaseLine, "bar" | "met"> {
  if (bar === null) return { bar: "none", met: null };
  const met = bar.at === "least" ? value >= bar.value : value <= bar.value;
  const unit = bar.unit === undefined ? "" : ` ${bar.unit}`;
  return { bar: `${bar.at === "least" ? ">=" : "<="}${bar.value}${unit}`, met };
}

function spreadOf(values: readonly number[]): readonly [number, number] {
  return [rounded(quantile(values, 0)), rounded(quantile(values, 1))];
}

/** The lines as one table, in the order they came. */
export function tableOf(lines: readonly CaseLine[]): string {
  const head = ["bench", "case", "against", "result", "bar", "met", "n", "spread"];
  const rows = lines.map((line) => [
    line.bench,
    line.case,
    line.against,
    line.ratio === undefined ? String(line.value) : `${line.ratio}x`,
    line.bar,
    line.met === null ? "-" : line.met ? "yes" : "NO",
    String(line.n),
    line.spread.join(" to "),
  ]);
  const widths = head.map((title, column) =>
    Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)),
  );
  const written = [head, ...rows].map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join("  ")
      .trimEnd(),
  );
  return written.join("\n");
}
