/**
 * The rules of the domain once more, as a model: what a command must answer and lead to. It shares
 * with the machine only the shapes of commands and facts and the order of `REFUSALS`.
 */
import type { ProblemCode } from "@haltpoint/protocol";
import type { Obligations } from "../../packages/server/src/domain/policy/model.ts";
import type { Command, Facts } from "../../packages/server/src/domain/request/commands.ts";
import { REFUSALS } from "../../packages/server/src/domain/request/refusal.ts";
import { isFilled, isPossible, isSelf, type Approval } from "./spec-people.ts";
import {
  deniesNow,
  heldNow,
  isOlderThanHalt,
  isSameAttempt,
  reasonsFor,
  voidReason,
  windowNow,
} from "./spec-refusals.ts";
import { afterTime, approve, boundOf, hold, least, most, type Witness } from "./witness.ts";

export interface Expected {
  /** The code of the refusal; null: accepted. */
  readonly refusal: ProblemCode | null;
  /** Every code that applied, in the order of the table. */
  readonly reasons: readonly ProblemCode[];
  readonly witness: Witness;
}

type Of<K extends Command["kind"]> = Extract<Command, { kind: K }>;

export function foretell(before: Witness, command: Command, facts: Facts): Expected {
  const witness = afterTime(before, facts.now);
  const timePassed = witness !== before;
  const reasons = reasonsFor(witness, command, facts);
  const inOrder = REFUSALS[command.kind].filter((code) => reasons[code] === true);
  const strangers = Object.keys(reasons).filter(
    (code) => !(REFUSALS[command.kind] as readonly string[]).includes(code),
  );
  if (strangers.length > 0) throw new Error(`not in the table: ${strangers.join(", ")}`);
  const refusal = inOrder[0] ?? null;
  const after =
    refusal === null
      ? accepted(witness, command, facts)
      : refused(witness, command, facts, refusal);
  const later = afterTime(after, facts.now);
  const isTouched = refusal === null || timePassed || after !== witness;
  return {
    refusal,
    reasons: inOrder,
    witness: isTouched ? lookAround(later, facts) : later,
  };
}

/** What a submission leads to; null where it is refused. */
export function begun(blank: Witness, facts: Facts): Witness | null {
  if (facts.identity?.active !== true) return null;
  const { policy, now } = facts;
  const decided = { decidedBy: "policy", decidedStatus: "denied" } as const;
  const asked = heldNow(facts);
  const witness = { ...blank, vetoMs: policy.vetoWindowMs };
  if (deniesNow(facts)) return { ...witness, ...decided, status: "denied" };
  if (asked.length > 0) return lookAround(hold(witness, asked, now), facts);
  const { vetoWindowMs: windowMs, grantDeadlineMs, fallback } = policy;
  if (windowMs > 0 && !facts.interrupterExists) {
    if (fallback === null) return { ...witness, ...decided, status: "denied" };
    return lookAround(hold(witness, [fallback], now), facts);
  }
  const by = { basis: "policy", name: "policy", windowMs } as const;
  return approve(witness, by, grantDeadlineMs, facts);
}

/** Nobody eligible: said as soon as a command or time finds it so. */
function lookAround(witness: Witness, facts: Facts): Witness {
  if (witness.status !== "held") return witness;
  return { ...witness, nobody: !isPossible(boundOf(witness, facts)) };
}

function name(command: Command): string {
  return command.actor.kind === "clock" ? "clock" : `${command.actor.kind}:${command.actor.id}`;
}

function stopped(witness: Witness, by: string): Witness {
  const status = witness.status === "running" ? "interrupting" : "interrupted";
  return { ...witness, status, wasInterrupted: true, decidedBy: by, decidedStatus: status };
}

/** Halts are known by their id, or, once lifted, only by the clock that found them. */
function halter(facts: Facts): string {
  return facts.halts.active === null ? "clock" : `halt:${facts.halts.active.id}`;
}

