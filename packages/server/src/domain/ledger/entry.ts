/**
 * Ledger entries: what happened, in canonical bytes, with their hash.
 *
 * An entry is written in the same transaction as the change it records (I8). The store numbers it
 * within its stream and seals it there; log indexes come after commit order. A stream is a
 * request's id, or `system` for what concerns no request.
 */
import { canonicalJson, sha256Base64url } from "@haltpoint/protocol";

export interface EntryDraft {
  readonly stream: string;
  readonly kind: string;
  /** Milliseconds since the epoch, the store's clock. */
  readonly at: number;
  /** `person:ana`, `identity:agent-1`, `clock`, `operator`. */
  readonly actor: string;
  /** JSON-safe; sensitive values only as commitments. Absent members are left out. */
  readonly data: Readonly<Record<string, unknown>>;
}

export interface SealedEntry extends EntryDraft {
  readonly logIndex: number;
  readonly sequence: number;
  /** RFC 8785 bytes as text; what the hash and later the tree are over. */
  readonly canonical: string;
  /** base64url(SHA-256(0x00 is added by the tree, not here; this is over `canonical`)). */
  readonly hash: string;
}

const ENTRY_VERSION = 1;

/** The canonical text of an entry at its place in its stream: what its hash is over. */
export function canonicalEntry(draft: EntryDraft, sequence: number): string {
  return canonicalJson({
    v: ENTRY_VERSION,
    stream: draft.stream,
    sequence,
    kind: draft.kind,
    at: draft.at,
    actor: draft.actor,
    data: draft.data,
  });
}

/** The canonical text of an entry, and its SHA-256. */
export function sealEntry(
  draft: EntryDraft,
  sequence: number,
): { readonly canonical: string; readonly hash: string } {
  const canonical = canonicalEntry(draft, sequence);
  return { canonical, hash: sha256Base64url(canonical) };
}
