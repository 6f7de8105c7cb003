/** The outbox of what is to be told, what could not be, and where chat messages are. */
import type { StoredLook } from "../../ports/delegations.ts";
import type { OutboxItem, Write } from "../../ports/store.ts";
import {
  integerOf,
  integerOrNull,
  textOf,
  textOrNull,
  type Row,
  type Session,
  type Statement,
} from "./session.ts";

/** A retry writes the item again, with its next time and number of attempts. */
export function upsertOutboxItem(item: OutboxItem): Statement {
  return {
    sql: `INSERT INTO outbox (id, kind, request_id, payload, not_before, attempts, dead_at, last_error, folded_into)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
      ON CONFLICT (id) DO UPDATE SET kind = excluded.kind, request_id = excluded.request_id,
        payload = excluded.payload, not_before = excluded.not_before,
        attempts = excluded.attempts, dead_at = excluded.dead_at,
        last_error = excluded.last_error, folded_into = excluded.folded_into`,
    params: [
      item.id,
      item.kind,
      item.requestId,
      item.payload,
      item.notBefore,
      item.attempts,
      item.deadAt,
      item.lastError,
      item.foldedInto,
    ],
  };
}

export function deleteOutboxItem(id: string): Statement {
  return { sql: "DELETE FROM outbox WHERE id = ?", params: [id] };
}

export async function readOutboxDue(
  session: Session,
  now: number,
  limit: number,
): Promise<readonly OutboxItem[]> {
  const rows = await session.query(
    `SELECT * FROM outbox WHERE dead_at IS NULL AND not_before <= ?
      ORDER BY not_before, number LIMIT ?`,
    [now, limit],
  );
  return rows.map(itemOf);
}

const TROUBLED = {
  dead: "dead_at IS NOT NULL",
  failing: "dead_at IS NULL AND last_error IS NOT NULL",
  folded: "folded_into IS NOT NULL",
} as const;

export async function readTroubled(
  session: Session,
  which: keyof typeof TROUBLED,
  limit: number,
): Promise<readonly OutboxItem[]> {
  const rows = await session.query(
    `SELECT * FROM outbox WHERE ${TROUBLED[which]} ORDER BY number DESC LIMIT ?`,
    [limit],
  );
  return rows.map(itemOf);
}

export async function readOutboxItem(session: Session, id: string): Promise<OutboxItem | null> {
  const [row] = await session.query("SELECT * FROM outbox WHERE id = ?", [id]);
  return row === undefined ? null : itemOf(row);
}

/** The first look stays the first, and the longest reading the longest. */
export function insertLook(look: Extract<Write, { readonly kind: "look" }>): Statement {
  const { requestId, person, at, readMs = null } = look;
  return {
    sql: `INSERT INTO request_looks (request_id, person_id, first_at, last_at, read_ms)
      VALUES (?, ?, ?, ?, ?)
      ON CONFLICT (request_id, person_id) DO UPDATE SET last_at = excluded.last_at,
        read_ms = CASE WHEN excluded.read_ms IS NULL OR request_looks.read_ms > excluded.read_ms
          THEN request_looks.read_ms ELSE excluded.read_ms END`,
    params: [requestId, person, at, at, readMs],
  };
}

export async function readLooks(
  session: Session,
  requestId: string,
): Promise<readonly StoredLook[]> {
  const rows = await session.query(
    `SELECT request_id, person_id, first_at, last_at, read_ms FROM request_looks
      WHERE request_id = ? ORDER BY first_at, person_id`,
    [requestId],
  );
  return rows.map((row) => ({
    requestId: textOf(row, "request_id"),
    person: textOf(row, "person_id"),
    firstAt: integerOf(row, "first_at"),
    lastAt: integerOf(row, "last_at"),
    readMs: integerOrNull(row, "read_ms"),
  }));
}

export async function readIsLookedAt(
  session: Session,
  requestId: string,
  since: number,
): Promise<boolean> {
  const rows = await session.query(
    "SELECT 1 FROM request_looks WHERE request_id = ? AND last_at >= ? LIMIT 1",
    [requestId, since],
  );
  return rows.length > 0;
}

export function upsertChatPost(subject: string, reference: string): Statement {
  return {
    sql: `INSERT INTO chat_posts (subject, reference) VALUES (?, ?)
      ON CONFLICT (subject) DO UPDATE SET reference = excluded.reference`,
    params: [subject, reference],
  };
}

export async function readChatPost(session: Session, subject: string): Promise<string | null> {
  const [row] = await session.query("SELECT reference FROM chat_posts WHERE subject = ?", [
    subject,
  ]);
  return row === undefined ? null : textOf(row, "reference");
}

function itemOf(row: Row): OutboxItem {
  return {
    id: textOf(row, "id"),
    kind: textOf(row, "kind"),
    requestId: textOrNull(row, "request_id"),
    payload: textOf(row, "payload"),
    notBefore: integerOf(row, "not_before"),
    attempts: integerOf(row, "attempts"),
    deadAt: integerOrNull(row, "dead_at"),
    lastError: textOrNull(row, "last_error"),
    foldedInto: textOrNull(row, "folded_into"),
  };
}
