/** Accounts at an identity provider. */
import type { AccountWrite, StoredAccount } from "../../ports/provider-accounts.ts";
import type { Write } from "../../ports/store.ts";
import {
  integerOf,
  integerOrNull,
  jsonOf,
  placeholders,
  textOf,
  textOrNull,
  type Row,
  type Session,
  type Statement,
} from "./session.ts";

const KINDS: Readonly<Record<AccountWrite["kind"], true>> = {
  account: true,
  account_kept: true,
  account_unlinked: true,
};

export function isOfAccount(write: Write): write is AccountWrite {
  return write.kind in KINDS;
}

/** It has to change one row, or the commit is stale: the version is part of what it looks for. */
export function accountStatement(write: AccountWrite): Statement {
  const { account } = write;
  if (write.kind === "account_unlinked") {
    return {
      sql: "DELETE FROM provider_accounts WHERE issuer = ? AND subject = ? AND version = ?",
      params: [account.issuer, account.subject, account.version],
    };
  }
  return account.version === 1 ? insertAccount(account) : updateAccount(account);
}

/** Changes nothing where the account, or another one of the person, is there already. */
function insertAccount(account: StoredAccount): Statement {
  return {
    sql: `INSERT INTO provider_accounts (issuer, subject, person_id, groups_json, confirmed_at,
        refresh_token, ended_at, linked_at, version)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, 1)
      ON CONFLICT DO NOTHING`,
    params: [
      account.issuer,
      account.subject,
      account.person,
      JSON.stringify(account.groups),
      account.confirmedAt,
      account.refreshToken,
      account.endedAt,
      account.linkedAt,
    ],
  };
}

function updateAccount(account: StoredAccount): Statement {
  return {
    sql: `UPDATE provider_accounts SET groups_json = ?, confirmed_at = ?, refresh_token = ?,
        ended_at = ?, version = ?
      WHERE issuer = ? AND subject = ? AND version = ?`,
    params: [
      JSON.stringify(account.groups),
      account.confirmedAt,
      account.refreshToken,
      account.endedAt,
      account.version,
      account.issuer,
      account.subject,
      account.version - 1,
    ],
  };
}

function accountOf(row: Row): StoredAccount {
  return {
    issuer: textOf(row, "issuer"),
    subject: textOf(row, "subject"),
    person: textOf(row, "person_id"),
    groups: jsonOf<readonly string[]>(row, "groups_json"),
    confirmedAt: integerOf(row, "confirmed_at"),
    refreshToken: textOrNull(row, "refresh_token"),
    endedAt: integerOrNull(row, "ended_at"),
    linkedAt: integerOf(row, "linked_at"),
    version: integerOf(row, "version"),
  };
}

export async function readAccount(
  session: Session,
  issuer: string,
  subject: string,
): Promise<StoredAccount | null> {
  const [row] = await session.query(
    "SELECT * FROM provider_accounts WHERE issuer = ? AND subject = ?",
    [issuer, subject],
  );
  return row === undefined ? null : accountOf(row);
}

export async function readAccountsOf(
  session: Session,
  persons: readonly string[],
): Promise<readonly StoredAccount[]> {
  if (persons.length === 0) return [];
  const rows = await session.query(
    `SELECT * FROM provider_accounts WHERE person_id IN (${placeholders(persons.length)})
      ORDER BY person_id`,
    persons,
  );
  return rows.map(accountOf);
}

export async function readAccounts(session: Session): Promise<readonly StoredAccount[]> {
  return (await session.query("SELECT * FROM provider_accounts ORDER BY person_id")).map(accountOf);
}
