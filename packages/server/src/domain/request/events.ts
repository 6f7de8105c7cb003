/**
 * What can happen to a request, in the past tense. Each event is one ledger entry, except
 * `lease_renewed`, which changes nothing anybody would have to prove.
 */
import type { Basis, OutcomeResult, RequestStatus } from "@haltpoint/protocol";
import type { Obligations } from "../policy/model.ts";
import type {
  Actor,
  Grant,
  PolicySummary,
  RequestState,
  ReturnReason,
  Review,
  Run,
} from "./model.ts";

export type Submission = Pick<
  RequestState,
  | "id"
  | "scope"
  | "identityType"
  | "actsForPeople"
  | "onBehalfOf"
  | "assurance"
  | "stoppable"
  | "releaseOnly"
  | "callerReturns"
  | "createdAt"
  | "lifetimeEndsAt"
> & { readonly digest: string };

interface Hold {
  readonly obligations: Obligations;
  readonly holdDeadline: number;
}

/** Every event carries who and when; `to` is the status after it. */
export type RequestEvent = { readonly at: number; readonly actor: Actor } & (
  | {
      readonly kind: "submitted";
      readonly to: "denied" | "approved" | "held";
      readonly submission: Submission;
      readonly policy: PolicySummary;
      readonly missingFields: readonly string[];
      readonly hold: Hold | null;
      readonly grant: Grant | null;
    }
  | { readonly kind: "reviewed"; readonly to: "held"; readonly review: Review }
  | {
      readonly kind: "approved";
      readonly to: "approved";
      readonly basis: Exclude<Basis, "policy">;
      readonly grant: Grant;
      /** The persons whose reviews fill the slots. */
      readonly counted: readonly string[];
    }
  | { readonly kind: "rejected"; readonly to: "rejected"; readonly review: Review }
  | {
      readonly kind: "overridden";
      readonly to: "approved";
      readonly grant: Grant;
      readonly reason: string;
      readonly followUpDueAt: number;
      /** Everybody whose review was skipped; they are told. */
      readonly skipped: readonly string[];
    }
  | { readonly kind: "expired"; readonly to: "expired"; readonly was: "held" | "approved" }
  | { readonly kind: "withdrawn"; readonly to: "cancelled"; readonly reason: string | null }
  | {
      readonly kind: "interrupted";
      readonly to: "interrupted" | "interrupting";
      readonly reason: string;
      readonly halt: string | null;
    }
  | {
      readonly kind: "edited";
      readonly to: "held" | "denied";
      readonly revision: number;
      readonly digest: string;
      readonly fields: readonly string[];
      readonly reason: string;
      readonly policy: PolicySummary;
      readonly hold: Hold | null;
    }
  | {
      readonly kind: "denied";
      readonly to: "denied";
      readonly policy: PolicySummary;
    }
  | {
      readonly kind: "returned";
      readonly to: "held";
      readonly why: ReturnReason;
      readonly detail: string;
      readonly hold: Hold;
      readonly policy: PolicySummary | null;
      /** Persons whose review is taken back. */
      readonly retracted: readonly string[];
    }
  | { readonly kind: "delayed"; readonly to: "approved"; readonly grant: Grant }
  | {
      readonly kind: "question_asked";
      readonly to: "held";
      readonly text: string;
      readonly pausedMs: number;
      readonly holdDeadline: number;
    }
  | {
      readonly kind: "question_answered";
      readonly to: "held";
      readonly text: string;
      readonly holdDeadline: number;
    }
  | {
      readonly kind: "extended";
      readonly to: "held";
      readonly holdDeadline: number;
      readonly reason: string | null;
    }
  | {
      readonly kind: "escalated";
      readonly to: "held";
      readonly afterMs: number;
      readonly obligations: Obligations;
    }
  | {
      readonly kind: "delegated";
      readonly to: "held";
      readonly person: string;
      readonly reason: string | null;
    }
  | { readonly kind: "eligibility_changed"; readonly to: "held"; readonly nobody: boolean }
  | {
      readonly kind: "redeemed";
      readonly to: "running" | "released";
      readonly run: Run;
      readonly digest: string;
      readonly policyVersion: string;
      /** Eligible members by source as of now, for whoever checks later (I3). */
      readonly eligible: Readonly<Record<string, readonly string[]>>;
      readonly counted: readonly string[];
    }
  | { readonly kind: "lease_renewed"; readonly to: "running"; readonly leaseUntil: number }
  | {
      readonly kind: "reported";
      readonly to: "succeeded" | "failed" | "interrupted" | "approved";
      readonly result: OutcomeResult;
      readonly detail: string | null;
      readonly stoppedAfterMs: number | null;
    }
  | {
      readonly kind: "lapsed";
      readonly to: "indeterminate";
      readonly was: "running" | "interrupting";
    }
  | {
      readonly kind: "resolved";
      readonly to: "succeeded" | "failed" | "interrupted";
      /** Where a person found out that nothing happened. */
      readonly result?: "not_started";
      readonly reason: string;
    }
  | {
      readonly kind: "outcome_contradicted";
      readonly to: RequestStatus;
      readonly result: OutcomeResult;
      readonly detail: string | null;
    }
  | {
      readonly kind: "followed_up";
      readonly to: RequestStatus;
      readonly verdict: "ok" | "violation";
      readonly reason: string;
    }
  | { readonly kind: "follow_up_overdue"; readonly to: RequestStatus }
);

export type EventKind = RequestEvent["kind"];
