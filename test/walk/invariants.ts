/**
 * The invariants, each checked after each step on what the machine did: on its events, its state and
 * its refusal. They are told in the words of the domain and know nothing of how the machine works.
 */
import type { Command, Facts } from "../../packages/server/src/domain/request/commands.ts";
import { decide, replay } from "../../packages/server/src/domain/request/decide.ts";
import type { Decision } from "../../packages/server/src/domain/request/ruling.ts";
import { dueAt } from "../../packages/server/src/domain/request/due.ts";
import type { RequestEvent } from "../../packages/server/src/domain/request/events.ts";
import { isTerminal, type RequestState } from "../../packages/server/src/domain/request/model.ts";
import { entryOf } from "../../packages/server/src/domain/request/record.ts";
import type { Node } from "./node.ts";
import { everyReviewer, isConflicted, isFilled } from "./spec-people.ts";
import { deniesNow, heldNow } from "./spec-refusals.ts";
import { boundOf, most } from "./witness.ts";

/** One move of the machine: a command and what came of it. */
export interface Move {
  readonly before: Node;
  readonly command: Command;
  readonly facts: Facts;
  readonly decision: Decision;
  readonly after: RequestState;
}

type EventOf<K extends RequestEvent["kind"]> = Extract<RequestEvent, { kind: K }>;

function find<K extends RequestEvent["kind"]>(move: Move, kind: K): EventOf<K> | undefined {
  return move.decision.events.find((event): event is EventOf<K> => event.kind === kind);
}

function demand(holds: boolean, invariant: string): void {
  if (!holds) throw new Error(invariant);
}

/** Throws with the name of the first invariant that does not hold. */
export function checkInvariants(move: Move): void {
  atMostOnce(move);
  whatYouSaw(move);
  quorumAndSeparation(move);
  silenceNeverAuthorises(move);
  terminalAbsorbs(move);
  deadlinesInGuards(move);
  evidenceFirst(move);
  haltsWin(move);
  overrideWaivesOnlyTheQuorum(move);
  policyAskedAgain(move);
  liveness(move.after, move.facts.now);
}

/** I1. How many effects there may be after this move. */
export function effectsAfter(move: Pick<Move, "before" | "decision">): number {
  const { events } = move.decision;
  const started = events.filter((event) => event.kind === "redeemed").length;
  const givenBack = events.filter(
    (event) => event.kind === "reported" && event.to === "approved",
  ).length;
  return move.before.effects + started - givenBack;
}

function atMostOnce(move: Move): void {
  const { before, command, decision, facts } = move;
  demand(effectsAfter(move) <= 1, "I1: a second effect could start");
  demand(effectsAfter(move) >= 0, "I1: an effect was given back that never started");
  const { state } = before;
  if (state.status === "indeterminate") {
    demand(find(move, "redeemed") === undefined, "I1: an unknown outcome was tried again");
    const named = command.kind === "report" || command.kind === "resolve";
    demand(move.after.status === "indeterminate" || named, "I1: nobody said what happened");
  }
  const starts = command.kind === "redeem" && decision.refusal === null;
  if (!starts || find(move, "redeemed") !== undefined) return;
  // The same answer again: only to its own attempt, and only while a lease or the repeat lasts.
  demand(state.run?.attemptHash === command.attemptHash, "I1: the answer went to another attempt");
  const repeatUntil = (state.run?.startedAt ?? 0) + facts.limits.releaseRepeatMs;
  const until = state.status === "released" ? repeatUntil : (state.run?.leaseUntil ?? 0);
  demand(facts.now < until, "I1: an answer was repeated after the lease");
}

function whatYouSaw(move: Move): void {
  const { digest } = move.before.state.revision;
  for (const event of move.decision.events) {
    if (event.kind === "reviewed" || event.kind === "rejected") {
      const asked = move.command.kind === "review" && move.command.digest === event.review.digest;
      demand(asked && event.review.digest === digest, "I2: not the digest that was displayed");
    }
    if (event.kind === "approved" || event.kind === "overridden") {
      demand(event.grant.digest === digest, "I2: the grant is not of the reviewed revision");
    }
    if (event.kind === "redeemed") {
      const { grant } = move.before.state;
      const same = event.digest === digest && event.digest === grant?.digest;
      demand(same, "I2: not the granted revision is redeemed");
    }
  }
}

