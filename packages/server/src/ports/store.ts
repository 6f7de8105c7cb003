/**
 * The store: the only truth. Servers keep no state of their own beside caches keyed by an epoch.
 *
 * Durability: `commit` resolves `committed` only after the transaction is on stable storage; a
 * process killed right after has lost nothing. A commit that rejects with a fault is unknown: ask
 * `commandOutcome` with its `commandId` before trying again.
 * Consistency: every read sees all commits acknowledged before it was called. A sequence of reads
 * is not one snapshot: read `epochs` first, and let `commit` fence them.
 * Ordering: entries of one stream are numbered from 1 without gaps in commit order; log indexes
 * grow in commit order.
 * Time: the store's clock is max(stored high-water, clock), read after locks are held (I7).
 */
import type { BudgetReads, BudgetWrite, ExpectedTotal } from "./budgets.ts";
import type { FigureReads } from "./figures.ts";
import type { LookAlikeReads, LookAlikeWrite } from "./look-alikes.ts";
import type { StoredOpening, SubmissionReads } from "./submissions.ts";
import type { RoutingReads, RoutingWrite } from "./delegations.ts";
import type { HaltScope, RequestStatus } from "@haltpoint/protocol";
import type { SignInReads, SignInWrite, StaleSignInFact } from "./sign-in-records.ts";
import type { AccountReads, AccountWrite, StaleAccountFact } from "./provider-accounts.ts";
import type { Assurance } from "../domain/policy/model.ts";
import type { EntryDraft, SealedEntry } from "../domain/ledger/entry.ts";
import type { RequestState } from "../domain/request/model.ts";
import type { Right } from "../domain/request/commands.ts";

/** Each grows by one with every change of its kind. */
export interface Epochs {
  readonly policy: number;
  readonly halt: number;
  /**
   * Identities, persons, rights, on-call rosters, revocations, accounts at an identity provider and the
   * groups it says. The other groups live in the policy.
   */
  readonly membership: number;
}

export interface StoreTime {
  readonly now: number;
  /** False once the wall clock jumped by more than 5 s against the monotonic clock. */
  readonly trusted: boolean;
}

/** What every command reads first, in one read. */
export interface Standing {
  readonly epochs: Epochs;
  readonly time: StoreTime;
}

export interface StoredRevision {
  readonly requestId: string;
  readonly number: number;
  readonly digest: string;
  /** Canonical JSON of the committed revision: sensitive fields as commitments. */
  readonly committed: string;
}

/** What was done under an idempotency key (I14). */
export interface KeyRecord {
  /** `identity:agent-1` or `person:ana`. */
  readonly principal: string;
  readonly key: string;
  /** Keyed HMAC of what was asked; never published. */
  readonly fingerprint: string;
  readonly requestId: string | null;
  /** The recorded answer of a person's command as JSON; null for submissions. */
  readonly answer: string | null;
  readonly at: number;
}

export interface StoredIdentity {
  readonly id: string;
  readonly type: string;
  readonly owner: string;
  readonly stage: string;
  readonly groups: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
  readonly actsForPeople: boolean;
  readonly assurance: Assurance;
  readonly mode: "enforce" | "shadow";
  readonly may: readonly string[] | null;
  /** The person who last changed its stage; null: nobody, or the host's own command. */
  readonly stageBy: string | null;
  /** When its stage last changed; null: before that was kept. */
  readonly stageAt: number | null;
  readonly createdAt: number;
}

export interface StoredPerson {
  readonly id: string;
  readonly name: string;
  readonly rights: readonly Right[];
  readonly disabled: boolean;
  /** Where they want to be told; proves nothing of who they are. */
  readonly email: string | null;
  readonly slack: string | null;
  readonly createdAt: number;
}

