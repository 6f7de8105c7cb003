/** Patterns that nothing was seen for yet. A name costs as much as there are lengths of patterns. */
import type { NamePattern } from "./pattern.ts";

export class UnmatchedPatterns {
  readonly #names = new Map<string, string>();
  readonly #prefixes = new Map<number, Map<string, string>>();

  constructor(patterns: Iterable<NamePattern>) {
    for (const { text, stem, isPrefix } of patterns) {
      if (!isPrefix) {
        this.#names.set(stem, text);
        continue;
      }
      const alike = this.#prefixes.get(stem.length) ?? new Map<string, string>();
      this.#prefixes.set(stem.length, alike.set(stem, text));
    }
  }

  saw(name: string): void {
    this.#names.delete(name);
    for (const [length, alike] of this.#prefixes) {
      alike.delete(name.slice(0, length));
      if (alike.size === 0) this.#prefixes.delete(length);
    }
  }

  /** As they were written; first those that are whole names. */
  get names(): readonly string[] {
    return [...this.#names.values()];
  }

  get prefixes(): readonly string[] {
    return [...this.#prefixes.values()].flatMap((alike) => [...alike.values()]);
  }
}
