/**
 * The language our files' forms are written in, and the parts they share: JSON Schema, so that
 * editors can complete from it.
 *
 * `x-expected` completes the sentence "expected …" in a load error.
 */
import { DURATION_PATTERN } from "./duration.ts";
import { RESOURCE_SUSPENDER } from "./model.ts";

/** The subset of JSON Schema 2020-12 that describes our files. */
export interface FormSchema {
  readonly $schema?: string;
  readonly $id?: string;
  readonly title?: string;
  readonly description?: string;
  readonly type?: "object" | "array" | "string" | "integer" | "number" | "boolean" | "null";
  readonly enum?: readonly (string | number)[];
  readonly pattern?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly items?: FormSchema;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly properties?: Readonly<Record<string, FormSchema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | FormSchema;
  readonly propertyNames?: FormSchema;
  readonly minProperties?: number;
  readonly maxProperties?: number;
  /** Told apart by the type of the value: at most one alternative for each type. */
  readonly anyOf?: readonly FormSchema[];
  readonly "x-expected"?: string;
}

export const text = (description: string, maxLength = 500): FormSchema => ({
  type: "string",
  minLength: 1,
  maxLength,
  description,
});
export const name = (description: string): FormSchema => ({
  type: "string",
  pattern: "^[^\\s:]\\S{0,127}$",
  description,
  "x-expected": "a name without white space",
});
export const id = (description: string): FormSchema => ({
  type: "string",
  pattern: "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$",
  description,
  "x-expected": "letters, digits, `.`, `_` and `-`, at most 64",
});
export const choice = (values: readonly string[], description: string): FormSchema => ({
  type: "string",
  enum: values,
  description,
});
export const flag = (description: string): FormSchema => ({ type: "boolean", description });
export const list = (items: FormSchema, description: string, maxItems = 100): FormSchema => ({
  type: "array",
  items,
  minItems: 1,
  maxItems,
  description,
});
export const oneOrMore = (items: FormSchema, description: string): FormSchema => ({
  anyOf: [items, list(items, description)],
  description,
});
export const record = (
  properties: Readonly<Record<string, FormSchema>>,
  more: Omit<FormSchema, "type" | "properties" | "additionalProperties"> = {},
): FormSchema => ({ type: "object", properties, additionalProperties: false, ...more });

export const duration = (description: string): FormSchema => ({
  type: "string",
  pattern: DURATION_PATTERN,
  description,
  "x-expected": "a duration such as `30s`, `15m`, `8h` or `7d`",
});
const PERSON_ID = "(?!(?:group|person|oncall|owner_of|suspender_of):)\\S{1,128}";

export const person = (description: string): FormSchema => ({
  type: "string",
  pattern: `^${PERSON_ID}$`,
  description,
  "x-expected": "the id of a person, without a prefix",
});
/** A person, or one who follows from the request. */
export const EXCLUDED: FormSchema = {
  type: "string",
  pattern: `^(?:${PERSON_ID}|${RESOURCE_SUSPENDER})$`,
  description: "A person, or whoever suspended the identity that the request is about.",
  "x-expected": `the id of a person, without a prefix, or \`${RESOURCE_SUSPENDER}\``,
};
export const SOURCE: FormSchema = {
  type: "string",
  pattern: "^(?:(?:group|person|oncall):\\S{1,128}|owner_of:(?:identity|resource))$",
  description: "Who may review.",
  "x-expected":
    "`group:NAME`, `person:ID`, `oncall:NAME`, `owner_of:identity` or `owner_of:resource`",
};
export const PATH: FormSchema = {
  type: "string",
  pattern:
    "^(?:action\\.properties|resource\\.properties|subject\\.properties|context)(?:\\.[A-Za-z0-9_$-]{1,128}){1,16}$",
  description: "A dotted path into the request.",
  "x-expected": "a dotted path such as `action.properties.amount` or `context.justification`",
};
export const PATTERN: FormSchema = {
  type: "string",
  pattern: "^[^\\s*]{1,256}\\*?$|^\\*$",
  description: "An exact name, or a beginning followed by `*`.",
  "x-expected": "a name, or the beginning of one followed by `*`",
};
