/** A run and how it ends: heartbeat, report, interrupt, halt, resolution, follow-up, withdrawal. */
import type { Command, Facts } from "./commands.ts";
import { notRequester } from "./decide-hold.ts";
import { haltedEvent, isOlderThanHalt } from "./decide-redeem.ts";
import type { Ruling } from "./ruling.ts";
import { electorateOf } from "./eligibility.ts";
import type { RequestEvent } from "./events.ts";
import type { RequestState } from "./model.ts";
import { isReviewer } from "./quorum.ts";
import { isBlank, notInState, refuse, type Refusal } from "./refusal.ts";

type CommandOf<K extends Command["kind"]> = Extract<Command, { kind: K }>;

export function heartbeat(
  state: RequestState,
  command: CommandOf<"heartbeat">,
  facts: Facts,
): Ruling {
  const stranger = notRequester(state, command) ?? notAttempt(state, command.attemptHash);
  if (stranger !== null) return stranger;
  const { run } = state;
  if (state.status === "indeterminate") {
    return refuse(
      "lease_lapsed",
      "the lease lapsed; stop now, start nothing, and report what happened",
    );
  }
  if (state.status === "interrupting") return []; // renews nothing: the lease runs out under it
  if (state.status !== "running" || run === null) {
    return refuse("not_in_state", `it is \`${state.status}\`; stop now and start nothing`);
  }
  // INVARIANT: I10. A point hears of a halt by its heartbeat even if nobody told this request.
  if (isOlderThanHalt(state, facts)) return [{ ...haltedEvent(facts), to: "interrupting" }];
  const leaseUntil = Math.min(facts.now + run.leaseMs, run.maxUntil);
  if (leaseUntil <= run.leaseUntil) return [];
  return [
    { at: facts.now, actor: command.actor, kind: "lease_renewed", to: "running", leaseUntil },
  ];
}

export function report(state: RequestState, command: CommandOf<"report">, facts: Facts): Ruling {
  const stranger = notRequester(state, command);
  if (stranger !== null) return stranger;
  // A lost answer to "not started" is asked again after the grant is free: it changed nothing more.
  const given = state.spentAttempts.includes(command.attemptHash);
  if (given && command.result === "not_started") return [];
  const other = notAttempt(state, command.attemptHash);
  if (other !== null) return other;

  const { result, detail, stoppedAfterMs } = command;
  const to = endOf(state, result);
  if (to !== null) {
    return [
      { at: facts.now, actor: command.actor, kind: "reported", to, result, detail, stoppedAfterMs },
    ];
  }
  if (state.status === "running") {
    return refuse(
      "not_interrupting",
      "nobody asked it to stop; report `succeeded`, `failed` or `not_started`",
    );
  }
  return lateReport(state, command, facts);
}

/** Where a result leads from this state; null where it leads nowhere. */
function endOf(
  state: RequestState,
  result: CommandOf<"report">["result"],
): Extract<RequestEvent, { kind: "reported" }>["to"] | null {
  switch (state.status) {
    case "running":
      if (result === "interrupted") return null;
      return result === "not_started" ? "approved" : result;
    case "interrupting":
      return result === "not_started" ? "interrupted" : result;
    case "indeterminate":
      // Nothing happened, says the attempt: after an interrupt that is what was wanted.
      if (result === "not_started") return state.interruptedBy === null ? "failed" : "interrupted";
      return result;
    default:
      return null;
  }
}

/** INVARIANT: I6. A terminal state absorbs; a report against a person's resolution is recorded. */
function lateReport(state: RequestState, command: CommandOf<"report">, facts: Facts): Ruling {
  const { outcome, status } = state;
  if (outcome === null) {
    return refuse("not_in_state", `it is \`${status}\`; only a running request is reported on`);
  }
  const { result, detail } = command;
  if (outcome.result === result) return [];
  if (!outcome.by.startsWith("person:")) {
    return refuse("not_in_state", `it was reported \`${outcome.result}\` before, and stays so`);
  }
  if (state.contradicted) return [];
  const about = { at: facts.now, actor: command.actor } as const;
  return [{ ...about, kind: "outcome_contradicted", to: status, result, detail }];
}

export function interrupt(
  state: RequestState,
  command: CommandOf<"interrupt">,
  facts: Facts,
): Ruling {
  if (!mayInterrupt(state, command, facts)) {
    return refuse("right_required", "interrupting is for its reviewers, its owner and operators");
  }
  if (!["held", "approved", "running"].includes(state.status)) return notInState(state, "live");
  if (isBlank(command.reason)) {
    return refuse("reason_required", "say why; the requester is told", { field: "reason" });
  }
  const to = state.status === "running" ? "interrupting" : "interrupted";
  const { actor, reason } = command;
  return [{ at: facts.now, actor, kind: "interrupted", to, reason, halt: null }];
}

