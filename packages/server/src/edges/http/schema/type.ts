/**
 * What schemas are written with: the few of TypeBox's builders that are used here, with TypeBox's own
 * types. They return plain JSON Schema; the package itself, 370 modules, is not loaded, which is a
 * tenth of a start and of what the server rests on. A test holds each to what TypeBox makes.
 */
import type * as TypeBox from "typebox";

type Builders = Pick<
  typeof TypeBox.Type,
  | "Array"
  | "Boolean"
  | "Integer"
  | "Literal"
  | "Null"
  | "Number"
  | "Object"
  | "Optional"
  | "String"
  | "Union"
  | "Unknown"
  | "Unsafe"
>;

/** Where a member may be left out; as with TypeBox, no part of the schema as JSON. */
const OPTIONAL = "~optional";

const builders = {
  Array: (items: object, options?: object) => ({ type: "array", items, ...options }),
  Boolean: (options?: object) => ({ type: "boolean", ...options }),
  Integer: (options?: object) => ({ type: "integer", ...options }),
  Literal: (value: unknown, options?: object) => ({ type: typeof value, const: value, ...options }),
  Null: (options?: object) => ({ type: "null", ...options }),
  Number: (options?: object) => ({ type: "number", ...options }),
  Object: (properties: Readonly<Record<string, object>>, options?: object) => {
    const required = Object.keys(properties).filter((name) => !isOptional(properties[name]));
    const isRequired = required.length > 0 ? { required } : {};
    return { type: "object", ...isRequired, properties, ...options };
  },
  Optional: (schema: object) => Object.defineProperty({ ...schema }, OPTIONAL, { value: true }),
  String: (options?: object) => ({ type: "string", ...options }),
  Union: (anyOf: readonly object[], options?: object) => ({ anyOf, ...options }),
  Unknown: (options?: object) => ({ ...options }),
  Unsafe: (schema: object) => schema,
};

/** A literal of what `Builders` says would only repeat TypeBox's types; the test compares what is made. */
export const Type = builders as unknown as Builders;

function isOptional(schema: object | undefined): boolean {
  return schema !== undefined && Object.hasOwn(schema, OPTIONAL);
}
