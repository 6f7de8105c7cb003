/**
 * The list that is being read. What arrives waits outside until it is asked for, and what is decided
 * elsewhere stays in its place, greyed: nothing moves under a finger (people's invariant 7).
 */
export interface Listed {
  /** In the order in which they are shown. */
  readonly shown: readonly string[];
  /** Shown, but no longer waiting. */
  readonly gone: ReadonlySet<string>;
  /** Waiting, but not shown yet, oldest first. */
  readonly arrived: readonly string[];
}

export const NOTHING_LISTED: Listed = { shown: [], gone: new Set(), arrived: [] };

/** After a reading: `waiting` are all ids that wait now, oldest first. */
export function listedAfter(listed: Listed, waiting: readonly string[]): Listed {
  const still = new Set(waiting);
  const known = new Set(listed.shown);
  return {
    shown: listed.shown,
    gone: new Set(listed.shown.filter((id) => !still.has(id))),
    arrived: waiting.filter((id) => !known.has(id)),
  };
}

/** What is loaded when a person asks for it: what is gone goes, what arrived is put in its place. */
export function listedAnew(waiting: readonly string[]): Listed {
  return { shown: waiting, gone: new Set(), arrived: [] };
}
