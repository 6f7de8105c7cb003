/** Who exists: identities, persons, their credentials, and who is on call. */
import type { Right } from "../../domain/request/commands.ts";
import type {
  OnCallShift,
  StoredCredential,
  StoredIdentity,
  StoredPerson,
} from "../../ports/store.ts";
import {
  flagOf,
  integerOf,
  integerOrNull,
  jsonOf,
  textOf,
  textOrNull,
  type Row,
  type Session,
  type Statement,
} from "./session.ts";

type HolderKind = StoredCredential["holder"]["kind"];

export function upsertIdentity(identity: StoredIdentity): Statement {
  return {
    sql: `INSERT INTO identities (id, type, owner_id, stage, groups_json, labels_json,
        acts_for_people, assurance, mode, may_json, stage_by, stage_at, created_at)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
      ON CONFLICT (id) DO UPDATE SET type = excluded.type, owner_id = excluded.owner_id,
        stage = excluded.stage, groups_json = excluded.groups_json,
        labels_json = excluded.labels_json, acts_for_people = excluded.acts_for_people,
        assurance = excluded.assurance, mode = excluded.mode, may_json = excluded.may_json,
        stage_by = excluded.stage_by, stage_at = excluded.stage_at,
        created_at = excluded.created_at`,
    params: [
      identity.id,
      identity.type,
      identity.owner,
      identity.stage,
      JSON.stringify(identity.groups),
      JSON.stringify(identity.labels),
      identity.actsForPeople ? 1 : 0,
      identity.assurance,
      identity.mode,
      identity.may === null ? null : JSON.stringify(identity.may),
      identity.stageBy,
      identity.stageAt,
      identity.createdAt,
    ],
  };
}

function identityOf(row: Row): StoredIdentity {
  return {
    id: textOf(row, "id"),
    type: textOf(row, "type"),
    owner: textOf(row, "owner_id"),
    stage: textOf(row, "stage"),
    groups: jsonOf<readonly string[]>(row, "groups_json"),
    labels: jsonOf<Readonly<Record<string, string>>>(row, "labels_json"),
    actsForPeople: flagOf(row, "acts_for_people"),
    assurance: textOf(row, "assurance") as StoredIdentity["assurance"],
    mode: textOf(row, "mode") as StoredIdentity["mode"],
    may: row["may_json"] === null ? null : jsonOf<readonly string[]>(row, "may_json"),
    stageBy: textOrNull(row, "stage_by"),
    stageAt: integerOrNull(row, "stage_at"),
    createdAt: integerOf(row, "created_at"),
  };
}

export async function readIdentity(session: Session, id: string): Promise<StoredIdentity | null> {
  const [row] = await session.query("SELECT * FROM identities WHERE id = ?", [id]);
  return row === undefined ? null : identityOf(row);
}

export async function readIdentities(session: Session): Promise<readonly StoredIdentity[]> {
  return (await session.query("SELECT * FROM identities ORDER BY id")).map(identityOf);
}

export function upsertPerson(person: StoredPerson): Statement {
  return {
    sql: `INSERT INTO persons (id, name, rights_json, disabled, email, slack, created_at)
      VALUES (?, ?, ?, ?, ?, ?, ?)
      ON CONFLICT (id) DO UPDATE SET name = excluded.name, rights_json = excluded.rights_json,
        disabled = excluded.disabled, email = excluded.email, slack = excluded.slack,
        created_at = excluded.created_at`,
    params: [
      person.id,
      person.name,
      JSON.stringify(person.rights),
      person.disabled ? 1 : 0,
      person.email,
      person.slack,
      person.createdAt,
    ],
  };
}

function personOf(row: Row): StoredPerson {
  return {
    id: textOf(row, "id"),
    name: textOf(row, "name"),
    rights: jsonOf<readonly Right[]>(row, "rights_json"),
    disabled: flagOf(row, "disabled"),
    email: textOrNull(row, "email"),
    slack: textOrNull(row, "slack"),
    createdAt: integerOf(row, "created_at"),
  };
}