/** An API key of an identity or a token of a person; only its hash is kept. */
export interface StoredCredential {
  readonly id: string;
  readonly holder: { readonly kind: "identity" | "person"; readonly id: string };
  readonly hash: string;
  /** What a secret scanner and a person may see, e.g. `hpk_7F3K`. */
  readonly prefix: string;
  /** `key`, `token` or `development`. */
  readonly via: string;
  readonly createdAt: number;
  readonly expiresAt: number;
  readonly revokedAt: number | null;
}

export interface StoredPolicy {
  /** Digest of the text. */
  readonly version: string;
  readonly text: string;
  /** `setup`: the first; `development`: a saved file; `operator`: on the host; or `person:ana`. */
  readonly by: string;
  readonly at: number;
  /** Where a person proposed it: the request that another one approved. */
  readonly requestId: string | null;
  /** Where an operator put it in force on the host: why. */
  readonly reason: string | null;
}

export interface StoredHalt {
  readonly id: string;
  readonly scope: HaltScope;
  readonly reason: string;
  readonly by: string;
  readonly at: number;
  /** Assigned at commit: the halt epoch it made. */
  readonly epoch: number;
  readonly lifts: readonly { readonly by: string; readonly at: number; readonly reason: string }[];
  readonly liftedAt: number | null;
}

export interface OnCallShift {
  readonly roster: string;
  readonly person: string;
  readonly from: number;
  readonly until: number;
}

export interface OutboxItem {
  readonly id: string;
  readonly kind: string;
  readonly requestId: string | null;
  /** JSON. */
  readonly payload: string;
  readonly notBefore: number;
  readonly attempts: number;
  /** When it was given up; it stays, to be seen and tried again. */
  readonly deadAt: number | null;
  readonly lastError: string | null;
  /** The request that people are told of instead, for as long as that waits. */
  readonly foldedInto: string | null;
}

/** One change. All writes of a commit happen or none does. */
export type Write =
  | {
      readonly kind: "request";
      readonly state: RequestState;
      /** When a timer of this request is due next; null: never. */
      readonly dueAt: number | null;
      /** For text search; taken from the first write of a request and never changed. */
      readonly title?: string;
      /** For counting; from the first write as well. */
      readonly amount?: { readonly minorUnits: number; readonly currency: string };
      /** What it is alike with, see `LookAlikes`; from the first write as well. */
      readonly lookAlike?: string;
    }
  | { readonly kind: "revision"; readonly revision: StoredRevision }
  | { readonly kind: "opening"; readonly opening: StoredOpening }
  | { readonly kind: "entry"; readonly draft: EntryDraft }
  | { readonly kind: "key"; readonly record: KeyRecord }
  | { readonly kind: "identity"; readonly identity: StoredIdentity }
  | { readonly kind: "person"; readonly person: StoredPerson }
  | { readonly kind: "credential"; readonly credential: StoredCredential }
  | {
      readonly kind: "policy";
      readonly policy: StoredPolicy;
      /** Definitions of the budgets it has; every other is retired. */
      readonly budgets?: readonly string[];
    }
  | { readonly kind: "halt"; readonly halt: Omit<StoredHalt, "epoch"> }
  | { readonly kind: "on_call"; readonly roster: string; readonly shifts: readonly OnCallShift[] }
  | { readonly kind: "outbox"; readonly item: OutboxItem }
  | { readonly kind: "outbox_done"; readonly id: string }
  /** Where the chat message about a request or a halt is, so that it can be brought up to date. */
  | { readonly kind: "chat_post"; readonly subject: string; readonly reference: string }
  /** Somebody who may decide it has it on their screen; the first time counts. */
  | {
      readonly kind: "look";
      readonly requestId: string;
      readonly person: string;
      readonly at: number;
      /** How long in all, as the page measured it. */
      readonly readMs?: number | null;
    }
  | SignInWrite
  | AccountWrite
  | LookAlikeWrite
  | RoutingWrite
  | BudgetWrite;

