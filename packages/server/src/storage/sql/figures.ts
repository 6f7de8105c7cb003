/**
 * What is counted, in narrow rows beside the requests: written with each change of a request, so
 * that counting 100,000 of them reads few bytes and parses no state.
 */
import { figuresOf, personDecisionsOf, type PersonDecision } from "../../domain/request/figures.ts";
import type { RequestState } from "../../domain/request/model.ts";
import type { Write } from "../../ports/store.ts";
import { storedState } from "./requests.ts";
import { integerOf, textOf, type Session, type Statement } from "./session.ts";

type RequestWrite = Extract<Write, { readonly kind: "request" }>;

const FILL_BATCH = 500;

/** The rows of a request as it is now; run with every write of it that has an entry. */
export function figureStatements({ state, amount }: RequestWrite): readonly Statement[] {
  return [
    upsertFigures(state, amount ?? null),
    ...personDecisionsOf(state).map((decision) => insertDecision(state, decision)),
  ];
}

function upsertFigures(
  state: RequestState,
  amount: NonNullable<RequestWrite["amount"]> | null,
): Statement {
  const { id, scope, createdAt, basis, policy } = state;
  const figures = figuresOf(state);
  return {
    sql: `INSERT INTO request_figures (created_at, request_id, identity_id, effect, basis,
        impact, rules, waited_ms, deciding_ms, verdict, edited, expired, ran, amount_minor, currency)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
      ON CONFLICT (created_at, request_id) DO UPDATE SET
        effect = excluded.effect, basis = excluded.basis, impact = excluded.impact,
        rules = excluded.rules, waited_ms = excluded.waited_ms, deciding_ms = excluded.deciding_ms,
        verdict = excluded.verdict, edited = excluded.edited, expired = excluded.expired,
        ran = excluded.ran`,
    params: [
      createdAt,
      id,
      scope.identity,
      figures.effect,
      basis,
      policy.impact ?? policy.impacts?.[0] ?? null,
      JSON.stringify(policy.rules),
      figures.waitedMs,
      figures.decidingMs,
      figures.verdict,
      figures.isEdited ? 1 : 0,
      figures.isExpired ? 1 : 0,
      figures.hasRun ? 1 : 0,
      amount?.minorUnits ?? null,
      amount?.currency ?? null,
    ],
  };
}

/** What was decided stays so: also a review that is taken back was made. */
function insertDecision(state: RequestState, decision: PersonDecision): Statement {
  const { person, at, verdict, revision } = decision;
  return {
    sql: `INSERT INTO person_decisions (person_id, at, request_id, verdict, revision, identity_id,
        rules)
      VALUES (?, ?, ?, ?, ?, ?, ?)
      ON CONFLICT (person_id, at, request_id, verdict) DO NOTHING`,
    params: [
      person,
      at,
      state.id,
      verdict,
      revision,
      state.scope.identity,
      JSON.stringify(state.policy.rules),
    ],
  };
}

/** Counts what was there before anything was counted; amounts of then are not known. */
export async function fillFigures(session: Session): Promise<void> {
  for (let after = 0; ;) {
    const rows = await session.query(
      "SELECT number, state FROM requests WHERE number > ? ORDER BY number LIMIT ?",
      [after, FILL_BATCH],
    );
    for (const row of rows) {
      after = integerOf(row, "number");
      const state = storedState(textOf(row, "state"));
      for (const { sql, params } of figureStatements({ kind: "request", state, dueAt: null })) {
        await session.execute(sql, params);
      }
    }
    if (rows.length < FILL_BATCH) return;
  }
}
