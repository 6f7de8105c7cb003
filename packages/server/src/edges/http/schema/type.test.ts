import { Type as TypeBox } from "typebox";
import { expect, it } from "vitest";
import { Type } from "./type.ts";

type Builders = typeof Type;

/** One schema of each builder, in each way that it is used. */
const CASES: Readonly<Record<keyof Builders, (type: Builders) => unknown>> = {
  Array: (type) => type.Array(type.String(), { maxItems: 3 }),
  Boolean: (type) => type.Boolean({ description: "a" }),
  Integer: (type) => type.Integer({ minimum: 0 }),
  Literal: (type) => [type.Literal("a"), type.Literal(1), type.Literal(true)],
  Null: (type) => type.Null(),
  Number: (type) => type.Number({ description: "a" }),
  Object: (type) => [
    type.Object({ a: type.String(), b: type.Optional(type.String()) }),
    type.Object({ b: type.Optional(type.Null()) }, { additionalProperties: false }),
    type.Object({}),
  ],
  Optional: (type) =>
    type.Object({ a: type.Optional(type.Object({ b: type.String() }, { $id: "Named" })) }),
  String: (type) => [type.String(), type.String({ pattern: "^a$", "x-limit": "text" })],
  Union: (type) => type.Union([type.String(), type.Null()], { description: "a" }),
  Unknown: (type) => [type.Unknown(), type.Unknown({ description: "a" })],
  Unsafe: (type) => [
    type.Unsafe<object>({ type: "object" }),
    type.Object({ a: type.Optional(type.Unsafe<object>({ type: "object" })) }),
  ],
};

it.each(Object.entries(CASES))("%s makes the schema that TypeBox makes", (_name, make) => {
  expect(JSON.stringify(make(Type))).toBe(JSON.stringify(make(TypeBox)));
});
