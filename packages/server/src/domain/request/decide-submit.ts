/** Submission: policy decides; where it holds, nothing but a person or a deadline ends the hold. */
import type { BudgetUse, Obligations, PolicyDecision } from "../policy/model.ts";
import type { Command, Facts } from "./commands.ts";
import type { Ruling } from "./ruling.ts";
import type { RequestEvent } from "./events.ts";
import type { Grant, PolicySummary } from "./model.ts";
import { refuse } from "./refusal.ts";

export function submit(command: Extract<Command, { kind: "submit" }>, facts: Facts): Ruling {
  if (facts.identity === null || !facts.identity.active) {
    return refuse("identity_suspended", "the registry does not let this identity act now");
  }
  const { submission, actor } = command;
  const { policy, now } = facts;
  const base = { kind: "submitted", at: now, actor, submission } as const;
  const record = { policy: summaryOf(policy), missingFields: policy.missingFields } as const;
  const denied: RequestEvent = { ...base, ...record, to: "denied", hold: null, grant: null };
  const held = (obligations: Obligations): RequestEvent => ({
    ...base,
    ...record,
    to: "held",
    hold: { obligations, holdDeadline: holdDeadline(obligations, now, submission.lifetimeEndsAt) },
    grant: null,
  });

  const disposition = dispositionOf(policy, facts.interrupterExists);
  if (disposition.to === "denied") return [denied];
  if (disposition.to === "held") return [held(disposition.obligations)];
  const revision = { number: 0, digest: submission.digest };
  const windowMs = policy.vetoWindowMs;
  const grantMs = grantMsOf(policy.grantDeadlineMs, submission.callerReturns, facts);
  const grant = makeGrant(revision, { windowMs, grantMs }, facts);
  return [{ ...base, ...record, to: "approved", hold: null, grant }];
}

/** What becomes of a submission. */
export type Disposition =
  | { readonly to: "denied" }
  | { readonly to: "held"; readonly obligations: Obligations }
  | { readonly to: "approved" };

/** What policy says, and what is made of a veto window that nobody could be told of. */
export function dispositionOf(policy: PolicyDecision, interrupterExists: boolean): Disposition {
  if (isDenied(policy)) return { to: "denied" };
  const isHeld = policy.effect === "hold";
  if (!isHeld && (policy.vetoWindowMs === 0 || interrupterExists)) return { to: "approved" };
  const obligations = isHeld ? policy.obligations : policy.fallback;
  return obligations === null ? { to: "denied" } : { to: "held", obligations };
}

/** Whether policy says no, or asks for a person and does not say what for. */
export function isDenied(policy: PolicyDecision): boolean {
  return policy.effect === "deny" || (policy.effect === "hold" && policy.obligations === null);
}

/** What the record keeps of a policy decision. */
export function summaryOf(policy: PolicyDecision): PolicySummary {
  return {
    effect: policy.effect,
    version: policy.policyVersion,
    reasons: policy.reasons,
    rules: policy.matchedRules,
    risk: policy.risk,
    impact: policy.impact,
    ...(policy.impacts.length === 0 ? {} : { impacts: policy.impacts }),
    vetoWindowMs: policy.vetoWindowMs,
    grantDeadlineMs: policy.grantDeadlineMs,
    shadow: policy.shadow,
    ...(policy.budgets.length === 0 ? {} : { budgets: policy.budgets.map(recorded) }),
  };
}

function recorded(use: BudgetUse): Omit<BudgetUse, "relied"> {
  const { name, window, total, after, limit, over } = use;
  return { name, window, total, after, limit, over };
}

/** Every hold ends within the request's total lifetime (I15). */
export function holdDeadline(
  obligations: Obligations,
  now: number,
  lifetimeEndsAt: number,
): number {
  return instant(Math.min(now + obligations.deadlineMs, lifetimeEndsAt));
}

/** How long a grant may wait: what policy gives, less where the caller would not come back. */
export function grantMsOf(
  byPolicyMs: number,
  callerReturns: boolean,
  facts: Pick<Facts, "limits">,
): number {
  return callerReturns ? byPolicyMs : Math.min(byPolicyMs, facts.limits.grantAttendedMs);
}

/** A grant whose deadline counts from notBefore, so that no window can use it up. */
export function makeGrant(
  revision: { readonly number: number; readonly digest: string },
  span: { readonly windowMs: number; readonly grantMs: number },
  facts: Pick<Facts, "now" | "halts">,
): Grant {
  const notBefore = instant(facts.now + span.windowMs);
  return {
    revision: revision.number,
    digest: revision.digest,
    approvedAt: facts.now,
    notBefore,
    deadline: instant(notBefore + span.grantMs),
    haltEpoch: facts.halts.epoch,
    windowMs: span.windowMs,
  };
}

/** INVARIANT: I15. No comparison with a time that is none is ever true, so it would never pass. */
function instant(ms: number): number {
  if (!Number.isSafeInteger(ms)) throw new Error(`\`${ms}\` is no time in integer milliseconds`);
  return ms;
}
