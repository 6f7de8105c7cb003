/** Values as a person reads them in a trace. */
import { visibleText } from "@haltpoint/protocol";

const SHOWN_MAX = 200;
const MEMBERS_MAX = 20;

/** A short text for a value: nothing invisible stays invisible, and what is cut says so. */
export function shownValue(value: unknown): string {
  if (value === undefined) return "(missing)";
  const text = visibleText(JSON.stringify(shortened(value, 0)) ?? "(not a value)");
  const { length } = text;
  return length > SHOWN_MAX ? `${text.slice(0, SHOWN_MAX)}… (${length} characters)` : text;
}

/** Cuts before writing out: the argument may be a megabyte. */
function shortened(value: unknown, depth: number): unknown {
  if (typeof value === "bigint") return Number(value);
  if (typeof value === "string") {
    return value.length > SHOWN_MAX ? `${value.slice(0, SHOWN_MAX)}…` : value;
  }
  if (typeof value !== "object" || value === null) return value;
  if (depth === 3) return Array.isArray(value) ? "[…]" : "{…}";
  if (Array.isArray(value)) {
    const members = value.slice(0, MEMBERS_MAX).map((member) => shortened(member, depth + 1));
    return value.length > MEMBERS_MAX ? [...members, `… ${value.length} in all`] : members;
  }
  const keys = Object.keys(value);
  const members = keys.slice(0, MEMBERS_MAX).map((key) => {
    return [key.slice(0, SHOWN_MAX), shortened((value as Record<string, unknown>)[key], depth + 1)];
  });
  if (keys.length > MEMBERS_MAX) members.push(["…", `${keys.length} in all`]);
  return Object.fromEntries(members) as unknown;
}
