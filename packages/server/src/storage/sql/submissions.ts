/** Submissions as their first entries have them, page by page. */
import type { EntryDraft } from "../../domain/ledger/entry.ts";
import type { Period } from "../../ports/figures.ts";
import { StoreFault } from "../../ports/store-fault.ts";
import type {
  RecordedSubmission,
  StoredOpening,
  SubmissionPage,
  SubmissionSpan,
} from "../../ports/submissions.ts";
import { openingOf } from "./requests.ts";
import {
  integerOf,
  integerOrNull,
  placeholders,
  textOf,
  type Row,
  type Session,
} from "./session.ts";

const IN_PERIOD = "created_at >= ? AND created_at < ?";

export async function readSubmissionSpan(
  session: Session,
  { since, until }: Period,
  most: number,
): Promise<SubmissionSpan> {
  const [counted] = await session.query(
    `SELECT COUNT(*) AS count, (SELECT MIN(created_at) FROM requests) AS first
      FROM requests WHERE ${IN_PERIOD}`,
    [since, until],
  );
  // The latest that is left out; the one after it is the first that is read.
  const [before] = await session.query(
    `SELECT created_at, number FROM requests WHERE ${IN_PERIOD}
      ORDER BY created_at DESC, number DESC LIMIT 1 OFFSET ?`,
    [since, until, most],
  );
  return {
    count: counted === undefined ? 0 : integerOf(counted, "count"),
    recordedSince: counted === undefined ? null : integerOrNull(counted, "first"),
    cursor: before === undefined ? null : cursorOf(before),
  };
}

export async function readSubmissions(
  session: Session,
  { since, until }: Period,
  page: { readonly limit: number; readonly cursor: string | null },
): Promise<SubmissionPage> {
  const [createdAt, number] = page.cursor === null ? [since, 0] : positionOf(page.cursor);
  // Named in this order so that the walk goes along the requests and looks each entry up.
  const rows = await session.query(
    `SELECT r.created_at, r.number, r.id, e.canonical
      FROM requests AS r CROSS JOIN entries AS e
      WHERE (r.created_at, r.number) > (?, ?) AND r.created_at < ?
        AND e.stream = r.id AND e.sequence = 1
      ORDER BY r.created_at, r.number LIMIT ?`,
    [createdAt, number, until, page.limit],
  );
  const openings = await openingsOf(session, rows);
  const items = rows.map((row) => submissionOf(row, openings.get(textOf(row, "id")) ?? []));
  const last = rows.at(-1);
  const isFull = rows.length === page.limit && last !== undefined;
  return { items, cursor: isFull ? cursorOf(last) : null };
}

function submissionOf(row: Row, openings: readonly StoredOpening[]): RecordedSubmission {
  const { data } = JSON.parse(textOf(row, "canonical")) as EntryDraft;
  // Written by `entryOf` from a `submitted` event and the committed content.
  const { to, policy, hold, submission, content } = data as unknown as RecordedSubmission & {
    readonly content: RecordedSubmission["committed"];
  };
  return { to, policy, hold, submission, committed: content, openings };
}

async function openingsOf(
  session: Session,
  requests: readonly Row[],
): Promise<ReadonlyMap<string, readonly StoredOpening[]>> {
  if (requests.length === 0) return new Map();
  const rows = await session.query(
    `SELECT request_id, revision, path, salt, value FROM openings
      WHERE revision = 0 AND request_id IN (${placeholders(requests.length)})`,
    requests.map((row) => textOf(row, "id")),
  );
  return Map.groupBy(rows.map(openingOf), ({ requestId }) => requestId);
}

function cursorOf(row: Row): string {
  return `${integerOf(row, "created_at")}.${integerOf(row, "number")}`;
}

function positionOf(cursor: string): readonly [createdAt: number, number: number] {
  const match = /^(\d{1,16})\.(\d{1,16})$/.exec(cursor);
  if (match === null) throw new StoreFault("invalid_cursor", "no page gave out this `cursor`");
  return [Number(match[1]), Number(match[2])];
}
