/** What ran for one action, for comparing another with it. */
import type { RequestStatus } from "@haltpoint/protocol";
import type { RanLately, RanQuery } from "../../ports/store.ts";
import { placeholders, textOf, textOrNull, type Session } from "./session.ts";

/** States that say a run began. One that was stopped may never have begun, and is left out. */
const RAN: readonly RequestStatus[] = [
  "running",
  "interrupting",
  "indeterminate",
  "released",
  "succeeded",
  "failed",
];

/** One range of the index by action, so that the cost is the limit's, not the history's. */
export async function readRanLately(session: Session, query: RanQuery): Promise<RanLately> {
  const { action, since, limit } = query;
  const rows = await session.query(
    `SELECT latest.id AS id, (
        SELECT committed FROM revisions
          WHERE request_id = latest.id AND latest.status IN (${placeholders(RAN.length)})
          ORDER BY number DESC LIMIT 1
      ) AS committed
      FROM (
        SELECT id, status, created_at, number FROM requests
          WHERE action_name = ? AND created_at >= ?
          ORDER BY created_at DESC, number DESC LIMIT ?
      ) AS latest
      ORDER BY latest.created_at DESC, latest.number DESC`,
    [...RAN, action, since, limit + 1],
  );
  const ran = rows.slice(0, limit).flatMap((row) => {
    const committed = textOrNull(row, "committed");
    return committed === null ? [] : [{ requestId: textOf(row, "id"), committed }];
  });
  return { ran, complete: rows.length <= limit };
}
