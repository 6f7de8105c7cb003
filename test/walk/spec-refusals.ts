/**
 * Every reason to refuse a command, each told by itself: not in an order, not stopping at the first.
 * The machine's answer has to be the first of them in the order of `REFUSALS`.
 */
import type { ProblemCode } from "@haltpoint/protocol";
import type { Obligations } from "../../packages/server/src/domain/policy/model.ts";
import type { Command, Facts } from "../../packages/server/src/domain/request/commands.ts";
import { counts, isConflicted, isFilled, isPossible, mayReview } from "./spec-people.ts";
import { boundOf, least, most, type Witness } from "./witness.ts";

export type Reasons = Partial<Record<ProblemCode, boolean>>;
type Of<K extends Command["kind"]> = Extract<Command, { kind: K }>;

const RISKY = new Set(["high", "critical"]);
const blank = (reason: string | null): boolean => (reason ?? "").trim() === "";

const isPerson = (command: Command, facts: Facts): boolean =>
  command.actor.kind === "person" && facts.person.active;
const isAgent = (command: Command): boolean =>
  command.actor.kind === "identity" && command.actor.id === "agent";
const actorOf = (command: Command): string =>
  command.actor.kind === "person" ? command.actor.id : "";
const hasPasskey = (command: Command): boolean =>
  command.actor.kind === "person" && command.actor.stepUp === "passkey";

/** A hold that says what for adds to what was asked; one that does not is a no. */
export function heldNow(facts: Facts): readonly Obligations[] {
  const { effect, obligations } = facts.policy;
  return effect === "hold" && obligations !== null ? [obligations] : [];
}
export function deniesNow(facts: Facts): boolean {
  return (
    facts.policy.effect === "deny" ||
    (facts.policy.effect === "hold" && heldNow(facts).length === 0)
  );
}

export function isOlderThanHalt(witness: Witness, facts: Facts): boolean {
  return facts.halts.newestMatchingEpoch > witness.grantEpoch;
}

export function isSameAttempt(witness: Witness, command: Of<"redeem">, facts: Facts): boolean {
  if (witness.attempt !== command.attemptHash) return false;
  if (witness.status === "running") return true;
  const untilMs = witness.startedAt + facts.limits.releaseRepeatMs;
  return witness.status === "released" && facts.now < untilMs;
}

/** Why an approval no longer holds on the facts of now; null while it does (I3, I12). */
export function voidReason(witness: Witness, facts: Facts): "hold" | "no interrupter" | null {
  if (witness.basis === "override") return null;
  if (witness.basis === "policy") {
    if (heldNow(facts).length > 0) return "hold";
    return facts.policy.vetoWindowMs > 0 && !facts.interrupterExists ? "no interrupter" : null;
  }
  const bound = boundOf(witness, facts, heldNow(facts));
  return isFilled(bound, witness.approvals) ? null : "hold";
}

/** The window that is asked for now, which a redemption may find longer than the grant's. */
export function windowNow(witness: Witness, facts: Facts): number {
  const isReviewed = witness.basis === "quorum" || witness.basis === "self";
  const undoMs = most([...witness.asked, ...heldNow(facts)], (each) => each.undoMs);
  return Math.max(facts.policy.vetoWindowMs, isReviewed ? undoMs : 0);
}

/** The rungs that every decision on a held request begins with. */
function onHeld(witness: Witness, command: Command, facts: Facts): Reasons {
  const { status } = witness;
  return {
    right_required: !isPerson(command, facts),
    already_decided: status !== "held" && status !== "expired",
    expired: status === "expired",
    not_eligible: !mayReview(boundOf(witness, facts), actorOf(command)),
  };
}

/** For the requester and for whoever stops: what was decided, and not what has run. */
function ended(witness: Witness, live: readonly string[]): Reasons {
  const { status, decidedStatus } = witness;
  const isLive = live.includes(status);
  return {
    expired: status === "expired",
    already_decided: !isLive && status !== "expired" && decidedStatus === status,
    not_in_state: !isLive && status !== "expired" && decidedStatus !== status,
  };
}

