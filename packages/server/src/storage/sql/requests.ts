/** The tables of a request: its state, revisions, openings, idempotency keys and timers. */
import type { RequestStatus } from "@haltpoint/protocol";
import { isTerminal, type RequestState } from "../../domain/request/model.ts";
import type { KeyRecord, StoredRevision, Write } from "../../ports/store.ts";
import type { StoredOpening } from "../../ports/submissions.ts";
import {
  integerOf,
  integerOrNull,
  placeholders,
  textOf,
  textOrNull,
  type Row,
  type Session,
  type Statement,
} from "./session.ts";

type RequestWrite = Extract<Write, { readonly kind: "request" }>;

/** How many last characters of an id the index of short ids holds. */
const ENDING_LENGTH = 10;
/** A text of two characters may fit thousands of ids; nobody is shown those. */
const ENDINGS_READ_MAX = 1_000;
/** Sorts after every text that begins with what precedes it. */
const AFTER_ALL = "\u{10FFFF}";

/** Changes no row where the id exists. */
export function insertRequest(write: RequestWrite): Statement {
  const { state, dueAt, title, lookAlike } = write;
  const { scope } = state;
  return {
    sql: `INSERT INTO requests (id, version, status, due_at, created_at, identity_id, owner_id, session_id,
        action_name, id_ending, search_text, held_at, look_alike, state)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
      ON CONFLICT (id) DO NOTHING`,
    params: [
      state.id,
      state.version,
      state.status,
      dueAt,
      state.createdAt,
      scope.identity,
      scope.owner,
      scope.session,
      scope.action,
      endingOf(state.id),
      searchable([scope.action, scope.identity, title ?? ""].join("\n")),
      state.heldAt,
      lookAlike ?? null,
      JSON.stringify(state),
    ],
  };
}

/** INVARIANT: I6 the conditional write: changes no row where another commit was faster. */
export function updateRequest(write: RequestWrite, expectedVersion: number): Statement {
  const { state, dueAt } = write;
  return {
    sql: `UPDATE requests SET version = ?, status = ?, due_at = ?, state = ?
      WHERE id = ? AND version = ?`,
    params: [state.version, state.status, dueAt, JSON.stringify(state), state.id, expectedVersion],
  };
}

/** What states that were written before it was kept lack. */
const LATER_MEMBERS: Pick<RequestState, "returned"> = { returned: null };

export function storedState(text: string): RequestState {
  const state = { ...LATER_MEMBERS, ...(JSON.parse(text) as RequestState) };
  return "spent" in state ? state : { ...(state as RequestState), spent: spentBefore(state) };
}

/** What a state of before budgets tells of its redemption: one that was given back is not in it. */
function spentBefore({ run, revision }: RequestState): RequestState["spent"] {
  return run === null ? null : { revision: revision.number, at: run.startedAt };
}

/** Version and status of a request; null: it does not exist. */
export async function readFence(
  session: Session,
  id: string,
): Promise<{ readonly version: number; readonly status: string } | null> {
  const [row] = await session.query("SELECT version, status FROM requests WHERE id = ?", [id]);
  return row === undefined
    ? null
    : { version: integerOf(row, "version"), status: textOf(row, "status") };
}

export async function readRequest(session: Session, id: string): Promise<RequestState | null> {
  const [row] = await session.query("SELECT state FROM requests WHERE id = ?", [id]);
  return row === undefined ? null : storedState(textOf(row, "state"));
}

/** What text search compares: without case, and letters with accents in one spelling. */
export function searchable(text: string): string {
  return text.normalize("NFC").toLowerCase();
}

/** The last characters, last first: what an id ends in becomes what the index entry begins with. */
function endingOf(id: string): string {
  return Array.from(id.slice(-ENDING_LENGTH).toUpperCase()).reverse().join("");
}

export async function readIdsByEnding(
  session: Session,
  short: string,
  limit: number,
): Promise<readonly string[]> {
  if (short === "") return [];
  const ending = endingOf(short);
  const rows = await session.query(
    `SELECT id, status FROM requests WHERE id_ending >= ? AND id_ending < ?
      ORDER BY id_ending LIMIT ?`,
    [ending, ending + AFTER_ALL, ENDINGS_READ_MAX],
  );
  const wanted = short.toUpperCase();
  const matching = rows.filter((row) => textOf(row, "id").toUpperCase().endsWith(wanted));
  const isLiveRow = (row: Row) => isLive(textOf(row, "status") as RequestStatus);
  const liveFirst = [...matching.filter(isLiveRow), ...matching.filter((row) => !isLiveRow(row))];
  return liveFirst.slice(0, limit).map((row) => textOf(row, "id"));
}

/** One short range of the index of what was held, however much waits. */
export async function readHeldSince(
  session: Session,
  identity: string,
  since: number,
  most: number,
): Promise<number> {
  const [row] = await session.query(
    `SELECT COUNT(*) AS count FROM (SELECT 1 FROM requests
      WHERE identity_id = ? AND held_at >= ? LIMIT ?) AS held`,
    [identity, since, most],
  );
  return row === undefined ? 0 : integerOf(row, "count");
}

