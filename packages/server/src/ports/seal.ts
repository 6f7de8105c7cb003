/** Keeps a secret where others may read, so that only this installation can open it. */
export interface Seal {
  /** @param about what it belongs to; it opens for nothing else. */
  seal(text: string, about: string): string;
  /** Null where it was sealed elsewhere, for something else, or changed since. */
  open(sealed: string, about: string): string | null;
}
