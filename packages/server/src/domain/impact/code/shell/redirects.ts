import type { Redirection, Word } from "unbash";
import { carrying, EMPTY, joined, known } from "../carried.ts";
import type { Stream } from "../carried.ts";
import { changesFile, readsFile } from "../files.ts";
import { expandWhole } from "./expand.ts";
import type { Surroundings } from "./expand.ts";
import { opensConnection } from "./rules/network.ts";
import type { Session, Value } from "./session.ts";

/** What comes in and goes out of a command by redirection. */

/** A shell whose input and output are a connection is run by the other side. */
export function connects(
  redirects: readonly Redirection[],
  values: readonly Value[],
  shell: Session & Surroundings,
): void {
  for (const redirect of redirects) {
    if (redirect.type !== "Redirect" || redirect.target === undefined) continue;
    const target = expandWhole(redirect.target, shell).text;
    if (/^\/dev\/(?:tcp|udp)\//u.test(target)) opensConnection(target, values, shell);
  }
}

/** What comes in by `<`, a here-document or a here-string; null: nothing does. */
export function inputOf(
  redirects: readonly Redirection[],
  shell: Session & Surroundings,
): Stream | null {
  let input: Stream | null = null;
  for (const redirect of redirects) {
    if (redirect.type === "HereDoc") {
      const { text, parts } = redirect.body;
      const word: Word = {
        type: "Word",
        text,
        value: text,
        pos: 0,
        end: 0,
        parts: parts && [quoted(parts, text)],
      };
      const value = expandWhole(word, shell);
      input = known(value.text, value.carries);
    } else if (redirect.target !== undefined) {
      if (redirect.type === "HereString") {
        const value = expandWhole(redirect.target, shell);
        input = known(`${value.text}\n`, value.carries);
      } else if (redirect.operator === "<" || redirect.operator === "<>") {
        const value = expandWhole(redirect.target, shell);
        input = shell.content(value) ?? carrying(readsFile(shell.inspection, shell.place(value)));
      }
    }
  }
  return input;
}

/** @returns what is left for the next command. */
export function outputOf(
  redirects: readonly Redirection[],
  shell: Session & Surroundings,
  output: Stream,
): Stream {
  let rest = output;
  for (const redirect of redirects) {
    if (redirect.type !== "Redirect" || redirect.target === undefined) continue;
    if (redirect.operator === "<" || redirect.operator === "<&") continue;
    const value = expandWhole(redirect.target, shell);
    if (/^(?:\d+|-)$/u.test(value.text)) continue;
    if (/^\/dev\/(?:tcp|udp)\//u.test(value.text)) continue;
    const appends = redirect.operator === ">>" || redirect.operator === "&>>";
    const descriptor =
      redirect.descriptor?.type === "FileDescriptor" ? redirect.descriptor.value : 1;
    changesFile(shell.inspection, shell.place(value), appends ? "append to" : "overwrite");
    if (descriptor !== 1 && !redirect.operator.startsWith("&")) continue;
    shell.keep(value, appends ? joined(shell.content(value) ?? EMPTY, output) : output);
    rest = EMPTY;
  }
  return rest;
}

/** A here-document's body: expanded, never split. */
function quoted(
  parts: NonNullable<Word["parts"]>,
  text: string,
): NonNullable<Word["parts"]>[number] {
  const children = parts.map((part) =>
    part.type === "Literal" ||
    part.type === "SimpleExpansion" ||
    part.type === "ParameterExpansion" ||
    part.type === "CommandExpansion" ||
    part.type === "ArithmeticExpansion"
      ? part
      : {
          type: "Literal" as const,
          pos: part.pos,
          end: part.end,
          value: part.text,
          text: part.text,
        },
  );
  return { type: "DoubleQuoted", pos: 0, end: text.length, text, parts: children };
}
