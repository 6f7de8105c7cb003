/** `--set path=value`: what a person wants to change, and how that looks against what is there. */
import type { Revision } from "@haltpoint/protocol";
import { usageFailure } from "./command-failure.ts";
import { changeText } from "./decided-words.ts";

/** Paths and their new values. A value is JSON where it parses as such, else text. */
export function parseSet(given: readonly string[]): Readonly<Record<string, unknown>> {
  if (given.length === 0) {
    throw usageFailure('say what to change: --set action.properties.amount="4000.00 USD"');
  }
  const set = new Map<string, unknown>();
  for (const each of given) {
    const separator = each.indexOf("=");
    const path = each.slice(0, separator).trim();
    if (separator === -1 || path === "") {
      throw usageFailure(
        `\`${each}\` is no \`path=value\`, such as action.properties.amount="4000.00 USD"`,
      );
    }
    if (set.has(path)) throw usageFailure(`\`${path}\` is set twice`);
    set.set(path, valueOf(each.slice(separator + 1)));
  }
  return Object.fromEntries(set);
}

function valueOf(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

/** Each change on a line: from what is there to what is wanted. */
export function plannedChanges(
  content: Revision,
  set: Readonly<Record<string, unknown>>,
): readonly string[] {
  return Object.entries(set).map(([path, to]) => {
    const from = fieldAt(content, path);
    return `  ${changeText(from === undefined ? { path, to } : { path, from, to })}`;
  });
}

function fieldAt(content: Revision, path: string): unknown {
  let value: unknown = content;
  for (const key of path.split(".")) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, key)) return undefined;
    value = (value as Readonly<Record<string, unknown>>)[key];
  }
  return value;
}
