/** JSON values, and how to name, build and check their parts. */

export type JsonPrimitive = string | number | boolean | null;
export type JsonArray = readonly JsonValue[];
export interface JsonObject {
  readonly [key: string]: JsonValue;
}
export type JsonValue = JsonPrimitive | JsonArray | JsonObject;

/** The way to one value inside another: object keys and array indices, outermost first. */
export type JsonPath = readonly (string | number)[];

/**
 * How many containers may enclose one another, in every text and value that is hashed: `[]` is one
 * deep, a string none. Part of the format: an implementation that allows more disagrees with ours.
 */
export const DEPTH_MAX = 64;

const SHOWN_KEY_LENGTH_MAX = 64;
const PLAIN_KEY = /^[\w$-]+$/;
// Controls, bidirectional and other invisible format characters, and lone surrogates: a path ends
// up on terminals and cards, where these would hide or reorder what a person reads (T18).
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}`]/gu;

/**
 * A path for people: `action.properties.lines.0.iban`; the empty path is `""`. Keys that would be
 * ambiguous are quoted, `context["a.b"]`, unprintable characters are written `\uXXXX`, and keys
 * longer than 64 code units are cut, with `…`. Programs use {@link JsonPath}.
 */
export function dottedPath(path: JsonPath): string {
  const parts = path.map((segment) => {
    const key = String(segment);
    if (key.length > SHOWN_KEY_LENGTH_MAX) return quoted(`${key.slice(0, SHOWN_KEY_LENGTH_MAX)}…`);
    return PLAIN_KEY.test(key) ? `.${key}` : quoted(key);
  });
  const text = parts.join("");
  return text.startsWith(".") ? text.slice(1) : text;
}

function quoted(key: string): string {
  return `[${JSON.stringify(key).replace(UNPRINTABLE, escaped)}]`;
}

function escaped(character: string): string {
  return character
    .split("")
    .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`)
    .join("");
}

const LONE_SURROGATE = /\p{Surrogate}/u;

/** Whether a string holds half a surrogate pair, which UTF-8 cannot carry. */
export function hasLoneSurrogate(text: string): boolean {
  return LONE_SURROGATE.test(text);
}

/**
 * Sets a member as `JSON.parse` does: `__proto__` becomes an own property like any other key.
 * A plain assignment would replace the prototype (T29).
 */
export function setMember(target: Record<string, JsonValue>, key: string, value: JsonValue): void {
  if (key !== "__proto__") {
    target[key] = value;
    return;
  }
  Object.defineProperty(target, key, {
    value,
    writable: true,
    enumerable: true,
    configurable: true,
  });
}
