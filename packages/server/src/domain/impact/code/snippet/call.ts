import type { Inspection } from "../inspection.ts";
import type { Abstract } from "./values.ts";

/** One call, its arguments as far as they are known. */
export interface Call {
  /** Dotted name, e.g. `subprocess.run`, `socket.socket().connect`. */
  readonly symbol: string;
  readonly args: readonly Abstract[];
  readonly keywords: ReadonlyMap<string, Abstract>;
  /** What a method is called on. */
  readonly self: Abstract | null;
  /** Inside a loop without an end. */
  readonly looped: boolean;
  readonly python: boolean;
}

/** What a call does. @returns its value; null: another rule may know. */
export type CallRule = (call: Call, name: string, inspection: Inspection) => Abstract | null;

/** A named argument, or the one at its place. */
export function argument(
  call: Call,
  at: number,
  ...names: readonly string[]
): Abstract | undefined {
  for (const name of names) {
    const value = call.keywords.get(name) ?? call.args.at(-1)?.fields?.get(name);
    if (value !== undefined) return value;
  }
  return at >= 0 ? call.args[at] : undefined;
}
