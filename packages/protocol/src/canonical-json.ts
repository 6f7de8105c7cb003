/**
 * Canonical JSON: RFC 8785 (JCS), for values that come back unchanged from any conforming reader.
 *
 * The `canonicalize` package writes the text. Like `JSON.stringify` it leaves out what is not JSON,
 * calls `toJSON` and knows no depth; a digest over such a value would not be over what the caller
 * holds. So everything is checked first, and refused by name.
 */
import { utf8ToBytes } from "@noble/hashes/utils.js";
import canonicalize from "canonicalize";
import {
  DEPTH_MAX,
  dottedPath,
  hasLoneSurrogate,
  type JsonPath,
  type JsonPrimitive,
} from "./json-value.ts";

/** Why a value has no canonical form here. */
export type CanonicalJsonReason =
  /** `undefined`, a function, symbol, bigint, hole, or an object of a class (Date, Map, boxed …). */
  "not_json" | "not_finite" | "lone_surrogate" | "number_too_large" | "too_deep" | "cyclic";

/**
 * Thrown, not returned: values reach this point through {@link parseJsonText} or from our own code,
 * so one that cannot be written is a fault of the program, never a refusal of somebody's input.
 * The message names the place, never the value.
 */
export class CanonicalJsonError extends Error {
  override readonly name = "CanonicalJsonError";
  readonly reason: CanonicalJsonReason;
  readonly path: JsonPath;

  constructor(reason: CanonicalJsonReason, path: JsonPath) {
    const where = path.length === 0 ? "the value" : `the value at \`${dottedPath(path)}\``;
    super(`${where} has no canonical JSON: ${reason}`);
    this.reason = reason;
    this.path = path;
  }
}

/**
 * The RFC 8785 text of a value made of plain objects, arrays, strings, finite numbers of at most
 * 2^53−1 in magnitude, booleans and null, at most {@link DEPTH_MAX} deep. `-0` is written `0`.
 *
 * @throws CanonicalJsonError for anything else, wherever it is inside.
 */
export function canonicalJson(value: JsonPrimitive | object): string {
  checkValue(value, []);
  // Without `undefined` inside, which was refused, the package returns a string.
  return canonicalize(value) as string;
}

/** The UTF-8 bytes of {@link canonicalJson}: what is hashed and signed. */
export function canonicalBytes(value: JsonPrimitive | object): Uint8Array {
  return utf8ToBytes(canonicalJson(value));
}

type Ancestor = { readonly container: object; readonly key: string | number };

/** `above` is used as a stack: the containers around this value, and which way each was left. */
function checkValue(value: unknown, above: Ancestor[]): void {
  switch (typeof value) {
    case "string":
      if (hasLoneSurrogate(value)) refuse("lone_surrogate", above);
      return;
    case "number":
      if (!Number.isFinite(value)) refuse("not_finite", above);
      if (Math.abs(value) > Number.MAX_SAFE_INTEGER) refuse("number_too_large", above);
      return;
    case "boolean":
      return;
    case "object":
      if (value !== null) checkContainer(value, above);
      return;
    default:
      refuse("not_json", above);
  }
}

function checkContainer(container: object, above: Ancestor[]): void {
  if (above.length >= DEPTH_MAX) {
    const isCyclic = above.some((ancestor) => ancestor.container === container);
    refuse(isCyclic ? "cyclic" : "too_deep", above);
  }
  if (!isPlain(container)) refuse("not_json", above);
  if (Array.isArray(container)) {
    // By index, not by iteration: a hole is read as `undefined` and refused.
    for (let index = 0; index < container.length; index += 1) {
      above.push({ container, key: index });
      checkValue(container[index], above);
      above.pop();
    }
    return;
  }
  const members = container as Record<string, unknown>;
  for (const key of Object.keys(members)) {
    above.push({ container, key });
    if (hasLoneSurrogate(key)) refuse("lone_surrogate", above);
    checkValue(members[key], above);
    above.pop();
  }
}

/**
 * Whether this is an array or an object literal, of any realm (a frame's `Object.prototype` is
 * another), that will not be replaced while it is written.
 */
function isPlain(container: object): boolean {
  if (typeof (container as { toJSON?: unknown }).toJSON === "function") return false;
  if (Array.isArray(container)) return true;
  const prototype: unknown = Object.getPrototypeOf(container);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

function refuse(reason: CanonicalJsonReason, above: readonly Ancestor[]): never {
  throw new CanonicalJsonError(
    reason,
    above.map((ancestor) => ancestor.key),
  );
}
