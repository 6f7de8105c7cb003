/** Commits as the server makes them, with only what a store looks at filled in by the test. */
import type { EntryDraft } from "../../domain/ledger/entry.ts";
import type { RequestScope, RequestState } from "../../domain/request/model.ts";
import type {
  Commit,
  CommitResult,
  Expected,
  StoredCredential,
  StoredHalt,
  StoredIdentity,
  StoredPerson,
  StoredPolicy,
  Write,
} from "../../ports/store.ts";

/** The manual clock's first time. */
export const START_MS = 1_800_000_000_000;

let commandCount = 0;

export function commandId(): string {
  commandCount += 1;
  return `cmd_${process.pid}_${commandCount}`;
}

export interface StateOptions extends Partial<Omit<RequestState, "scope">> {
  readonly scope?: Partial<RequestScope>;
}

export function requestState(id: string, options: StateOptions = {}): RequestState {
  const { scope, ...rest } = options;
  return {
    id,
    version: 1,
    status: "held",
    scope: {
      identity: "agent-1",
      owner: "ana",
      groups: ["purchasing"],
      session: null,
      trace: null,
      action: "purchase_order.create",
      impact: null,
      ...scope,
    },
    identityType: "agent",
    actsForPeople: false,
    onBehalfOf: null,
    assurance: "cooperative",
    stoppable: "yes",
    releaseOnly: false,
    callerReturns: false,
    createdAt: START_MS,
    updatedAt: START_MS,
    lifetimeEndsAt: START_MS + 86_400_000,
    revision: { number: 0, digest: "digest-0" },
    edits: [],
    policy: {
      effect: "hold",
      version: "policy-1",
      reasons: ["over 5,000 EUR"],
      rules: ["large-order"],
      risk: "medium",
      impact: null,
      shadow: null,
      vetoWindowMs: 0,
      grantDeadlineMs: 900_000,
    },
    obligations: null,
    heldAt: START_MS,
    holdDeadline: START_MS + 3_600_000,
    escalatedUntilMs: 0,
    nobodyEligible: false,
    returned: null,
    question: null,
    reviews: [],
    basis: null,
    counted: [],
    grant: null,
    run: null,
    spentAttempts: [],
    spent: null,
    interruptedBy: null,
    override: null,
    followUp: { status: "none" },
    outcome: null,
    contradicted: false,
    decided: null,
    ...rest,
  };
}

export function entry(stream: string, kind: string, data: EntryDraft["data"] = {}): Write {
  return { kind: "entry", draft: { stream, kind, at: START_MS, actor: "identity:agent-1", data } };
}

export interface SubmissionOptions extends StateOptions {
  readonly key?: string;
  readonly title?: string;
  readonly lookAlike?: string;
  readonly dueAt?: number | null;
  readonly expected?: Expected;
}

/** What a submission commits: request, revision, key and entry. */
export function submission(id: string, options: SubmissionOptions = {}): Commit {
  const { key = `key-${id}`, title, lookAlike, dueAt = null, expected = {}, ...state } = options;
  const principal = "identity:agent-1";
  return {
    commandId: commandId(),
    expected: {
      request: { id, version: 0 },
      unusedKey: { principal, key },
      ...expected,
    },
    writes: [
      {
        kind: "request",
        state: requestState(id, state),
        dueAt,
        ...(title === undefined ? {} : { title }),
        ...(lookAlike === undefined ? {} : { lookAlike }),
      },
      {
        kind: "revision",
        revision: { requestId: id, number: 0, digest: "digest-0", committed: `{"id":"${id}"}` },
      },
      {
        kind: "key",
        record: {
          principal,
          key,
          fingerprint: "fingerprint",
          requestId: id,
          answer: null,
          at: START_MS,
        },
      },
      entry(id, "submitted", { digest: "digest-0" }),
    ],
  };
}

/** A change of a request's state, with its entry. */
export function change(id: string, from: number, options: SubmissionOptions = {}): Commit {
  const { dueAt = null, expected = {}, ...state } = options;
  return {
    commandId: commandId(),
    expected: { request: { id, version: from }, ...expected },
    writes: [
      { kind: "request", state: requestState(id, { version: from + 1, ...state }), dueAt },
      entry(id, "reviewed", { from }),
    ],
  };
}

/** Writes that no request is concerned by, relying on what `expected` says. */
export function commitOf(writes: readonly Write[], expected: Expected = {}): Commit {
  return { commandId: commandId(), expected, writes };
}

export function identity(id: string, options: Partial<StoredIdentity> = {}): StoredIdentity {
  return {
    id,
    type: "agent",
    owner: "ana",
    stage: "active",
    groups: ["purchasing"],
    labels: { team: "billing" },
    actsForPeople: true,
    assurance: "mediated",
    mode: "enforce",
    may: null,
    stageBy: null,
    stageAt: null,
    createdAt: START_MS,
    ...options,
  };
}

export function person(id: string, options: Partial<StoredPerson> = {}): StoredPerson {
  return {
    id,
    name: id,
    rights: ["operator"],
    disabled: false,
    email: null,
    slack: null,
    createdAt: START_MS,
    ...options,
  };
}

export function credential(id: string, options: Partial<StoredCredential> = {}): StoredCredential {
  return {
    id,
    holder: { kind: "identity", id: "agent-1" },
    hash: `hash-${id}`,
    prefix: "hpk_7F3K",
    via: "key",
    createdAt: START_MS,
    expiresAt: START_MS + 1_000,
    revokedAt: null,
    ...options,
  };
}

export function halt(
  id: string,
  options: Partial<Omit<StoredHalt, "epoch">> = {},
): Omit<StoredHalt, "epoch"> {
  return {
    id,
    scope: { kind: "everything" },
    reason: "something is wrong",
    by: "ana",
    at: START_MS,
    lifts: [],
    liftedAt: null,
    ...options,
  };
}

export function countKinds(results: readonly CommitResult[]): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const result of results) {
    const name = result.kind === "stale" ? `stale ${result.what}` : result.kind;
    counts[name] = (counts[name] ?? 0) + 1;
  }
  return counts;
}

export function policyOf(version: string, at = START_MS): StoredPolicy {
  return { version, text: `# ${version}`, by: "person:ana", at, requestId: null, reason: null };
}
