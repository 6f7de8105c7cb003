/** What keeps a held request held: question and answer, extension, delegation. */
import type { Obligations } from "../policy/model.ts";
import type { Command, Facts } from "./commands.ts";
import type { Ruling } from "./ruling.ts";
import { electorateOf } from "./eligibility.ts";
import type { RequestState } from "./model.ts";
import { isConflicted, isReviewer } from "./quorum.ts";
import { notInState, refuse, type Refusal } from "./refusal.ts";

type CommandOf<K extends Command["kind"]> = Extract<Command, { kind: K }>;

/** A held request with what is needed to decide about it. */
export interface Held {
  readonly state: RequestState;
  readonly obligations: Obligations;
  readonly holdDeadline: number;
  readonly person: string;
}

/** The first rungs of every ladder of a person's command on a held request. */
export function heldFor(
  state: RequestState,
  command: { readonly actor: Command["actor"] },
  facts: Facts,
): Held | Refusal {
  if (command.actor.kind !== "person" || !facts.person.active) {
    return refuse("right_required", "only a known, active person may do this");
  }
  const { obligations, holdDeadline } = state;
  if (state.status !== "held" || obligations === null || holdDeadline === null) {
    return notInState(state, "held");
  }
  return { state, obligations, holdDeadline, person: command.actor.id };
}

/** The rung that asks for membership; conflicts do not keep anybody from asking or rejecting. */
export function notReviewer(held: Held, facts: Facts): Refusal | null {
  if (isReviewer(electorateOf(held.state, facts, held.obligations), held.person)) return null;
  const sources = held.obligations.quorum.flatMap((clause) => clause.from);
  const who =
    held.obligations.approval === "self"
      ? "the person this identity acts for"
      : [...new Set(sources)].join(" or ");
  return refuse("not_eligible", `this is for ${who} to decide`);
}

export function ask(state: RequestState, command: CommandOf<"ask">, facts: Facts): Ruling {
  const held = heldFor(state, command, facts);
  if ("code" in held) return held;
  const stranger = notReviewer(held, facts);
  if (stranger !== null) return stranger;
  if (state.question !== null) {
    return refuse("question_open", "a request can be asked one question; it was asked already");
  }
  const room = Math.max(0, state.lifetimeEndsAt - held.holdDeadline);
  const pausedMs = Math.min(facts.limits.questionPauseMs, room);
  return [
    {
      at: facts.now,
      actor: command.actor,
      kind: "question_asked",
      to: "held",
      text: command.text,
      pausedMs,
      holdDeadline: held.holdDeadline + pausedMs,
    },
  ];
}

export function answer(state: RequestState, command: CommandOf<"answer">, facts: Facts): Ruling {
  const stranger = notRequester(state, command);
  if (stranger !== null) return stranger;
  const { question, holdDeadline } = state;
  if (state.status !== "held" || holdDeadline === null) return notInState(state, "held");
  if (question === null || question.answer !== null) {
    return refuse("not_in_state", "no question is waiting for an answer");
  }
  return [
    {
      at: facts.now,
      actor: command.actor,
      kind: "question_answered",
      to: "held",
      text: command.text,
      holdDeadline: holdDeadline - pauseLeftMs(state, facts.now),
    },
  ];
}

/** What is left of the pause of a question that waits for its answer. */
export function pauseLeftMs(state: RequestState, now: number): number {
  const { question } = state;
  if (question === null || question.answer !== null) return 0;
  return Math.max(0, question.pausedMs - (now - question.askedAt));
}

export function extend(state: RequestState, command: CommandOf<"extend">, facts: Facts): Ruling {
  const held = heldFor(state, command, facts);
  if ("code" in held) return held;
  const stranger = notReviewer(held, facts);
  if (stranger !== null) return stranger;
  const until = Math.min(held.holdDeadline + held.obligations.extendMs, state.lifetimeEndsAt);
  if (until <= held.holdDeadline) {
    return refuse("not_extendable", "policy gives this request no more time");
  }
  const { reason } = command;
  return [
    {
      at: facts.now,
      actor: command.actor,
      kind: "extended",
      to: "held",
      holdDeadline: until,
      reason,
    },
  ];
}

export function delegate(
  state: RequestState,
  command: CommandOf<"delegate">,
  facts: Facts,
): Ruling {
  const held = heldFor(state, command, facts);
  if ("code" in held) return held;
  const stranger = notReviewer(held, facts);
  if (stranger !== null) return stranger;
  const electorate = electorateOf(state, facts, held.obligations);
  if (!isReviewer(electorate, command.person) || isConflicted(electorate, command.person)) {
    return refuse(
      "not_delegable",
      `\`${command.person}\` may not decide this; name somebody who may`,
      {
        field: "to",
      },
    );
  }
  const { person, reason } = command;
  return [{ at: facts.now, actor: command.actor, kind: "delegated", to: "held", person, reason }];
}

/** The rung of every identity's command: its own request only. */
export function notRequester(
  state: RequestState,
  command: { readonly actor: Command["actor"] },
): Refusal | null {
  if (command.actor.kind === "identity" && command.actor.id === state.scope.identity) return null;
  return refuse("not_your_request", "only the identity that submitted it may do this");
}
