/** Command lines that asked to be signed in and have no token yet. */
import type { SignInWrite, StoredCliAuthorization } from "../../ports/sign-in-records.ts";
import {
  flagOf,
  integerOf,
  textOf,
  textOrNull,
  type Row,
  type Session,
  type Statement,
} from "./session.ts";

export function insertCliAuthorization(asked: StoredCliAuthorization): readonly Statement[] {
  return [
    { sql: "DELETE FROM cli_authorizations WHERE expires_at < ?", params: [asked.createdAt] },
    {
      sql: `INSERT INTO cli_authorizations (id, device_hash, user_code, label, address, created_at,
          expires_at, allowed, decided_in)
        VALUES (?, ?, ?, ?, ?, ?, ?, 0, NULL)`,
      params: [
        asked.id,
        asked.deviceHash,
        asked.userCode,
        asked.label,
        asked.address,
        asked.createdAt,
        asked.expiresAt,
      ],
    },
  ];
}

export function decideCliAuthorization(
  write: Extract<SignInWrite, { readonly kind: "cli_authorization_decided" }>,
): Statement {
  return {
    sql: `UPDATE cli_authorizations SET allowed = ?, decided_in = ?
      WHERE id = ? AND decided_in IS NULL`,
    params: [write.allowed ? 1 : 0, write.session, write.id],
  };
}

export function deleteCliAuthorization(id: string): Statement {
  return { sql: "DELETE FROM cli_authorizations WHERE id = ?", params: [id] };
}

export async function readCliAuthorization(
  session: Session,
  by: { readonly deviceHash: string } | { readonly userCode: string },
): Promise<StoredCliAuthorization | null> {
  const [row] =
    "deviceHash" in by
      ? await session.query("SELECT * FROM cli_authorizations WHERE device_hash = ?", [
          by.deviceHash,
        ])
      : await session.query("SELECT * FROM cli_authorizations WHERE user_code = ?", [by.userCode]);
  return row === undefined ? null : authorizationOf(row);
}

function authorizationOf(row: Row): StoredCliAuthorization {
  const session = textOrNull(row, "decided_in");
  return {
    id: textOf(row, "id"),
    deviceHash: textOf(row, "device_hash"),
    userCode: textOf(row, "user_code"),
    label: textOf(row, "label"),
    address: textOf(row, "address"),
    createdAt: integerOf(row, "created_at"),
    expiresAt: integerOf(row, "expires_at"),
    decided: session === null ? null : { allowed: flagOf(row, "allowed"), session },
  };
}
