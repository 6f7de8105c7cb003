/** Sessions, passkeys, enrolment links and ceremonies. */
import type {
  CeremonyKind,
  SignInWrite,
  StaleSignInFact,
  StoredCeremony,
  StoredEnrolment,
  StoredPasskey,
  StoredSession,
} from "../../ports/sign-in-records.ts";
import type { Write } from "../../ports/store.ts";
import {
  decideCliAuthorization,
  deleteCliAuthorization,
  insertCliAuthorization,
} from "./cli-authorizations.ts";
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

/** How long an ended session stays to be looked up. */
const KEPT_MS = 30 * 86_400_000;

const KINDS: Readonly<Record<SignInWrite["kind"], true>> = {
  session: true,
  session_seen: true,
  sessions_ended: true,
  passkey: true,
  passkey_used: true,
  enrolment: true,
  enrolment_used: true,
  enrolments_withdrawn: true,
  ceremony: true,
  ceremony_done: true,
  cli_authorization: true,
  cli_authorization_decided: true,
  cli_authorization_done: true,
};

export function isOfSignIn(write: Write): write is SignInWrite {
  return write.kind in KINDS;
}

/** What a write of this kind does; `fence`: it must change something, or the commit is stale. */
export function signInStatements(write: SignInWrite): {
  readonly statements: readonly Statement[];
  readonly fence: StaleSignInFact | null;
} {
  switch (write.kind) {
    case "session":
      return { statements: insertSession(write.session), fence: null };
    case "session_seen":
      return { statements: [markSeen(write)], fence: "session" };
    case "sessions_ended":
      return { statements: [endSessions(write)], fence: null };
    case "passkey":
      return { statements: [upsertPasskey(write.passkey)], fence: null };
    case "passkey_used":
      return { statements: [usePasskey(write)], fence: "passkey" };
    case "enrolment":
      return { statements: [insertEnrolment(write.enrolment)], fence: null };
    case "enrolment_used":
      return { statements: [useEnrolment(write.id, write.at)], fence: "enrolment" };
    case "enrolments_withdrawn":
      return { statements: [withdrawEnrolments(write.person, write.at)], fence: null };
    case "ceremony":
      return { statements: insertCeremony(write.ceremony), fence: null };
    case "ceremony_done":
      return {
        statements: [{ sql: "DELETE FROM ceremonies WHERE id = ?", params: [write.id] }],
        fence: "ceremony",
      };
    case "cli_authorization":
      return { statements: insertCliAuthorization(write.authorization), fence: null };
    case "cli_authorization_decided":
      return { statements: [decideCliAuthorization(write)], fence: "cli_authorization" };
    case "cli_authorization_done":
      return { statements: [deleteCliAuthorization(write.id)], fence: "cli_authorization" };
  }
}

