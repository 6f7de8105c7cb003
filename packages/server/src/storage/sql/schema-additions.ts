/**
 * Statements of later migrations: what is counted, and columns that were added. As in `schema.ts`, what was
 * released is never changed.
 */

export const BUDGETS = [
  // The number stands for the definition in every row, which is a digest.
  `CREATE TABLE budgets (
    number {number},
    definition {text} NOT NULL,
    counted {integer} NOT NULL,
    retired {integer} NOT NULL
  ){table}`,
  `CREATE TABLE budget_counts (
    budget {integer} NOT NULL,
    budget_key {text} NOT NULL,
    counts_from {integer} NOT NULL,
    request_id {text} NOT NULL,
    revision {integer} NOT NULL,
    value {text} NOT NULL,
    units {integer} NOT NULL,
    PRIMARY KEY (budget, budget_key, counts_from, request_id, revision)
  ){keyedTable}`,
  `CREATE UNIQUE INDEX budget_counts_request ON budget_counts (request_id, revision, budget)`,
  `CREATE INDEX budget_counts_value ON budget_counts (budget, budget_key, value, counts_from)
    WHERE value <> ''`,
  // Decimal text: a sum may be more than an integer column holds.
  `CREATE TABLE budget_totals (
    budget {integer} NOT NULL,
    budget_key {text} NOT NULL,
    total {text} NOT NULL,
    PRIMARY KEY (budget, budget_key)
  ){keyedTable}`,
];

export const FIGURES = [
  // Narrow and in the order of time: what is summed over a period is one short range.
  `CREATE TABLE request_figures (
    created_at {integer} NOT NULL,
    request_id {text} NOT NULL,
    identity_id {text} NOT NULL,
    effect {text} NOT NULL,
    basis {text},
    impact {text},
    rules {text} NOT NULL,
    waited_ms {integer},
    deciding_ms {integer},
    verdict {text},
    edited {integer} NOT NULL,
    expired {integer} NOT NULL,
    ran {integer} NOT NULL,
    amount_minor {integer},
    currency {text},
    PRIMARY KEY (created_at, request_id)
  ){keyedTable}`,
  `CREATE TABLE person_decisions (
    person_id {text} NOT NULL,
    at {integer} NOT NULL,
    request_id {text} NOT NULL,
    verdict {text} NOT NULL,
    revision {integer} NOT NULL,
    identity_id {text} NOT NULL,
    rules {text} NOT NULL,
    PRIMARY KEY (person_id, at, request_id, verdict)
  ){keyedTable}`,
  `CREATE INDEX person_decisions_at ON person_decisions (at)`,
];

export const POLICY_PUBLICATIONS = [
  // Null for what was published before there were proposals.
  `ALTER TABLE policies ADD COLUMN request_id {text}`,
  `ALTER TABLE policies ADD COLUMN reason {text}`,
];

export const STAGES = [
  // Null for stages of before: who changed them, and when, is in the ledger.
  `ALTER TABLE identities ADD COLUMN stage_by {text}`,
  `ALTER TABLE identities ADD COLUMN stage_at {integer}`,
];
