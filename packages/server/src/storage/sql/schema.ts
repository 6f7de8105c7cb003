/**
 * The schema, as the migrations that make it. Forward only: a migration that was released is never
 * changed (its checksum is compared at every start), a mistake in it is mended by the next one.
 *
 * One text for all databases, with the words of the dialect in braces. Times are integer
 * milliseconds since the epoch. JSON is text: what is hashed must come back byte for byte.
 */

import { fillFigures } from "./figures.ts";
import { BUDGETS, FIGURES, POLICY_PUBLICATIONS, STAGES } from "./schema-additions.ts";
import { BURSTS, LOOK_ALIKES } from "./held-queue-schema.ts";
import type { Session } from "./session.ts";

export interface Migration {
  readonly name: string;
  readonly statements: readonly string[];
  /** Fills what was made from what is there; in the same transaction. */
  readonly fill?: (session: Session) => Promise<void>;
}

const INSTALLATION = [
  // One row. Every commit reads it first, and it fences the epochs that commands relied on.
  `CREATE TABLE installation (
    id {integer} NOT NULL PRIMARY KEY CHECK (id = 1),
    policy_epoch {integer} NOT NULL,
    halt_epoch {integer} NOT NULL,
    membership_epoch {integer} NOT NULL,
    clock_high_water {integer} NOT NULL
  ){table}`,
  `INSERT INTO installation VALUES (1, 0, 0, 0, 0)`,
  `CREATE TABLE secrets (
    name {text} NOT NULL PRIMARY KEY,
    value {bytes} NOT NULL
  ){table}`,
  // Only for looking up commits whose answer was lost; rows go after an hour.
  `CREATE TABLE commands (
    id {text} NOT NULL PRIMARY KEY,
    committed_at {integer} NOT NULL
  ){keyedTable}`,
  `CREATE INDEX commands_committed_at ON commands (committed_at)`,
];

const REQUESTS = [
  // `number` orders requests of the same millisecond; it is not a count and names nothing.
  // The columns between `due_at` and `state` are for finding a request; they never change.
  `CREATE TABLE requests (
    number {number},
    id {text} NOT NULL UNIQUE,
    version {integer} NOT NULL CHECK (version > 0),
    status {text} NOT NULL,
    due_at {integer},
    created_at {integer} NOT NULL,
    identity_id {text} NOT NULL,
    owner_id {text} NOT NULL,
    session_id {text},
    action_name {text} NOT NULL,
    id_ending {text} NOT NULL,
    search_text {text} NOT NULL,
    state {text} NOT NULL
  ){table}`,
  // Few, because each is a page to flush for every submission: see request-list.ts for their use.
  `CREATE INDEX requests_created ON requests (created_at, number)`,
  `CREATE INDEX requests_status ON requests (status, created_at, number)`,
  `CREATE INDEX requests_identity ON requests (identity_id, status, created_at, number)`,
  `CREATE INDEX requests_owner ON requests (owner_id, created_at, number)`,
  `CREATE INDEX requests_session ON requests (session_id, created_at, number)
    WHERE session_id IS NOT NULL`,
  `CREATE INDEX requests_action ON requests (action_name, created_at, number)`,
  `CREATE INDEX requests_ending ON requests (id_ending)`,
  `CREATE INDEX requests_due ON requests (due_at) WHERE due_at IS NOT NULL`,
  `CREATE TABLE revisions (
    request_id {text} NOT NULL REFERENCES requests (id),
    number {integer} NOT NULL,
    digest {text} NOT NULL,
    committed {text} NOT NULL,
    PRIMARY KEY (request_id, number)
  ){table}`,
  // Apart from the revisions, so that they can be erased and every digest still holds.
  `CREATE TABLE openings (
    request_id {text} NOT NULL,
    revision {integer} NOT NULL,
    path {text} NOT NULL,
    salt {text} NOT NULL,
    value {text} NOT NULL,
    PRIMARY KEY (request_id, revision, path),
    FOREIGN KEY (request_id, revision) REFERENCES revisions (request_id, number)
  ){table}`,
  `CREATE TABLE idempotency_keys (
    principal {text} NOT NULL,
    idempotency_key {text} NOT NULL,
    fingerprint {text} NOT NULL,
    request_id {text},
    answer {text},
    used_at {integer} NOT NULL,
    PRIMARY KEY (principal, idempotency_key)
  ){table}`,
];

const EVIDENCE = [
  // Kind, time, actor and data are read from `canonical`: nothing beside it could contradict it.
  `CREATE TABLE entries (
    log_index {integer} NOT NULL PRIMARY KEY,
    stream {text} NOT NULL,
    sequence {integer} NOT NULL,
    hash {text} NOT NULL,
    canonical {text} NOT NULL,
    UNIQUE (stream, sequence)
  ){table}`,
  `CREATE TABLE outbox (
    number {number},
    id {text} NOT NULL UNIQUE,
    kind {text} NOT NULL,
    request_id {text},
    payload {text} NOT NULL,
    not_before {integer} NOT NULL,
    attempts {integer} NOT NULL
  ){table}`,
  `CREATE INDEX outbox_due ON outbox (not_before, number)`,
];