/** The facts a commit relies on; every one that no longer holds makes it `stale`. */
export interface Expected {
  /** `version` 0: the request must not exist. */
  readonly request?: { readonly id: string; readonly version: number };
  readonly epochs?: Partial<Epochs>;
  /** The store's clock at commit must be before this: the nearest deadline relied on (I7). */
  readonly before?: number;
  /** Nothing is redeemed on a clock that jumped, not even what was decided just before (I7). */
  readonly clockTrusted?: true;
  /** `principal` has not used `key` (I14). */
  readonly unusedKey?: { readonly principal: string; readonly key: string };
  /** Fewer requests of this identity than this were held newly since then (T20). */
  readonly heldFewer?: {
    readonly identity: string;
    readonly since: number;
    readonly than: number;
  };
  /** Totals that the decision rests on (I9). */
  readonly budgets?: readonly ExpectedTotal[];
  /** The halt has this many lifts: lifting twice at once must not count one lift as two. */
  readonly halt?: { readonly id: string; readonly lifts: number };
  /** The holder has exactly these credentials that are neither revoked nor expired. */
  readonly liveCredentials?: {
    readonly kind: "identity" | "person";
    readonly id: string;
    readonly ids: readonly string[];
  };
  /** The person has exactly these passkeys that are not revoked. */
  readonly livePasskeys?: { readonly person: string; readonly ids: readonly string[] };
}

export interface Commit {
  /** Unique; kept so that an unknown commit can be looked up. */
  readonly commandId: string;
  readonly expected: Expected;
  readonly writes: readonly Write[];
}

export type StaleFact =
  | "request"
  | "policy"
  | "halt"
  | "membership"
  | "deadline"
  | "key"
  | "credentials"
  | "burst"
  | "budget"
  | StaleSignInFact
  | StaleAccountFact;

export type CommitResult =
  | { readonly kind: "committed"; readonly now: number; readonly logIndex: number }
  | { readonly kind: "stale"; readonly what: StaleFact };

/** The first writes of a request's life decide what lists can find it by. */
export interface RequestQuery {
  readonly statuses?: readonly RequestStatus[];
  readonly identity?: string;
  readonly owner?: string;
  readonly session?: string;
  readonly action?: string;
  readonly createdSince?: number;
  readonly createdBefore?: number;
  /** Case-insensitive text in the action's name, the identity or the title. */
  readonly text?: string;
  /** With `text`: also whatever one of these persons decided. */
  readonly textPersons?: readonly string[];
  /** Decided by a person (any of them where none is named), in this time. */
  readonly decided?: {
    readonly by?: string;
    /** Whose request it was; beside `identity`, so that little is looked through. */
    readonly identity?: string;
    readonly since?: number;
    readonly before?: number;
  };
  readonly order: "oldest" | "newest";
  readonly limit: number;
  /** From the last page's answer; any other is a `StoreFault` with code `invalid_cursor`. */
  readonly cursor?: string;
}

export interface Page<T> {
  /** At most as many as asked for; a text search may give fewer although more follow. */
  readonly items: readonly T[];
  /** Null on the last page, and only there. */
  readonly cursor: string | null;
  /** Of each item: the one that goes on right after it. */
  readonly cursors: readonly string[];
}

export interface RanQuery {
  readonly action: string;
  /** Created at or after. */
  readonly since: number;
  /** How many requests are looked at, whether they ran or not; the latest. */
  readonly limit: number;
}
export interface RanLately {
  /** The latest first; each with the canonical JSON of the revision it has now. */
  readonly ran: readonly { readonly requestId: string; readonly committed: string }[];
  /** No more than `limit` requests were made in that time. */
  readonly complete: boolean;
}

/** What was written, after it became durable. */
export interface Committed {
  readonly requestIds: readonly string[];
  /** Whether a halt, policy or membership epoch moved. */
  readonly epochs: boolean;
  readonly logIndex: number;
}

