/**
 * One commit inside an open transaction: every expectation is compared with what the transaction
 * sees, then everything is written, or nothing is (the caller rolls back to its savepoint).
 *
 * INVARIANT: facts are fenced. All commits of this store go through here, one after the other, so
 * a halt, a policy or a membership change that was acknowledged before cannot be jumped (T37).
 */
import type { BudgetWrite } from "../../ports/budgets.ts";
import type { RoutingWrite } from "../../ports/delegations.ts";
import type { AccountWrite } from "../../ports/provider-accounts.ts";
import type { SignInWrite } from "../../ports/sign-in-records.ts";
import { StoreFault } from "../../ports/store-fault.ts";
import type { Commit, Epochs, Expected, StaleFact, Write } from "../../ports/store.ts";
import { applyBudgetWrite, isOfBudgets, isTotalMoved, registerBudgets } from "./budgets.ts";
import { insertEntry, readLastSequence } from "./entries.ts";
import { deleteOutboxItem, insertLook, upsertChatPost, upsertOutboxItem } from "./outbox.ts";
import { isOfRouting, routingStatement } from "./delegations.ts";
import { figureStatements } from "./figures.ts";
import { updateLookAlike } from "./look-alikes.ts";
import { insertCommand } from "./installation.ts";
import { insertPolicy, readLiftCount, upsertHalt } from "./policies-and-halts.ts";
import { accountStatement, isOfAccount } from "./provider-accounts.ts";
import {
  readLiveCredentialIds,
  replaceShifts,
  upsertCredential,
  upsertIdentity,
  upsertPerson,
} from "./registry.ts";
import {
  insertKey,
  insertOpening,
  insertRequest,
  insertRevision,
  readFence,
  readHeldSince,
  readKey,
  updateRequest,
} from "./requests.ts";
import type { Session, Statement } from "./session.ts";
import { isOfSignIn, readPasskeys, signInStatements } from "./sign-in.ts";

/** Where the transaction stands: read once after its locks are held, moved on by each commit. */
export interface Standing {
  readonly now: number;
  readonly clockTrusted: boolean;
  readonly epochs: Epochs;
  readonly lastLogIndex: number;
}

export type Applied =
  | {
      readonly kind: "applied";
      readonly standing: Standing;
      /** Requests whose state or stream grew. */
      readonly requestIds: readonly string[];
      readonly movedEpochs: boolean;
    }
  | { readonly kind: "stale"; readonly what: StaleFact };

type OtherWrite = Exclude<
  Write,
  SignInWrite | AccountWrite | RoutingWrite | BudgetWrite | { readonly kind: "entry" }
>;
type RequestWrite = Extract<Write, { readonly kind: "request" }>;

/** Entries of this stream concern no request. */
const SYSTEM_STREAM = "system";

/**
 * @throws StoreFault `misused`, or the driver's error; then the savepoint must be rolled back.
 */
export async function applyCommit(
  session: Session,
  commit: Commit,
  before: Standing,
): Promise<Applied> {
  const requestWrite = soundRequestWrite(commit);
  const stale =
    (await staleFact(session, commit, before)) ??
    (await staleRequest(session, commit, requestWrite)) ??
    (await staleKeys(session, commit));
  if (stale !== null) return { kind: "stale", what: stale };

  const requestIds = new Set<string>();
  if (requestWrite !== null) {
    requestIds.add(requestWrite.state.id);
    await count(session, commit, requestWrite);
  }
  // Nobody else appends while this transaction lasts; (stream, sequence) is unique all the same.
  const lastSequences = new Map<string, number>();
  // A request that has just begun has no entry yet.
  if (commit.expected.request?.version === 0) lastSequences.set(commit.expected.request.id, 0);
  let standing = before;
  for (const write of commit.writes) {
    if (write.kind === "entry") {
      const { stream } = write.draft;
      const last = lastSequences.get(stream) ?? (await readLastSequence(session, stream));
      const place = { logIndex: standing.lastLogIndex + 1, sequence: last + 1 };
      await run(session, insertEntry(write.draft, place));
      lastSequences.set(stream, place.sequence);
      standing = { ...standing, lastLogIndex: place.logIndex };
      if (stream !== SYSTEM_STREAM) requestIds.add(stream);
      continue;
    }
    if (isOfSignIn(write)) {
      const fallen = await applySignIn(session, write);
      if (fallen !== null) return { kind: "stale", what: fallen };
      continue;
    }
    if (isOfRouting(write)) {
      await run(session, routingStatement(write));
      continue;
    }
    if (isOfBudgets(write)) {
      await applyBudgetWrite(session, write, before.now);
      if (write.kind !== "budget_counted") continue;
      const epochs = { ...standing.epochs, policy: standing.epochs.policy + 1 };
      standing = { ...standing, epochs };
      continue;
    }
    if (isOfAccount(write)) {
      const { sql, params } = accountStatement(write);
      if ((await session.execute(sql, params)) !== 1) return { kind: "stale", what: "account" };
      if (write.kind === "account_kept") continue;
      const epochs = { ...standing.epochs, membership: standing.epochs.membership + 1 };
      standing = { ...standing, epochs };
      continue;
    }
    standing = { ...standing, epochs: epochsAfter(write, standing.epochs) };
    for (const statement of statementsOf(write, standing.epochs)) await run(session, statement);
    if (write.kind === "policy") await registerBudgets(session, write.budgets ?? []);
  }
  await run(session, insertCommand(commit.commandId, before.now));
  const movedEpochs = standing.epochs !== before.epochs;
  return { kind: "applied", standing, requestIds: [...requestIds], movedEpochs };
}

