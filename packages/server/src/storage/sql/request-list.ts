/**
 * Lists of requests, page by page.
 *
 * Each page costs what it shows, however long the history is: the access path is chosen here and
 * not left to the planners, which know nothing about what is rare. Live requests are few (P5), so
 * a live status leads; ended ones are many, so there a session, identity, owner or action does.
 */
import { setImmediate as nextTurn } from "node:timers/promises";
import type { RequestStatus } from "@haltpoint/protocol";
import type { RequestState } from "../../domain/request/model.ts";
import { StoreFault } from "../../ports/store-fault.ts";
import type { Page, RequestQuery } from "../../ports/store.ts";
import { isLive, searchable, storedState } from "./requests.ts";
import {
  integerOf,
  placeholders,
  textOf,
  type Row,
  type Session,
  type SqlValue,
  type Statement,
} from "./session.ts";

const PAGE_MAX = 1_000;
/** A text search looks at this many rows between two turns of the event loop … */
const SEARCH_ROWS_PER_TURN = 2_000;
/** … and gives its page, full or not, after this many turns. */
const SEARCH_TURNS_MAX = 100;

const STATUSES = Object.keys({
  held: true,
  approved: true,
  running: true,
  interrupting: true,
  indeterminate: true,
  denied: true,
  rejected: true,
  expired: true,
  cancelled: true,
  interrupted: true,
  released: true,
  succeeded: true,
  failed: true,
} satisfies Record<RequestStatus, true>) as readonly RequestStatus[];

/** Where a page ended: the order is by creation, and within a millisecond by arrival. */
interface Position {
  readonly createdAt: number;
  readonly number: number;
}

export async function listRequests(
  session: Session,
  query: RequestQuery,
): Promise<Page<RequestState>> {
  const limit = Math.min(Math.max(1, Math.floor(query.limit)), PAGE_MAX);
  const rowsPerTurn = query.text === undefined ? limit + 1 : SEARCH_ROWS_PER_TURN;
  const items: RequestState[] = [];
  const cursors: string[] = [];
  let position = query.cursor === undefined ? null : positionOf(query.cursor);
  for (let turn = 0; turn < SEARCH_TURNS_MAX; turn += 1) {
    if (turn > 0) await nextTurn();
    const { sql, params } = listStatement(query, position, rowsPerTurn);
    const rows = await session.query(sql, params);
    for (const row of rows) {
      if (items.length === limit) return { items, cursors, cursor: cursorOf(position) };
      position = { createdAt: integerOf(row, "created_at"), number: integerOf(row, "number") };
      const state = stateOf(row);
      if (state === null) continue;
      items.push(state);
      cursors.push(cursorText(position));
    }
    if (rows.length < rowsPerTurn) return { items, cursors, cursor: null };
  }
  return { items, cursors, cursor: cursorOf(position) };
}

/** Null: a row that the text search looked at and that does not match. */
function stateOf(row: Row): RequestState | null {
  return row["state"] === null ? null : storedState(textOf(row, "state"));
}

function cursorOf(position: Position | null): string | null {
  return position === null ? null : cursorText(position);
}

function cursorText({ createdAt, number }: Position): string {
  return `${createdAt}.${number}`;
}

function positionOf(cursor: string): Position {
  const match = /^(-?\d{1,16})\.(\d{1,16})$/.exec(cursor);
  if (match === null) throw new StoreFault("invalid_cursor", "no page gave out this `cursor`");
  return { createdAt: Number(match[1]), number: Number(match[2]) };
}

/** One ordered, limited select per status, merged: each of them is one range of one index. */
function listStatement(query: RequestQuery, after: Position | null, rows: number): Statement {
  const direction = query.order === "oldest" ? "ASC" : "DESC";
  // What people decided is little and found first; the sign keeps the order from leading.
  const sign = query.decided === undefined ? "" : "+";
  const order = `ORDER BY ${sign}created_at ${direction}, ${sign}number ${direction}`;
  const selects = statusesOf(query).map((status) => selectOf(query, status, after));
  const [only] = selects;
  if (only === undefined) return { sql: "SELECT 1 FROM requests WHERE 1 = 0", params: [] };
  if (selects.length === 1) {
    return { sql: `${only.sql} ${order} LIMIT ?`, params: [...only.params, rows] };
  }
  const parts = selects.map(
    (select, index) => `SELECT * FROM (${select.sql} ${order} LIMIT ?) AS part_${index}`,
  );
  return {
    sql: `${parts.join(" UNION ALL ")} ${order} LIMIT ?`,
    params: [...selects.flatMap((select) => [...select.params, rows]), rows],
  };
}

