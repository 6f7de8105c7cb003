/** A request's content: stored as commitments and openings, restored whole or not at all. */
import {
  canonicalJson,
  commitFields,
  restoreRevision,
  sha256Base64url,
  type CommitProblem,
  type JsonPath,
  type JsonValue,
  type Opening,
  type Revision,
} from "@haltpoint/protocol";
import type { StoredRevision, Write } from "../ports/store.ts";
import type { StoredOpening } from "../ports/submissions.ts";
import type { App } from "./app.ts";
import type { Content } from "./known-content.ts";

export type { Content } from "./known-content.ts";

const SALT_BYTES = 16;

/**
 * Commits the sensitive fields of a revision. A field that is as it was in `before`, the openings of
 * the revision that was edited, keeps its commitment: otherwise it would look edited (T18).
 */
export function commitContent(
  app: App,
  plain: Revision,
  sensitive: readonly string[],
  before: readonly Opening[] = [],
): Content | CommitProblem {
  const salts = new Map(before.map((opening) => [fieldKey(opening), opening.salt]));
  const result = commitFields(plain, sensitive, (path, value) => {
    const salt = salts.get(fieldKey({ path, value }));
    return salt === undefined ? app.random.bytes(SALT_BYTES) : Buffer.from(salt, "base64url");
  });
  if (!result.ok) return result.problem;
  const { committed, openings } = result;
  const canonical = canonicalJson(committed);
  return { plain, committed, canonical, openings, digest: digestOf(canonical) };
}

/** One sensitive field with its value. */
function fieldKey({ path, value }: Pick<Opening, "path" | "value">): string {
  return canonicalJson([path, value]);
}

/** The writes that keep a revision. */
export function contentWrites(
  requestId: string,
  number: number,
  content: Content,
): readonly Write[] {
  const revision: StoredRevision = {
    requestId,
    number,
    digest: content.digest,
    committed: content.canonical,
  };
  const openings = content.openings.map((opening): Write => ({
    kind: "opening",
    opening: {
      requestId,
      revision: number,
      path: canonicalJson(opening.path),
      salt: opening.salt,
      value: canonicalJson(opening.value),
    },
  }));
  return [{ kind: "revision", revision }, ...openings];
}

/**
 * Reads a revision back.
 *
 * INVARIANT: I2. What is returned has the digest that was displayed, reviewed and granted; anything
 * else is damage and throws.
 */
export async function readContent(app: App, requestId: string, number: number): Promise<Content> {
  const known = app.contents.get(requestId, number);
  if (known !== undefined) return known;
  const stored = await app.store.revision(requestId, number);
  if (stored === null) throw new Error(`revision ${number} of ${requestId} is missing`);
  const committed = JSON.parse(stored.committed) as Revision;
  const openings = (await app.store.openings(requestId, number)).map(openingOf);
  const restored = restoreRevision(committed, openings);
  if (!restored.ok) {
    const { reason, path } = restored.problem;
    throw new Error(`revision ${number} of ${requestId} cannot be restored: ${reason} at ${path}`);
  }
  const { committed: canonical, digest } = stored;
  if (digestOf(canonical) !== digest) {
    throw new Error(`revision ${number} of ${requestId} does not have its digest`);
  }
  const content = { plain: restored.revision, committed, canonical, openings, digest };
  app.contents.keep(requestId, number, content);
  return content;
}

/** What `revisionDigest` gives for the revision, from the text that is there anyway. */
function digestOf(canonical: string): string {
  return sha256Base64url(canonical);
}

/** The committed form alone: what may be shown. */
export async function readCommitted(
  app: App,
  requestId: string,
  number: number,
): Promise<Revision> {
  const known = app.contents.get(requestId, number);
  if (known !== undefined) return known.committed;
  const stored = await app.store.revision(requestId, number);
  if (stored === null) throw new Error(`revision ${number} of ${requestId} is missing`);
  return JSON.parse(stored.committed) as Revision;
}

export function openingOf(stored: StoredOpening): Opening {
  return {
    path: JSON.parse(stored.path) as JsonPath,
    salt: stored.salt,
    value: JSON.parse(stored.value) as JsonValue,
  };
}
