/** What was pasted as the request to be explained, or what is wrong with it, in words. */
type Imagined =
  | { readonly ok: true; readonly request: Readonly<Record<string, unknown>> }
  | { readonly ok: false; readonly why: string };

const NEEDED = ["identity", "action", "resource"] as const;
const TAKEN: readonly string[] = [...NEEDED, "context", "enforcement"];

/**
 * Takes what somebody has at hand: an imagined request, a submission (`subject` says whose it is), or
 * a whole card's revision.
 */
export function imaginedFrom(text: string): Imagined {
  let read: unknown;
  try {
    read = JSON.parse(text);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return { ok: false, why: `this is no JSON yet: ${why}` };
  }
  if (!isObject(read)) return { ok: false, why: 'write an object: `{ "identity": … }`' };
  const whole = isObject(read["request"]) ? read["request"] : read;
  const { subject, identity } = whole;
  const named = identity ?? (isObject(subject) ? subject["id"] : undefined);
  const request = { ...whole, identity: named };
  const missing = NEEDED.filter((name) => request[name as keyof typeof request] === undefined);
  if (missing.length > 0) {
    return { ok: false, why: `\`${missing.join("`, `")}\` is missing` };
  }
  return {
    ok: true,
    request: Object.fromEntries(Object.entries(request).filter(([name]) => TAKEN.includes(name))),
  };
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
