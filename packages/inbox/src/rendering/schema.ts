/** Reading the JSON Schema of an action: what a field is called, and nothing that is not said. */
import type { JsonValue } from "@haltpoint/protocol";

/** A schema, or what stands in its place; anything else says nothing. */
export type Schema = unknown;

/** The schema of a member; undefined where none says anything about it. */
export function memberSchema(schema: Schema, key: string): Schema {
  const properties = own(schema, "properties");
  return own(properties, key);
}

/** The schema of a list's element. */
export function elementSchema(schema: Schema, index: number): Schema {
  const prefix = own(schema, "prefixItems");
  if (Array.isArray(prefix) && index < prefix.length) return prefix[index];
  return own(schema, "items");
}

/** Whether the schema names its members and this is none of them. */
export function isUndeclared(schema: Schema, key: string): boolean {
  const properties = own(schema, "properties");
  return isObject(properties) && !Object.hasOwn(properties, key);
}

export function formatOf(schema: Schema): string | null {
  const format = own(schema, "format");
  return typeof format === "string" ? format : null;
}

/** The words policy has for a field; they are ours, not the agent's. */
export function wordsOf(schema: Schema): {
  readonly title: string | null;
  readonly description: string | null;
} {
  const title = own(schema, "title");
  const description = own(schema, "description");
  return {
    title: typeof title === "string" ? title : null,
    description: typeof description === "string" ? description : null,
  };
}

export function typeOf(schema: Schema): string | null {
  const type = own(schema, "type");
  return typeof type === "string" ? type : null;
}

export function choicesOf(schema: Schema): readonly JsonValue[] | null {
  const choices = own(schema, "enum");
  return Array.isArray(choices) ? (choices as readonly JsonValue[]) : null;
}

function own(schema: Schema, key: string): unknown {
  return isObject(schema) && Object.hasOwn(schema, key) ? schema[key] : undefined;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
