/**
 * What somebody may ask of a request, and the facts a decision may depend on.
 *
 * INVARIANT: facts are fenced. Whoever commits the events of a decision also asserts, in the same
 * transaction, that the request's version and the policy, halt and membership epochs are still
 * those the facts were read under, and that the store's clock has not passed a deadline that the
 * decision relied on. Otherwise the decision is made again on fresh facts.
 */
import type { OutcomeResult } from "@haltpoint/protocol";
import type { IdentityFacts, PolicyDecision, Roster } from "../policy/model.ts";
import type { Actor } from "./model.ts";
import type { Submission } from "./events.ts";

export const RIGHTS = ["operator", "policy_admin", "override", "resolver", "auditor"] as const;
/** Rights of persons beside reviewing (by membership) and owning (by the registry). */
export type Right = (typeof RIGHTS)[number];

export type Command =
  | { readonly kind: "submit"; readonly actor: Actor; readonly submission: Submission }
  | {
      readonly kind: "review";
      readonly actor: Actor;
      readonly verdict: "approve" | "reject";
      readonly digest: string;
      readonly reason: string | null;
      readonly confirmed: readonly string[];
    }
  | {
      readonly kind: "edit";
      readonly actor: Actor;
      /** The digest that was displayed to the editor. */
      readonly digest: string;
      readonly newDigest: string;
      /** Paths that were sent and of which it must not be told whether they changed. */
      readonly alsoSent?: readonly string[];
      readonly fields: readonly string[];
      readonly reason: string;
    }
  | { readonly kind: "ask"; readonly actor: Actor; readonly text: string }
  | { readonly kind: "answer"; readonly actor: Actor; readonly text: string }
  | { readonly kind: "extend"; readonly actor: Actor; readonly reason: string | null }
  | {
      readonly kind: "delegate";
      readonly actor: Actor;
      readonly person: string;
      readonly reason: string | null;
    }
  | { readonly kind: "withdraw"; readonly actor: Actor; readonly reason: string | null }
  | { readonly kind: "interrupt"; readonly actor: Actor; readonly reason: string }
  | {
      readonly kind: "override";
      readonly actor: Actor;
      readonly digest: string;
      readonly reason: string;
    }
  | {
      readonly kind: "follow_up";
      readonly actor: Actor;
      readonly verdict: "ok" | "violation";
      readonly reason: string;
    }
  | { readonly kind: "retract"; readonly actor: Actor; readonly reason: string | null }
  | { readonly kind: "redeem"; readonly actor: Actor; readonly attemptHash: string }
  | { readonly kind: "heartbeat"; readonly actor: Actor; readonly attemptHash: string }
  | {
      readonly kind: "report";
      readonly actor: Actor;
      readonly attemptHash: string;
      readonly result: OutcomeResult;
      readonly detail: string | null;
      readonly stoppedAfterMs: number | null;
    }
  | {
      readonly kind: "resolve";
      readonly actor: Actor;
      /** `not_started`: nothing happened. */
      readonly result: "succeeded" | "failed" | "interrupted" | "not_started";
      readonly reason: string;
    }
  /** A halt was placed that matches: stops the run, kills the approval, leaves a hold held. */
  | { readonly kind: "halt"; readonly actor: Actor; readonly halt: string; readonly reason: string }
  /** Time passed: whatever is due by the guards happens now. Never authorises (I5). */
  | { readonly kind: "tick"; readonly actor: Actor }
  /** Membership or registry changed: is there still anybody who could decide? */
  | { readonly kind: "recheck"; readonly actor: Actor };

export type CommandKind = Command["kind"];

export interface HaltFacts {
  /** The global halt epoch these facts were read under. */
  readonly epoch: number;
  /** The first halt in force that matches this request. */
  readonly active: { readonly id: string; readonly reason: string; readonly by: string } | null;
  /** The epoch of the newest halt that ever matched, lifted or not; 0: none. */
  readonly newestMatchingEpoch: number;
}

export interface Facts {
  /** The store's clock, never going back (I7). Milliseconds since the epoch. */
  readonly now: number;
  /** False after a jump of more than 5 s against the monotonic clock. */
  readonly clockTrusted: boolean;
  /** Policy's answer about the current revision, or, for `edit`, about the new one. */
  readonly policy: PolicyDecision;
  /** Members of every source named in the state's and the decision's obligations. */
  readonly roster: Roster;
  /**
   * Persons whose membership rests on an identity provider that has not confirmed it within five
   * minutes. Their approvals do not count (T11).
   */
  readonly unconfirmed: ReadonlySet<string>;
  /**
   * The identity as registered now; null once it is gone. `active`: may act. `offboarded`: never will
   * again.
   */
  readonly identity:
    (IdentityFacts & { readonly active: boolean; readonly offboarded: boolean }) | null;
  /** Whether the acting person is known and not disabled, and their rights. */
  readonly person: { readonly active: boolean; readonly rights: readonly Right[] };
  /** Persons known to the registry and active; who a delegation or a conflict may name. */
  readonly halts: HaltFacts;
  /** Whether anybody exists who could be told of a veto window and interrupt. */
  readonly interrupterExists: boolean;
  readonly limits: RequestLimits;
}

export interface RequestLimits {
  readonly leaseMs: number;
  readonly runMaxMs: number;
  /** Cap of the grant deadline where the caller does not come back. */
  readonly grantAttendedMs: number;
  readonly questionPauseMs: number;
  readonly followUpMs: number;
  readonly redemptionsMax: number;
  /** How long a release repeats its answer to the same attempt. */
  readonly releaseRepeatMs: number;
}

export const DEFAULT_LIMITS: RequestLimits = {
  leaseMs: 15_000,
  runMaxMs: 3_600_000,
  grantAttendedMs: 900_000,
  questionPauseMs: 1_800_000,
  followUpMs: 259_200_000,
  redemptionsMax: 16,
  releaseRepeatMs: 30_000,
};
