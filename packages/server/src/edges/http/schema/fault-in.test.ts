import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { RIGHTS } from "../../../domain/request/commands.ts";
import { ROUTES } from "../routes/table.ts";
import { faultIn } from "./fault-in.ts";
import { Type } from "./type.ts";
import { ownShape } from "./shape.ts";
import { RIGHT_NAMES } from "./registry-shapes.ts";
import { overLimit } from "./text-limits.ts";

const RUNS = 60;
const shapes = ROUTES.flatMap(({ body, query, answers }) =>
  [body, query, ...Object.values(answers)].filter((shape) => shape !== null),
);
const named = new Map(shapes.map((shape) => [shape.name, shape]));

/** Values near what a schema wants: some fit, most miss in one place. */
function near(schema: object): fc.Arbitrary<unknown> {
  const { anyOf, properties, required = [], items, type, examples } = schema as Schema;
  const { enum: choices, const: constant, pattern } = schema as Schema;
  const anything = fc.jsonValue({ maxDepth: 1 });
  const one = (): fc.Arbitrary<unknown> => {
    if (anyOf !== undefined) return fc.oneof(...anyOf.map(near));
    if (constant !== undefined) return fc.constant(constant);
    if (choices !== undefined) return fc.constantFrom(...choices);
    if (properties !== undefined) {
      const members = Object.fromEntries(
        Object.entries(properties).map(([key, member]) => [key, near(member)]),
      );
      const strict = fc.record(members, { requiredKeys: [...required] });
      const more: Record<string, fc.Arbitrary<unknown>> = { ...members, unknown: anything };
      const loose = fc.record(more, { requiredKeys: [...required.slice(1)] });
      return fc.oneof({ weight: 5, arbitrary: strict }, loose);
    }
    switch (type) {
      case "object":
        return fc.dictionary(fc.string(), fc.oneof(fc.string(), anything), { maxKeys: 3 });
      case "array":
        return fc.array(near(items ?? {}), { maxLength: 4 });
      case "string": {
        const fitting =
          pattern === undefined ? fc.string() : fc.stringMatching(new RegExp(pattern));
        return fc.oneof(fitting, fc.string(), fc.constantFrom("", ...(examples ?? ["x"])));
      }
      case "integer":
        return fc.oneof(fc.nat(), fc.integer(), fc.double());
      case "boolean":
        return fc.boolean();
      case "null":
        return fc.constant(null);
      default:
        return anything;
    }
  };
  return fc.oneof({ weight: 12, arbitrary: one() }, anything);
}

interface Schema {
  readonly anyOf?: readonly object[];
  readonly properties?: Readonly<Record<string, object>>;
  readonly required?: readonly string[];
  readonly items?: object;
  readonly type?: string;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly pattern?: string;
  readonly examples?: readonly unknown[];
}

describe("faultIn", () => {
  it.each([...named])("explains exactly what does not fit: %s", (_name, shape) => {
    fc.assert(
      fc.property(near(shape.schema), (value) => {
        expect(faultIn(shape.schema, value) === null).toBe(shape.fits(value));
      }),
      { numRuns: RUNS },
    );
  });

  it.each([Infinity, -Infinity, NaN])(
    "takes %d neither for an integer nor for a number",
    (value) => {
      for (const schema of [Type.Integer(), Type.Number()]) {
        const amount = ownShape("Amount", schema);
        expect(amount.fits(value)).toBe(false);
        expect(faultIn(schema, value)).not.toBeNull();
      }
    },
  );

  it("is asked about values that fit, too", () => {
    const fitting = [...named.values()].filter((shape) =>
      fc.sample(near(shape.schema), { numRuns: RUNS, seed: 1 }).some((value) => shape.fits(value)),
    );
    expect(fitting.length).toBeGreaterThan(named.size / 2);
  });

  it("names the place inside arrays and unusual keys", () => {
    const schema = {
      type: "object",
      additionalProperties: { type: "array", items: { type: "integer" } },
    };
    expect(faultIn(schema, { "a.b": [1, 2, "x"] })).toEqual({
      field: '["a.b"].2',
      detail: '`["a.b"].2` must be an integer',
    });
  });
});

describe("overLimit", () => {
  const schema = { properties: { reason: { "x-limit": "text" }, digest: {} } };

  it("holds texts of ours to the limit, and nothing else", () => {
    expect(overLimit(schema, { reason: "x".repeat(10), digest: "x".repeat(99) }, 10)).toBeNull();
    expect(overLimit(schema, { reason: "x".repeat(11) }, 10)).toMatchObject({
      code: "limit_exceeded",
      field: "reason",
      limit: { name: "text", value: 10 },
    });
    expect(overLimit(schema, { constructor: "x".repeat(99) }, 10)).toBeNull();
  });
});

it("knows the rights that there are", () => {
  expect([...RIGHT_NAMES]).toEqual([...RIGHTS]);
});
