/**
 * What a careful bystander knows of one request, from the commands that were accepted and nothing
 * else. `spec` moves it by the rules of the domain; the walk compares it with the machine's state.
 */
import type { RequestStatus } from "@haltpoint/protocol";
import type { Obligations } from "../../packages/server/src/domain/policy/model.ts";
import type { Facts } from "../../packages/server/src/domain/request/commands.ts";
import type { RequestState } from "../../packages/server/src/domain/request/model.ts";
import type { Approval, Bound } from "./spec-people.ts";

export interface Witness {
  readonly status: RequestStatus;
  readonly lifetimeEndsAt: number;
  readonly actsForPeople: boolean;
  readonly onBehalfOf: string | null;
  readonly callerReturns: boolean;
  readonly releaseOnly: boolean;
  readonly digest: string;
  readonly revision: number;
  /** Obligations of each revision and of each time policy was asked again. */
  readonly asked: readonly Obligations[];
  readonly vetoMs: number;
  readonly heldAt: number;
  readonly holdUntil: number;
  readonly escalated: boolean;
  readonly nobody: boolean;
  readonly question: "none" | "open" | "answered";
  readonly pausedUntil: number;
  readonly approvals: readonly Approval[];
  readonly editors: readonly string[];
  readonly basis: RequestState["basis"];
  /** Whose approvals filled the slots, as the machine said; checked when it said so. */
  readonly counted: readonly string[];
  readonly notBefore: number;
  readonly grantUntil: number;
  readonly windowMs: number;
  readonly grantEpoch: number;
  readonly attempt: string | null;
  readonly startedAt: number;
  readonly leaseUntil: number;
  readonly runUntil: number;
  readonly spent: readonly string[];
  readonly wasInterrupted: boolean;
  readonly overrider: string | null;
  readonly followUp: "none" | "due" | "overdue" | "done";
  readonly followUpAt: number;
  readonly outcome: { readonly result: string; readonly byPerson: boolean } | null;
  readonly contradicted: boolean;
  readonly decidedBy: string | null;
  readonly decidedStatus: RequestStatus | null;
}

export function boundOf(witness: Witness, facts: Facts, also: readonly Obligations[] = []): Bound {
  return {
    asked: also.length === 0 ? witness.asked : [...witness.asked, ...also],
    escalated: witness.escalated,
    actsForPeople: witness.actsForPeople,
    onBehalfOf: witness.onBehalfOf,
    editors: witness.editors,
    roster: facts.roster,
    unconfirmed: facts.unconfirmed,
    ownerNow: facts.identity?.owner ?? null,
  };
}

export const least = (asked: readonly Obligations[], of: (each: Obligations) => number): number =>
  Math.min(...asked.map(of));
export const most = (asked: readonly Obligations[], of: (each: Obligations) => number): number =>
  Math.max(0, ...asked.map(of));

/** I7: what time alone has done by now, whether or not anything swept it. */
export function afterTime(before: Witness, now: number): Witness {
  let witness = before;
  if (witness.followUp === "due" && now >= witness.followUpAt) {
    witness = { ...witness, followUp: "overdue" };
  }
  const { status } = witness;
  const ended = { decidedBy: "clock", decidedStatus: "expired" } as const;
  if (status === "held" && now >= witness.holdUntil) {
    return { ...witness, ...ended, status: "expired" };
  }
  if (status === "held" && !witness.escalated) {
    const steps = witness.asked.flatMap((each) => each.quorum.flatMap((clause) => clause.escalate));
    const isDue = steps.some((step) => now >= witness.heldAt + step.afterMs);
    return isDue ? { ...witness, escalated: true } : witness;
  }
  if (status === "approved" && now >= witness.grantUntil) {
    return { ...witness, ...ended, status: "expired" };
  }
  const isRunning = status === "running" || status === "interrupting";
  if (isRunning && now >= Math.min(witness.leaseUntil, witness.runUntil)) {
    return { ...witness, status: "indeterminate" };
  }
  return witness;
}

/** Held by policy, or held again: a new deadline within the total lifetime. */
export function hold(witness: Witness, asked: readonly Obligations[], now: number): Witness {
  const deadline = now + least(asked, (each) => each.deadlineMs);
  return {
    ...witness,
    status: "held",
    asked,
    heldAt: now,
    holdUntil: Math.min(deadline, witness.lifetimeEndsAt),
    pausedUntil: now,
    basis: null,
    counted: [],
    decidedBy: null,
    decidedStatus: null,
  };
}

/** Approved: the grant's deadline counts from notBefore, and the longest window is kept. */
export function approve(
  witness: Witness,
  by: { readonly basis: RequestState["basis"]; readonly name: string; readonly windowMs: number },
  grantMs: number,
  facts: Facts,
): Witness {
  const cappedMs = witness.callerReturns
    ? grantMs
    : Math.min(grantMs, facts.limits.grantAttendedMs);
  const notBefore = facts.now + by.windowMs;
  return {
    ...witness,
    status: "approved",
    basis: by.basis,
    windowMs: by.windowMs,
    notBefore,
    grantUntil: notBefore + cappedMs,
    grantEpoch: facts.halts.epoch,
    decidedBy: by.name,
    decidedStatus: "approved",
  };
}
