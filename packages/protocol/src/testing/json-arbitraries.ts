/** Random JSON, and how to compare and rewrite it, for property tests. */
import fc from "fast-check";
import { type JsonObject, type JsonPath, type JsonValue, setMember } from "../json-value.ts";
import type { Revision } from "../messages.ts";

/** How often a property is tried: few by default, twenty times as often in a campaign. */
export function runs(count: number): { readonly numRuns: number } {
  return { numRuns: process.env["HALTPOINT_CAMPAIGN"] === undefined ? count : count * 20 };
}

// Keys that a careless implementation treats specially come up often.
const key = fc.oneof(
  { weight: 3, arbitrary: fc.string({ unit: "binary", maxLength: 6 }) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      "__proto__",
      "constructor",
      "toString",
      "toJSON",
      "0",
      "10",
      "a",
      "",
    ),
  },
);

const text = fc.string({ unit: "binary", maxLength: 12 });

const safeNumber = fc
  .oneof(
    fc.maxSafeInteger(),
    fc.double({
      noNaN: true,
      noDefaultInfinity: true,
      min: Number.MIN_SAFE_INTEGER,
      max: Number.MAX_SAFE_INTEGER,
    }),
    fc.integer({ min: -10_000, max: 10_000 }).map((cents) => cents / 100),
  )
  // −0 is written and read as 0: its own unit test says so.
  .map((value) => (value === 0 ? 0 : value));

export const jsonLeaf: fc.Arbitrary<JsonValue> = fc.oneof(
  safeNumber,
  text,
  fc.boolean(),
  fc.constant(null),
);

/** Any value that can be carried, a few levels deep. */
export const jsonValue: fc.Arbitrary<JsonValue> = fc.letrec<{
  value: JsonValue;
  array: JsonValue[];
  object: JsonObject;
}>((tie) => ({
  value: fc.oneof({ maxDepth: 4, withCrossShrink: true }, jsonLeaf, tie("array"), tie("object")),
  array: fc.array(tie("value"), { maxLength: 4 }),
  object: membersOf(tie("value")),
})).value;

function membersOf(value: fc.Arbitrary<JsonValue>): fc.Arbitrary<JsonObject> {
  return fc
    .uniqueArray(fc.tuple(key, value), { maxLength: 5, selector: ([name]) => name })
    .map((entries) => Object.fromEntries(entries));
}

const properties = membersOf(jsonValue);

/** A revision whose properties are anything. */
export const revision: fc.Arbitrary<Revision> = fc.record(
  {
    subject: fc.record(
      { type: text, id: text, properties },
      { requiredKeys: ["type", "id"], noNullPrototype: true },
    ),
    action: fc.record(
      { name: text, properties },
      { requiredKeys: ["name", "properties"], noNullPrototype: true },
    ),
    resource: fc.record(
      { type: text, id: text, properties },
      { requiredKeys: ["type", "id"], noNullPrototype: true },
    ),
    context: properties,
  },
  { requiredKeys: ["subject", "action", "resource"], noNullPrototype: true },
);

/** Structural equality, own members only. Test frameworks disagree about an own `__proto__`. */
export function isSameJson(left: unknown, right: unknown): boolean {
  if (typeof left !== "object" || left === null || typeof right !== "object" || right === null) {
    return Object.is(left, right);
  }
  if (Array.isArray(left) !== Array.isArray(right)) return false;
  const leftKeys = Object.keys(left);
  return (
    leftKeys.length === Object.keys(right).length &&
    leftKeys.every(
      (name) =>
        Object.hasOwn(right, name) &&
        isSameJson((left as JsonObject)[name], (right as JsonObject)[name]),
    )
  );
}

/** The paths of every value inside, the outermost first. */
export function pathsOf(value: unknown, path: JsonPath = []): JsonPath[] {
  if (typeof value !== "object" || value === null) return [path];
  const children = Array.isArray(value)
    ? value.map((child: unknown, index) => [index, child] as const)
    : Object.entries(value as JsonObject);
  return [path, ...children.flatMap(([name, child]) => pathsOf(child, [...path, name]))];
}

export function valueAt(value: unknown, path: JsonPath): unknown {
  return path.reduce<unknown>((at, name) => (at as JsonObject)[name], value);
}

/** A copy in which the value at the path is another. */
export function replaceAt(value: JsonValue, path: JsonPath, by: JsonValue): JsonValue {
  const [name, ...rest] = path;
  if (name === undefined) return by;
  if (Array.isArray(value)) {
    return value.map((child: JsonValue, index) =>
      index === name ? replaceAt(child, rest, by) : child,
    );
  }
  const members: Record<string, JsonValue> = {};
  for (const [own, child] of Object.entries(value as JsonObject)) {
    setMember(members, own, own === name ? replaceAt(child, rest, by) : child);
  }
  return members;
}

/** A copy in which the members of every object stand in the opposite order. */
export function reversedKeys(value: unknown): JsonValue {
  if (Array.isArray(value)) return value.map(reversedKeys);
  if (typeof value !== "object" || value === null) return value as JsonValue;
  return Object.fromEntries(
    Object.entries(value)
      .toReversed()
      .map(([name, child]) => [name, reversedKeys(child)]),
  );
}
