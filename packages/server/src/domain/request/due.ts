/** Deadlines. They live inside the guards (I7): a sweeper only makes visible what already holds. */
import type { Obligations, QuorumClause } from "../policy/model.ts";
import type { Facts } from "./commands.ts";
import type { RequestEvent } from "./events.ts";
import { evolve } from "./evolve.ts";
import type { Actor, RequestState } from "./model.ts";

const CLOCK: Actor = { kind: "clock" };

/** When time alone changes this request next; null: never. Milliseconds since the epoch. */
export function dueAt(state: RequestState): number | null {
  const times: number[] = [];
  if (state.status === "held") {
    if (state.holdDeadline !== null) times.push(state.holdDeadline);
    const escalation = nextEscalation(state);
    if (escalation !== null) times.push(escalation.at);
  }
  if (state.status === "approved" && state.grant !== null) times.push(state.grant.deadline);
  if (state.status === "running" || state.status === "interrupting") {
    if (state.run !== null) times.push(Math.min(state.run.leaseUntil, state.run.maxUntil));
  }
  if (state.followUp.status === "due") times.push(state.followUp.dueAt);
  return times.length === 0 ? null : Math.min(...times);
}

/**
 * What time has done to this request by now. INVARIANT: I5, nothing in here approves or runs.
 */
export function lapse(state: RequestState, facts: Pick<Facts, "now">): readonly RequestEvent[] {
  const { now } = facts;
  const events: RequestEvent[] = [];
  let current = state;
  for (let event = overdue(current, now); event !== null; event = overdue(current, now)) {
    events.push(event);
    current = evolve(current, event);
  }
  return events;
}

function overdue(state: RequestState, now: number): RequestEvent | null {
  const about = { at: now, actor: CLOCK } as const;
  if (state.followUp.status === "due" && now >= state.followUp.dueAt) {
    return { ...about, kind: "follow_up_overdue", to: state.status };
  }
  switch (state.status) {
    case "held":
      if (state.holdDeadline !== null && now >= state.holdDeadline) {
        return { ...about, kind: "expired", to: "expired", was: "held" };
      }
      return escalationDue(state, now);
    case "approved":
      if (state.grant === null || now < state.grant.deadline) return null;
      return { ...about, kind: "expired", to: "expired", was: "approved" };
    case "running":
    case "interrupting":
      if (state.run === null || now < Math.min(state.run.leaseUntil, state.run.maxUntil))
        return null;
      return { ...about, kind: "lapsed", to: "indeterminate", was: state.status };
    default:
      return null;
  }
}

function nextEscalation(state: RequestState): { afterMs: number; at: number } | null {
  if (state.heldAt === null || state.obligations === null) return null;
  const steps = state.obligations.quorum
    .flatMap((clause) => clause.escalate.map((step) => step.afterMs))
    .filter((afterMs) => afterMs > state.escalatedUntilMs);
  if (steps.length === 0) return null;
  const afterMs = Math.min(...steps);
  return { afterMs, at: state.heldAt + afterMs };
}

/**
 * Obligations with the escalation steps up to `untilMs` taken. What policy says anew has them still
 * to come; unless they are taken there as well, merging it with what was escalated would ask for
 * one more person, and whoever was escalated to could never approve.
 */
export function escalatedTo(obligations: Obligations, untilMs: number): Obligations {
  const widen = (clause: QuorumClause): QuorumClause => {
    const taken = clause.escalate.filter((step) => step.afterMs <= untilMs);
    return { ...clause, from: [...new Set([...clause.from, ...taken.map((step) => step.to)])] };
  };
  return { ...obligations, quorum: obligations.quorum.map(widen) };
}

function escalationDue(state: RequestState, now: number): RequestEvent | null {
  const step = nextEscalation(state);
  if (step === null || state.obligations === null || now < step.at) return null;
  return {
    at: now,
    actor: CLOCK,
    kind: "escalated",
    to: "held",
    afterMs: step.afterMs,
    obligations: escalatedTo(state.obligations, step.afterMs),
  };
}
