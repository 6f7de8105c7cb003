/** Redeeming: the last question before the effect, asked on facts as they are now. */
import { mergeObligations } from "../policy/obligations.ts";
import type { Obligations } from "../policy/model.ts";
import type { Command, Facts } from "./commands.ts";
import { notRequester } from "./decide-hold.ts";
import { grantMsOf, holdDeadline, isDenied, makeGrant, summaryOf } from "./decide-submit.ts";
import { escalatedTo, lapse } from "./due.ts";
import { electorateOf } from "./eligibility.ts";
import type { RequestEvent } from "./events.ts";
import type { Grant, RequestState, Run } from "./model.ts";
import { filledBy, lackingConfirmation, personSource } from "./quorum.ts";
import { endedCode, refuse, type Refusal } from "./refusal.ts";
import type { Decision, Ruling } from "./ruling.ts";

type Redeem = Extract<Command, { kind: "redeem" }>;
type EventOf<K extends RequestEvent["kind"]> = Extract<RequestEvent, { kind: K }>;

export function redeem(state: RequestState, command: Redeem, facts: Facts): Ruling {
  const stranger = notRequester(state, command);
  if (stranger !== null) return stranger;
  if (isSameAnswer(state, command, facts)) return repeated(state, facts);
  const { grant } = state;
  if (state.status !== "approved" || grant === null) return notRedeemable(state, command);
  if (isOlderThanHalt(state, facts)) return killed(facts, "interrupted");
  if (state.spentAttempts.includes(command.attemptHash)) {
    return refuse("attempt_reused", "make a new random attempt for each redemption");
  }
  if (state.spentAttempts.length >= facts.limits.redemptionsMax) {
    return refuse(
      "redemptions_exhausted",
      "it was redeemed and given back too often; submit it anew",
    );
  }
  if (!facts.clockTrusted) {
    return refuse("clock_suspect", "the clock jumped; nothing is redeemed until an operator looks");
  }
  if (facts.identity === null || !facts.identity.active) {
    return refuse("identity_suspended", "the registry does not let this identity act now");
  }
  const { active } = facts.halts;
  if (active !== null) {
    return refuse("halted", `a halt by ${active.by} is in force: ${active.reason}`);
  }
  if (isDenied(facts.policy)) return deniedNow(facts);
  const required = requiredNow(state, facts);
  return (
    notEnough(state, required, facts) ??
    waits(state, grant, required, facts) ?? [redeemed(state, grant, required, command, facts)]
  );
}

/**
 * What `decide` refuses a redemption with while the request is held, found without any fact but the
 * time: who waits for a person asks this again and again. Null: something has to be decided.
 */
export function refusedWhileHeld(
  state: RequestState,
  command: Redeem,
  now: number,
): Refusal | null {
  if (state.status !== "held" || lapse(state, { now }).length > 0) return null;
  return notRequester(state, command) ?? notRedeemable(state, command);
}

/** INVARIANT: I1, lost answers. The same attempt gets the same answer while its lease lives. */
function isSameAnswer(state: RequestState, command: Redeem, facts: Facts): boolean {
  if (state.run === null || state.run.attemptHash !== command.attemptHash) return false;
  if (state.status === "running") return true; // a lapsed lease has already become indeterminate
  return (
    state.status === "released" && facts.now < state.run.startedAt + facts.limits.releaseRepeatMs
  );
}

function notRedeemable(state: RequestState, command: Redeem): Refusal {
  const decided = state.decided === null ? {} : { decided: state.decided };
  const mine = state.run !== null && state.run.attemptHash === command.attemptHash;
  if (state.status === "held") {
    return refuse("not_approved", "nobody has approved it yet; wait for it or withdraw it");
  }
  if (state.status === "interrupting" && mine) {
    return refuse("interrupted", "it was interrupted; do not start it", decided);
  }
  if (state.status === "indeterminate" && !mine) {
    return refuse(
      "already_redeemed",
      "another attempt redeemed it and its outcome is unknown",
      decided,
    );
  }
  const code = endedCode(state.status);
  return refuse(code, endedDetail(state), decided);
}

