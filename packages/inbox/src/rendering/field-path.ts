/** Paths as the server writes them: `action.properties.lines.0.iban`, `context["a.b"]`. */
import { elementSchema, memberSchema, type Schema } from "./schema.ts";

const SEGMENT = /\.?([\w$-]+|\*)|\[("(?:[^"\\]|\\.)*")\]/uy;

/** The segments of a dotted path; null where it is none. */
export function pathSegments(path: string): readonly string[] | null {
  const segments: string[] = [];
  SEGMENT.lastIndex = 0;
  while (SEGMENT.lastIndex < path.length) {
    const match = SEGMENT.exec(path);
    if (match === null) return null;
    const [, plain, quoted] = match;
    segments.push(plain ?? String(JSON.parse(quoted ?? '""')));
  }
  return segments;
}

/** What a form calls a field: the last segment of its path. */
export function lastSegment(path: string): string {
  return pathSegments(path)?.at(-1) ?? path;
}

/** The schema of the field at a path of the revision; `schema` is that of `action.properties`. */
export function memberAt(schema: Schema, path: string): Schema {
  const [action, properties, ...rest] = pathSegments(path) ?? [];
  if (action !== "action" || properties !== "properties") return undefined;
  let at = schema;
  for (const segment of rest) {
    const member = memberSchema(at, segment);
    at =
      member === undefined && /^\d+$/.test(segment) ? elementSchema(at, Number(segment)) : member;
  }
  return at;
}

/** The value at a path of a content; undefined where there is none. */
export function valueAt(content: unknown, path: string): unknown {
  let at = content;
  for (const segment of pathSegments(path) ?? []) {
    if (typeof at !== "object" || at === null || !Object.hasOwn(at, segment)) return undefined;
    at = (at as Readonly<Record<string, unknown>>)[segment];
  }
  return at;
}