/** By the index of live requests; the length of a text is read without the text. */
export async function readHeldBytes(session: Session, identity: string): Promise<number> {
  const [row] = await session.query(
    `SELECT COALESCE(SUM(octet_length(revisions.committed)), 0) AS bytes
     FROM requests JOIN revisions ON revisions.request_id = requests.id
     WHERE requests.status = 'held' AND requests.identity_id = ?`,
    [identity],
  );
  return row === undefined ? 0 : integerOf(row, "bytes");
}

export async function countRequests(
  session: Session,
  query: { readonly statuses?: readonly string[]; readonly identity?: string },
): Promise<number> {
  if (query.statuses?.length === 0) return 0;
  const conditions: string[] = [];
  const params: string[] = [];
  if (query.identity !== undefined) {
    conditions.push("identity_id = ?");
    params.push(query.identity);
  }
  if (query.statuses !== undefined) {
    conditions.push(`status IN (${placeholders(query.statuses.length)})`);
    params.push(...query.statuses);
  }
  const where = conditions.length === 0 ? "" : ` WHERE ${conditions.join(" AND ")}`;
  const [row] = await session.query(`SELECT COUNT(*) AS count FROM requests${where}`, params);
  return row === undefined ? 0 : integerOf(row, "count");
}

/** A request that something can still happen to. */
export function isLive(status: RequestStatus): boolean {
  return !isTerminal(status);
}

export async function readDue(
  session: Session,
  now: number,
  limit: number,
): Promise<readonly string[]> {
  const rows = await session.query(
    "SELECT id FROM requests WHERE due_at <= ? ORDER BY due_at, number LIMIT ?",
    [now, limit],
  );
  return rows.map((row) => textOf(row, "id"));
}

export async function readNextDue(session: Session): Promise<number | null> {
  const [row] = await session.query(
    "SELECT MIN(due_at) AS due_at FROM requests WHERE due_at IS NOT NULL",
  );
  return row === undefined ? null : integerOrNull(row, "due_at");
}

export function insertRevision(revision: StoredRevision): Statement {
  return {
    sql: "INSERT INTO revisions (request_id, number, digest, committed) VALUES (?, ?, ?, ?)",
    params: [revision.requestId, revision.number, revision.digest, revision.committed],
  };
}

export async function readRevision(
  session: Session,
  requestId: string,
  number: number,
): Promise<StoredRevision | null> {
  const [row] = await session.query(
    "SELECT digest, committed FROM revisions WHERE request_id = ? AND number = ?",
    [requestId, number],
  );
  if (row === undefined) return null;
  return { requestId, number, digest: textOf(row, "digest"), committed: textOf(row, "committed") };
}

export function insertOpening(opening: StoredOpening): Statement {
  return {
    sql: "INSERT INTO openings (request_id, revision, path, salt, value) VALUES (?, ?, ?, ?, ?)",
    params: [opening.requestId, opening.revision, opening.path, opening.salt, opening.value],
  };
}

export async function readOpenings(
  session: Session,
  requestId: string,
  revision: number,
): Promise<readonly StoredOpening[]> {
  const rows = await session.query(
    `SELECT request_id, revision, path, salt, value FROM openings
      WHERE request_id = ? AND revision = ? ORDER BY path`,
    [requestId, revision],
  );
  return rows.map(openingOf);
}

export function openingOf(row: Row): StoredOpening {
  return {
    requestId: textOf(row, "request_id"),
    revision: integerOf(row, "revision"),
    path: textOf(row, "path"),
    salt: textOf(row, "salt"),
    value: textOf(row, "value"),
  };
}

/** Changes no row where the key was used (I14). */
export function insertKey(record: KeyRecord): Statement {
  return {
    sql: `INSERT INTO idempotency_keys
        (principal, idempotency_key, fingerprint, request_id, answer, used_at)
      VALUES (?, ?, ?, ?, ?, ?)
      ON CONFLICT (principal, idempotency_key) DO NOTHING`,
    params: [
      record.principal,
      record.key,
      record.fingerprint,
      record.requestId,
      record.answer,
      record.at,
    ],
  };
}

export async function readKey(
  session: Session,
  principal: string,
  key: string,
): Promise<KeyRecord | null> {
  const [row] = await session.query(
    `SELECT principal, idempotency_key, fingerprint, request_id, answer, used_at
      FROM idempotency_keys WHERE principal = ? AND idempotency_key = ?`,
    [principal, key],
  );
  return row === undefined ? null : keyOf(row);
}

function keyOf(row: Row): KeyRecord {
  return {
    principal: textOf(row, "principal"),
    key: textOf(row, "idempotency_key"),
    fingerprint: textOf(row, "fingerprint"),
    requestId: textOrNull(row, "request_id"),
    answer: textOrNull(row, "answer"),
    at: integerOf(row, "used_at"),
  };
}
