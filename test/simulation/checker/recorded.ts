/** Reading an entry's data, which is JSON of somebody else's making. */
import type { SealedEntry } from "../../../packages/server/src/domain/ledger/entry.ts";
import { Violation } from "./violation.ts";

export type Recorded = Readonly<Record<string, unknown>>;

export function textIn(data: Recorded, name: string): string {
  const value = data[name];
  if (typeof value !== "string") throw missing(name, "a text", value);
  return value;
}

export function textOrNullIn(data: Recorded, name: string): string | null {
  return data[name] === null ? null : textIn(data, name);
}

export function numberIn(data: Recorded, name: string): number {
  const value = data[name];
  if (typeof value !== "number") throw missing(name, "a number", value);
  return value;
}

export function flagIn(data: Recorded, name: string): boolean {
  const value = data[name];
  if (typeof value !== "boolean") throw missing(name, "a flag", value);
  return value;
}

export function textsIn(data: Recorded, name: string): readonly string[] {
  const value = data[name];
  if (!Array.isArray(value) || value.some((each) => typeof each !== "string")) {
    throw missing(name, "texts", value);
  }
  return value as readonly string[];
}

export function recordIn(data: Recorded, name: string): Recorded {
  const value = data[name];
  if (typeof value !== "object" || value === null) throw missing(name, "an object", value);
  return value as Recorded;
}

/** The id of an actor of this kind, or null where somebody else acted. */
export function actorOf(entry: SealedEntry, kind: "person" | "identity"): string | null {
  return entry.actor.startsWith(`${kind}:`) ? entry.actor.slice(kind.length + 1) : null;
}

function missing(name: string, wanted: string, value: unknown): Violation {
  return new Violation("I8", `\`${name}\` should be ${wanted} and is ${JSON.stringify(value)}`);
}