function mayInterrupt(state: RequestState, command: CommandOf<"interrupt">, facts: Facts): boolean {
  const { actor } = command;
  if (actor.kind !== "person" || !facts.person.active) return false;
  if (facts.person.rights.includes("operator")) return true;
  const owners = [state.scope.owner, facts.identity?.owner, state.onBehalfOf];
  if (owners.includes(actor.id)) return true;
  if (state.obligations === null) return false;
  return isReviewer(electorateOf(state, facts, state.obligations), actor.id);
}

/** A halt that matches was placed: a run stops, an older approval dies, a hold stays held. */
export function halt(state: RequestState, command: CommandOf<"halt">, facts: Facts): Ruling {
  if (state.status !== "running" && state.status !== "approved") return [];
  if (!isOlderThanHalt(state, facts)) return [];
  const to = state.status === "running" ? "interrupting" : "interrupted";
  const { actor, reason } = command;
  return [{ at: facts.now, actor, kind: "interrupted", to, reason, halt: command.halt }];
}

/** Who will never act again waits for nobody: what it held ends, which is no person's no. */
export function endOffboarded(
  state: RequestState,
  { actor }: CommandOf<"recheck">,
  facts: Facts,
): Ruling {
  if (state.status !== "held" || facts.identity?.offboarded !== true) return [];
  const reason = "its identity was offboarded";
  return [{ at: facts.now, actor, kind: "interrupted", to: "interrupted", reason, halt: null }];
}

export function withdraw(
  state: RequestState,
  command: CommandOf<"withdraw">,
  facts: Facts,
): Ruling {
  const stranger = notRequester(state, command);
  if (stranger !== null) return stranger;
  if (state.status !== "held" && state.status !== "approved") return notInState(state, "waiting");
  const { actor, reason } = command;
  return [{ at: facts.now, actor, kind: "withdrawn", to: "cancelled", reason }];
}

export function resolve(state: RequestState, command: CommandOf<"resolve">, facts: Facts): Ruling {
  const { actor, reason } = command;
  if (
    actor.kind !== "person" ||
    !facts.person.active ||
    !facts.person.rights.includes("resolver")
  ) {
    return refuse("right_required", "resolving an unknown outcome takes the right `resolver`");
  }
  if (state.status !== "indeterminate") {
    const { status, decided } = state;
    const detail = `it is \`${status}\`; only an unknown outcome is resolved`;
    return refuse("not_in_state", detail, decided === null ? {} : { decided });
  }
  if (isBlank(reason)) {
    return refuse("reason_required", "say how you know; the record keeps it", { field: "reason" });
  }
  const about = { at: facts.now, actor, kind: "resolved", reason } as const;
  const { result } = command;
  if (result !== "not_started") return [{ ...about, to: result }];
  return [{ ...about, to: state.interruptedBy === null ? "failed" : "interrupted", result }];
}

/** INVARIANT: I11, I4. Somebody other than the one who overrode. */
export function followUp(
  state: RequestState,
  command: CommandOf<"follow_up">,
  facts: Facts,
): Ruling {
  const { actor, verdict, reason } = command;
  if (actor.kind !== "person" || !facts.person.active || !mayFollowUp(state, actor.id, facts)) {
    return refuse("right_required", "a follow-up is for its reviewers and auditors");
  }
  if (state.followUp.status !== "due" && state.followUp.status !== "overdue") {
    return refuse("not_in_state", "no follow-up is due");
  }
  if (state.override?.by === actor.id) {
    return refuse("separation_of_duties", "you overrode it; somebody else must look at it");
  }
  if (isBlank(reason)) {
    return refuse("reason_required", "say what you found", { field: "reason" });
  }
  const about = { at: facts.now, actor } as const;
  return [{ ...about, kind: "followed_up", to: state.status, verdict, reason }];
}

function mayFollowUp(state: RequestState, person: string, facts: Facts): boolean {
  if (facts.person.rights.includes("auditor")) return true;
  if (state.override?.by === person) return true; // refused by name on a later rung
  if (state.obligations === null) return false;
  return isReviewer(electorateOf(state, facts, state.obligations), person);
}

/** INVARIANT: I1. Only the attempt that redeemed speaks for its run. */
function notAttempt(state: RequestState, attemptHash: string): Refusal | null {
  if (state.run !== null && state.run.attemptHash === attemptHash) return null;
  const detail = `this attempt does not run \`${state.id}\`; only the one that redeemed it may report`;
  return refuse("not_your_attempt", detail);
}
