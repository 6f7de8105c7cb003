/**
 * The parts that schemas are made of. `x-expected` completes "`field` must be …" in a problem;
 * `x-limit` names a configured limit that a text must keep to beside its form.
 */
import type { TSchema } from "typebox";
import { Type } from "./type.ts";

/** Longest names; they are printed whole on cards and in one line of a log. */
const NAME_MAX = 256;
const RESOURCE_ID_MAX = 1_024;
/** No configured limit on texts may be above this. */
const TEXT_CEILING = 100_000;

export const ID_PATTERN = "^[A-Za-z0-9][A-Za-z0-9._@+|:/-]{0,127}$";
const WORD_PATTERN = "^[a-z][a-z0-9_-]{0,63}$";
const ATTEMPT_PATTERN = "^[A-Za-z0-9_-]{22,128}$";

/** Properties and context: anything that JSON carries. Validated by policy, not here. */
export const free = (description: string) =>
  Type.Unsafe<Readonly<Record<string, unknown>>>({
    type: "object",
    additionalProperties: true,
    description,
    "x-expected": "an object",
  });

export const name = (description: string, example: string) =>
  Type.String({
    minLength: 1,
    maxLength: NAME_MAX,
    description,
    examples: [example],
    "x-expected": `a string of 1 to ${NAME_MAX} characters`,
  });

export const resourceId = Type.String({
  minLength: 1,
  maxLength: RESOURCE_ID_MAX,
  description: "Which one.",
  examples: ["PO-7"],
  "x-expected": `a string of 1 to ${RESOURCE_ID_MAX} characters`,
});

export const id = (description: string, example: string) =>
  Type.String({
    pattern: ID_PATTERN,
    description,
    examples: [example],
    "x-expected":
      "an id: at most 128 letters, digits and `. _ @ + | : / -`, a letter or digit first",
  });

export const word = (description: string, example: string) =>
  Type.String({
    pattern: WORD_PATTERN,
    description,
    examples: [example],
    "x-expected": "a lower-case word: letters, digits, `_` and `-`, at most 64",
  });

/** What a person or agent wrote; bounded by the limit `text`. */
export const text = (description: string) =>
  Type.String({
    minLength: 1,
    maxLength: TEXT_CEILING,
    description,
    "x-expected": "a text",
    "x-limit": "text",
  });

export const digest = (description: string) =>
  Type.String({
    pattern: "^[A-Za-z0-9_-]{43}$",
    description,
    "x-expected": "a digest as shown with the request: 43 characters of base64url",
  });

export const attempt = Type.String({
  pattern: ATTEMPT_PATTERN,
  description:
    "Random, made for one redemption, kept in memory only. At least 128 bits, base64url.",
  "x-expected": "22 to 128 characters of base64url, random for each redemption",
});

/** Milliseconds since the epoch, or a number of them. */
export const ms = (description: string) =>
  Type.Integer({ minimum: 0, description, "x-expected": "an integer of milliseconds" });

export const integer = (description: string) => Type.Integer({ description });
export const flag = (description: string) => Type.Boolean({ description });
export const choice = <const V extends readonly string[]>(
  values: readonly [...V],
  description: string,
) => Type.Unsafe<V[number]>({ type: "string", enum: values, description });

export const nullable = <S extends TSchema>(schema: S) => Type.Union([schema, Type.Null()]);

/** An object of ours: members that are not listed are refused. */
export const closed = <P extends Record<string, TSchema>>(
  properties: P,
  options: { readonly description?: string; readonly minProperties?: number } = {},
) => Type.Object(properties, { additionalProperties: false, ...options });
