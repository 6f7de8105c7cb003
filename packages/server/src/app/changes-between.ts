/** The differences of two JSON values, leaf by leaf, as a person would name them. */
import {
  canonicalJson,
  commitmentOf,
  dottedPath,
  type FieldChange,
  type JsonPath,
} from "@haltpoint/protocol";

/** Leaves that differ, in the order of the first value and then the second. */
export function changesBetween(from: unknown, to: unknown): readonly FieldChange[] {
  return walk(from, to, []);
}

function walk(from: unknown, to: unknown, path: JsonPath): readonly FieldChange[] {
  if (isObject(from) && isObject(to)) {
    const keys = [...new Set([...Object.keys(from), ...Object.keys(to)])];
    return keys.flatMap((key) => walk(own(from, key), own(to, key), [...path, key]));
  }
  if (from === undefined && to === undefined) return [];
  if (from !== undefined && to !== undefined && same(from, to)) return [];
  return [
    {
      path: dottedPath(path),
      ...(from === undefined ? {} : { from }),
      ...(to === undefined ? {} : { to }),
    },
  ];
}

function same(a: unknown, b: unknown): boolean {
  return canonicalJson(a as object) === canonicalJson(b as object);
}

/** Arrays are compared whole: which element "moved" is a guess. A commitment is one value. */
function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  return commitmentOf(value) === undefined;
}

function own(value: Readonly<Record<string, unknown>>, key: string): unknown {
  return Object.hasOwn(value, key) ? value[key] : undefined;
}
