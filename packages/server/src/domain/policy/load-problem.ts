/**
 * What is wrong with a policy file, where, and what to write instead. Everything wrong with a file
 * is reported at once, in the order of the file.
 */

/** One thing wrong with a file. Lines and columns count from 1. */
export interface LoadProblem {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** What is wrong: lower case, input in backticks. */
  readonly message: string;
  /** What to do about it. */
  readonly fix: string;
  /** The line with a caret under the spot. */
  readonly excerpt: string;
}

/** What a caller says of a spot in the text; `offset` counts UTF-16 code units from 0. */
export interface Finding {
  readonly offset: number;
  readonly message: string;
  readonly fix: string;
}

const PROBLEMS_MAX = 100;
/** Wider lines are shown as a window around the caret. */
const EXCERPT_WIDTH_MAX = 100;
const CONTROL = /\p{C}/gu;

/** Turns findings into problems of one file: sorted, without repetitions, at most a hundred. */
export function toProblems(
  source: { readonly file: string; readonly text: string },
  findings: readonly Finding[],
): readonly LoadProblem[] {
  const lineStarts = startsOfLines(source.text);
  const seen = new Set<string>();
  const problems: LoadProblem[] = [];
  for (const finding of [...findings].sort((a, b) => a.offset - b.offset)) {
    const key = `${finding.offset} ${finding.message}`;
    if (seen.has(key) || problems.length === PROBLEMS_MAX) continue;
    seen.add(key);
    problems.push(toProblem(source, lineStarts, finding));
  }
  return problems;
}

/**
 * The problem as text for a terminal:
 *
 *     policy.yaml:7:11: unknown variable `ammount`
 *        7 |     when: ammount > 5
 *          |           ^
 *       write one of `subject`, `action`, …
 */
export function formatLoadProblem(problem: LoadProblem): string {
  const head = `${problem.file}:${problem.line}:${problem.column}: ${problem.message}`;
  return `${head}\n${problem.excerpt}\n  ${problem.fix}`;
}

function toProblem(
  source: { readonly file: string; readonly text: string },
  lineStarts: readonly number[],
  { offset, message, fix }: Finding,
): LoadProblem {
  const spot = Math.min(Math.max(offset, 0), source.text.length);
  const line = lineAt(lineStarts, spot);
  const start = lineStarts[line - 1] ?? 0;
  const text = source.text.slice(start, lineStarts[line] ?? source.text.length);
  return {
    file: source.file,
    line,
    column: spot - start + 1,
    // They quote the file, whose values may span lines.
    message: message.replace(CONTROL, " "),
    fix: fix.replace(CONTROL, " "),
    excerpt: excerptOf(text.replace(/[\r\n]+$/, ""), line, spot - start),
  };
}

function excerptOf(lineText: string, line: number, column: number): string {
  const from = lineText.length <= EXCERPT_WIDTH_MAX ? 0 : Math.max(0, column - 60);
  const shown = lineText.slice(from, from + EXCERPT_WIDTH_MAX).replace(CONTROL, " ");
  const gutter = String(line).padStart(4);
  return `${gutter} | ${shown}\n${" ".repeat(4)} | ${" ".repeat(column - from)}^`;
}

function startsOfLines(text: string): readonly number[] {
  const starts = [0];
  for (let at = text.indexOf("\n"); at !== -1; at = text.indexOf("\n", at + 1)) starts.push(at + 1);
  return starts;
}

/** The 1-based line of an offset, by bisection: a file may have 100,000 lines. */
function lineAt(lineStarts: readonly number[], offset: number): number {
  let low = 0;
  let high = lineStarts.length - 1;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if ((lineStarts[middle] ?? 0) <= offset) low = middle;
    else high = middle - 1;
  }
  return low + 1;
}
