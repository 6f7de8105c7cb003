/**
 * What a shown text says, by what is written about tokens (docs/inbox.md) and by nothing of the
 * code that writes them: `«U+202E»` is that code point, `«U+200B» ×65,000` that many of it.
 */
import type { Json, Payload } from "./payloads.ts";

const TOKEN = /«U\+([0-9A-F]{4,6})»(?: ×([0-9]{1,3}(?:,[0-9]{3})*))?/g;

export function decode(shown: string): string {
  return shown.replace(TOKEN, (_token, point: string, count?: string) =>
    String.fromCodePoint(parseInt(point, 16)).repeat(
      count === undefined ? 1 : Number(count.replaceAll(",", "")),
    ),
  );
}

/** Every text, key and number that a person has to see before they approve. */
export function everythingIn(payload: Payload): readonly string[] {
  const found: string[] = [];
  const visit = (value: Json): void => {
    if (typeof value === "string") found.push(value);
    else if (typeof value === "number" || typeof value === "boolean") found.push(String(value));
    else if (Array.isArray(value)) value.forEach((item) => visit(item as Json));
    else if (value !== null) {
      for (const [key, member] of Object.entries(value)) {
        found.push(key);
        visit(member as Json);
      }
    }
  };
  visit(payload.properties);
  found.push(payload.resource.type, payload.resource.id, payload.context.justification);
  return found;
}
