/** Tables in text that fit a terminal. They may shorten, so no decision is offered beside one. */
import { visibleText } from "@haltpoint/protocol";

export interface Column {
  readonly title: string;
  /** This column gives way when the table is too wide. At most one. */
  readonly gives?: true;
  /** It is never wider, whatever it holds. */
  readonly most?: number;
}

const GAP = 2;
const GIVING_MIN = 12;

/** Lines of the table; `width` null: as wide as it wants. Cells are made visible here. */
export function tableLines(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  width: number | null,
): readonly string[] {
  const cells = [columns.map(({ title }) => title), ...rows].map((row) =>
    row.map((cell) => visibleText(cell)),
  );
  const widths = columns.map(({ most = Infinity }, index) =>
    Math.min(most, Math.max(...cells.map((row) => displayWidth(row[index] ?? "")))),
  );
  const total = widths.reduce((sum, each) => sum + each, 0) + GAP * (columns.length - 1);
  const giving = columns.findIndex(({ gives }) => gives === true);
  const own = widths[giving];
  if (width !== null && own !== undefined && total > width) {
    widths[giving] = Math.max(GIVING_MIN, own - (total - width));
  }
  return cells.map((row) =>
    row
      .map((cell, index) => fitted(cell, widths[index] ?? 0))
      .join(" ".repeat(GAP))
      .trimEnd(),
  );
}

function fitted(cell: string, width: number): string {
  const own = displayWidth(cell);
  if (own <= width) return cell + " ".repeat(width - own);
  let kept = "";
  let used = 0;
  for (const character of cell) {
    const next = displayWidth(character);
    if (used + next > width - 1) break;
    kept += character;
    used += next;
  }
  return `${kept}…${" ".repeat(Math.max(0, width - 1 - used))}`;
}

const WIDE =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Emoji_Presentation}\u3000-\u303f\uff00-\uff60]/u;
const COMBINING = /\p{M}/u;

/** Columns on a terminal, closely enough for a table. */
function displayWidth(text: string): number {
  let width = 0;
  for (const character of text) {
    if (COMBINING.test(character)) continue;
    width += WIDE.test(character) ? 2 : 1;
  }
  return width;
}