async function run(session: Session, statement: Statement): Promise<void> {
  await session.execute(statement.sql, statement.params);
}

/** Counts a request as it is now. A lease that is renewed has no entry and changes no figure. */
async function count(session: Session, commit: Commit, write: RequestWrite): Promise<void> {
  if (!hasEntryOf(commit, write.state.id)) return;
  for (const statement of figureStatements(write)) await run(session, statement);
}

/** Being still there and being used is one step; what is no longer there is stale. */
async function applySignIn(session: Session, write: SignInWrite): Promise<StaleFact | null> {
  const { statements, fence } = signInStatements(write);
  let changed = 0;
  for (const { sql, params } of statements) changed = await session.execute(sql, params);
  return fence !== null && changed === 0 ? fence : null;
}

/** Everything expected but the request's version, the cheapest first. */
async function staleFact(
  session: Session,
  { expected, writes }: Commit,
  standing: Standing,
): Promise<StaleFact | null> {
  const { epochs, before, unusedKey, halt, liveCredentials, livePasskeys } = expected;
  for (const kind of ["policy", "halt", "membership"] as const) {
    const relied = epochs?.[kind];
    if (relied !== undefined && relied !== standing.epochs[kind]) return kind;
  }
  // INVARIANT: I7 deadlines are guards: what was in time when it was decided may be late by now.
  if (before !== undefined && standing.now >= before) return "deadline";
  if (expected.clockTrusted === true && !standing.clockTrusted) return "deadline";
  if (unusedKey !== undefined && !writes.some((write) => isOfKey(write, unusedKey))) {
    if ((await readKey(session, unusedKey.principal, unusedKey.key)) !== null) return "key";
  }
  const { budgets, heldFewer } = expected;
  if (heldFewer !== undefined) {
    const { identity, since, than } = heldFewer;
    if ((await readHeldSince(session, identity, since, than)) >= than) return "burst";
  }
  if (budgets !== undefined && (await isTotalMoved(session, budgets, standing.now)))
    return "budget";
  if (halt !== undefined) {
    if ((await readLiftCount(session, halt.id)) !== halt.lifts) return "halt";
  }
  if (liveCredentials !== undefined) {
    const { kind, id, ids } = liveCredentials;
    const live = await readLiveCredentialIds(session, { kind, id }, standing.now);
    const wanted = new Set(ids);
    if (live.length !== wanted.size || live.some((one) => !wanted.has(one))) return "credentials";
  }
  if (livePasskeys !== undefined) {
    const all = await readPasskeys(session, livePasskeys.person);
    const live = all.filter(({ revokedAt }) => revokedAt === null);
    const wanted = new Set(livePasskeys.ids);
    if (live.length !== wanted.size || live.some(({ id }) => !wanted.has(id))) return "passkey";
  }
  return null;
}

/** Writes the keys: being unused and being used is one step (I14, unasked too). */
async function staleKeys(session: Session, commit: Commit): Promise<StaleFact | null> {
  const { unusedKey } = commit.expected;
  for (const write of commit.writes) {
    if (write.kind !== "key") continue;
    const { sql, params } = insertKey(write.record);
    if ((await session.execute(sql, params)) === 1) continue;
    if (unusedKey !== undefined && isOfKey(write, unusedKey)) return "key";
    throw misused(`the key \`${write.record.key}\` would be used twice`);
  }
  return null;
}

