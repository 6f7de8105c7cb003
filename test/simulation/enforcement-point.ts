/**
 * Code that stands where effects happen, and keeps the enforcement contract: redeems with an attempt
 * that only its memory holds, starts what the redemption returned and nothing else, once, within
 * its local lease; stops when told; reports not_started only for what it will never start.
 */
import type { Redemption, Revision } from "@haltpoint/protocol";
import { attemptHashOf } from "../../packages/server/src/app/redeem-grant.ts";

export interface Attempt {
  readonly number: number;
  readonly identityId: string;
  /** Known once a submission or redemption was asked for with it. */
  requestId: string | null;
  readonly secret: string;
  readonly hash: string;
  /** Monotonic, from before it was first sent; an answer that was lost may have begun the lease. */
  sentAtMs: number;
  /** `given_up` never starts; `lost`: its process is gone, with what it knew. */
  phase: "waiting" | "started" | "given_up" | "reported" | "lost";
  isToldToStop: boolean;
}

/** Something happened in the world that cannot be taken back. */
export interface Effect {
  readonly requestId: string;
  readonly attemptHash: string;
  readonly digest: string;
  readonly content: Revision;
  /** The last log index that was durable when the redemption was sent. */
  readonly askedAt: number;
  /** Log indexes of the entries of its redemption that were durable when it started. */
  readonly evidence: readonly number[];
}

export class EnforcementPoints {
  readonly attempts: Attempt[] = [];
  readonly effects: Effect[] = [];

  newAttempt(identityId: string, secret: string): Attempt {
    const attempt: Attempt = {
      number: this.attempts.length + 1,
      identityId,
      requestId: null,
      secret,
      hash: attemptHashOf(secret),
      sentAtMs: Infinity,
      phase: "waiting",
      isToldToStop: false,
    };
    this.attempts.push(attempt);
    return attempt;
  }

  /** Those whose process is alive and that satisfy `wanted`. */
  alive(wanted: (attempt: Attempt) => boolean): readonly Attempt[] {
    return this.attempts.filter((attempt) => attempt.phase !== "lost" && wanted(attempt));
  }

  /** Whether this redemption may start something now; `nowMs` is monotonic. */
  mayStart(attempt: Attempt, redemption: Redemption, nowMs: number): boolean {
    if (attempt.phase !== "waiting" || attempt.isToldToStop) return false;
    return nowMs < attempt.sentAtMs + Math.min(redemption.lease_ms, redemption.run_max_ms);
  }

  started(attempt: Attempt, effect: Effect): void {
    attempt.phase = "started";
    this.effects.push(effect);
  }
}
