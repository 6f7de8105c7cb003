import type { Inspection } from "../inspection.ts";
import type { Place } from "../places.ts";
import type { Stream } from "../carried.ts";

/** One argument, after expansion. */
export interface Value {
  /** Unknown pieces as the unknown character. */
  readonly text: string;
  /** What its unknown pieces may carry. */
  readonly carries: number;
  /** What the file it names holds: set by process substitution. */
  readonly content: Stream | null;
}

export interface Command {
  /** The last part of the path, as its reader would take it. */
  readonly name: string;
  readonly args: readonly Value[];
  readonly stdin: Stream;
}

/** What a rule may do; the shell at this point of the walk. */
export interface Session {
  readonly inspection: Inspection;
  /** Runs another command line inside this one, as wrappers do. */
  run(words: readonly Value[], stdin: Stream): Stream;
  /** Runs text as shell commands in this shell. */
  script(text: string, positional?: readonly Value[]): Stream;
  place(value: Value | string): Place;
  /** What a file holds, where this very text wrote it. */
  content(value: Value): Stream | null;
  keep(value: Value, content: Stream): void;
  enterFolder(value: Value | null): void;
  assign(name: string, value: Value): void;
}

/** What a command does. @returns what it prints; undefined: not known, carrying what came in. */
export type Rule = (command: Command, session: Session) => Stream | undefined;

export function plain(text: string): Value {
  return { text, carries: 0, content: null };
}

/** Whether a flag is set: `-r` also inside `-xrf`, `--recursive` also shortened. */
export function flagged(
  args: readonly Value[],
  short: string,
  ...long: readonly string[]
): boolean {
  for (const { text } of args) {
    if (text === "--") return false;
    if (text.startsWith("--")) {
      const name = text.slice(2).split("=")[0] ?? "";
      if (long.some((full) => full === name || (name.length >= 3 && full.startsWith(name))))
        return true;
    } else if (text.startsWith("-")) {
      const letters = /^-[A-Za-z]*/u.exec(text)?.[0] ?? "";
      if (Array.from(short).some((letter) => letters.includes(letter))) return true;
      if (long.includes(text.slice(1))) return true;
    }
  }
  return false;
}

/** The arguments that are no flags; `valued` flags take the next argument with them. */
export function operands(
  args: readonly Value[],
  valued: ReadonlySet<string> = NONE,
): readonly Value[] {
  const found: Value[] = [];
  for (let at = 0; at < args.length; at += 1) {
    const value = args[at];
    if (value === undefined) break;
    if (value.text === "--") return [...found, ...args.slice(at + 1)];
    if (!value.text.startsWith("-") || value.text === "-") found.push(value);
    else if (valued.has(value.text)) at += 1;
  }
  return found;
}

const NONE: ReadonlySet<string> = new Set();

/** The values of a flag: `-o x`, `-ox`, `--output x`, `--output=x`. */
export function optionValues(
  args: readonly Value[],
  ...names: readonly string[]
): readonly Value[] {
  const found: Value[] = [];
  for (const [at, value] of args.entries()) {
    for (const name of names) {
      const next = args[at + 1];
      if (value.text === name && next !== undefined) found.push(next);
      else if (name.startsWith("--") && value.text.startsWith(`${name}=`)) {
        found.push({ ...value, text: value.text.slice(name.length + 1) });
      } else if (
        /^-[A-Za-z]$/u.test(name) &&
        value.text.startsWith(name) &&
        value.text.length > 2
      ) {
        found.push({ ...value, text: value.text.slice(2) });
      }
    }
  }
  return found;
}

export function carriedBy(values: readonly Value[]): number {
  return values.reduce((all, value) => all | value.carries, 0);
}
