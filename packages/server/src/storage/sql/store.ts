/** The store, on any database that has a session and a dialect. */
import { readBudgets, readBudgetTotal } from "./budgets.ts";
import { readCliAuthorization } from "./cli-authorizations.ts";
import type { BudgetQuery, StoredTotal } from "../../ports/budgets.ts";
import type { Random } from "../../ports/random.ts";
import type { Period, ReadingPace } from "../../ports/figures.ts";
import { StoreFault } from "../../ports/store-fault.ts";
import type {
  Commit,
  CommitResult,
  Committed,
  RanQuery,
  RequestQuery,
  Store,
} from "../../ports/store.ts";
import { readDelegation, readDelegations, readDelegationsTo } from "./delegations.ts";
import { readEntries, readEntriesAfter, readLastLogIndex } from "./entries.ts";
import {
  readChatPost,
  readIsLookedAt,
  readLooks,
  readOutboxDue,
  readOutboxItem,
  readTroubled,
} from "./outbox.ts";
import { readDecisionCounts, readReadingSpread, readRequestCounts } from "./figure-reads.ts";
import type { GroupCommit } from "./group-commit.ts";
import { hasCommand, insertSecret, readInstallation, readSecret } from "./installation.ts";
import {
  readHalt,
  readHalts,
  readHaltsFor,
  readPolicy,
  readPolicyByVersion,
  readPolicyVersions,
} from "./policies-and-halts.ts";
import { readAccount, readAccounts, readAccountsOf } from "./provider-accounts.ts";
import {
  readCredentialByHash,
  readCredentials,
  readIdentities,
  readIdentity,
  readOnCall,
  readPerson,
  readPersons,
  readShifts,
} from "./registry.ts";
import { readLookAlikes, readWaitingAlike } from "./look-alikes.ts";
import { readRanLately } from "./ran-lately.ts";
import { listRequests } from "./request-list.ts";
import { readSubmissions, readSubmissionSpan } from "./submissions.ts";
import {
  countRequests,
  readHeldBytes,
  readHeldSince,
  readDue,
  readIdsByEnding,
  readKey,
  readNextDue,
  readOpenings,
  readRequest,
  readRevision,
} from "./requests.ts";
import type { Session } from "./session.ts";
import {
  readCeremony,
  readEnrolmentByHash,
  readPasskeyByCredential,
  readPasskeys,
  readSession,
  readSessionByHash,
  readSessions,
} from "./sign-in.ts";
import type { StoreClock } from "./store-clock.ts";

const SECRET_BYTES = 32;

export interface SqlStoreOptions {
  /** For reads: sees what is durable, never a transaction under way. */
  readonly reads: Session;
  readonly commits: GroupCommit;
  readonly clock: StoreClock;
  readonly random: Random;
  readonly backup: (file: string) => Promise<void>;
  /** Closes the connections, once nothing runs on them. */
  readonly release: () => void | Promise<void>;
}

export class SqlStore implements Store {
  readonly #options: SqlStoreOptions;
  /** They never change once they are made. */
  readonly #secrets = new Map<string, Uint8Array>();
  #closing: Promise<void> | null = null;

  constructor(options: SqlStoreOptions) {
    this.#options = options;
  }

  get #reads(): Session {
    if (this.#closing !== null) throw new StoreFault("closed", "the store is closed");
    return this.#options.reads;
  }