/** A redemption that is refused for what it finds also changes what it found. */
function refused(witness: Witness, command: Command, facts: Facts, code: ProblemCode): Witness {
  if (command.kind !== "redeem") return witness;
  const { status } = witness;
  const wasLive = status === "approved" || (status === "running" && code === "interrupted");
  if (!wasLive) return witness;
  const { policy, now } = facts;
  switch (code) {
    case "interrupted":
      return stopped(witness, halter(facts));
    case "denied":
      return { ...witness, status: "denied", decidedBy: "policy", decidedStatus: "denied" };
    case "approval_void":
    case "expired": {
      const why = voidReason(witness, facts);
      const more =
        why === "no interrupter" && policy.fallback !== null ? [policy.fallback] : heldNow(facts);
      const vetoMs = Math.max(witness.vetoMs, policy.vetoWindowMs);
      return hold({ ...witness, vetoMs }, together(witness.asked, more), now);
    }
    case "not_yet": {
      const windowMs = windowNow(witness, facts);
      if (windowMs <= witness.windowMs) return witness;
      const asked = together(witness.asked, heldNow(facts));
      const grantMs = asked.length === 0 ? policy.grantDeadlineMs : grantMsOf(asked);
      const longer = approve(witness, { basis: witness.basis, name: "", windowMs }, grantMs, facts);
      const { notBefore, grantUntil } = longer;
      return { ...witness, windowMs, notBefore, grantUntil };
    }
    default:
      return witness;
  }
}

const together = (
  asked: readonly Obligations[],
  more: readonly Obligations[],
): readonly Obligations[] => [...new Set([...asked, ...more])];

const grantMsOf = (asked: readonly Obligations[]): number =>
  least(asked, (each) => each.grantDeadlineMs);

function granted(
  witness: Witness,
  basis: "quorum" | "self" | "override",
  by: string,
  facts: Facts,
): Witness {
  const { asked, vetoMs } = witness;
  const windowMs = Math.max(
    vetoMs,
    most(asked, (each) => each.undoMs),
  );
  return approve(witness, { basis, name: by, windowMs }, grantMsOf(asked), facts);
}

function accepted(witness: Witness, command: Command, facts: Facts): Witness {
  const { now } = facts;
  switch (command.kind) {
    case "review":
      return reviewed(witness, command, facts);
    case "edit":
      return edited(witness, command, facts);
    case "override": {
      const after = granted(witness, "override", name(command), facts);
      const overrider = command.actor.kind === "person" ? command.actor.id : "";
      return { ...after, overrider, followUp: "due", followUpAt: now + facts.limits.followUpMs };
    }
    case "ask": {
      const room = witness.lifetimeEndsAt - witness.holdUntil;
      const pausedMs = Math.min(room, facts.limits.questionPauseMs);
      const holdUntil = witness.holdUntil + pausedMs;
      return { ...witness, question: "open", holdUntil, pausedUntil: now + pausedMs };
    }
    case "answer": {
      const unusedMs = Math.max(0, witness.pausedUntil - now);
      return { ...witness, question: "answered", holdUntil: witness.holdUntil - unusedMs };
    }
    case "extend": {
      const until = witness.holdUntil + least(witness.asked, (each) => each.extendMs);
      return { ...witness, holdUntil: Math.min(until, witness.lifetimeEndsAt) };
    }
    case "withdraw":
      return {
        ...witness,
        status: "cancelled",
        decidedBy: name(command),
        decidedStatus: "cancelled",
      };
    case "interrupt":
      return stopped(witness, name(command));
    case "halt": {
      const isLive = witness.status === "approved" || witness.status === "running";
      const dies = isLive && isOlderThanHalt(witness, facts);
      return dies ? stopped(witness, `halt:${command.halt}`) : witness;
    }
    case "retract": {
      const actor = command.actor.kind === "person" ? command.actor.id : "";
      const approvals = witness.approvals.filter((each) => each.person !== actor);
      return hold({ ...witness, approvals }, witness.asked, now);
    }
    case "redeem":
      return isSameAttempt(witness, command, facts) ? witness : redeemed(witness, command, facts);
    case "heartbeat":
      return beaten(witness, facts);
    case "report":
      return reported(witness, command);
    case "resolve": {
      // Nothing happened: after an interrupt that is what was wanted.
      const nothing = witness.wasInterrupted ? "interrupted" : "failed";
      const status = command.result === "not_started" ? nothing : command.result;
      return {
        ...witness,
        status,
        outcome: { result: command.result, byPerson: true },
        decidedBy: name(command),
        decidedStatus: status,
      };
    }
    case "follow_up":
      return { ...witness, followUp: "done" };
    case "submit":
    case "delegate":
    case "tick":
      return witness;
    case "recheck":
      return witness.status === "held" && facts.identity?.offboarded === true
        ? stopped(witness, name(command))
        : witness;
  }
}

