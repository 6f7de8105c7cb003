/** The member at a path; own members only; undefined where there is none. */
export function memberAtPath(root: unknown, path: readonly string[]): unknown {
  let value = root;
  for (const name of path) value = memberOf(value, name);
  return value;
}

/** The member of this name: its own, or undefined. */
export function memberOf(value: unknown, name: string): unknown {
  if (typeof value !== "object" || value === null || !Object.hasOwn(value, name)) return undefined;
  return (value as Readonly<Record<string, unknown>>)[name];
}