const REGISTRY = [
  `CREATE TABLE identities (
    id {text} NOT NULL PRIMARY KEY,
    type {text} NOT NULL,
    owner_id {text} NOT NULL,
    stage {text} NOT NULL,
    groups_json {text} NOT NULL,
    labels_json {text} NOT NULL,
    acts_for_people {integer} NOT NULL,
    assurance {text} NOT NULL,
    mode {text} NOT NULL,
    may_json {text},
    created_at {integer} NOT NULL
  ){table}`,
  `CREATE TABLE persons (
    id {text} NOT NULL PRIMARY KEY,
    name {text} NOT NULL,
    rights_json {text} NOT NULL,
    disabled {integer} NOT NULL,
    created_at {integer} NOT NULL
  ){table}`,
  `CREATE TABLE credentials (
    id {text} NOT NULL PRIMARY KEY,
    holder_kind {text} NOT NULL,
    holder_id {text} NOT NULL,
    hash {text} NOT NULL UNIQUE,
    prefix {text} NOT NULL,
    via {text} NOT NULL,
    created_at {integer} NOT NULL,
    expires_at {integer} NOT NULL,
    revoked_at {integer}
  ){table}`,
  `CREATE INDEX credentials_holder ON credentials (holder_kind, holder_id, created_at)`,
  `CREATE TABLE on_call_shifts (
    number {number},
    roster {text} NOT NULL,
    person_id {text} NOT NULL,
    starts_at {integer} NOT NULL,
    ends_at {integer} NOT NULL
  ){table}`,
  `CREATE INDEX on_call_shifts_roster ON on_call_shifts (roster, starts_at)`,
  // Every publication is a row, also of a text that was in force before.
  `CREATE TABLE policies (
    number {number},
    version {text} NOT NULL,
    policy_text {text} NOT NULL,
    published_by {text} NOT NULL,
    published_at {integer} NOT NULL
  ){table}`,
  `CREATE INDEX policies_version ON policies (version, number)`,
  `CREATE TABLE halts (
    id {text} NOT NULL PRIMARY KEY,
    scope_key {text} NOT NULL,
    scope_json {text} NOT NULL,
    reason {text} NOT NULL,
    placed_by {text} NOT NULL,
    placed_at {integer} NOT NULL,
    epoch {integer} NOT NULL UNIQUE,
    lifts_json {text} NOT NULL,
    lift_count {integer} NOT NULL,
    lifted_at {integer}
  ){table}`,
  `CREATE INDEX halts_scope ON halts (scope_key, epoch)`,
];

const SIGN_IN = [
  `ALTER TABLE persons ADD COLUMN email {text}`,
  `ALTER TABLE persons ADD COLUMN slack {text}`,
  // Only hashes of secrets. `previous_hash`: what the browser may still send just after a rotation.
  `CREATE TABLE sessions (
    id {text} NOT NULL PRIMARY KEY,
    person_id {text} NOT NULL REFERENCES persons (id),
    hash {text} NOT NULL UNIQUE,
    previous_hash {text} UNIQUE,
    previous_until {integer} NOT NULL,
    kind {text} NOT NULL,
    via {text} NOT NULL,
    label {text} NOT NULL,
    csrf {text} NOT NULL,
    created_at {integer} NOT NULL,
    rotated_at {integer} NOT NULL,
    last_seen_at {integer} NOT NULL,
    expires_at {integer} NOT NULL,
    idle_ms {integer} NOT NULL,
    ended_at {integer}
  ){table}`,
  `CREATE INDEX sessions_person ON sessions (person_id, created_at) WHERE ended_at IS NULL`,
  `CREATE INDEX sessions_expires ON sessions (expires_at)`,
  `CREATE TABLE passkeys (
    id {text} NOT NULL PRIMARY KEY,
    person_id {text} NOT NULL REFERENCES persons (id),
    credential_id {text} NOT NULL UNIQUE,
    public_key {text} NOT NULL,
    algorithm {integer} NOT NULL,
    counter {integer} NOT NULL,
    transports_json {text} NOT NULL,
    backed_up {integer} NOT NULL,
    name {text} NOT NULL,
    created_at {integer} NOT NULL,
    last_used_at {integer},
    revoked_at {integer}
  ){table}`,
  `CREATE INDEX passkeys_person ON passkeys (person_id, created_at)`,
  `CREATE TABLE enrolments (
    id {text} NOT NULL PRIMARY KEY,
    hash {text} NOT NULL UNIQUE,
    person_id {text},
    issued_by {text} NOT NULL,
    reason {text} NOT NULL,
    created_at {integer} NOT NULL,
    expires_at {integer} NOT NULL,
    used_at {integer}
  ){table}`,
  `CREATE TABLE ceremonies (
    id {text} NOT NULL PRIMARY KEY,
    kind {text} NOT NULL,
    person_id {text},
    challenge {text} NOT NULL,
    context {text} NOT NULL,
    created_at {integer} NOT NULL,
    expires_at {integer} NOT NULL
  ){table}`,
  `CREATE INDEX ceremonies_expires ON ceremonies (expires_at)`,
];

