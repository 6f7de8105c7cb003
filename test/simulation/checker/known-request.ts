/**
 * What the log so far says of one request. The rules that follow it (`hold-rules.ts`,
 * `run-rules.ts`) are written from the glossary's states and the invariants, and apart from the
 * server's own machine, so that a slip there is not repeated here.
 */
import { revisionDigest, type Revision } from "@haltpoint/protocol";
import type { SealedEntry } from "../../../packages/server/src/domain/ledger/entry.ts";
import { LIMITS } from "../cast.ts";
import { expectedOf, type Demand, type Expected } from "./expected-policy.ts";
import { isConflicted, type Approval, type Matter } from "./quorum-by-trial.ts";
import { actorOf, numberIn, recordIn, textIn, textsIn, type Recorded } from "./recorded.ts";
import { scopesOf, type Standing } from "./standing.ts";
import { must, Violation } from "./violation.ts";

const ACTING_STAGES = ["active", "probation"];

export interface KnownGrant {
  readonly digest: string;
  readonly notBefore: number;
  readonly deadline: number;
  readonly windowMs: number;
  /** The place in the log at which it was made. */
  readonly madeAt: number;
}

/** A redemption. */
export interface KnownRun {
  readonly requestId: string;
  readonly attemptHash: string;
  readonly digest: string;
  readonly content: Revision;
  /** The places of the grant and of the redemption in the log. */
  readonly grantMadeAt: number;
  readonly redeemedAt: number;
  readonly leaseUntil: number;
  readonly maxUntil: number;
}

export interface KnownStatus {
  readonly status: string;
  readonly by: string;
  readonly at: number;
  readonly logIndex: number;
}

/** A halt over a request: placed, and covering it from and to, these places in the log. */
export interface Coverage {
  readonly placedAt: number;
  readonly since: number;
  /** Later than any while its identity stays with whom was halted. */
  until: number;
}

export interface Submitted {
  readonly identityId: string;
  readonly owner: string;
  readonly scope: Recorded;
  readonly actsForPeople: boolean;
  readonly onBehalfOf: string | null;
  readonly callerReturns: boolean;
  readonly lifetimeEndsAt: number;
}

export class KnownRequest {
  readonly id: string;
  readonly standing: Standing;
  status = "none";
  revision = 0;
  digest = "";
  /** What is asked of people; null: nobody was asked yet. */
  demand: Demand | null = null;
  /** The longest veto window that policy has given it. */
  vetoMs = 0;
  holdDeadline = Infinity;
  /** Of all revisions; taken-back ones are gone. */
  approvals: readonly (Approval & { readonly revision: number })[] = [];
  editors: readonly string[] = [];
  basis = "none";
  spentAttempts: readonly string[] = [];
  questions = 0;
  overriddenBy: string | null = null;
  changedAt = 0;
  readonly runs: KnownRun[] = [];
  /** Every status it was given: by whom, when, and at which place in the log. */
  readonly history: KnownStatus[] = [];
  /** Halts that cover it, or did for a while. */
  readonly covered: Coverage[] = [];
  #submitted: Submitted | null = null;
  #content: Revision | null = null;
  #grant: KnownGrant | null = null;

  constructor(id: string, standing: Standing) {
    this.id = id;
    this.standing = standing;
  }

  get submitted(): Submitted {
    return this.#known(this.#submitted, "a submission");
  }

  set submitted(submitted: Submitted) {
    this.#submitted = submitted;
  }

  get content(): Revision {
    return this.#known(this.#content, "content");
  }

  get grant(): KnownGrant {
    return this.#known(this.#grant, "a grant");
  }

  get demanded(): Demand {
    return this.#known(this.demand, "anybody who was asked");
  }

  dropGrant(): void {
    this.#grant = null;
    this.basis = "none";
  }

  /** Halts that cover it, as it was submitted and as its identity is registered now. */
  scopes(): ReadonlySet<string> {
    const { scope, identityId } = this.submitted;
    return scopesOf(scope, this.standing.identity(identityId));
  }

  /** Takes note of the halts that cover it from this place in the log on. */
  noteHalts(since: number): void {
    const now = new Set(this.standing.haltsOn(this.scopes()).map(({ placedAt }) => placedAt));
    for (const coverage of this.covered) {
      if (coverage.until < Infinity) continue;
      if (!now.delete(coverage.placedAt)) coverage.until = since;
    }
    for (const placedAt of now) this.covered.push({ placedAt, since, until: Infinity });
  }

  /** The status after the entry at this place in the log. */
  statusAt(logIndex: number): string {
    return this.history.findLast((each) => each.logIndex <= logIndex)?.status ?? "none";
  }

