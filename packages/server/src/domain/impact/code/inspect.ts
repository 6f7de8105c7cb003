import { inspectSql, looksLikeSql } from "./sql.ts";
import { Inspection } from "./inspection.ts";
import type { CodeReading, Language } from "./inspection.ts";
import { walkShell } from "./shell/walk.ts";
import { readSnippet } from "./snippet/read.ts";

export type { CodeReading } from "./inspection.ts";

/**
 * What a command line or shell script would do, without running it. Pure and total: any text gets
 * a reading, within bounds of length, nesting and steps; what lies beyond them is said, as a
 * finding of code execution with low confidence, and makes the access `unknown`.
 *
 * @param text As it would be handed to a shell.
 * @param path Dotted path of the argument that holds it; goes into the findings.
 */
export function inspectShell(text: string, path: string): CodeReading {
  return inspectCode("shell", text, path);
}

/**
 * What code would do, without running it; as {@link inspectShell} for other languages.
 *
 * @param language `unknown`: it is found out from the text; perl and others are read like Python,
 *   since calls, strings and assignments look alike.
 */
export function inspectCode(language: Language, text: string, path: string): CodeReading {
  return measuredReading(language, text, path).reading;
}

/** The reading and what it cost, in steps. */
export function measuredReading(
  language: Language,
  text: string,
  path: string,
): { readonly reading: CodeReading; readonly steps: number } {
  const inspection = new Inspection(path, read);
  inspection.nested(language, text);
  return { reading: inspection.reading(), steps: inspection.steps };
}

function read(language: Language, text: string, inspection: Inspection): void {
  switch (language) {
    case "shell":
      walkShell(text, inspection);
      break;
    case "sql":
      inspectSql(text, inspection);
      break;
    case "javascript":
      handsShell(text.slice(0, 65_536), inspection);
      readSnippet(language, text, inspection);
      break;
    case "python":
      readSnippet(language, text, inspection);
      break;
    case "unknown":
      readUnknown(text, inspection);
      break;
  }
}

/** Perl, PHP, Ruby and others, by their words for a connection and for starting a shell. */
function handsShell(text: string, inspection: Inspection): void {
  if (
    !/\b(?:fsockopen|stream_socket_client|TCPSocket|IO::Socket|sockaddr_in|net\.(?:connect|Socket|createConnection))\b/u.test(
      text,
    )
  )
    return;
  inspection.find("external_communication", "high", "Would open a connection to another machine.");
  if (
    /\/bin\/(?:ba|z|da)?sh\b|\bcmd(?:\.exe)?\b|\b(?:popen|proc_open|shell_exec|spawn)\b/u.test(text)
  ) {
    inspection.find("privilege_change", "high", "Would hand a shell to another machine.");
  }
}

/** A language that is not told: found out by its looks. */
function readUnknown(text: string, inspection: Inspection): void {
  const start = text.slice(0, 4096);
  handsShell(text.slice(0, 65_536), inspection);
  if (looksLikeSql(start)) inspectSql(text, inspection);
  else if (/^#!.*(?:bash|\/sh|zsh)/u.test(start)) walkShell(text, inspection);
  else if (/^\s*(?:import \w|from \w+ import|def \w+\(|with open\()/mu.test(start))
    readSnippet("python", text, inspection);
  else
    readSnippet(
      /\b(?:const|let|var) \w+ ?=|=>|\brequire\(|;\s*$/mu.test(start) ? "javascript" : "python",
      text,
      inspection,
    );
}
