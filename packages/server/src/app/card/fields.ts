/**
 * A revision's content as typed fields. What a field is follows from its JSON type and from the
 * `format` its schema declares, and from nothing else: a number stays a number (T18).
 */
import {
  commitmentOf,
  dottedPath,
  visibleText,
  type CardField,
  type JsonPath,
  type Revision,
} from "@haltpoint/protocol";
import { amountText, readAmount } from "../../domain/policy/money.ts";
import type { DeclaredAction } from "../../domain/policy/policy.ts";

/** Beyond these an object or list is one field with everything in it: complete, and still a page. */
const FIELDS_MAX = 1_000;
const SECRET_PREFIX_LENGTH = 8;

export type Schema = Readonly<Record<string, unknown>>;

/** The parts of a revision that hold what the agent chose, and the schemas they have. */
export function fieldsOf(
  content: Revision,
  declared: DeclaredAction | null,
  editable: readonly string[],
): readonly CardField[] {
  const { properties = null, resource = null } = declared?.written ?? {};
  const fields: CardField[] = [];
  const take = (value: unknown, path: JsonPath, schema: Schema | null): void => {
    if (value !== undefined) collect(value, path, { schema, fields, editable });
  };
  take(content.action.properties, ["action", "properties"], properties);
  take(content.resource.type, ["resource", "type"], memberSchema(resource, "type"));
  take(content.resource.id, ["resource", "id"], memberSchema(resource, "id"));
  const inResource = memberSchema(resource, "properties");
  take(content.resource.properties, ["resource", "properties"], inResource);
  take(content.context, ["context"], null);
  take(content.subject.properties, ["subject", "properties"], null);
  return fields;
}

interface Collecting {
  readonly schema: Schema | null;
  readonly fields: CardField[];
  readonly editable: readonly string[];
}

function collect(value: unknown, path: JsonPath, into: Collecting): void {
  const { schema, fields, editable } = into;
  const members = membersOf(value, schema);
  const isOpened = members !== null && fields.length + members.length <= FIELDS_MAX;
  // The roots are no fields of their own: an action without arguments has none.
  if (members?.length === 0 && path.at(-1) === "properties" && path.length === 2) return;
  if (members === null || members.length === 0 || !isOpened) {
    fields.push(fieldOf(value, path, formatOf(schema), editable));
    return;
  }
  for (const [key, member] of members) {
    collect(member, [...path, key], { ...into, schema: memberSchema(schema, key) });
  }
}

/** What is inside a value, where the inside is shown; null for what is shown as one. */
function membersOf(
  value: unknown,
  schema: Schema | null,
): readonly (readonly [string | number, unknown])[] | null {
  if (typeof value !== "object" || value === null || commitmentOf(value) !== undefined) return null;
  if (formatOf(schema) === "money" && readAmount(value).kind === "amount") return null;
  if (Array.isArray(value)) return value.map((member, index) => [index, member as unknown]);
  return Object.entries(value);
}

function fieldOf(
  value: unknown,
  path: JsonPath,
  format: string | null,
  editable: readonly string[],
): CardField {
  const dotted = dottedPath(path);
  const commitment = commitmentOf(value);
  const about = {
    path: dotted,
    label: visibleText(String(path.at(-1) ?? "")),
    format,
    editable: isEditable(path, editable),
    money: null,
    secret: null,
  };
  if (commitment !== undefined) {
    const secret = { prefix: commitment.slice(0, SECRET_PREFIX_LENGTH), length: commitment.length };
    const shown = `secret, commitment ${secret.prefix}… (${secret.length} characters)`;
    return { ...about, kind: "secret", value: shown, raw: null, secret };
  }
  const read = format === "money" ? readAmount(value) : null;
  if (read?.kind === "amount") {
    const shown = amountText(read.amount);
    const [amount = "", currency = ""] = shown.split(" ");
    return { ...about, kind: "money", value: shown, raw: value, money: { amount, currency } };
  }
  return { ...about, ...plainly(value), raw: value };
}

function plainly(value: unknown): Pick<CardField, "kind" | "value"> {
  if (typeof value === "string") return { kind: "text", value: visibleText(value) };
  const text = visibleText(JSON.stringify(value));
  if (value === null) return { kind: "null", value: text };
  if (typeof value === "number") return { kind: "number", value: text };
  if (typeof value === "boolean") return { kind: "boolean", value: text };
  return { kind: Array.isArray(value) ? "list" : "object", value: text };
}

/** Edits go through objects by plain keys; what is in a list is changed with the whole list. */
function isEditable(path: JsonPath, editable: readonly string[]): boolean {
  const keys = path.map(String);
  if (path.some((key) => typeof key === "number") || keys.some((key) => key.includes("."))) {
    return false;
  }
  const dotted = keys.join(".");
  return editable.some((each) => dotted === each || dotted.startsWith(`${each}.`));
}

export function formatOf(schema: Schema | null): string | null {
  const format = schema?.["format"];
  return typeof format === "string" ? format : null;
}

/** The schema of a member, where it is plainly declared; alternatives are not chosen among. */
export function memberSchema(schema: Schema | null, key: string | number): Schema | null {
  if (schema === null) return null;
  const { properties, items, prefixItems, additionalProperties } = schema;
  if (typeof key === "number") {
    const placed = Array.isArray(prefixItems) ? (prefixItems[key] as unknown) : undefined;
    return schemaOrNull(placed ?? items);
  }
  const declared = schemaOrNull(properties);
  if (declared !== null && Object.hasOwn(declared, key)) return schemaOrNull(declared[key]);
  return schemaOrNull(additionalProperties);
}

function schemaOrNull(value: unknown): Schema | null {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as Schema)
    : null;
}