  /** What policy in force says of the current revision. */
  expected(): Expected {
    const { action } = this.content;
    const amount = action.properties?.["amount"];
    return expectedOf(this.standing.variant, action.name, typeof amount === "number" ? amount : 0);
  }

  matter(): Matter {
    const { identityId, owner, actsForPeople, onBehalfOf } = this.submitted;
    const approvals = this.approvals.filter(({ revision }) => revision === this.revision);
    const { demanded: demand, editors } = this;
    return { demand, approvals, editors, identityId, ownerThen: owner, actsForPeople, onBehalfOf };
  }

  /** The content that the entry records; it must have the digest (I2). */
  setContent(entry: SealedEntry, digest: string): void {
    this.#content = recordIn(entry.data, "content") as unknown as Revision;
    this.digest = digest;
    this.must(revisionDigest(this.#content) === digest, "I2", entry, "content without its digest");
  }

  /** The grant that the entry records; its window and its deadline must be what was due. */
  setGrant(entry: SealedEntry, windowMs: number, grantMs: number): void {
    const grant = this.#readGrant(entry, entry.logIndex);
    const lifeMs = this.submitted.callerReturns
      ? grantMs
      : Math.min(grantMs, LIMITS.request.grantAttendedMs);
    this.must(grant.digest === this.digest, "I2", entry, "another revision was granted");
    this.must(grant.notBefore >= entry.at + windowMs, "I5", entry, "the window was lost");
    this.must(grant.deadline <= grant.notBefore + lifeMs, "I7", entry, "granted for too long");
    this.#grant = grant;
  }

  /** A longer window for the same grant: it is not younger for that. */
  delayGrant(entry: SealedEntry): void {
    const before = this.grant;
    this.#grant = this.#readGrant(entry, before.madeAt);
    const shorter = this.#grant.notBefore < before.notBefore;
    this.must(!shorter, "I5", entry, "the window became shorter");
  }

  #readGrant(entry: SealedEntry, madeAt: number): KnownGrant {
    const grant = recordIn(entry.data, "grant");
    return {
      digest: textIn(grant, "digest"),
      notBefore: numberIn(grant, "notBefore"),
      deadline: numberIn(grant, "deadline"),
      windowMs: numberIn(grant, "windowMs"),
      madeAt,
    };
  }

  /** INVARIANT: I15. No hold outlives the request's total lifetime. */
  setHoldDeadline(entry: SealedEntry, deadline: number): void {
    const { lifetimeEndsAt } = this.submitted;
    this.must(deadline <= lifetimeEndsAt, "I15", entry, "held beyond its lifetime");
    this.holdDeadline = deadline;
  }

  beforeHoldDeadline(entry: SealedEntry): void {
    this.must(entry.at < this.holdDeadline, "I7", entry, "after the deadline of the hold");
  }

  /** INVARIANT: I4. Identities and clocks decide nothing, a disabled person neither. */
  person(entry: SealedEntry): string {
    const person = actorOf(entry, "person") ?? "";
    this.must(person !== "", "I4", entry, "only a person decides");
    this.must(this.standing.isActive(person), "I3", entry, `${person} is disabled`);
    return person;
  }

  byRequester(entry: SealedEntry): void {
    const isRequester = actorOf(entry, "identity") === this.submitted.identityId;
    this.must(isRequester, "I4", entry, "only the requester may do this");
  }

  byActingIdentity(entry: SealedEntry): void {
    this.byRequester(entry);
    const stage = this.standing.identity(this.submitted.identityId)?.stage ?? "unknown";
    this.must(ACTING_STAGES.includes(stage), "I13", entry, `the identity is ${stage}`);
  }

  /** INVARIANT: I3, I4. Whoever counts is one person, approved this revision, has no conflict. */
  checkCounted(entry: SealedEntry): void {
    const counted = textsIn(entry.data, "counted");
    const matter = this.matter();
    const distinct = new Set(counted).size === counted.length && counted.length > 0;
    this.must(distinct, "I3", entry, `counted: ${counted.join()}`);
    for (const person of counted) {
      const approved = matter.approvals.some((approval) => approval.person === person);
      this.must(approved, "I3", entry, `${person} counts and did not approve`);
      const conflicted = isConflicted(this.standing, matter, person);
      this.must(!conflicted, "I4", entry, `${person} counts in conflict`);
    }
  }

  /** @throws Violation unless `holds`; says which entry of which request shows it. */
  must(holds: boolean, invariant: string, entry: SealedEntry, what: string): void {
    must(holds, invariant, () => {
      return `${this.id}, entry ${entry.logIndex} (${entry.kind} by ${entry.actor}): ${what}`;
    });
  }

  #known<T>(value: T | null, what: string): T {
    if (value === null) throw new Violation("I8", `${this.id} is recorded without ${what}`);
    return value;
  }
}