const PROVIDER_ACCOUNTS = [
  // Known by issuer and subject. A person has one account, so that nobody comes in by another's.
  `CREATE TABLE provider_accounts (
    issuer {text} NOT NULL,
    subject {text} NOT NULL,
    person_id {text} NOT NULL UNIQUE REFERENCES persons (id),
    groups_json {text} NOT NULL,
    confirmed_at {integer} NOT NULL,
    refresh_token {text},
    ended_at {integer},
    linked_at {integer} NOT NULL,
    version {integer} NOT NULL CHECK (version > 0),
    PRIMARY KEY (issuer, subject)
  ){table}`,
];

const DELIVERIES = [
  // Both null for what is still to be delivered.
  `ALTER TABLE outbox ADD COLUMN dead_at {integer}`,
  `ALTER TABLE outbox ADD COLUMN last_error {text}`,
  `DROP INDEX outbox_due`,
  `CREATE INDEX outbox_due ON outbox (not_before, number) WHERE dead_at IS NULL`,
  // The message about a request or a halt that later ones bring up to date.
  `CREATE TABLE chat_posts (
    subject {text} NOT NULL PRIMARY KEY,
    reference {text} NOT NULL
  ){keyedTable}`,
  `CREATE TABLE request_looks (
    request_id {text} NOT NULL REFERENCES requests (id),
    person_id {text} NOT NULL,
    first_at {integer} NOT NULL,
    last_at {integer} NOT NULL,
    PRIMARY KEY (request_id, person_id)
  ){keyedTable}`,
];

const DELEGATIONS_AND_LOOKS = [
  `CREATE TABLE delegations (
    id {text} NOT NULL PRIMARY KEY,
    from_person {text} NOT NULL REFERENCES persons (id),
    to_person {text} NOT NULL REFERENCES persons (id),
    starts_at {integer} NOT NULL,
    ends_at {integer} NOT NULL,
    reason {text} NOT NULL,
    created_at {integer} NOT NULL,
    ended_at {integer}
  ){table}`,
  `CREATE INDEX delegations_to ON delegations (to_person, ends_at)`,
  `CREATE INDEX delegations_created ON delegations (created_at)`,
  // How long the card was before the person, as the page measured it; null: it did not say.
  `ALTER TABLE request_looks ADD COLUMN read_ms {integer}`,
];

const CLI_AUTHORIZATIONS = [
  // The device code's hash only: whoever reads the store collects no token with it.
  `CREATE TABLE cli_authorizations (
    id {text} NOT NULL PRIMARY KEY,
    device_hash {text} NOT NULL UNIQUE,
    user_code {text} NOT NULL UNIQUE,
    label {text} NOT NULL,
    address {text} NOT NULL,
    created_at {integer} NOT NULL,
    expires_at {integer} NOT NULL,
    allowed {integer} NOT NULL,
    decided_in {text}
  ){table}`,
  `CREATE INDEX cli_authorizations_expires ON cli_authorizations (expires_at)`,
];

/** In order; the number of a migration is its place, from 1. */
export const MIGRATIONS: readonly Migration[] = [
  { name: "first-schema", statements: [...INSTALLATION, ...REQUESTS, ...EVIDENCE, ...REGISTRY] },
  { name: "sign-in", statements: SIGN_IN },
  { name: "provider-accounts", statements: PROVIDER_ACCOUNTS },
  { name: "deliveries", statements: DELIVERIES },
  { name: "delegations-and-looks", statements: DELEGATIONS_AND_LOOKS },
  { name: "cli-authorizations", statements: CLI_AUTHORIZATIONS },
  { name: "figures", statements: FIGURES, fill: fillFigures },
  {
    name: "decisions-by-identity",
    statements: [`CREATE INDEX person_decisions_identity ON person_decisions (identity_id, at)`],
  },
  { name: "budgets", statements: BUDGETS },
  { name: "policy-publications", statements: POLICY_PUBLICATIONS },
  { name: "stages", statements: STAGES },
  { name: "bursts", statements: BURSTS },
  { name: "look-alikes", statements: LOOK_ALIKES },
];
