/** What governs requests from outside them: the policy in force and the halts. */
import { scopeKey } from "../../domain/request/scope.ts";
import type { StoredHalt, StoredPolicy } from "../../ports/store.ts";
import {
  integerOf,
  integerOrNull,
  jsonOf,
  placeholders,
  textOf,
  textOrNull,
  type Row,
  type Session,
  type SqlValue,
  type Statement,
} from "./session.ts";

export function insertPolicy(policy: StoredPolicy): Statement {
  return {
    sql: `INSERT INTO policies (version, policy_text, published_by, published_at, request_id, reason)
      VALUES (?, ?, ?, ?, ?, ?)`,
    params: [policy.version, policy.text, policy.by, policy.at, policy.requestId, policy.reason],
  };
}

function publicationOf(row: Row): Omit<StoredPolicy, "text"> {
  return {
    version: textOf(row, "version"),
    by: textOf(row, "published_by"),
    at: integerOf(row, "published_at"),
    requestId: textOrNull(row, "request_id"),
    reason: textOrNull(row, "reason"),
  };
}

function policyOf(row: Row): StoredPolicy {
  return { ...publicationOf(row), text: textOf(row, "policy_text") };
}

export async function readPolicyVersions(
  session: Session,
  limit: number,
): Promise<readonly Omit<StoredPolicy, "text">[]> {
  const rows = await session.query(
    `SELECT version, published_by, published_at, request_id, reason FROM policies
      ORDER BY number DESC LIMIT ?`,
    [limit],
  );
  return rows.map(publicationOf);
}

/** The policy in force: the one published last. */
export async function readPolicy(session: Session): Promise<StoredPolicy | null> {
  const [row] = await session.query("SELECT * FROM policies ORDER BY number DESC LIMIT 1");
  return row === undefined ? null : policyOf(row);
}

export async function readPolicyByVersion(
  session: Session,
  version: string,
): Promise<StoredPolicy | null> {
  const [row] = await session.query(
    "SELECT * FROM policies WHERE version = ? ORDER BY number DESC LIMIT 1",
    [version],
  );
  return row === undefined ? null : policyOf(row);
}

/**
 * Places a halt, or records its lifts. What it covers and the epoch it made never change: a grant
 * that is older than the halt stays dead after the lift (I10), one made in between lives.
 */
export function upsertHalt(halt: Omit<StoredHalt, "epoch">, epoch: number): Statement {
  return {
    sql: `INSERT INTO halts (id, scope_key, scope_json, reason, placed_by, placed_at, epoch,
        lifts_json, lift_count, lifted_at)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
      ON CONFLICT (id) DO UPDATE SET lifts_json = excluded.lifts_json,
        lift_count = excluded.lift_count, lifted_at = excluded.lifted_at`,
    params: [
      halt.id,
      scopeKey(halt.scope),
      JSON.stringify(halt.scope),
      halt.reason,
      halt.by,
      halt.at,
      epoch,
      JSON.stringify(halt.lifts),
      halt.lifts.length,
      halt.liftedAt,
    ],
  };
}

function haltOf(row: Row): StoredHalt {
  return {
    id: textOf(row, "id"),
    scope: jsonOf<StoredHalt["scope"]>(row, "scope_json"),
    reason: textOf(row, "reason"),
    by: textOf(row, "placed_by"),
    at: integerOf(row, "placed_at"),
    epoch: integerOf(row, "epoch"),
    lifts: jsonOf<StoredHalt["lifts"]>(row, "lifts_json"),
    liftedAt: integerOrNull(row, "lifted_at"),
  };
}

export async function readHalt(session: Session, id: string): Promise<StoredHalt | null> {
  const [row] = await session.query("SELECT * FROM halts WHERE id = ?", [id]);
  return row === undefined ? null : haltOf(row);
}

/** How often the halt was lifted; null: it does not exist. */
export async function readLiftCount(session: Session, id: string): Promise<number | null> {
  const [row] = await session.query("SELECT lift_count FROM halts WHERE id = ?", [id]);
  return row === undefined ? null : integerOf(row, "lift_count");
}

export async function readHalts(session: Session, limit: number): Promise<readonly StoredHalt[]> {
  const rows = await session.query("SELECT * FROM halts ORDER BY epoch DESC LIMIT ?", [limit]);
  return rows.map(haltOf);
}

export async function readHaltsFor(
  session: Session,
  scopeKeys: readonly string[],
): Promise<readonly StoredHalt[]> {
  if (scopeKeys.length === 0) return [];
  const keys: readonly SqlValue[] = scopeKeys;
  const rows = await session.query(
    `SELECT * FROM halts WHERE scope_key IN (${placeholders(keys.length)}) ORDER BY epoch DESC`,
    keys,
  );
  return rows.map(haltOf);
}