function isOfKey(write: Write, { principal, key }: NonNullable<Expected["unusedKey"]>): boolean {
  return write.kind === "key" && write.record.principal === principal && write.record.key === key;
}

/** Writes the state where there is one to write: being fresh and writing it is one step. */
async function staleRequest(
  session: Session,
  commit: Commit,
  write: RequestWrite | null,
): Promise<StaleFact | null> {
  const expected = commit.expected.request;
  if (expected === undefined) return null;
  if (write === null) {
    const found = await readFence(session, expected.id);
    return (found?.version ?? 0) === expected.version ? null : "request";
  }
  if (expected.version > 0 && !hasEntryOf(commit, write.state.id)) {
    await refuseStatusWithoutEntry(session, write, expected.version);
  }
  const { sql, params } =
    expected.version === 0 ? insertRequest(write) : updateRequest(write, expected.version);
  const changed = await session.execute(sql, params);
  return changed === 1 ? null : "request";
}

function hasEntryOf(commit: Commit, requestId: string): boolean {
  return commit.writes.some((write) => write.kind === "entry" && write.draft.stream === requestId);
}

/** INVARIANT: I8 no evidence, no effect. Without an entry a state may renew a lease, no more. */
async function refuseStatusWithoutEntry(
  session: Session,
  write: RequestWrite,
  version: number,
): Promise<void> {
  const found = await readFence(session, write.state.id);
  if (found === null || found.version !== version) return;
  if (found.status !== write.state.status) {
    throw misused(`\`${write.state.id}\` would become \`${write.state.status}\` without an entry`);
  }
}

/** The one state that a commit may write, after checking that its fence is complete. */
function soundRequestWrite(commit: Commit): RequestWrite | null {
  const writes = commit.writes.filter((write) => write.kind === "request");
  const [write] = writes;
  if (write === undefined) return null;
  const { id, version } = write.state;
  if (writes.length > 1) throw misused("a commit writes one request, or each needs its own fence");
  const expected = commit.expected.request;
  // INVARIANT: I6 no lost update: a state is written only over the version it was decided from.
  if (expected === undefined || expected.id !== id) {
    throw misused(`the state of \`${id}\` would be written without expecting its version`);
  }
  if (version <= expected.version) {
    throw misused(`the version of \`${id}\` would go from ${expected.version} to ${version}`);
  }
  if (expected.version === 0 && !hasEntryOf(commit, id)) {
    throw misused(`\`${id}\` would begin without an entry`);
  }
  return write;
}

function misused(message: string): StoreFault {
  return new StoreFault("misused", message);
}

function epochsAfter(write: OtherWrite, epochs: Epochs): Epochs {
  switch (write.kind) {
    case "policy":
      return { ...epochs, policy: epochs.policy + 1 };
    case "halt":
      return { ...epochs, halt: epochs.halt + 1 };
    case "identity":
    case "person":
    case "on_call":
      return { ...epochs, membership: epochs.membership + 1 };
    case "credential":
      // Whoever is decided for under a key must hear of it before the commit (T37).
      if (write.credential.revokedAt === null) return epochs;
      return { ...epochs, membership: epochs.membership + 1 };
    case "request":
    case "revision":
    case "opening":
    case "key":
    case "outbox":
    case "outbox_done":
    case "chat_post":
    case "look":
    case "look_alike":
      return epochs;
  }
}

/** @param epochs as this very write made them. */
function statementsOf(write: OtherWrite, epochs: Epochs): readonly Statement[] {
  switch (write.kind) {
    case "request":
      return []; // Written with its fence.
    case "revision":
      return [insertRevision(write.revision)];
    case "opening":
      return [insertOpening(write.opening)];
    case "key":
      return []; // Written with its fence.
    case "identity":
      return [upsertIdentity(write.identity)];
    case "person":
      return [upsertPerson(write.person)];
    case "credential":
      return [upsertCredential(write.credential)];
    case "policy":
      return [insertPolicy(write.policy)];
    case "halt":
      return [upsertHalt(write.halt, epochs.halt)];
    case "on_call":
      return replaceShifts(write.roster, write.shifts);
    case "outbox":
      return [upsertOutboxItem(write.item)];
    case "outbox_done":
      return [deleteOutboxItem(write.id)];
    case "look":
      return [insertLook(write)];
    case "look_alike":
      return [updateLookAlike(write)];
    case "chat_post":
      return [upsertChatPost(write.subject, write.reference)];
  }
}
