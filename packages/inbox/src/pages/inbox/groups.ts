/**
 * Rows of the list: what would do the same is one row, at the place of its first. Made from what is
 * listed, so that what arrives later moves no row and joins no group until it is asked for.
 */
export interface Row {
  /** The group, or the request that is alone. */
  readonly key: string;
  /** In the order in which they are listed; at least one. */
  readonly members: readonly string[];
}

/** @param groupOf null: nothing is known to be like it */
export function rowsOf(
  shown: readonly string[],
  groupOf: (id: string) => string | null,
): readonly Row[] {
  const rows = new Map<string, string[]>();
  for (const id of shown) {
    const key = groupOf(id) ?? id;
    const members = rows.get(key);
    if (members === undefined) rows.set(key, [id]);
    else members.push(id);
  }
  return [...rows].map(([key, members]) => ({ key, members }));
}

/** The one that a closed row stands at: its first that still waits, else its first. */
export function leadOf({ members }: Row, gone: ReadonlySet<string>): string {
  return members.find((id) => !gone.has(id)) ?? members[0] ?? "";
}

/** What the keys go through: the leads, and every one of a row that is open. */
export function visibleIn(
  rows: readonly Row[],
  opened: ReadonlySet<string>,
  gone: ReadonlySet<string>,
): readonly string[] {
  return rows.flatMap((row) => (opened.has(row.key) ? row.members : [leadOf(row, gone)]));
}

/** The row that a request is in, whether it is open or not. */
export function rowWith(rows: readonly Row[], id: string | undefined): Row | undefined {
  return rows.find(({ members }) => id !== undefined && members.includes(id));
}