export interface Store
  extends
    SignInReads,
    AccountReads,
    RoutingReads,
    FigureReads,
    SubmissionReads,
    BudgetReads,
    LookAlikeReads {
  time(): Promise<StoreTime>;
  epochs(): Promise<Epochs>;
  /** Both of the above, of one moment. */
  standing(): Promise<Standing>;
  request(id: string): Promise<RequestState | null>;
  /** Requests whose id ends in these characters (upper case Crockford base32), live ones first. */
  requestIdsByShort(short: string, limit: number): Promise<readonly string[]>;
  requests(query: RequestQuery): Promise<Page<RequestState>>;
  countRequests(query: Pick<RequestQuery, "statuses" | "identity">): Promise<number>;
  /**
   * How many submissions of this identity were held at or after `since`, whatever became of them;
   * not counted beyond `most`.
   */
  countHeldSince(identity: string, since: number, most: number): Promise<number>;
  /** Bytes of the contents of this identity's held requests, their earlier revisions included. */
  heldBytes(identity: string): Promise<number>;
  /** Contents of what ran for this action: of its latest `limit` requests since then. */
  ranLately(query: RanQuery): Promise<RanLately>;
  revision(requestId: string, number: number): Promise<StoredRevision | null>;
  openings(requestId: string, revision: number): Promise<readonly StoredOpening[]>;
  key(principal: string, key: string): Promise<KeyRecord | null>;
  identity(id: string): Promise<StoredIdentity | null>;
  identities(): Promise<readonly StoredIdentity[]>;
  person(id: string): Promise<StoredPerson | null>;
  persons(): Promise<readonly StoredPerson[]>;
  credentialByHash(hash: string): Promise<StoredCredential | null>;
  credentials(kind: "identity" | "person", id: string): Promise<readonly StoredCredential[]>;
  policy(): Promise<StoredPolicy | null>;
  policyByVersion(version: string): Promise<StoredPolicy | null>;
  /** What was in force, the newest first; a text that was twice is there twice. */
  policyVersions(limit: number): Promise<readonly Omit<StoredPolicy, "text">[]>;
  /** Halts with one of these scope keys (see `scopeKeys`), newest first, lifted ones included. */
  haltsFor(scopeKeys: readonly string[]): Promise<readonly StoredHalt[]>;
  halts(limit: number): Promise<readonly StoredHalt[]>;
  halt(id: string): Promise<StoredHalt | null>;
  onCall(roster: string, at: number): Promise<readonly string[]>;
  onCallShifts(): Promise<readonly OnCallShift[]>;
  /** Requests with a timer due at or before `now`, the most overdue first. */
  due(now: number, limit: number): Promise<readonly string[]>;
  /** The next due time of all, or null. */
  nextDue(): Promise<number | null>;
  entries(stream: string): Promise<readonly SealedEntry[]>;
  /** Entries with a log index above `after`, in order. */
  entriesAfter(after: number, limit: number): Promise<readonly SealedEntry[]>;
  lastLogIndex(): Promise<number>;
  /** Items to be delivered; those that were given up are not among them. */
  outboxDue(now: number, limit: number): Promise<readonly OutboxItem[]>;
  /** Items that were given up, that will be tried again, or that are folded; the newest first. */
  outboxTroubled(
    which: "dead" | "failing" | "folded",
    limit: number,
  ): Promise<readonly OutboxItem[]>;
  /** Whether anybody has looked at this request since then. */
  isLookedAt(requestId: string, since: number): Promise<boolean>;
  outboxItem(id: string): Promise<OutboxItem | null>;
  /** Where the chat message about this request or halt is. */
  chatPost(subject: string): Promise<string | null>;
  /** A secret of this installation (e.g. for the sameness HMAC); made on first use, kept. */
  secret(name: string): Promise<Uint8Array>;
  /** Whether this command was committed; for after an unknown commit. */
  commandOutcome(commandId: string): Promise<"committed" | "absent">;
  commit(commit: Commit): Promise<CommitResult>;
  /** Calls back after each durable group of commits. A lost call may cost time, never truth. */
  onCommitted(listener: (committed: Committed) => void): () => void;
  /** A consistent copy of everything to a new file; refuses to overwrite. */
  backup(file: string): Promise<void>;
  close(): Promise<void>;
}