function review(witness: Witness, command: Of<"review">, facts: Facts): Reasons {
  const bound = boundOf(witness, facts);
  const approves = command.verdict === "approve";
  const earlier = witness.approvals.some(
    (each) => each.person === actorOf(command) && counts(bound, each),
  );
  const { asked } = witness;
  const asksWhy = !approves || asked.some((each) => RISKY.has(each.risk));
  return {
    ...onHeld(witness, command, facts),
    stale_revision: command.digest !== witness.digest,
    separation_of_duties: approves && isConflicted(bound, actorOf(command)),
    already_reviewed: approves && earlier && !isFilled(bound, witness.approvals),
    confirmation_missing:
      approves &&
      asked.some((each) => each.confirm.some(({ id }) => !command.confirmed.includes(id))),
    reason_required: asksWhy && blank(command.reason),
    step_up_required:
      approves && asked.some((each) => each.stepUp === "passkey") && !hasPasskey(command),
  };
}

function edit(witness: Witness, command: Of<"edit">, facts: Facts): Reasons {
  const after = boundOf(
    { ...witness, editors: [...witness.editors, actorOf(command)] },
    facts,
    heldNow(facts),
  );
  const mayEdit = (field: string): boolean =>
    witness.asked.every((each) =>
      each.editableFields.some((path) => field === path || field.startsWith(`${path}.`)),
    );
  return {
    ...onHeld(witness, command, facts),
    stale_revision: command.digest !== witness.digest,
    reason_required: blank(command.reason),
    edit_unchanged: command.fields.length === 0 || command.newDigest === witness.digest,
    field_not_editable: !command.fields.every(mayEdit),
    edit_leaves_no_quorum: !deniesNow(facts) && !isPossible(after),
  };
}

function delegate(witness: Witness, command: Of<"delegate">, facts: Facts): Reasons {
  const bound = boundOf(witness, facts);
  const able = mayReview(bound, command.person) && !isConflicted(bound, command.person);
  return { ...onHeld(witness, command, facts), not_delegable: !able };
}

function extend(witness: Witness, command: Of<"extend">, facts: Facts): Reasons {
  const extendMs = least(witness.asked, (each) => each.extendMs);
  const isOver = witness.holdUntil >= witness.lifetimeEndsAt;
  return { ...onHeld(witness, command, facts), not_extendable: extendMs === 0 || isOver };
}

function override(witness: Witness, command: Of<"override">, facts: Facts): Reasons {
  const { already_decided, expired } = onHeld(witness, command, facts);
  const hasRight = isPerson(command, facts) && facts.person.rights.includes("override");
  return {
    right_required: !hasRight,
    already_decided: already_decided === true,
    expired: expired === true,
    stale_revision: command.digest !== witness.digest,
    reason_required: blank(command.reason),
    step_up_required: !hasPasskey(command),
  };
}

function interrupt(witness: Witness, command: Of<"interrupt">, facts: Facts): Reasons {
  const actor = actorOf(command);
  const owners = ["own", facts.identity?.owner, witness.onBehalfOf];
  const isEntitled =
    facts.person.rights.includes("operator") ||
    owners.includes(actor) ||
    mayReview(boundOf(witness, facts), actor);
  return {
    right_required: !isPerson(command, facts) || !isEntitled,
    ...ended(witness, ["held", "approved", "running"]),
    reason_required: blank(command.reason),
  };
}

function followUp(witness: Witness, command: Of<"follow_up">, facts: Facts): Reasons {
  const actor = actorOf(command);
  const isEntitled =
    facts.person.rights.includes("auditor") ||
    witness.overrider === actor ||
    mayReview(boundOf(witness, facts), actor);
  return {
    right_required: !isPerson(command, facts) || !isEntitled,
    not_in_state: witness.followUp !== "due" && witness.followUp !== "overdue",
    separation_of_duties: witness.overrider === actor,
    reason_required: blank(command.reason),
  };
}

