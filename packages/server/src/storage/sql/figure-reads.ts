/** Sums over what is counted. Each is one range of time, added up by the database. */
import { setImmediate as nextTurn } from "node:timers/promises";
import type {
  DecisionCounts,
  Period,
  ReadingPace,
  RequestCounts,
  Spread,
} from "../../ports/figures.ts";
import {
  integerOf,
  integerOrNull,
  jsonOf,
  textOf,
  textOrNull,
  type Row,
  type Session,
} from "./session.ts";

const DAY_MS = 86_400_000;

export async function readRequestCounts(session: Session, period: Period): Promise<RequestCounts> {
  // Each takes some tens of milliseconds for 100,000 requests; in between others have their turn.
  const days = await readDays(session, period);
  await nextTurn();
  const ruleSets = await readRuleSets(session, period);
  await nextTurn();
  const identities = await readIdentities(session, period);
  await nextTurn();
  const waiting = await readSpread(session, "waited_ms", period);
  await nextTurn();
  const deciding = await readSpread(session, "deciding_ms", period);
  await nextTurn();
  const unattended = await readUnattended(session, period);
  return { days, ruleSets, identities, waiting, deciding, unattended };
}

const IN_PERIOD = "created_at >= ? AND created_at < ?";

async function readDays(
  session: Session,
  { since, until }: Period,
): Promise<RequestCounts["days"]> {
  const rows = await session.query(
    `SELECT created_at / ${DAY_MS} AS day, COUNT(*) AS requests, ${countOf("effect = 'hold'")} AS held
      FROM request_figures WHERE ${IN_PERIOD} GROUP BY created_at / ${DAY_MS} ORDER BY 1`,
    [since, until],
  );
  return rows.map((row) => ({
    day: integerOf(row, "day") * DAY_MS,
    requests: integerOf(row, "requests"),
    held: integerOf(row, "held"),
  }));
}

async function readRuleSets(
  session: Session,
  { since, until }: Period,
): Promise<RequestCounts["ruleSets"]> {
  const rows = await session.query(
    `SELECT rules, COUNT(*) AS requests,
        ${countOf("effect = 'hold'")} AS held,
        ${countOf("effect = 'deny'")} AS denied,
        ${countOf("verdict IS NOT NULL")} AS decided,
        ${countOf("verdict IN ('approved', 'overridden')")} AS approved,
        ${countOf("verdict = 'rejected'")} AS rejected,
        SUM(edited) AS edited, SUM(expired) AS expired
      FROM request_figures WHERE ${IN_PERIOD} GROUP BY rules ORDER BY rules`,
    [since, until],
  );
  return rows.map((row) => ({
    rules: jsonOf<readonly string[]>(row, "rules"),
    requests: integerOf(row, "requests"),
    held: integerOf(row, "held"),
    denied: integerOf(row, "denied"),
    decided: integerOf(row, "decided"),
    approved: integerOf(row, "approved"),
    rejected: integerOf(row, "rejected"),
    edited: integerOf(row, "edited"),
    expired: integerOf(row, "expired"),
  }));
}

async function readIdentities(
  session: Session,
  { since, until }: Period,
): Promise<RequestCounts["identities"]> {
  const rows = await session.query(
    `SELECT identity_id, COUNT(*) AS requests, ${countOf("effect = 'hold'")} AS held,
        COALESCE(SUM(waited_ms), 0) AS waited
      FROM request_figures WHERE ${IN_PERIOD} GROUP BY identity_id ORDER BY identity_id`,
    [since, until],
  );
  const spreads = await session.query(
    `SELECT identity_id, ${RANKS} FROM (
        SELECT identity_id, waited_ms AS value,
          ROW_NUMBER() OVER (PARTITION BY identity_id ORDER BY waited_ms) AS place,
          COUNT(*) OVER (PARTITION BY identity_id) AS total
        FROM request_figures WHERE ${IN_PERIOD} AND waited_ms IS NOT NULL
      ) AS ranked GROUP BY identity_id`,
    [since, until],
  );
  const spreadOf = new Map(spreads.map((row) => [textOf(row, "identity_id"), spreadIn(row)]));
  return rows.map((row) => {
    const identity = textOf(row, "identity_id");
    return {
      ...(spreadOf.get(identity) ?? { count: 0, p50: null, p90: null }),
      identity,
      requests: integerOf(row, "requests"),
      held: integerOf(row, "held"),
      waitedMs: integerOf(row, "waited"),
    };
  });
}

/** By nearest rank, in whole numbers: the place is n/2 and 9n/10, rounded up. */
const RANKS = `COUNT(*) AS count,
  MAX(CASE WHEN place = (total + 1) / 2 THEN value END) AS p50,
  MAX(CASE WHEN place = (total * 9 + 9) / 10 THEN value END) AS p90`;

