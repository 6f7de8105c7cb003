/** Counts of one data set: a share, what it should be, and which calls missed. */
export interface Measure {
  readonly set: string;
  readonly measure: string;
  /** A share from 0 to 1. */
  readonly value: number;
  readonly hits: number;
  readonly of: number;
  /** At least, or at most, this share; null: reported only. */
  readonly bar: { readonly least?: number; readonly most?: number } | null;
}

export interface Judged {
  readonly held: boolean;
  /** What it is averaged over. */
  readonly task: string;
  /** For the list of misses. */
  readonly shown: string;
}

export function heldShare(
  set: string,
  measure: string,
  calls: readonly Judged[],
  bar: Measure["bar"] = null,
): Measure {
  const hits = calls.filter(({ held }) => held).length;
  return {
    set,
    measure,
    value: calls.length === 0 ? 0 : hits / calls.length,
    hits,
    of: calls.length,
    bar,
  };
}

/** The mean over tasks of each one's share, so that a task that is repeated counts once. */
export function heldByTask(
  set: string,
  measure: string,
  calls: readonly Judged[],
  bar: Measure["bar"] = null,
): Measure {
  const tasks = Map.groupBy(calls, ({ task }) => task);
  const shares = [...tasks.values()].map((some) => heldShare("", "", some).value);
  const sum = shares.reduce((total, share) => total + share, 0);
  return {
    set,
    measure,
    value: tasks.size === 0 ? 0 : sum / tasks.size,
    hits: sum,
    of: tasks.size,
    bar,
  };
}

/** Null: there is no bar, or nothing to measure. */
export function isMet({ value, bar, of }: Measure): boolean | null {
  if (bar === null || of === 0) return null;
  return value >= (bar.least ?? 0) && value <= (bar.most ?? 1);
}
