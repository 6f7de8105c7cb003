/** Name patterns: an exact name, or the beginning of one followed by `*`. */

export interface NamePattern {
  readonly text: string;
  /** What a name must be, or begin with. */
  readonly stem: string;
  readonly isPrefix: boolean;
}

export function namePattern(text: string): NamePattern {
  const isPrefix = text.endsWith("*");
  return { text, stem: isPrefix ? text.slice(0, -1) : text, isPrefix };
}

export function matchesName(pattern: NamePattern, name: string): boolean {
  return pattern.isPrefix ? name.startsWith(pattern.stem) : name === pattern.stem;
}

/** Whether every name that `inner` matches is matched by `outer` too. */
export function covers(outer: NamePattern, inner: NamePattern): boolean {
  if (!outer.isPrefix) return !inner.isPrefix && outer.stem === inner.stem;
  return inner.stem.startsWith(outer.stem);
}

/** The patterns without those that another one covers: then at most one matches any name. */
export function withoutCovered(patterns: readonly NamePattern[]): readonly NamePattern[] {
  return patterns.filter((pattern, index) => {
    return !patterns.some((other, at) => {
      if (at === index || !covers(other, pattern)) return false;
      return !covers(pattern, other) || at < index;
    });
  });
}