function redeem(witness: Witness, command: Of<"redeem">, facts: Facts): Reasons {
  const { status } = witness;
  const same = isSameAttempt(witness, command, facts);
  const mine = witness.attempt === command.attemptHash;
  const older = isOlderThanHalt(witness, facts);
  const approved = status === "approved";
  const why = approved ? voidReason(witness, facts) : null;
  const noFallback = why === "no interrupter" && facts.policy.fallback === null;
  const isOver = facts.now >= witness.lifetimeEndsAt;
  return {
    not_your_request: !isAgent(command),
    interrupted:
      status === "interrupted" ||
      (status === "interrupting" && mine) ||
      (older && (approved || (same && status === "running"))),
    already_redeemed:
      (["running", "released"].includes(status) && !same) ||
      ["succeeded", "failed"].includes(status) ||
      (["interrupting", "indeterminate"].includes(status) && !mine),
    lease_lapsed: status === "indeterminate" && mine,
    not_approved: status === "held",
    rejected: status === "rejected",
    cancelled: status === "cancelled",
    attempt_reused: approved && witness.spent.includes(command.attemptHash),
    redemptions_exhausted: approved && witness.spent.length >= facts.limits.redemptionsMax,
    clock_suspect: approved && !facts.clockTrusted,
    identity_suspended: approved && facts.identity?.active !== true,
    halted: (approved && facts.halts.active !== null) || (status === "released" && same && older),
    denied: status === "denied" || (approved && (deniesNow(facts) || noFallback)),
    expired: status === "expired" || (why !== null && !noFallback && isOver),
    approval_void: why !== null && !noFallback,
    not_yet:
      approved && (facts.now < witness.notBefore || windowNow(witness, facts) > witness.windowMs),
  };
}

function report(witness: Witness, command: Of<"report">): Reasons {
  const { status, outcome, attempt, spent } = witness;
  const isGivenBack = command.result === "not_started" && spent.includes(command.attemptHash);
  const isLive = ["running", "interrupting", "indeterminate"].includes(status);
  const isAgain = outcome !== null && (outcome.byPerson || outcome.result === command.result);
  return {
    not_your_request: !isAgent(command),
    not_your_attempt: attempt !== command.attemptHash && !isGivenBack,
    not_interrupting: status === "running" && command.result === "interrupted",
    not_in_state: !isGivenBack && !isLive && !isAgain,
  };
}

/** Which reasons apply; the caller has let time pass first. */
export function reasonsFor(witness: Witness, command: Command, facts: Facts): Reasons {
  switch (command.kind) {
    case "review":
      return review(witness, command, facts);
    case "edit":
      return edit(witness, command, facts);
    case "ask":
      return { ...onHeld(witness, command, facts), question_open: witness.question !== "none" };
    case "extend":
      return extend(witness, command, facts);
    case "delegate":
      return delegate(witness, command, facts);
    case "override":
      return override(witness, command, facts);
    case "answer": {
      const { already_decided, expired } = onHeld(witness, command, facts);
      return {
        not_your_request: !isAgent(command),
        already_decided: already_decided === true,
        expired: expired === true,
        not_in_state: witness.question !== "open",
      };
    }
    case "withdraw":
      return { not_your_request: !isAgent(command), ...ended(witness, ["held", "approved"]) };
    case "interrupt":
      return interrupt(witness, command, facts);
    case "follow_up":
      return followUp(witness, command, facts);
    case "retract":
      return {
        right_required: !isPerson(command, facts),
        not_in_state: witness.status !== "approved",
        not_eligible: !witness.counted.includes(actorOf(command)),
        retract_too_late: facts.now >= witness.notBefore,
      };
    case "redeem":
      return redeem(witness, command, facts);
    case "heartbeat":
      return {
        not_your_request: !isAgent(command),
        not_your_attempt: witness.attempt !== command.attemptHash,
        lease_lapsed: witness.status === "indeterminate",
        not_in_state: !["running", "interrupting", "indeterminate"].includes(witness.status),
      };
    case "report":
      return report(witness, command);
    case "resolve":
      return {
        right_required: !isPerson(command, facts) || !facts.person.rights.includes("resolver"),
        not_in_state: witness.status !== "indeterminate",
        reason_required: blank(command.reason),
      };
    case "submit":
      return { identity_suspended: facts.identity?.active !== true };
    case "halt":
    case "tick":
    case "recheck":
      return {};
  }
}
