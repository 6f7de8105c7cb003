/** Look-alikes: held requests with the same keyed MAC, by an index of what waits. */
import type { LookAlikes, LookAlikeWrite } from "../../ports/look-alikes.ts";
import { integerOf, placeholders, textOf, type Session, type Statement } from "./session.ts";

export function updateLookAlike({ requestId, group }: LookAlikeWrite): Statement {
  return { sql: "UPDATE requests SET look_alike = ? WHERE id = ?", params: [group, requestId] };
}

/** Two reads, however many requests and however large their groups. */
export async function readLookAlikes(
  session: Session,
  requestIds: readonly string[],
): Promise<ReadonlyMap<string, LookAlikes>> {
  if (requestIds.length === 0) return new Map();
  const rows = await session.query(
    `SELECT id, look_alike FROM requests
      WHERE id IN (${placeholders(requestIds.length)}) AND status = 'held' AND look_alike IS NOT NULL`,
    requestIds,
  );
  const groupOf = new Map(rows.map((row) => [textOf(row, "id"), textOf(row, "look_alike")]));
  const groups = [...new Set(groupOf.values())];
  if (groups.length === 0) return new Map();
  const counts = await session.query(
    `SELECT look_alike, COUNT(*) AS count, MIN(created_at) AS oldest_at FROM requests
      WHERE look_alike IN (${placeholders(groups.length)}) AND status = 'held'
      GROUP BY look_alike`,
    groups,
  );
  const counted = new Map(
    counts.map((row): readonly [string, LookAlikes] => {
      const group = textOf(row, "look_alike");
      const waiting = integerOf(row, "count");
      return [group, { group, waiting, oldestAt: integerOf(row, "oldest_at") }];
    }),
  );
  // What was decided between the two reads waits no more.
  return new Map(
    [...groupOf].flatMap(([id, group]) => {
      const found = counted.get(group);
      return found === undefined ? [] : [[id, found] as const];
    }),
  );
}

export async function readWaitingAlike(
  session: Session,
  group: string,
  limit: number,
): Promise<readonly string[]> {
  const rows = await session.query(
    `SELECT id FROM requests WHERE look_alike = ? AND status = 'held'
      ORDER BY created_at, number LIMIT ?`,
    [group, limit],
  );
  return rows.map((row) => textOf(row, "id"));
}
