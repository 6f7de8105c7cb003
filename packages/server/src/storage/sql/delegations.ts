/** Who stands in for whom. */
import type { RoutingWrite, StoredDelegation } from "../../ports/delegations.ts";
import type { Write } from "../../ports/store.ts";
import {
  integerOf,
  integerOrNull,
  textOf,
  type Row,
  type Session,
  type Statement,
} from "./session.ts";

export function isOfRouting(write: Write): write is RoutingWrite {
  return write.kind === "delegation";
}

export function routingStatement(write: RoutingWrite): Statement {
  return upsertDelegation(write.delegation);
}

/** Who, to whom and for how long never change; that it ended before its time may be added. */
function upsertDelegation(delegation: StoredDelegation): Statement {
  return {
    sql: `INSERT INTO delegations (id, from_person, to_person, starts_at, ends_at, reason,
        created_at, ended_at)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?)
      ON CONFLICT (id) DO UPDATE SET ended_at = COALESCE(delegations.ended_at, excluded.ended_at)`,
    params: [
      delegation.id,
      delegation.from,
      delegation.to,
      delegation.startsAt,
      delegation.endsAt,
      delegation.reason,
      delegation.createdAt,
      delegation.endedAt,
    ],
  };
}

function delegationOf(row: Row): StoredDelegation {
  return {
    id: textOf(row, "id"),
    from: textOf(row, "from_person"),
    to: textOf(row, "to_person"),
    startsAt: integerOf(row, "starts_at"),
    endsAt: integerOf(row, "ends_at"),
    reason: textOf(row, "reason"),
    createdAt: integerOf(row, "created_at"),
    endedAt: integerOrNull(row, "ended_at"),
  };
}

export async function readDelegations(
  session: Session,
  limit: number,
): Promise<readonly StoredDelegation[]> {
  const rows = await session.query(
    "SELECT * FROM delegations ORDER BY created_at DESC, id DESC LIMIT ?",
    [limit],
  );
  return rows.map(delegationOf);
}

export async function readDelegation(
  session: Session,
  id: string,
): Promise<StoredDelegation | null> {
  const [row] = await session.query("SELECT * FROM delegations WHERE id = ?", [id]);
  return row === undefined ? null : delegationOf(row);
}

export async function readDelegationsTo(
  session: Session,
  person: string,
  at: number,
): Promise<readonly StoredDelegation[]> {
  const rows = await session.query(
    `SELECT * FROM delegations WHERE to_person = ? AND ends_at > ? AND starts_at <= ?
      AND ended_at IS NULL ORDER BY id`,
    [person, at, at],
  );
  return rows.map(delegationOf);
}
