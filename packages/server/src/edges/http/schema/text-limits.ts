/** The configured limit on what people and agents write, checked where a schema says `x-limit`. */
import { problem, type Problem } from "@haltpoint/protocol";

interface Limited {
  readonly properties?: Readonly<Record<string, { readonly "x-limit"?: string }>>;
}

/** The problem of the first text over the limit `text`, or null. */
export function overLimit(schema: object, body: unknown, textMax: number): Problem | null {
  const { properties = {} } = schema as Limited;
  if (typeof body !== "object" || body === null) return null;
  for (const [field, value] of Object.entries(body)) {
    if (!Object.hasOwn(properties, field) || properties[field]?.["x-limit"] !== "text") continue;
    if (typeof value !== "string" || value.length <= textMax) continue;
    const detail = `\`${field}\` has ${value.length} characters, at most ${textMax} are taken; say it shorter`;
    return problem("limit_exceeded", detail, { field, limit: { name: "text", value: textMax } });
  }
  return null;
}