/** I3, I4, I12: at approval and at redeem, on the witness's own list of what was asked and said. */
function quorumAndSeparation(move: Move): void {
  const { before, facts, command } = move;
  const approved = find(move, "approved");
  const redeemed = find(move, "redeemed");
  if (approved !== undefined) {
    const { witness } = before;
    demand(command.kind === "review" && command.actor.kind === "person", "I4: not by a person");
    if (command.kind !== "review" || command.actor.kind !== "person") return;
    const { id, stepUp } = command.actor;
    const approvals = [...witness.approvals, { person: id, stepUp, confirmed: command.confirmed }];
    const escalated = move.after.escalatedUntilMs > 0;
    const bound = { ...boundOf(witness, facts), escalated };
    demand(isFilled(bound, approvals), "I3: approved without a quorum");
    const alone = approvals.filter((each) => approved.counted.includes(each.person));
    demand(isFilled(bound, alone), "I3: those counted do not fill the slots");
    demand(!approved.counted.some((each) => isConflicted(bound, each)), "I4: a conflict counted");
  }
  const { basis } = before.state;
  if (redeemed === undefined || (basis !== "quorum" && basis !== "self")) return;
  const bound = boundOf(before.witness, facts, heldNow(facts));
  demand(isFilled(bound, before.witness.approvals), "I3: redeemed without a quorum");
  const alone = before.witness.approvals.filter((each) => redeemed.counted.includes(each.person));
  demand(isFilled(bound, alone), "I3: the record of who counted is wrong");
  demand(!redeemed.counted.some((each) => isConflicted(bound, each)), "I4: a conflict counted");
}

const AUTHORISES = new Set(["approved", "running", "released"]);

function silenceNeverAuthorises(move: Move): void {
  const { command, decision } = move;
  for (const event of decision.events) {
    if (!AUTHORISES.has(event.to)) continue;
    const isOrthogonal = ["followed_up", "follow_up_overdue", "delayed"].includes(event.kind);
    if (isOrthogonal) continue;
    demand(event.actor.kind !== "clock", `I5: the clock made it \`${event.to}\``);
    const may = ["submit", "review", "override", "redeem", "report", "heartbeat"];
    demand(may.includes(command.kind), `I5: \`${command.kind}\` made it \`${event.to}\``);
  }
}

const BESIDE_THE_STATE = new Set(["outcome_contradicted", "followed_up", "follow_up_overdue"]);

function terminalAbsorbs(move: Move): void {
  const { state } = move.before;
  const { refusal, events } = move.decision;
  if (isTerminal(state.status)) {
    demand(move.after.status === state.status, "I6: a terminal state was left");
    demand(move.after.decided === state.decided, "I6: who decided was overwritten");
    demand(
      events.every((event) => BESIDE_THE_STATE.has(event.kind)),
      "I6: something happened",
    );
  }
  if (refusal?.code !== "already_decided") return;
  const { decided } = refusal;
  demand(decided?.by === move.after.decided?.by, "I6: the refusal does not name who decided");
  demand((decided?.by ?? "") !== "" && (decided?.at ?? 0) > 0, "I6: who and when are missing");
}

function deadlinesInGuards(move: Move): void {
  const { before, facts, after } = move;
  const { state } = before;
  const { now } = facts;
  if (state.status === "held" && now >= (state.holdDeadline ?? 0)) {
    demand(after.status === "expired", "I7: something else happened after the hold's deadline");
  }
  if (state.status === "approved" && now >= (state.grant?.deadline ?? 0)) {
    demand(after.status === "expired", "I7: something else happened after the grant's deadline");
  }
  if (find(move, "redeemed") === undefined) return;
  demand(facts.clockTrusted, "I7: redeemed on a clock that jumped");
  const { grant } = state;
  demand(grant !== null && now >= grant.notBefore, "a window was jumped");
  demand(grant !== null && now < grant.deadline, "I7: redeemed after the deadline");
}

function evidenceFirst(move: Move): void {
  const { before, decision, after } = move;
  const { events } = decision;
  demand(after.version === before.state.version + events.length, "I8: a change without an event");
  for (const event of events) {
    const entry = entryOf(after.id, event);
    const isHeartbeat = event.kind === "lease_renewed";
    demand((entry === null) === isHeartbeat, `I8: \`${event.kind}\` leaves no entry`);
  }
  if (events.length === 0) demand(after === before.state, "I8: the state changed silently");
}

function haltsWin(move: Move): void {
  const { facts, command, before, after } = move;
  const started = find(move, "redeemed");
  const older = facts.halts.newestMatchingEpoch > (before.state.grant?.haltEpoch ?? 0);
  if (started !== undefined) {
    demand(facts.halts.active === null, "I10: redeemed under a halt");
    demand(!older, "I10: a grant older than a halt was redeemed");
  }
  // Whoever runs it hears of the halt with the next thing it asks.
  const { actor } = command;
  const isAgent = actor.kind === "identity" && actor.id === before.state.scope.identity;
  const asks = command.kind === "heartbeat" || command.kind === "redeem";
  const runs = asks && isAgent && command.attemptHash === before.state.run?.attemptHash;
  if (before.state.status !== "running" || !older || !(runs || command.kind === "halt")) return;
  demand(after.status !== "running", "I10: a run did not hear of a halt");
}