function endedDetail(state: RequestState): string {
  const why = state.decided?.reason ?? null;
  const because = why === null ? "" : `: ${why}`;
  const by = state.decided === null ? "" : ` by ${state.decided.by}`;
  switch (state.status) {
    case "expired":
      return "nobody decided, or nobody redeemed, in time; nothing ran";
    case "indeterminate":
      return "your lease lapsed before a report; report the outcome if you know it";
    case "running":
    case "interrupting":
      return "another attempt redeemed it";
    case "released":
    case "succeeded":
    case "failed":
      return "it was redeemed before, once and for all; submit it anew if it is wanted again";
    default:
      return `it was ${state.status}${by}${because}`;
  }
}

/** INVARIANT: I10. A grant older than a matching halt is dead, also after the lift. */
export function isOlderThanHalt(state: RequestState, facts: Facts): boolean {
  return facts.halts.newestMatchingEpoch > (state.grant?.haltEpoch ?? 0);
}

/** The same answer again; but nothing is started after a halt, not even what was redeemed. */
function repeated(state: RequestState, facts: Facts): Ruling {
  if (!isOlderThanHalt(state, facts)) return [];
  if (state.status === "running") return killed(facts, "interrupting");
  return refuse(
    "halted",
    "a halt was placed after it was released; if you still can, do not start",
  );
}

function killed(facts: Facts, to: "interrupted" | "interrupting"): Decision {
  const event: EventOf<"interrupted"> = { ...haltedEvent(facts), to };
  return {
    events: [event],
    refusal: refuse("interrupted", `it was halted; do not start it: ${event.reason}`),
  };
}

/** The event by which a matching halt ends an approval. */
export function haltedEvent(facts: Facts): EventOf<"interrupted"> {
  const { active } = facts.halts;
  const reason = active?.reason ?? "a halt was placed after it was approved, and lifted since";
  const actor = { kind: "clock" } as const;
  const about = { at: facts.now, actor, kind: "interrupted", to: "interrupted" } as const;
  return { ...about, reason, halt: active?.id ?? null };
}

/** INVARIANT: I12. Policy is asked again; the stricter of then and now holds. */
function deniedNow(facts: Facts): Decision {
  const { policy, now } = facts;
  const detail = policy.reasons[0] ?? "policy denies this action now";
  return {
    events: [
      {
        at: now,
        actor: { kind: "clock" },
        kind: "denied",
        to: "denied",
        policy: summaryOf(policy),
      },
    ],
    refusal: refuse("denied", detail),
  };
}

/** What must be true of people now: the obligations then, and those policy has now. */
function requiredNow(state: RequestState, facts: Facts): Obligations | null {
  const then = state.obligations;
  if (facts.policy.effect !== "hold" || facts.policy.obligations === null) return then;
  const now = escalatedTo(facts.policy.obligations, state.escalatedUntilMs);
  return then === null ? now : mergeObligations(then, now);
}

function notEnough(
  state: RequestState,
  required: Obligations | null,
  facts: Facts,
): Decision | null {
  switch (state.basis) {
    case null:
      throw new Error(`${state.id} is approved on no basis`);
    case "override": // I11: waives every clause, those of now as well
      return null;
    case "policy": {
      if (required !== null) {
        return returned(state, required, "policy", "policy now asks for a person", facts);
      }
      if (facts.policy.vetoWindowMs === 0 || facts.interrupterExists) return null;
      const { fallback } = facts.policy;
      if (fallback === null) return deniedNow(facts);
      const why = "nobody could be told in time to interrupt it";
      return returned(state, fallback, "no_interrupter", why, facts);
    }
    case "quorum":
    case "self": {
      // INVARIANT: I3. The matching is made again, on membership and obligations of now.
      if (required === null) throw new Error(`${state.id} was approved and asked for nothing`);
      const electorate = electorateOf(state, facts, required);
      if (filledBy(electorate) !== null) return null;
      const unknown = lackingConfirmation(electorate);
      if (unknown.length > 0) {
        const detail = `the identity provider did not confirm that ${unknown.join(", ")} may still decide this`;
        return returned(state, required, "membership_unconfirmed", detail, facts);
      }
      const why = "the reviews no longer meet what policy and membership ask for";
      return returned(state, required, "reviews_no_longer_count", why, facts);
    }
  }
}

