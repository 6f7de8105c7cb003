/**
 * Values of an action as lines of text: complete, and with everything invisible made visible (T18).
 * Nothing in here shortens anything; who decides reads all of it.
 */
import { commitmentOf, visibleText } from "@haltpoint/protocol";

/** One value on one line. Text is quoted, so that where it ends can be seen. */
export function valueText(value: unknown): string {
  if (typeof value === "string") return quoted(value);
  if (typeof value !== "object" || value === null) return String(value);
  const commitment = commitmentOf(value);
  if (commitment !== undefined) return `(hidden; commitment ${commitment})`;
  if (Array.isArray(value)) return `[${value.map(valueText).join(", ")}]`;
  const members = Object.entries(value).map(
    ([key, member]) => `${keyText(key)}: ${valueText(member)}`,
  );
  return members.length === 0 ? "{}" : `{ ${members.join(", ")} }`;
}

/** A value with everything in it, one leaf a line: `action.properties.amount = "9000.00 USD"`. */
export function valueLines(value: unknown, path = ""): readonly string[] {
  if (typeof value === "string" && value.includes("\n")) return [`${path} =`, ...textBlock(value)];
  const inside = membersOf(value, path);
  if (inside === null) return [`${path} = ${valueText(value)}${alphabetWarning(value)}`];
  return inside.flatMap(([memberPath, member]) => valueLines(member, memberPath));
}

/** Text of several lines; the bar in front cannot be written by whoever wrote the text. */
function textBlock(text: string): readonly string[] {
  return text.split("\n").map((line) => `  | ${visibleText(line)}${alphabetWarning(line)}`);
}

/** The members of what has any; null for leaves, and for lists that fit one line. */
function membersOf(value: unknown, path: string): readonly (readonly [string, unknown])[] | null {
  if (typeof value !== "object" || value === null || commitmentOf(value) !== undefined) return null;
  if (Array.isArray(value)) {
    const isFlat = value.every((item) => typeof item !== "object" || item === null);
    const isLong = value.some((item) => typeof item === "string" && item.includes("\n"));
    if (isFlat && !isLong) return null;
    return value.map((item, index) => [`${path}[${index}]`, item] as const);
  }
  const entries = Object.entries(value);
  if (entries.length === 0) return null;
  return entries.map(([key, member]) => [joined(path, key), member] as const);
}

const PLAIN_KEY = /^[A-Za-z0-9_$-]+$/;

function joined(path: string, key: string): string {
  if (!PLAIN_KEY.test(key)) return `${path}[${quoted(key)}]`;
  return path === "" ? key : `${path}.${key}`;
}

function keyText(key: string): string {
  return PLAIN_KEY.test(key) ? key : quoted(key);
}

function quoted(text: string): string {
  return `"${visibleText(text).replace(/["\\]/g, "\\$&")}"`;
}

const ALPHABETS: readonly (readonly [string, RegExp])[] = [
  ["Latin", /\p{Script=Latin}/u],
  ["Cyrillic", /\p{Script=Cyrillic}/u],
  ["Greek", /\p{Script=Greek}/u],
  ["Armenian", /\p{Script=Armenian}/u],
  ["Cherokee", /\p{Script=Cherokee}/u],
];

/** Letters of alphabets that look alike in one word are how a name pretends to be another. */
function alphabetWarning(value: unknown): string {
  if (Array.isArray(value)) return value.map(alphabetWarning).find((each) => each !== "") ?? "";
  if (typeof value !== "string") return "";
  for (const [word] of value.matchAll(/[\p{L}\p{M}\p{N}]+/gu)) {
    const found = ALPHABETS.filter(([, letters]) => letters.test(word)).map(([name]) => name);
    if (found.length > 1) return `   (!) one word mixes ${found.join(" and ")} letters`;
  }
  return "";
}