  async time() {
    const { highWaterMs } = await readInstallation(this.#reads);
    return this.#options.clock.read(highWaterMs);
  }

  async epochs() {
    return (await readInstallation(this.#reads)).epochs;
  }

  async standing() {
    const { epochs, highWaterMs } = await readInstallation(this.#reads);
    return { epochs, time: this.#options.clock.read(highWaterMs) };
  }

  async lastLogIndex() {
    return readLastLogIndex(this.#reads);
  }

  async request(id: string) {
    return readRequest(this.#reads, id);
  }

  async requestIdsByShort(short: string, limit: number) {
    return readIdsByEnding(this.#reads, short, limit);
  }

  async requests(query: RequestQuery) {
    return listRequests(this.#reads, query);
  }

  async countRequests(query: Pick<RequestQuery, "statuses" | "identity">) {
    return countRequests(this.#reads, query);
  }

  async countHeldSince(identity: string, since: number, most: number) {
    return readHeldSince(this.#reads, identity, since, most);
  }

  async lookAlikes(requestIds: readonly string[]) {
    return readLookAlikes(this.#reads, requestIds);
  }

  async waitingAlike(group: string, limit: number) {
    return readWaitingAlike(this.#reads, group, limit);
  }

  async heldBytes(identity: string) {
    return readHeldBytes(this.#reads, identity);
  }

  async ranLately(query: RanQuery) {
    return readRanLately(this.#reads, query);
  }

  async looks(requestId: string) {
    return readLooks(this.#reads, requestId);
  }

  async delegations(limit: number) {
    return readDelegations(this.#reads, limit);
  }

  async delegation(id: string) {
    return readDelegation(this.#reads, id);
  }

  async delegationsTo(person: string, at: number) {
    return readDelegationsTo(this.#reads, person, at);
  }

  async requestCounts(period: Period) {
    return readRequestCounts(this.#reads, period);
  }

  async decisionCounts(period: Period, pace: ReadingPace) {
    return readDecisionCounts(this.#reads, period, pace);
  }

  async readingSpread(person: string | null, period: Period, pace: ReadingPace) {
    return readReadingSpread(this.#reads, person, period, pace);
  }

  async submissionSpan(period: Period, most: number) {
    return readSubmissionSpan(this.#reads, period, most);
  }

  async submissions(
    period: Period,
    page: { readonly limit: number; readonly cursor: string | null },
  ) {
    return readSubmissions(this.#reads, period, page);
  }

  async revision(requestId: string, number: number) {
    return readRevision(this.#reads, requestId, number);
  }

  async openings(requestId: string, revision: number) {
    return readOpenings(this.#reads, requestId, revision);
  }

  async key(principal: string, key: string) {
    return readKey(this.#reads, principal, key);
  }

  async identity(id: string) {
    return readIdentity(this.#reads, id);
  }

  async identities() {
    return readIdentities(this.#reads);
  }

  async person(id: string) {
    return readPerson(this.#reads, id);
  }

  async persons() {
    return readPersons(this.#reads);
  }

  async credentialByHash(hash: string) {
    return readCredentialByHash(this.#reads, hash);
  }

  async credentials(kind: "identity" | "person", id: string) {
    return readCredentials(this.#reads, { kind, id });
  }

  async sessionByHash(hash: string) {
    return readSessionByHash(this.#reads, hash);
  }

  async session(id: string) {
    return readSession(this.#reads, id);
  }

  async sessions(person: string) {
    return readSessions(this.#reads, person);
  }

  async passkeys(person: string) {
    return readPasskeys(this.#reads, person);
  }

  async passkeyByCredential(credentialId: string) {
    return readPasskeyByCredential(this.#reads, credentialId);
  }

  async enrolmentByHash(hash: string) {
    return readEnrolmentByHash(this.#reads, hash);
  }

  async ceremony(id: string) {
    return readCeremony(this.#reads, id);
  }

  async cliAuthorization(by: { readonly deviceHash: string } | { readonly userCode: string }) {
    return readCliAuthorization(this.#reads, by);
  }

  async account(issuer: string, subject: string) {
    return readAccount(this.#reads, issuer, subject);
  }

  async accountsOf(persons: readonly string[]) {
    return readAccountsOf(this.#reads, persons);
  }

  async accounts() {
    return readAccounts(this.#reads);
  }

  async policy() {
    return readPolicy(this.#reads);
  }

  async budgets() {
    return readBudgets(this.#reads);
  }

  async budgetTotals(queries: readonly BudgetQuery[], now: number) {
    const totals: StoredTotal[] = [];
    for (const query of queries) totals.push(await readBudgetTotal(this.#reads, query, now));
    return totals;
  }

  async policyByVersion(version: string) {
    return readPolicyByVersion(this.#reads, version);
  }

  async policyVersions(limit: number) {
    return readPolicyVersions(this.#reads, limit);
  }

  async haltsFor(scopeKeys: readonly string[]) {
    return readHaltsFor(this.#reads, scopeKeys);
  }

  async halts(limit: number) {
    return readHalts(this.#reads, limit);
  }

  async halt(id: string) {
    return readHalt(this.#reads, id);
  }

  async onCall(roster: string, at: number) {
    return readOnCall(this.#reads, roster, at);
  }

  async onCallShifts() {
    return readShifts(this.#reads);
  }

  async due(now: number, limit: number) {
    return readDue(this.#reads, now, limit);
  }

  async nextDue() {
    return readNextDue(this.#reads);
  }

  async entries(stream: string) {
    return readEntries(this.#reads, stream);
  }

  async entriesAfter(after: number, limit: number) {
    return readEntriesAfter(this.#reads, after, limit);
  }

  async outboxDue(now: number, limit: number) {
    return readOutboxDue(this.#reads, now, limit);
  }

  async outboxTroubled(which: "dead" | "failing" | "folded", limit: number) {
    return readTroubled(this.#reads, which, limit);
  }

  async outboxItem(id: string) {
    return readOutboxItem(this.#reads, id);
  }

  async isLookedAt(requestId: string, since: number) {
    return readIsLookedAt(this.#reads, requestId, since);
  }

  async chatPost(subject: string) {
    return readChatPost(this.#reads, subject);
  }

  /**
   * Kept in the database, beside what it protects: whoever can read the database or a backup can
   * test guesses of what was submitted against the sameness HMAC. Such a secret authorises nothing.
   */
  async secret(name: string) {
    const known = this.#secrets.get(name) ?? (await readSecret(this.#reads, name));
    if (known !== null) {
      this.#secrets.set(name, known);
      return known;
    }
    const { sql, params } = insertSecret(name, this.#options.random.bytes(SECRET_BYTES));
    return this.#options.commits.transaction(async (session) => {
      await session.execute(sql, params);
      const kept = await readSecret(session, name);
      if (kept === null) throw new Error(`the secret \`${name}\` was not kept`);
      return kept;
    });
  }

  async commandOutcome(commandId: string) {
    await this.#options.commits.settle();
    return (await hasCommand(this.#reads, commandId)) ? "committed" : "absent";
  }

  commit(commit: Commit): Promise<CommitResult> {
    return this.#options.commits.commit(commit);
  }

  onCommitted(listener: (committed: Committed) => void) {
    return this.#options.commits.onCommitted(listener);
  }

  async backup(file: string) {
    if (this.#closing !== null) throw new StoreFault("closed", "the store is closed");
    await this.#options.backup(file);
  }

  /** Commits what waits, then lets the database go. Closing twice is closing once. */
  close(): Promise<void> {
    this.#closing ??= this.#options.commits.close().then(() => this.#options.release());
    return this.#closing;
  }
}
