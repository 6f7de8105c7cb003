import { parse } from "unbash";
import type { ParsedScript } from "unbash";
import type { Inspection } from "../inspection.ts";
import { isRule } from "./rules/table.ts";

/** Longest script parsed, in UTF-16 units; the parser is linear up to here. */
const MAX_SCRIPT = 32_768;
/** Here-documents in one script: the parser's work is quadratic in them. */
const MAX_HEREDOCS = 64;

/** The script as a tree; null where it is not parsed at all, which is said. */
export function parsed(text: string, inspection: Inspection): ParsedScript | null {
  let source = text.replaceAll("\r\n", "\n");
  if (source.length > MAX_SCRIPT) {
    inspection.incomplete(`it is longer than ${MAX_SCRIPT} characters`);
    source = source.slice(0, MAX_SCRIPT);
  }
  inspection.step(Math.ceil(source.length / 256));
  if (source.split("<<").length > MAX_HEREDOCS || source.split("coproc").length > MAX_HEREDOCS) {
    inspection.incomplete("it has too many here-documents");
    return null;
  }
  try {
    const script = parse(source);
    if (script.errors !== undefined && script.errors.length > 0 && !isEditorsOwn(source)) {
      inspection.incomplete("it is not a complete shell script");
    }
    return script;
  } catch {
    inspection.incomplete("it cannot be parsed");
    return null;
  }
}

/** A tool's own command with text in lines below it, closed by a word of its own. */
function isEditorsOwn(source: string): boolean {
  const lines = source.trimEnd().split("\n");
  const command = /^\w+/u.exec(lines[0] ?? "")?.[0] ?? "";
  return command !== "" && !isRule(command) && /^end_of_\w+$/u.test(lines.at(-1) ?? "");
}
