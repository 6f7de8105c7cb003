import { asRead, unescaped, UNKNOWN } from "../characters.ts";

export interface Token {
  readonly kind: "name" | "text" | "number" | "mark" | "line" | "end";
  /** Of a string: its value, interpolated pieces as the unknown character. */
  readonly text: string;
  /** Of a string: the code of its interpolated pieces, in order. */
  readonly inserts: readonly string[];
  /** Of the first token of a line: spaces before it. */
  readonly column: number;
}

const NONE: readonly string[] = [];
const TEXT_START = /(?:[rbfu]|[rb][rbf]|f[rb])?(?:'''|"""|'|"|`)/iuy;
const WORD = /[\p{L}_$@][\p{L}\p{N}\p{M}_$]*/uy;
const NUMBER = /0[xob][\da-f_]+|\d[\d_.]*(?:e[+-]?\d+)?n?/iuy;
const MARK =
  /\*\*=?|\/\/=?|\?\?=?|\?\.|=>|===?|!==?|:=|->|\+=|-=|\*=|\/=|%=|\|=|&&|\|\||<<|>>|<=|>=|\.\.\.|[^\s]/uy;

const PATTERN = /\/(?:[^/\\[\n]|\\.|\[(?:[^\]\\\n]|\\.)*\])+\/[a-z]*/uy;

/** A slash divides after a value; elsewhere it starts a regular expression. */
function startsPattern(before: Token | undefined): boolean {
  if (before === undefined || before.kind === "line") return true;
  if (before.kind === "name")
    return /^(?:return|typeof|case|in|of|delete|void)$/u.test(before.text);
  return before.kind === "mark" && !/^[)\]}]$/u.test(before.text);
}

/** Pieces of Python or JavaScript. Total: what fits nothing is a mark of one character. */
export function tokens(source: string, language: "python" | "javascript"): readonly Token[] {
  const found: Token[] = [];
  let at = 0;
  let column = 0;
  const push = (kind: Token["kind"], text: string, inserts = NONE): void => {
    found.push({ kind, text, inserts, column });
  };
  const take = (pattern: RegExp): string | null => {
    pattern.lastIndex = at;
    const match = pattern.exec(source);
    return match === null ? null : match[0];
  };
  while (at < source.length) {
    const character = source[at] ?? "";
    if (character === "\n") {
      if (found.at(-1)?.kind !== "line") push("line", "\n");
      at += 1;
      column = (take(/[ \t]*/uy) ?? "").replaceAll("\t", "        ").length;
    } else if (/\s/u.test(character)) at += 1;
    else if (character === "\\" && source[at + 1] === "\n") at += 2;
    else if (language === "python" ? character === "#" : source.startsWith("//", at))
      at = lineEnd(source, at);
    else if (language === "javascript" && source.startsWith("/*", at)) {
      const end = source.indexOf("*/", at + 2);
      at = end < 0 ? source.length : end + 2;
    } else {
      if (language === "javascript" && character === "/" && startsPattern(found.at(-1))) {
        const pattern = take(PATTERN);
        if (pattern !== null) {
          push("text", pattern);
          at += pattern.length;
          continue;
        }
      }
      const opening = take(TEXT_START);
      if (opening !== null && (language === "javascript" || !opening.endsWith("`"))) {
        const text = readText(source, at, opening, language);
        push("text", text.value, text.inserts);
        at = text.end;
        continue;
      }
      const word = take(WORD);
      const number = word === null ? take(NUMBER) : null;
      const piece = word ?? number ?? take(MARK) ?? character;
      push(
        word !== null ? "name" : number !== null ? "number" : "mark",
        word === null ? piece : asRead(word),
      );
      at += piece.length;
    }
  }
  push("line", "\n");
  push("end", "");
  return found;
}

function lineEnd(source: string, at: number): number {
  const end = source.indexOf("\n", at);
  return end < 0 ? source.length : end;
}

function readText(
  source: string,
  start: number,
  opening: string,
  language: "python" | "javascript",
): { value: string; inserts: readonly string[]; end: number } {
  const mark = /^[a-z]*(.+)$/iu.exec(opening)?.[1] ?? opening;
  const prefix = opening.slice(0, opening.length - mark.length).toLowerCase();
  const raw = prefix.includes("r");
  const filled = prefix.includes("f") || mark === "`";
  const single = mark.length === 1 && mark !== "`";
  const inserts: string[] = [];
  let value = "";
  let at = start + opening.length;
  let plain = at;
  const keep = (): void => {
    const text = source.slice(plain, at);
    value += raw ? text : unescaped(text.replace(/\\\n/gu, ""));
  };
  while (at < source.length) {
    const character = source[at] ?? "";
    if (source.startsWith(mark, at)) {
      keep();
      return { value, inserts, end: at + mark.length };
    }
    if (single && character === "\n") break;
    const hole =
      filled &&
      (mark === "`" ? source.startsWith("${", at) : character === "{" && source[at + 1] !== "{");
    if (character === "\\") at += 2;
    else if (filled && language === "python" && source.startsWith("{{", at)) at += 2;
    else if (hole) {
      keep();
      const open = at + (mark === "`" ? 2 : 1);
      const end = closing(source, open);
      inserts.push(source.slice(open, end));
      value += UNKNOWN;
      at = end + 1;
      plain = at;
    } else at += 1;
  }
  at = Math.min(at, source.length);
  keep();
  return { value, inserts, end: at };
}

/** Where the brace opened before `at` closes; at most 1,000 characters on. */
function closing(source: string, at: number): number {
  let depth = 1;
  const limit = Math.min(source.length, at + 1000);
  for (let index = at; index < limit; index += 1) {
    if (source[index] === "{") depth += 1;
    if (source[index] === "}") depth -= 1;
    if (depth === 0) return index;
  }
  return limit;
}