function reviewed(witness: Witness, command: Of<"review">, facts: Facts): Witness {
  if (command.verdict === "reject") {
    return { ...witness, status: "rejected", decidedBy: name(command), decidedStatus: "rejected" };
  }
  const { actor, confirmed } = command;
  if (actor.kind !== "person") throw new Error("identities never review");
  const approval: Approval = { person: actor.id, stepUp: actor.stepUp, confirmed };
  const after = { ...witness, approvals: [...witness.approvals, approval] };
  const bound = boundOf(after, facts);
  if (!isFilled(bound, after.approvals)) return after;
  return granted(after, isSelf(bound) ? "self" : "quorum", name(command), facts);
}

/** The edited revision needs what was asked and what is asked now; earlier reviews are void. */
function edited(witness: Witness, command: Of<"edit">, facts: Facts): Witness {
  const { now, policy } = facts;
  const editor = command.actor.kind === "person" ? command.actor.id : "";
  const after = {
    ...witness,
    digest: command.newDigest,
    revision: witness.revision + 1,
    approvals: [],
    editors: [...witness.editors, editor],
    vetoMs: Math.max(witness.vetoMs, policy.vetoWindowMs),
  };
  if (deniesNow(facts)) {
    return { ...after, status: "denied", decidedBy: name(command), decidedStatus: "denied" };
  }
  const asked = together(witness.asked, heldNow(facts));
  // The pause of an open question is not counted against the new revision's time.
  const pauseLeftMs = witness.question === "open" ? Math.max(0, witness.pausedUntil - now) : 0;
  const ownMs = Math.min(now + least(asked, (each) => each.deadlineMs), witness.lifetimeEndsAt);
  return { ...after, asked, holdUntil: Math.min(witness.holdUntil, ownMs + pauseLeftMs) };
}

function redeemed(witness: Witness, command: Of<"redeem">, facts: Facts): Witness {
  const { now, limits } = facts;
  return {
    ...witness,
    status: witness.releaseOnly ? "released" : "running",
    attempt: command.attemptHash,
    startedAt: now,
    leaseUntil: now + Math.min(limits.leaseMs, limits.runMaxMs),
    runUntil: now + limits.runMaxMs,
  };
}

function beaten(witness: Witness, facts: Facts): Witness {
  if (witness.status !== "running") return witness; // renews nothing while it stops
  if (isOlderThanHalt(witness, facts)) return stopped(witness, halter(facts));
  const until = Math.min(facts.now + facts.limits.leaseMs, witness.runUntil);
  return { ...witness, leaseUntil: Math.max(witness.leaseUntil, until) };
}

function reported(witness: Witness, command: Of<"report">): Witness {
  const { result } = command;
  const { status } = witness;
  const outcome = { result, byPerson: false };
  if (witness.attempt !== command.attemptHash) return witness; // it had given the grant back
  switch (status) {
    case "running": {
      if (result === "interrupted") throw new Error("nobody asked it to stop");
      if (result !== "not_started") return { ...witness, status: result, outcome };
      const spent = [...witness.spent, command.attemptHash];
      return { ...witness, status: "approved", attempt: null, spent };
    }
    case "interrupting": {
      const to = result === "not_started" ? "interrupted" : result;
      const decidedStatus = to === "interrupted" ? to : witness.decidedStatus;
      return { ...witness, status: to, outcome, decidedStatus };
    }
    case "indeterminate": {
      const nothing = witness.wasInterrupted ? "interrupted" : "failed";
      const to = result === "not_started" ? nothing : result;
      if (to !== "interrupted") return { ...witness, status: to, outcome };
      const by = witness.wasInterrupted ? witness.decidedBy : name(command);
      return { ...witness, status: to, outcome, decidedBy: by, decidedStatus: to };
    }
    default: {
      const isAgainst = witness.outcome?.byPerson === true && witness.outcome.result !== result;
      return isAgainst ? { ...witness, contradicted: true } : witness;
    }
  }
}