/** Null: whatever the status. The index of identities is by status too, so there each is named. */
function statusesOf(query: RequestQuery): readonly (RequestStatus | null)[] {
  // Led by what people decided, there is one range whatever the statuses; see `selectOf`.
  if (query.decided !== undefined) return query.statuses?.length === 0 ? [] : [null];
  if (query.statuses !== undefined) return [...new Set(query.statuses)];
  const isByIdentity = query.identity !== undefined && query.session === undefined;
  return isByIdentity ? STATUSES : [null];
}

function selectOf(
  query: RequestQuery,
  status: RequestStatus | null,
  after: Position | null,
): Statement {
  const isText = query.text !== undefined;
  const persons = query.textPersons ?? [];
  const params: SqlValue[] = isText ? [likePattern(query.text ?? ""), ...persons] : [];
  const state = isText ? `CASE WHEN ${textMatch(persons.length)} THEN state END` : "state";
  const conditions: string[] = [];
  for (const { column, value, leads } of equalities(query, status)) {
    // Concatenation keeps a column that does not lead from being taken for the access path.
    conditions.push(leads ? `${column} = ?` : `${column} || '' = ?`);
    params.push(value);
  }
  if (query.decided !== undefined) {
    const decided = decidedCondition(query.decided);
    conditions.push(decided.sql);
    params.push(...decided.params);
    if (query.statuses !== undefined) {
      conditions.push(`status || '' IN (${placeholders(query.statuses.length)})`);
      params.push(...query.statuses);
    }
  }
  if (after !== null) {
    conditions.push(`(created_at, number) ${query.order === "oldest" ? ">" : "<"} (?, ?)`);
    params.push(after.createdAt, after.number);
  }
  if (query.createdSince !== undefined) {
    conditions.push("created_at >= ?");
    params.push(query.createdSince);
  }
  if (query.createdBefore !== undefined) {
    conditions.push("created_at < ?");
    params.push(query.createdBefore);
  }
  const where = conditions.length === 0 ? "" : ` WHERE ${conditions.join(" AND ")}`;
  return { sql: `SELECT number, created_at, ${state} AS state FROM requests${where}`, params };
}

function textMatch(persons: number): string {
  const inText = "search_text LIKE ? ESCAPE '\\'";
  if (persons === 0) return inText;
  return `${inText} OR id IN (SELECT request_id FROM person_decisions
    WHERE person_id IN (${placeholders(persons)}))`;
}

function decidedCondition({
  by,
  identity,
  since,
  before,
}: NonNullable<RequestQuery["decided"]>): Statement {
  const conditions: string[] = [];
  const params: SqlValue[] = [];
  const add = (condition: string, value: SqlValue | undefined): void => {
    if (value === undefined) return;
    conditions.push(condition);
    params.push(value);
  };
  add("person_id = ?", by);
  add("identity_id = ?", identity);
  add("at >= ?", since);
  add("at < ?", before);
  const where = conditions.length === 0 ? "" : ` WHERE ${conditions.join(" AND ")}`;
  return { sql: `id IN (SELECT request_id FROM person_decisions${where})`, params };
}

interface Equality {
  readonly column: string;
  readonly value: string;
  readonly leads: boolean;
}

function equalities(query: RequestQuery, status: RequestStatus | null): readonly Equality[] {
  const wanted: readonly (readonly [column: string, value: string | null | undefined])[] = [
    ["session_id", query.session],
    ["identity_id", query.identity],
    ["owner_id", query.owner],
    ["action_name", query.action],
    ["status", status],
  ];
  const given = wanted.flatMap(([column, value]) =>
    value === null || value === undefined ? [] : [{ column, value }],
  );
  // What people decided is rarer still.
  if (query.decided !== undefined) return given.map((each) => ({ ...each, leads: false }));
  const rarest = status !== null && isLive(status) ? "status" : given[0]?.column;
  const leading = new Set([rarest]);
  // These two are one index.
  if (rarest === "status" && query.identity !== undefined) leading.add("identity_id");
  if (rarest === "identity_id") leading.add("status");
  return given.map((equality) => ({ ...equality, leads: leading.has(equality.column) }));
}

function likePattern(text: string): string {
  return `%${searchable(text).replace(/[\\%_]/g, "\\$&")}%`;
}