async function readSpread(
  session: Session,
  column: "waited_ms" | "deciding_ms",
  { since, until }: Period,
): Promise<Spread> {
  const [row] = await session.query(
    `SELECT ${RANKS} FROM (
        SELECT ${column} AS value, ROW_NUMBER() OVER (ORDER BY ${column}) AS place,
          COUNT(*) OVER () AS total
        FROM request_figures WHERE ${IN_PERIOD} AND ${column} IS NOT NULL
      ) AS ranked`,
    [since, until],
  );
  return row === undefined ? { count: 0, p50: null, p90: null } : spreadIn(row);
}

function spreadIn(row: Row): Spread {
  return {
    count: integerOf(row, "count"),
    p50: integerOrNull(row, "p50"),
    p90: integerOrNull(row, "p90"),
  };
}

async function readUnattended(
  session: Session,
  { since, until }: Period,
): Promise<RequestCounts["unattended"]> {
  const rows = await session.query(
    `SELECT impact, currency, COUNT(*) AS count, CAST(SUM(amount_minor) AS TEXT) AS minor
      FROM request_figures
      WHERE ${IN_PERIOD} AND impact IS NOT NULL AND ran = 1 AND basis = 'policy'
      GROUP BY impact, currency ORDER BY impact, currency`,
    [since, until],
  );
  return rows.map((row) => {
    const minor = textOrNull(row, "minor");
    return {
      impact: textOf(row, "impact"),
      currency: textOrNull(row, "currency"),
      count: integerOf(row, "count"),
      minorUnits: minor === null ? null : BigInt(minor),
    };
  });
}

/** Each decision in the period, with how long its person looked and how long reading takes. */
const TIMED = `SELECT person_id, identity_id, rules, verdict, at, read_ms,
    CASE WHEN length * ? > ? THEN length * ? ELSE ? END AS needed_ms
  FROM (
    SELECT d.person_id, d.identity_id, d.rules, d.verdict, d.at,
      CASE WHEN COALESCE(l.read_ms, d.at - l.first_at) < 0 THEN NULL
        WHEN COALESCE(l.read_ms, d.at - l.first_at) > ? THEN ?
        ELSE COALESCE(l.read_ms, d.at - l.first_at) END AS read_ms,
      (SELECT LENGTH(committed) FROM revisions v
        WHERE v.request_id = d.request_id AND v.number = d.revision) AS length
    FROM person_decisions d
    LEFT JOIN request_looks l ON l.request_id = d.request_id AND l.person_id = d.person_id
    WHERE d.at >= ? AND d.at < ?
  ) AS looked`;

function timedParams({ since, until }: Period, pace: ReadingPace): readonly number[] {
  const { perCharacterMs, leastMs, mostMs } = pace;
  return [perCharacterMs, leastMs, perCharacterMs, leastMs, mostMs, mostMs, since, until];
}

export async function readDecisionCounts(
  session: Session,
  period: Period,
  pace: ReadingPace,
): Promise<readonly DecisionCounts[]> {
  const rows = await session.query(
    `SELECT person_id, identity_id, rules,
        ${countOf("verdict = 'approve'")} AS approved,
        ${countOf("verdict = 'reject'")} AS rejected,
        ${countOf("verdict = 'override'")} AS overridden,
        ${countOf("verdict = 'interrupt'")} AS interrupted,
        ${countOf("read_ms IS NOT NULL AND verdict <> 'interrupt'")} AS measured,
        COALESCE(SUM(CASE WHEN verdict <> 'interrupt' THEN read_ms END), 0) AS read_ms,
        ${countOf("read_ms < needed_ms AND verdict <> 'interrupt'")} AS faster
      FROM (${TIMED}) AS timed
      GROUP BY person_id, identity_id, rules ORDER BY person_id, identity_id, rules`,
    timedParams(period, pace),
  );
  return rows.map((row) => ({
    person: textOf(row, "person_id"),
    identity: textOf(row, "identity_id"),
    rules: jsonOf<readonly string[]>(row, "rules"),
    approved: integerOf(row, "approved"),
    rejected: integerOf(row, "rejected"),
    overridden: integerOf(row, "overridden"),
    interrupted: integerOf(row, "interrupted"),
    measured: integerOf(row, "measured"),
    readMs: integerOf(row, "read_ms"),
    fasterThanReading: integerOf(row, "faster"),
  }));
}

export async function readReadingSpread(
  session: Session,
  person: string | null,
  period: Period,
  pace: ReadingPace,
): Promise<Spread> {
  const [row] = await session.query(
    `SELECT ${RANKS} FROM (
        SELECT read_ms AS value, ROW_NUMBER() OVER (ORDER BY read_ms) AS place,
          COUNT(*) OVER () AS total
        FROM (${TIMED}) AS timed
        WHERE ${person === null ? "" : "person_id = ? AND "}read_ms IS NOT NULL
          AND verdict <> 'interrupt'
      ) AS ranked`,
    [...timedParams(period, pace), ...(person === null ? [] : [person])],
  );
  return row === undefined ? { count: 0, p50: null, p90: null } : spreadIn(row);
}

function countOf(condition: string): string {
  return `SUM(CASE WHEN ${condition} THEN 1 ELSE 0 END)`;
}
