/**
 * Contents that were read or written lately. A revision never changes once it is committed, so what
 * was checked against its digest once needs neither reading nor hashing again (I2): a request that
 * is approved within minutes is read from the store by nobody.
 *
 * Sensitive fields are in here in the clear, as they are while a command runs; the bounds keep that
 * to the latest requests. Nothing in here is truth.
 */
import type { Opening, Revision } from "@haltpoint/protocol";

const CONTENTS_MAX = 2_000;
/** Characters of JSON; what is kept takes a few times that in memory. */
const CHARACTERS_MAX = 4_000_000;

export interface Content {
  /** As submitted or edited; what runs. */
  readonly plain: Revision;
  /** With commitments; what is digested, recorded and shown. */
  readonly committed: Revision;
  /** The canonical JSON of that: what is stored, and what the digest is over. */
  readonly canonical: string;
  readonly openings: readonly Opening[];
  readonly digest: string;
}

export class KnownContent {
  readonly #kept = new Map<string, Content>();
  #size = 0;

  get(requestId: string, number: number): Content | undefined {
    const key = keyOf(requestId, number);
    const known = this.#kept.get(key);
    if (known === undefined) return undefined;
    this.#kept.delete(key); // to the end: what is used stays
    this.#kept.set(key, known);
    return known;
  }

  /** Keeps the content of a revision that is committed. Give it only what has its digest. */
  keep(requestId: string, number: number, content: Content): void {
    const key = keyOf(requestId, number);
    if (this.#kept.has(key)) return;
    this.#kept.set(key, content);
    this.#size += sizeOf(content);
    for (const [oldest, forgotten] of this.#kept) {
      if (this.#size <= CHARACTERS_MAX && this.#kept.size <= CONTENTS_MAX) break;
      this.#kept.delete(oldest);
      this.#size -= sizeOf(forgotten);
    }
  }
}

function sizeOf({ canonical, openings }: Content): number {
  return canonical.length + (openings.length === 0 ? 0 : JSON.stringify(openings).length);
}

function keyOf(requestId: string, number: number): string {
  return `${requestId}/${number}`;
}
