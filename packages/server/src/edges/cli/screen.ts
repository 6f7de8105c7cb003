/** Where a command writes: text for people, or one JSON document for programs. */
import { visibleText } from "@haltpoint/protocol";
import type { Host } from "./host.ts";

export interface Screen {
  /** `--json`: text for people is not written. */
  readonly isJson: boolean;
  /** A person can be asked: input and output are a terminal. */
  readonly isTerminal: boolean;
  /** Columns of the terminal; null: not one, nothing has to fit. */
  readonly width: number | null;
  /** A line or more of the command's answer. */
  print(text: string): void;
  /** A line or more beside the answer: banners, hints, progress. */
  note(text: string): void;
  /** The answer as JSON; does nothing without `--json`. */
  printJson(value: unknown): void;
  /** One of many answers as JSON on a line of its own; does nothing without `--json`. */
  printJsonLine(value: unknown): void;
}

export function openScreen(host: Host, options: { readonly isJson: boolean }): Screen {
  const { isJson } = options;
  const { stdin, stdout, stderr } = host;
  const isTerminal = stdin.isTTY === true && stdout.isTTY === true;
  return {
    isJson,
    isTerminal,
    width: stdout.isTTY === true ? (stdout.columns ?? 80) : null,
    print: (text) => {
      if (!isJson) stdout.write(`${shown(text)}\n`);
    },
    note: (text) => {
      if (!isJson) stderr.write(`${shown(text)}\n`);
    },
    printJson: (value) => {
      if (isJson) stdout.write(`${jsonText(value)}\n`);
    },
    printJsonLine: (value) => {
      if (isJson) stdout.write(`${escapeUnseen(JSON.stringify(value))}\n`);
    },
  };
}

/** JSON for a program that may print it: what is invisible is escaped, so parsing gives it back. */
export function jsonText(value: unknown): string {
  return escapeUnseen(JSON.stringify(value, undefined, 2));
}

function escapeUnseen(json: string): string {
  return json.replace(UNSEEN, escaped);
}

const UNSEEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu;

function escaped(character: string): string {
  if (character === "\n") return character;
  const units = character.split("");
  return units.map((u) => `\\u${u.charCodeAt(0).toString(16).padStart(4, "0")}`).join("");
}

/**
 * The last line of defence (T18): whoever composes a line makes an agent's text visible before;
 * what was forgotten is still made visible here, and only line feeds of ours pass.
 */
function shown(text: string): string {
  return visibleText(text, { keepLines: true });
}