function insertSession(session: StoredSession): readonly Statement[] {
  const past = session.createdAt - KEPT_MS;
  return [
    { sql: "DELETE FROM sessions WHERE expires_at < ?", params: [past] },
    {
      sql: `INSERT INTO sessions (id, person_id, hash, previous_hash, previous_until, kind, via,
          label, csrf, created_at, rotated_at, last_seen_at, expires_at, idle_ms, ended_at)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      params: [
        session.id,
        session.person,
        session.hash,
        session.previousHash,
        session.previousUntil,
        session.kind,
        session.via,
        session.label,
        session.csrf,
        session.createdAt,
        session.rotatedAt,
        session.lastSeenAt,
        session.expiresAt,
        session.idleMs,
        session.endedAt,
      ],
    },
  ];
}

function markSeen(write: Extract<SignInWrite, { readonly kind: "session_seen" }>): Statement {
  const { id, at, rotated } = write;
  if (rotated === undefined) {
    return {
      sql: `UPDATE sessions SET last_seen_at = CASE WHEN last_seen_at > ? THEN last_seen_at ELSE ? END
        WHERE id = ? AND ended_at IS NULL`,
      params: [at, at, id],
    };
  }
  return {
    sql: `UPDATE sessions SET last_seen_at = ?, rotated_at = ?, hash = ?, previous_hash = ?,
        previous_until = ?
      WHERE id = ? AND hash = ? AND ended_at IS NULL`,
    params: [at, at, rotated.to, rotated.from, rotated.previousUntil, id, rotated.from],
  };
}

function endSessions(write: Extract<SignInWrite, { readonly kind: "sessions_ended" }>): Statement {
  const { of, at } = write;
  if ("session" in of) {
    return {
      sql: "UPDATE sessions SET ended_at = ? WHERE id = ? AND ended_at IS NULL",
      params: [at, of.session],
    };
  }
  return {
    sql: "UPDATE sessions SET ended_at = ? WHERE person_id = ? AND id <> ? AND ended_at IS NULL",
    params: [at, of.person, of.but ?? ""],
  };
}

function sessionOf(row: Row): StoredSession {
  return {
    id: textOf(row, "id"),
    person: textOf(row, "person_id"),
    hash: textOf(row, "hash"),
    previousHash: textOrNull(row, "previous_hash"),
    previousUntil: integerOf(row, "previous_until"),
    kind: textOf(row, "kind") as StoredSession["kind"],
    via: textOf(row, "via") as StoredSession["via"],
    label: textOf(row, "label"),
    csrf: textOf(row, "csrf"),
    createdAt: integerOf(row, "created_at"),
    rotatedAt: integerOf(row, "rotated_at"),
    lastSeenAt: integerOf(row, "last_seen_at"),
    expiresAt: integerOf(row, "expires_at"),
    idleMs: integerOf(row, "idle_ms"),
    endedAt: integerOrNull(row, "ended_at"),
  };
}

export async function readSessionByHash(
  session: Session,
  hash: string,
): Promise<StoredSession | null> {
  const [row] = await session.query("SELECT * FROM sessions WHERE hash = ? OR previous_hash = ?", [
    hash,
    hash,
  ]);
  return row === undefined ? null : sessionOf(row);
}

export async function readSession(session: Session, id: string): Promise<StoredSession | null> {
  const [row] = await session.query("SELECT * FROM sessions WHERE id = ?", [id]);
  return row === undefined ? null : sessionOf(row);
}

export async function readSessions(
  session: Session,
  person: string,
): Promise<readonly StoredSession[]> {
  const rows = await session.query(
    `SELECT * FROM sessions WHERE person_id = ? AND ended_at IS NULL
      ORDER BY created_at DESC, id DESC`,
    [person],
  );
  return rows.map(sessionOf);
}

/** Whose it is and with which key never changes. */
function upsertPasskey(passkey: StoredPasskey): Statement {
  return {
    sql: `INSERT INTO passkeys (id, person_id, credential_id, public_key, algorithm, counter,
        transports_json, backed_up, name, created_at, last_used_at, revoked_at)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
      ON CONFLICT (id) DO UPDATE SET
        revoked_at = COALESCE(passkeys.revoked_at, excluded.revoked_at)`,
    params: [
      passkey.id,
      passkey.person,
      passkey.credentialId,
      passkey.publicKey,
      passkey.algorithm,
      passkey.counter,
      JSON.stringify(passkey.transports),
      passkey.backedUp ? 1 : 0,
      passkey.name,
      passkey.createdAt,
      passkey.lastUsedAt,
      passkey.revokedAt,
    ],
  };
}

/** A counter that does not grow is a copy's (T31). */
function usePasskey(write: Extract<SignInWrite, { readonly kind: "passkey_used" }>): Statement {
  const { id, counter, backedUp, at } = write;
  return {
    sql: `UPDATE passkeys SET counter = ?, backed_up = ?, last_used_at = ?
      WHERE id = ? AND revoked_at IS NULL AND (counter < ? OR (counter = 0 AND ? = 0))`,
    params: [counter, backedUp ? 1 : 0, at, id, counter, counter],
  };
}

function passkeyOf(row: Row): StoredPasskey {
  return {
    id: textOf(row, "id"),
    person: textOf(row, "person_id"),
    credentialId: textOf(row, "credential_id"),
    publicKey: textOf(row, "public_key"),
    algorithm: integerOf(row, "algorithm"),
    counter: integerOf(row, "counter"),
    transports: jsonOf<readonly string[]>(row, "transports_json"),
    backedUp: flagOf(row, "backed_up"),
    name: textOf(row, "name"),
    createdAt: integerOf(row, "created_at"),
    lastUsedAt: integerOrNull(row, "last_used_at"),
    revokedAt: integerOrNull(row, "revoked_at"),
  };
}

export async function readPasskeys(
  session: Session,
  person: string,
): Promise<readonly StoredPasskey[]> {
  const rows = await session.query(
    "SELECT * FROM passkeys WHERE person_id = ? ORDER BY created_at, id",
    [person],
  );
  return rows.map(passkeyOf);
}

export async function readPasskeyByCredential(
  session: Session,
  credentialId: string,
): Promise<StoredPasskey | null> {
  const [row] = await session.query("SELECT * FROM passkeys WHERE credential_id = ?", [
    credentialId,
  ]);
  return row === undefined ? null : passkeyOf(row);
}

function insertEnrolment(enrolment: StoredEnrolment): Statement {
  return {
    sql: `INSERT INTO enrolments (id, hash, person_id, issued_by, reason, created_at, expires_at,
        used_at)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
    params: [
      enrolment.id,
      enrolment.hash,
      enrolment.person,
      enrolment.by,
      enrolment.reason,
      enrolment.createdAt,
      enrolment.expiresAt,
      enrolment.usedAt,
    ],
  };
}

function useEnrolment(id: string, at: number): Statement {
  return {
    sql: "UPDATE enrolments SET used_at = ? WHERE id = ? AND used_at IS NULL AND expires_at > ?",
    params: [at, id, at],
  };
}

function withdrawEnrolments(person: string | null, at: number): Statement {
  // Null is nobody's, which is the setup link.
  return {
    sql: `UPDATE enrolments SET expires_at = ?
      WHERE (person_id = ? OR (person_id IS NULL AND ? IS NULL)) AND used_at IS NULL
        AND expires_at > ?`,
    params: [at, person, person, at],
  };
}

export async function readEnrolmentByHash(
  session: Session,
  hash: string,
): Promise<StoredEnrolment | null> {
  const [row] = await session.query("SELECT * FROM enrolments WHERE hash = ?", [hash]);
  if (row === undefined) return null;
  return {
    id: textOf(row, "id"),
    hash: textOf(row, "hash"),
    person: textOrNull(row, "person_id"),
    by: textOf(row, "issued_by"),
    reason: textOf(row, "reason"),
    createdAt: integerOf(row, "created_at"),
    expiresAt: integerOf(row, "expires_at"),
    usedAt: integerOrNull(row, "used_at"),
  };
}

function insertCeremony(ceremony: StoredCeremony): readonly Statement[] {
  return [
    { sql: "DELETE FROM ceremonies WHERE expires_at < ?", params: [ceremony.createdAt] },
    {
      sql: `INSERT INTO ceremonies (id, kind, person_id, challenge, context, created_at, expires_at)
        VALUES (?, ?, ?, ?, ?, ?, ?)`,
      params: [
        ceremony.id,
        ceremony.kind,
        ceremony.person,
        ceremony.challenge,
        ceremony.context,
        ceremony.createdAt,
        ceremony.expiresAt,
      ],
    },
  ];
}

export async function readCeremony(session: Session, id: string): Promise<StoredCeremony | null> {
  const [row] = await session.query("SELECT * FROM ceremonies WHERE id = ?", [id]);
  if (row === undefined) return null;
  return {
    id: textOf(row, "id"),
    kind: textOf(row, "kind") as CeremonyKind,
    person: textOrNull(row, "person_id"),
    challenge: textOf(row, "challenge"),
    context: textOf(row, "context"),
    createdAt: integerOf(row, "created_at"),
    expiresAt: integerOf(row, "expires_at"),
  };
}
