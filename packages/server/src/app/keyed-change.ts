/** Idempotency keys of changes that concern no request: looked up before, written with them (I14). */
import type { Expected, KeyRecord, Write } from "../ports/store.ts";
import { answered, type Answer } from "./answer.ts";
import type { App } from "./app.ts";
import { keyConflict, type Keyed } from "./execute.ts";

/** What was done under this key before: null if nothing, a conflict if it was something else. */
export async function doneBefore(
  app: App,
  keyed: Keyed | undefined,
): Promise<Answer<KeyRecord | null>> {
  if (keyed === undefined) return answered(null);
  const used = await app.store.key(keyed.principal, keyed.key);
  if (used !== null && used.fingerprint !== keyed.fingerprint) return keyConflict(keyed.key);
  return answered(used);
}

/** What a commit needs besides, so that the change and its key happen together or not at all. */
export function withKey(
  keyed: Keyed | undefined,
  about: { readonly answer: string; readonly now: number },
): { readonly expected: Pick<Expected, "unusedKey">; readonly writes: readonly Write[] } {
  if (keyed === undefined) return { expected: {}, writes: [] };
  const { principal, key } = keyed;
  const record: KeyRecord = { ...keyed, requestId: null, answer: about.answer, at: about.now };
  return { expected: { unusedKey: { principal, key } }, writes: [{ kind: "key", record }] };
}
