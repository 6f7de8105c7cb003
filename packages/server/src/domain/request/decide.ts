/**
 * The heart: `decide(state, command, facts)` says what happens, and nothing else does.
 *
 * Pure: time, people, policy and halts are facts; digests of content are arguments. The answer is
 * events to record, a refusal, or both (a deadline that has passed is recorded even by a command
 * that comes too late). Each command's checks run in the order of `REFUSALS`.
 */
import type { Command, Facts } from "./commands.ts";
import { answer, ask, delegate, extend } from "./decide-hold.ts";
import { redeem } from "./decide-redeem.ts";
import { edit, override, retract, review } from "./decide-review.ts";
import {
  endOffboarded,
  followUp,
  halt,
  heartbeat,
  interrupt,
  report,
  resolve,
  withdraw,
} from "./decide-run.ts";
import { submit } from "./decide-submit.ts";
import { lapse } from "./due.ts";
import { eligibilityChange } from "./eligibility.ts";
import type { RequestEvent } from "./events.ts";
import { begin, evolve } from "./evolve.ts";
import type { RequestState } from "./model.ts";
import { notInState } from "./refusal.ts";
import { decisionOf, type Decision, type Ruling } from "./ruling.ts";

/** Decides a command on an existing request, or, with `state` null, a submission. */
export function decide(state: RequestState | null, command: Command, facts: Facts): Decision {
  if (!Number.isSafeInteger(facts.now)) throw new Error("`now` is no time; no deadline would hold");
  if (state === null) {
    if (command.kind !== "submit") throw new Error(`\`${command.kind}\` needs a request`);
    return settle(null, decisionOf(submit(command, facts)), facts);
  }
  // INVARIANT: I7. What time has already ended is ended before anybody's wish is looked at.
  const elapsed = lapse(state, facts);
  const current = elapsed.reduce(evolve, state);
  const { events, refusal } = decisionOf(rule(current, command, facts));
  return settle(state, { events: [...elapsed, ...events], refusal }, facts);
}

/** The request after these events; null only for none on nothing. */
export function replay(
  state: RequestState | null,
  events: readonly RequestEvent[],
): RequestState | null {
  return events.reduce<RequestState | null>(
    (current, event) =>
      current === null && event.kind === "submitted"
        ? begin(event)
        : evolve(existing(current), event),
    state,
  );
}

function rule(state: RequestState, command: Command, facts: Facts): Ruling {
  switch (command.kind) {
    case "submit":
      throw new Error("this request exists already");
    case "review":
      return review(state, command, facts);
    case "edit":
      return edit(state, command, facts);
    case "override":
      return override(state, command, facts);
    case "retract":
      return retract(state, command, facts);
    case "ask":
      return ask(state, command, facts);
    case "answer":
      return answer(state, command, facts);
    case "extend":
      return extend(state, command, facts);
    case "delegate":
      return delegate(state, command, facts);
    case "withdraw":
      return withdraw(state, command, facts);
    case "interrupt":
      return interrupt(state, command, facts);
    case "halt":
      return halt(state, command, facts);
    case "redeem":
      return redeem(state, command, facts);
    case "heartbeat":
      return heartbeat(state, command, facts);
    case "report":
      return report(state, command, facts);
    case "resolve":
      return resolve(state, command, facts);
    case "follow_up":
      return followUp(state, command, facts);
    case "recheck":
      return endOffboarded(state, command, facts);
    case "tick":
      return [];
  }
}

/** Adds what follows at once: a deadline already behind us, nobody left who could decide. */
function settle(before: RequestState | null, decision: Decision, facts: Facts): Decision {
  const { events, refusal } = decision;
  if (refusal !== null && events.length === 0) return decision;
  const ruled = replay(before, events);
  if (ruled === null) return decision;
  const elapsed = lapse(ruled, facts);
  const after = elapsed.reduce(evolve, ruled);
  const change = eligibilityChange(after, facts);
  const isOver = refusal?.code === "approval_void" && after.status === "expired";
  return {
    events: [...events, ...elapsed, ...(change === null ? [] : [change])],
    refusal: isOver ? notInState(after, "held") : refusal,
  };
}

function existing(state: RequestState | null): RequestState {
  if (state === null) throw new Error("the first event must be `submitted`");
  return state;
}
