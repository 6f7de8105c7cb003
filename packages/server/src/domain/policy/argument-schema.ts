/**
 * The JSON Schemas of an action's arguments: which keywords we take, what they mean for a
 * condition's types, and whether arguments fit.
 */
import { dottedPath } from "@haltpoint/protocol";
import { Ajv2020, type ErrorObject, type ValidateFunction } from "ajv/dist/2020.js";
import type { ArgumentTypes } from "./condition/environment.ts";
import { linearPattern } from "./condition/linear-pattern.ts";
import { readAmount } from "./money.ts";
import type { Plain, PlainRecord } from "./structure.ts";

/** An action's schema, compiled. */
export interface ArgumentSchema {
  /**
   * Null where the value fits; else one sentence that names fields and never values: the value may
   * be sensitive. `root` is how the value is called, `action.properties`.
   */
  mismatch(value: unknown, root: string): string | null;
  /** The value with `integer` fields as bigint; only for a value that fits. */
  withIntegers(value: unknown): unknown;
  /** Types for the condition checker, where the schema is an object with declared fields. */
  readonly types: ArgumentTypes | undefined;
}

export type ArgumentSchemaResult =
  | { readonly kind: "schema"; readonly schema: ArgumentSchema }
  | { readonly kind: "refused"; readonly issues: readonly SchemaIssue[] };

export interface SchemaIssue {
  readonly path: readonly (string | number)[];
  readonly message: string;
  readonly fix: string;
}

/** Instructions of a pattern times characters of a text; 30 ns each at worst. */
const PATTERN_STEPS_MAX = 150_000;

/**
 * Keywords that are checked or only describe. Left out: `$ref` and dynamic ones (a recursive schema
 * recurses on the agent's value), `uniqueItems` and `contains` (quadratic on the agent's lists).
 */
const KEYWORDS: ReadonlySet<string> = new Set(
  (
    "type properties required additionalProperties propertyNames items prefixItems enum const " +
    "minimum maximum exclusiveMinimum exclusiveMaximum multipleOf minLength maxLength pattern " +
    "format minItems maxItems minProperties maxProperties anyOf oneOf allOf not if then else " +
    "title description default examples deprecated readOnly writeOnly $comment $schema"
  ).split(" "),
);
const SCHEMA_MAPS = ["properties"];
const SCHEMA_LISTS = ["anyOf", "oneOf", "allOf", "prefixItems"];
const SCHEMAS = ["additionalProperties", "propertyNames", "items", "not", "if", "then", "else"];

/** Formats that are checked. Others describe how to show a value and are taken as they are. */
const CHECKED_FORMATS: Readonly<Record<string, (text: string) => boolean>> = {
  money: (text) => readAmount(text).kind === "amount",
  date: (text) => isDate(text),
  "date-time": (text) =>
    isDate(text.slice(0, 10)) &&
    /^T([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)$/.test(text.slice(10)),
  uuid: (text) => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text),
};
const SHOWN_FORMATS =
  "email idn-email hostname idn-hostname ipv4 ipv6 uri uri-reference iri time duration regex " +
  "json-pointer password byte binary int32 int64 float double";

/**
 * A compiler for the schemas of one policy; it says everything that is wrong with a schema. One for
 * each policy, since the validator keeps whatever it ever compiled.
 */
export function argumentSchemaCompiler(): (source: Plain) => ArgumentSchemaResult {
  let validator: Ajv2020 | null = null;
  return (source) => compile(source, (validator ??= newValidator()));
}

function compile(source: Plain, validator: Ajv2020): ArgumentSchemaResult {
  const issues = unknownKeywords(source, []);
  if (issues.length > 0) return { kind: "refused", issues };
  let validate: ValidateFunction;
  try {
    validate = validator.compile(source as PlainRecord);
  } catch (error) {
    const message = error instanceof Error ? error.message : "not a schema";
    const fix = "correct the schema (JSON Schema 2020-12)";
    return {
      kind: "refused",
      issues: [{ path: [], message: `not a usable schema: ${message}`, fix }],
    };
  }
  const convert = integerConversion(source);
  return {
    kind: "schema",
    schema: {
      mismatch: (value, root) => mismatchOf(validate, value, root),
      withIntegers: (value) => (convert === null ? value : convert(value)),
      types: typesOf(source),
    },
  };
}

/**
 * Whether a schema could have a field at this path; true where it leaves that open. `*` and numbers
 * stand for elements of lists.
 */
export function declaresField(schema: Plain | undefined, path: readonly string[]): boolean {
  const [segment, ...rest] = path;
  if (segment === undefined || !isSchema(schema)) return true;
  const properties = schema["properties"];
  if (isSchema(properties) && segment !== "*") {
    if (!Object.hasOwn(properties, segment)) return false;
    return declaresField(properties[segment], rest);
  }
  return schema["items"] === undefined || declaresField(schema["items"], rest);
}

/** The names of the fields a schema declares at its top. */
export function declaredFields(schema: Plain | undefined): readonly string[] {
  const properties = isSchema(schema) ? schema["properties"] : undefined;
  return isSchema(properties) ? Object.keys(properties) : [];
}

/** Whether the schema lets pass what it does not name. */
export function isOpen(schema: Plain | undefined): boolean {
  return isSchema(schema) && schema["additionalProperties"] === undefined;
}

function newValidator(): Ajv2020 {
  const ajv = new Ajv2020({
    strictTypes: false,
    strictTuples: false,
    strictRequired: false,
    // Inherited members are not arguments: `{}` has no field `constructor` (T29).
    ownProperties: true,
    multipleOfPrecision: 6,
    logger: false,
    addUsedSchema: false,
    // Patterns meet the agent's text: only ever in linear time.
    code: { regExp: Object.assign(boundedPattern, { code: "undefined" }) },
  });
  for (const [name, validate] of Object.entries(CHECKED_FORMATS)) ajv.addFormat(name, validate);
  for (const name of SHOWN_FORMATS.split(" ")) ajv.addFormat(name, true);
  return ajv;
}

