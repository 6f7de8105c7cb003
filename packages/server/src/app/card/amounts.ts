/** Where an action's amount is: where its schema says so, and nowhere else. */
import type { Revision } from "@haltpoint/protocol";
import { readAmount, type Amount } from "../../domain/policy/money.ts";
import type { DeclaredAction } from "../../domain/policy/policy.ts";
import { formatOf, memberSchema, type Schema } from "./fields.ts";

/** How deep in a schema an amount is looked for. */
const DEPTH_MAX = 6;
/** A million of these can be added without a rounding; above, an amount is a mistake or an attack. */
const COUNTED_MAX = 1_000_000_000_000n;

/** Path of the first field that the action's schema calls money; null: there is none. */
export function moneyPathOf(declared: DeclaredAction | null): readonly string[] | null {
  const inside = moneyPath(declared?.written.properties ?? null, 0);
  return inside === null ? null : ["action", "properties", ...inside];
}

/** The first field that the schema calls money, in the order it is written in. */
function moneyPath(schema: Schema | null, depth: number): readonly string[] | null {
  if (schema === null || depth > DEPTH_MAX) return null;
  const { properties } = schema;
  if (typeof properties !== "object" || properties === null) return null;
  for (const name of Object.keys(properties)) {
    const member = memberSchema(schema, name);
    if (formatOf(member) === "money") return [name];
    const deeper = moneyPath(member, depth + 1);
    if (deeper !== null) return [name, ...deeper];
  }
  return null;
}

export function amountAt(content: Revision, path: readonly string[]): Amount | null {
  const read = readAmount(valueAt(content, path));
  return read.kind === "amount" ? read.amount : null;
}

/** The member at a path; own members only. */
export function valueAt(root: unknown, path: readonly string[]): unknown {
  let value = root;
  for (const key of path) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, key)) return undefined;
    value = (value as Readonly<Record<string, unknown>>)[key];
  }
  return value;
}

/** The amount that is counted with a request; none where it is a secret, or too large to be added. */
export function countedAmount(
  content: Revision,
  declared: DeclaredAction | null,
): { readonly amount?: { readonly minorUnits: number; readonly currency: string } } {
  const path = moneyPathOf(declared);
  const amount = path === null ? null : amountAt(content, path);
  if (amount === null || amount.minorUnits > COUNTED_MAX) return {};
  return { amount: { minorUnits: Number(amount.minorUnits), currency: amount.currency } };
}