function returned(
  state: RequestState,
  obligations: Obligations,
  why: EventOf<"returned">["why"],
  detail: string,
  facts: Facts,
): Decision {
  const policy = summaryOf(facts.policy);
  const deadline = holdDeadline(obligations, facts.now, state.lifetimeEndsAt);
  // The longest window survives a return as it does an edit.
  const vetoWindowMs = Math.max(policy.vetoWindowMs, state.policy.vetoWindowMs);
  const event: EventOf<"returned"> = {
    at: facts.now,
    actor: { kind: "clock" },
    kind: "returned",
    to: "held",
    why,
    detail,
    hold: { obligations, holdDeadline: deadline },
    policy: { ...policy, vetoWindowMs },
    retracted: [],
  };
  return { events: [event], refusal: refuse("approval_void", `${detail}; it is held again`) };
}

/** Windows: one still running, or a longer one that policy has set since. */
function waits(
  state: RequestState,
  grant: Grant,
  required: Obligations | null,
  facts: Facts,
): Ruling | null {
  const undoMs = state.counted.length === 0 ? 0 : (required?.undoMs ?? 0);
  const windowMs = Math.max(facts.policy.vetoWindowMs, undoMs);
  if (windowMs > grant.windowMs) {
    const byPolicyMs = required?.grantDeadlineMs ?? facts.policy.grantDeadlineMs;
    const grantMs = grantMsOf(byPolicyMs, state.callerReturns, facts);
    const { notBefore, deadline } = makeGrant(state.revision, { windowMs, grantMs }, facts);
    const longer: Grant = { ...grant, notBefore, deadline, windowMs };
    const actor = { kind: "clock" } as const;
    return {
      events: [{ at: facts.now, actor, kind: "delayed", to: "approved", grant: longer }],
      refusal: refuse("not_yet", "policy now gives people time to stop it or take it back first", {
        retryAt: notBefore,
      }),
    };
  }
  if (facts.now >= grant.notBefore) return null;
  return refuse("not_yet", "people have until then to interrupt it or take it back", {
    retryAt: grant.notBefore,
  });
}

/** INVARIANT: I1, I2, I8. One row, one attempt, this digest; durable before the effect may start. */
function redeemed(
  state: RequestState,
  grant: Grant,
  required: Obligations | null,
  command: Redeem,
  facts: Facts,
): EventOf<"redeemed"> {
  const { now, limits, roster } = facts;
  const maxUntil = now + limits.runMaxMs;
  const run: Run = {
    attemptHash: command.attemptHash,
    startedAt: now,
    leaseMs: Math.min(limits.leaseMs, limits.runMaxMs),
    leaseUntil: Math.min(now + limits.leaseMs, maxUntil),
    maxUntil,
  };
  const filled = required === null ? null : filledBy(electorateOf(state, facts, required));
  const sources = new Set(required?.quorum.flatMap((clause) => clause.from) ?? []);
  if (state.basis === "self" && state.onBehalfOf !== null) {
    sources.add(personSource(state.onBehalfOf));
  }
  return {
    at: now,
    actor: command.actor,
    kind: "redeemed",
    to: state.releaseOnly ? "released" : "running",
    run,
    digest: grant.digest,
    policyVersion: facts.policy.policyVersion,
    eligible: Object.fromEntries([...sources].map((source) => [source, roster.get(source) ?? []])),
    counted: state.basis === "quorum" || state.basis === "self" ? (filled ?? []) : [],
  };
}