function boundedPattern(source: string): { test(text: string): boolean; toString(): string } {
  const result = linearPattern(source);
  if (result.kind === "refused") throw new Error(`pattern: ${result.reason}`);
  const { pattern } = result;
  return {
    test: (text) => pattern.steps(text.length) <= PATTERN_STEPS_MAX && pattern.occursIn(text),
    // Ajv tells patterns apart by this: without it, each would be the first it ever saw.
    toString: () => source,
  };
}

function isDate(text: string): boolean {
  const [, year, month, day] = /^(\d{4})-(\d\d)-(\d\d)$/.exec(text) ?? [];
  if (day === undefined) return false;
  const date = new Date(Date.UTC(Number(year), Number(month) - 1, Number(day)));
  return date.getUTCMonth() === Number(month) - 1 && date.getUTCDate() === Number(day);
}

function isSchema(value: Plain | undefined): value is PlainRecord {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function unknownKeywords(
  source: Plain | undefined,
  path: readonly (string | number)[],
): readonly SchemaIssue[] {
  if (!isSchema(source)) return [];
  const issues: SchemaIssue[] = [];
  for (const key of Object.keys(source)) {
    if (KEYWORDS.has(key)) continue;
    const message = `the schema keyword \`${key}\` is not supported`;
    issues.push({ path: [...path, key], message, fix: "write the schema without it" });
  }
  const inside = (value: Plain | undefined, ...at: readonly (string | number)[]): void => {
    issues.push(...unknownKeywords(value, [...path, ...at]));
  };
  for (const key of SCHEMAS) inside(source[key], key);
  for (const key of SCHEMA_MAPS) {
    const map = source[key];
    if (isSchema(map)) for (const [name, value] of Object.entries(map)) inside(value, key, name);
  }
  for (const key of SCHEMA_LISTS) {
    const list = source[key];
    if (Array.isArray(list)) list.forEach((value: Plain, index) => inside(value, key, index));
  }
  return issues;
}

function mismatchOf(validate: ValidateFunction, value: unknown, root: string): string | null {
  try {
    if (validate(value)) return null;
  } catch {
    return `\`${root}\` cannot be checked`;
  }
  const error = validate.errors?.[0];
  return error === undefined ? `\`${root}\` does not fit` : sentence(error, root);
}

function sentence({ instancePath, keyword, params, message }: ErrorObject, root: string): string {
  const segments = instancePath
    .split("/")
    .slice(1)
    .map((segment) => segment.replaceAll("~1", "/").replaceAll("~0", "~"));
  const at = (path: readonly string[]): string =>
    `\`${dottedPath([...root.split("."), ...path])}\``;
  switch (keyword) {
    case "required":
      return `${at([...segments, String(params["missingProperty"])])} is missing`;
    case "additionalProperties":
      return `${at([...segments, String(params["additionalProperty"])])} is not declared`;
    case "enum":
      return `${at(segments)} is not one of ${JSON.stringify(params["allowedValues"])}`;
    case "pattern":
      return `${at(segments)} does not match its pattern`;
    case "format":
      return `${at(segments)} is not in the format \`${String(params["format"])}\``;
    default:
      return `${at(segments)} ${message ?? "does not fit"}`;
  }
}

type Conversion = (value: unknown) => unknown;

/** Null where nothing would change. */
function integerConversion(schema: Plain | undefined): Conversion | null {
  if (!isSchema(schema)) return null;
  if (schema["type"] === "integer") {
    return (value) => (Number.isSafeInteger(value) ? BigInt(value as number) : value);
  }
  const item = integerConversion(schema["items"]);
  if (item !== null) return (value) => (Array.isArray(value) ? value.map(item) : value);
  const properties = schema["properties"];
  const fields = Object.entries(isSchema(properties) ? properties : {}).flatMap(([name, inner]) => {
    const conversion = integerConversion(inner);
    return conversion === null ? [] : [[name, conversion] as const];
  });
  return fields.length === 0 ? null : (value) => convertFields(value, fields);
}

function convertFields(
  value: unknown,
  fields: readonly (readonly [string, Conversion])[],
): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  // Spreading defines members, so an own `__proto__` stays one like any other; the names that are
  // assigned are the schema's, and no YAML key of ours is `__proto__`.
  const converted: Record<string, unknown> = { ...value };
  for (const [name, convert] of fields) {
    if (Object.hasOwn(converted, name)) converted[name] = convert(converted[name]);
  }
  return converted;
}

function typesOf(schema: Plain): ArgumentTypes | undefined {
  const properties = isSchema(schema) ? schema["properties"] : undefined;
  if (!isSchema(properties)) return undefined;
  const types: Record<string, string | ArgumentTypes> = {};
  for (const [name, inner] of Object.entries(properties)) types[name] = typeOf(inner);
  return types;
}

const CEL_TYPES: Readonly<Record<string, string>> = {
  string: "string",
  integer: "int",
  number: "double",
  boolean: "bool",
  array: "list",
  object: "map",
};

function typeOf(schema: Plain): string | ArgumentTypes {
  if (!isSchema(schema)) return "dyn";
  const { type } = schema;
  if (type === "object") return typesOf(schema) ?? "map";
  if (type === "array") {
    const item = typeOf(schema["items"] ?? true);
    return typeof item === "string" && item !== "dyn" ? `list<${item}>` : "list";
  }
  return typeof type === "string" ? (CEL_TYPES[type] ?? "dyn") : "dyn";
}
