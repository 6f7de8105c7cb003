/**
 * Says in plain words where a value does not fit its schema: the field, what it must be, what to
 * send. Only explains; whether a value fits is the compiled check's to say (see `Shape.fits`).
 */
import { dottedPath, type JsonPath } from "@haltpoint/protocol";

export interface Misfit {
  /** The field at fault, as a dotted path; empty for the whole value. */
  readonly field: string;
  readonly detail: string;
}

/** The keywords our schemas use. */
interface Schema {
  readonly type?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly Schema[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | Schema;
  readonly minProperties?: number;
  readonly maxProperties?: number;
  readonly items?: Schema;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly pattern?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly examples?: readonly unknown[];
  readonly "x-expected"?: string;
}

/** The first misfit in the order of the schema, or null where this finds none. */
export function faultIn(schema: object, value: unknown): Misfit | null {
  return walk(schema as Schema, value, []);
}

function walk(schema: Schema, value: unknown, path: JsonPath): Misfit | null {
  if (schema.anyOf !== undefined) return walkAny(schema, schema.anyOf, value, path);
  if (schema.const !== undefined || schema.enum !== undefined) {
    const choices = schema.enum ?? [schema.const];
    return choices.includes(value) ? null : misfit(schema, path, `must be ${listed(choices)}`);
  }
  switch (schema.type) {
    case "object":
      return walkObject(schema, value, path);
    case "array":
      return walkArray(schema, value, path);
    case "string":
      return walkString(schema, value, path);
    case "integer":
    case "number":
      return walkNumber(schema, value, path);
    case "boolean":
      return typeof value === "boolean" ? null : misfit(schema, path, "must be true or false");
    case "null":
      return value === null ? null : misfit(schema, path, "must be null");
    default:
      return null;
  }
}

/** Alternatives are told apart by `kind`; of others the first is meant where none fits. */
function walkAny(
  whole: Schema,
  schemas: readonly Schema[],
  value: unknown,
  path: JsonPath,
): Misfit | null {
  const kinds = schemas.flatMap((each) => each.properties?.["kind"]?.const ?? []);
  if (kinds.length === schemas.length) {
    if (!isObject(value)) return misfit(whole, path, "must be an object");
    const chosen = schemas.find((each) => each.properties?.["kind"]?.const === own(value, "kind"));
    if (chosen !== undefined) return walk(chosen, value, path);
    return misfit({}, [...path, "kind"], `must be ${listed(kinds)}`);
  }
  const faults = schemas.map((each) => walk(each, value, path));
  return faults.includes(null) ? null : (faults[0] ?? null);
}

function walkObject(schema: Schema, value: unknown, path: JsonPath): Misfit | null {
  if (!isObject(value)) return misfit(schema, path, `must be ${expected(schema, "an object")}`);
  const { properties = {}, required = [], additionalProperties = true } = schema;
  for (const key of required) {
    if (Object.hasOwn(value, key)) continue;
    const member = properties[key] ?? {};
    const what = expected(member, typeName(member));
    const field = dottedPath([...path, key]);
    return { field, detail: `\`${field}\` is missing; send ${what}${example(member)}` };
  }
  for (const [key, each] of Object.entries(value)) {
    const inside = [...path, key];
    if (Object.hasOwn(properties, key)) {
      const fault = walk(properties[key] ?? {}, each, inside);
      if (fault !== null) return fault;
    } else if (additionalProperties === false) {
      return unknownMember(properties, inside);
    } else if (typeof additionalProperties === "object") {
      const fault = walk(additionalProperties, each, inside);
      if (fault !== null) return fault;
    }
  }
  const count = Object.keys(value).length;
  const { minProperties = 0, maxProperties = Infinity } = schema;
  if (count >= minProperties && count <= maxProperties) return null;
  return misfit(schema, path, `must be ${expected(schema, "an object")}; it has ${count} members`);
}

function unknownMember(properties: Readonly<Record<string, Schema>>, path: JsonPath): Misfit {
  const field = dottedPath(path);
  const known = Object.keys(properties);
  const takes = known.length === 0 ? "nothing is taken here" : `known here: ${listed(known)}`;
  return { field, detail: `\`${field}\` is not known; leave it out (${takes})` };
}

function walkArray(schema: Schema, value: unknown, path: JsonPath): Misfit | null {
  if (!Array.isArray(value)) return misfit(schema, path, `must be ${expected(schema, "an array")}`);
  const { items = {}, minItems = 0, maxItems = Infinity } = schema;
  if (value.length < minItems) {
    return misfit(schema, path, `must be an array of at least ${minItems}; it has ${value.length}`);
  }
  if (value.length > maxItems) {
    return misfit(schema, path, `must be an array of at most ${maxItems}; it has ${value.length}`);
  }
  for (const [index, each] of value.entries()) {
    const fault = walk(items, each, [...path, index]);
    if (fault !== null) return fault;
  }
  return null;
}

function walkString(schema: Schema, value: unknown, path: JsonPath): Misfit | null {
  const { minLength = 0, maxLength = Infinity, pattern } = schema;
  if (typeof value !== "string") {
    return misfit(schema, path, `must be a string; send ${expected(schema, "a string")}`);
  }
  if (value.length < minLength) {
    const what = value === "" ? "is empty" : "is too short";
    return misfit(schema, path, `${what}; send ${expected(schema, "a longer string")}`);
  }
  if (value.length > maxLength) {
    return misfit(schema, path, `has ${value.length} characters, at most ${maxLength} are taken`);
  }
  if (pattern === undefined || new RegExp(pattern, "u").test(value)) return null;
  return misfit(schema, path, `must be ${expected(schema, "a string of another form")}`);
}

function walkNumber(schema: Schema, value: unknown, path: JsonPath): Misfit | null {
  const { minimum = -Infinity, maximum = Infinity } = schema;
  const what = expected(schema, schema.type === "integer" ? "an integer" : "a number");
  const isOne =
    typeof value === "number" &&
    (schema.type === "integer" ? Number.isInteger(value) : Number.isFinite(value));
  if (!isOne) return misfit(schema, path, `must be ${what}`);
  if (value >= minimum && value <= maximum) return null;
  const range = maximum === Infinity ? `${minimum} or more` : `between ${minimum} and ${maximum}`;
  return misfit(schema, path, `must be ${range}`);
}

function misfit(schema: Schema, path: JsonPath, what: string): Misfit {
  const field = dottedPath(path);
  const subject = field === "" ? "the body" : `\`${field}\``;
  return { field, detail: `${subject} ${what}${example(schema)}` };
}

function example(schema: Schema): string {
  const [first] = schema.examples ?? [];
  return first === undefined ? "" : `, e.g. \`${JSON.stringify(first)}\``;
}

function expected(schema: Schema, otherwise: string): string {
  return schema["x-expected"] ?? otherwise;
}

function typeName(schema: Schema): string {
  if (schema.enum !== undefined) return listed(schema.enum);
  if (schema.anyOf !== undefined) return "an object";
  switch (schema.type) {
    case "object":
    case "array":
    case "integer":
      return `an ${schema.type}`;
    case "boolean":
      return "true or false";
    default:
      return `a ${schema.type ?? "value"}`;
  }
}

function listed(choices: readonly unknown[]): string {
  const quoted = choices.map((each) => `\`${String(each)}\``);
  const last = quoted.pop() ?? "";
  return quoted.length === 0 ? last : `${quoted.join(", ")} or ${last}`;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function own(value: Readonly<Record<string, unknown>>, key: string): unknown {
  return Object.hasOwn(value, key) ? value[key] : undefined;
}