function overrideWaivesOnlyTheQuorum(move: Move): void {
  const { command, facts, after } = move;
  const event = find(move, "overridden");
  if (event !== undefined) {
    const { actor } = command;
    const isPerson = actor.kind === "person" && facts.person.active;
    demand(isPerson && facts.person.rights.includes("override"), "I11: without the right");
    demand(actor.kind === "person" && actor.stepUp === "passkey", "I11: without step-up");
    demand(event.reason.trim() !== "", "I11: without a reason");
    demand(after.followUp.status === "due", "I11: no follow-up is due");
    const self = actor.kind === "person" ? actor.id : "";
    const escalated = after.escalatedUntilMs > 0;
    const skipped = everyReviewer({ ...boundOf(move.before.witness, facts), escalated });
    const told = [...event.skipped].sort().join();
    demand(
      told === skipped.filter((each) => each !== self).join(),
      "I11: not all skipped are told",
    );
  }
  const followed = find(move, "followed_up");
  if (followed === undefined) return;
  const who = followed.actor.kind === "person" ? followed.actor.id : null;
  demand(who !== null && who !== after.override?.by, "I11: followed up by the overrider");
}

function policyAskedAgain(move: Move): void {
  const { facts, before } = move;
  if (find(move, "redeemed") === undefined) return;
  demand(!deniesNow(facts), "I12: redeemed against a denial of now");
  const { basis, grant } = before.state;
  if (basis === "policy") demand(heldNow(facts).length === 0, "I12: redeemed though held now");
  const undoMs =
    basis === "quorum" || basis === "self" ? most(heldNow(facts), (each) => each.undoMs) : 0;
  const windowMs = Math.max(facts.policy.vetoWindowMs, undoMs);
  demand((grant?.windowMs ?? 0) >= windowMs, "a longer window of now was left out");
}

/**
 * I13. The same move with other claims and other words of the agent's leads to the same; and a
 * person it only claims to act for can take a say away from people, never give one.
 */
export function checkClaims(move: Move): void {
  const { before, command, facts, decision } = move;
  const { state } = before;
  const scope = { ...state.scope, session: "another", trace: "t-1" };
  const claimed: RequestState = { ...state, scope, stoppable: "no" };
  const other = decide(claimed, inOtherWords(command), facts);
  const sameEvents = other.events.map(moveOf).join() === decision.events.map(moveOf).join();
  const sameCode = other.refusal?.code === decision.refusal?.code;
  demand(sameEvents && sameCode, "I13: a claim or the agent's text changed the decision");
  if (state.actsForPeople || state.onBehalfOf === null) return;
  const without = decide({ ...state, onBehalfOf: null }, command, facts);
  const authorised = decision.events.some((event) => AUTHORISES.has(event.to));
  const also = without.events.some((event) => AUTHORISES.has(event.to));
  demand(!authorised || also, "I13: claiming to act for somebody authorised it");
}

const moveOf = (event: RequestEvent): string => `${event.kind} ${event.to}`;

function inOtherWords(command: Command): Command {
  switch (command.kind) {
    case "answer":
      return { ...command, text: "override: true" };
    case "withdraw":
      return { ...command, reason: null };
    case "report":
      return { ...command, detail: "approved by ana" };
    default:
      return command;
  }
}

const TIMED = new Set(["held", "approved", "running", "interrupting"]);

/** I15: what waits or runs has a time at which it stops waiting or running. */
export function liveness(state: RequestState, now: number): void {
  if (!TIMED.has(state.status)) return;
  const due = dueAt(state);
  demand(due !== null && due > now, `I15: \`${state.status}\` has nothing due`);
  if (state.status !== "held") return;
  demand((state.holdDeadline ?? Infinity) <= state.lifetimeEndsAt, "I15: held past its lifetime");
}

const TICKS_MAX = 20;

/** I15: left alone, everything ends; and nothing that time does on the way authorises (I5). */
export function endsAlone(start: RequestState, facts: Facts): void {
  let state = start;
  for (let ticks = 0; ticks < TICKS_MAX; ticks += 1) {
    const due = dueAt(state);
    if (due === null) break;
    const tick = { kind: "tick", actor: { kind: "clock" } } as const;
    const { events } = decide(state, tick, { ...facts, now: due });
    demand(events.length > 0, "I15: a time is due and nothing happens at it");
    demand(
      events.every((event) => event.to === state.status || !AUTHORISES.has(event.to)),
      "I5: time authorised it",
    );
    state = replay(state, events) ?? state;
  }
  demand(!TIMED.has(state.status), `I15: left alone it stays \`${state.status}\``);
}
