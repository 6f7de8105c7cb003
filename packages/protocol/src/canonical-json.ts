/**
 * Canonical JSON: RFC 8785 (JCS), for values that come back unchanged from any conforming reader.
 *
 * RFC 8785 writes strings and numbers as `JSON.stringify` does and sorts members by the UTF-16 code
 * units of their keys. What `JSON.stringify` would leave out, replace or take for something else is
 * refused by name: a digest over such a value would not be over what the caller holds. Checked and
 * written in one pass, since everything that is recorded goes through here.
 */
import { utf8ToBytes } from "@noble/hashes/utils.js";
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
  return written(value, { containers: [], keys: [] });
}

/** The UTF-8 bytes of {@link canonicalJson}: what is hashed and signed. */
export function canonicalBytes(value: JsonPrimitive | object): Uint8Array {
  return utf8ToBytes(canonicalJson(value));
}

/** The containers around a value, and which way each was left; used as a stack. */
interface Trail {
  readonly containers: object[];
  readonly keys: (string | number)[];
}

function written(value: unknown, trail: Trail): string {
  switch (typeof value) {
    case "string":
      return writtenText(value, trail);
    case "number":
      if (!Number.isFinite(value)) refuse("not_finite", trail);
      if (Math.abs(value) > Number.MAX_SAFE_INTEGER) refuse("number_too_large", trail);
      return JSON.stringify(value);
    case "boolean":
      return value ? "true" : "false";
    case "object":
      return value === null ? "null" : writtenContainer(value, trail);
    default:
      return refuse("not_json", trail);
  }
}

/** Printable ASCII without `"` and `\\`: nothing in it is escaped, and most of what is written. */
const UNESCAPED = /^[ !#-[\]-~]*$/;

function writtenText(text: string, trail: Trail): string {
  if (UNESCAPED.test(text)) return `"${text}"`;
  if (hasLoneSurrogate(text)) refuse("lone_surrogate", trail);
  return JSON.stringify(text);
}

function writtenContainer(container: object, trail: Trail): string {
  const { containers, keys } = trail;
  if (containers.length >= DEPTH_MAX) {
    refuse(containers.includes(container) ? "cyclic" : "too_deep", trail);
  }
  if (!isPlain(container)) refuse("not_json", trail);
  containers.push(container);
  const text = Array.isArray(container)
    ? writtenElements(container, trail)
    : writtenMembers(container as Record<string, unknown>, trail);
  containers.pop();
  keys.length = containers.length;
  return text;
}

function writtenElements(elements: readonly unknown[], trail: Trail): string {
  const { keys } = trail;
  const depth = keys.length;
  let text = "[";
  // By index, not by iteration: a hole is read as `undefined` and refused.
  for (let index = 0; index < elements.length; index += 1) {
    keys[depth] = index;
    text += index === 0 ? written(elements[index], trail) : `,${written(elements[index], trail)}`;
  }
  return `${text}]`;
}

function writtenMembers(members: Readonly<Record<string, unknown>>, trail: Trail): string {
  const { keys } = trail;
  const depth = keys.length;
  let text = "{";
  // Without a function to compare, the order is that of UTF-16 code units.
  for (const key of Object.keys(members).sort()) {
    keys[depth] = key;
    const separator = text === "{" ? "" : ",";
    text += `${separator}${writtenText(key, trail)}:${written(members[key], trail)}`;
  }
  return `${text}}`;
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

function refuse(reason: CanonicalJsonReason, { keys }: Trail): never {
  throw new CanonicalJsonError(reason, [...keys]);
}