export async function readPerson(session: Session, id: string): Promise<StoredPerson | null> {
  const [row] = await session.query("SELECT * FROM persons WHERE id = ?", [id]);
  return row === undefined ? null : personOf(row);
}

export async function readPersons(session: Session): Promise<readonly StoredPerson[]> {
  return (await session.query("SELECT * FROM persons ORDER BY id")).map(personOf);
}

/** A credential's holder and hash never change; when it ends may. */
export function upsertCredential(credential: StoredCredential): Statement {
  return {
    sql: `INSERT INTO credentials (id, holder_kind, holder_id, hash, prefix, via, created_at,
        expires_at, revoked_at)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
      ON CONFLICT (id) DO UPDATE SET expires_at = excluded.expires_at,
        revoked_at = excluded.revoked_at`,
    params: [
      credential.id,
      credential.holder.kind,
      credential.holder.id,
      credential.hash,
      credential.prefix,
      credential.via,
      credential.createdAt,
      credential.expiresAt,
      credential.revokedAt,
    ],
  };
}

function credentialOf(row: Row): StoredCredential {
  return {
    id: textOf(row, "id"),
    holder: { kind: textOf(row, "holder_kind") as HolderKind, id: textOf(row, "holder_id") },
    hash: textOf(row, "hash"),
    prefix: textOf(row, "prefix"),
    via: textOf(row, "via"),
    createdAt: integerOf(row, "created_at"),
    expiresAt: integerOf(row, "expires_at"),
    revokedAt: integerOrNull(row, "revoked_at"),
  };
}

export async function readCredentialByHash(
  session: Session,
  hash: string,
): Promise<StoredCredential | null> {
  const [row] = await session.query("SELECT * FROM credentials WHERE hash = ?", [hash]);
  return row === undefined ? null : credentialOf(row);
}

export async function readCredentials(
  session: Session,
  holder: StoredCredential["holder"],
): Promise<readonly StoredCredential[]> {
  const rows = await session.query(
    `SELECT * FROM credentials WHERE holder_kind = ? AND holder_id = ? ORDER BY created_at, id`,
    [holder.kind, holder.id],
  );
  return rows.map(credentialOf);
}

/** Ids of the holder's credentials that are neither revoked nor expired at `now`. */
export async function readLiveCredentialIds(
  session: Session,
  holder: StoredCredential["holder"],
  now: number,
): Promise<readonly string[]> {
  const rows = await session.query(
    `SELECT id FROM credentials WHERE holder_kind = ? AND holder_id = ? AND revoked_at IS NULL
      AND expires_at > ?`,
    [holder.kind, holder.id, now],
  );
  return rows.map((row) => textOf(row, "id"));
}

/** A roster is replaced as a whole. */
export function replaceShifts(
  roster: string,
  shifts: readonly OnCallShift[],
): readonly Statement[] {
  return [
    { sql: "DELETE FROM on_call_shifts WHERE roster = ?", params: [roster] },
    ...shifts.map((shift) => ({
      sql: `INSERT INTO on_call_shifts (roster, person_id, starts_at, ends_at) VALUES (?, ?, ?, ?)`,
      params: [roster, shift.person, shift.from, shift.until],
    })),
  ];
}

/** Persons whose shift includes `at`; a shift includes its start and not its end. */
export async function readOnCall(
  session: Session,
  roster: string,
  at: number,
): Promise<readonly string[]> {
  const rows = await session.query(
    `SELECT DISTINCT person_id FROM on_call_shifts
      WHERE roster = ? AND starts_at <= ? AND ends_at > ? ORDER BY person_id`,
    [roster, at, at],
  );
  return rows.map((row) => textOf(row, "person_id"));
}

export async function readShifts(session: Session): Promise<readonly OnCallShift[]> {
  const rows = await session.query(
    `SELECT roster, person_id, starts_at, ends_at FROM on_call_shifts
      ORDER BY roster, starts_at, number`,
  );
  return rows.map((row) => ({
    roster: textOf(row, "roster"),
    person: textOf(row, "person_id"),
    from: integerOf(row, "starts_at"),
    until: integerOf(row, "ends_at"),
  }));
}
