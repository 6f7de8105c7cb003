/** Redeeming: the last question before the effect, asked on facts as they are now. */
import { mergeObligations } from "../policy/obligations.ts";
import type { Obligations } from "../policy/model.ts";
import type { Command, Facts } from "./commands.ts";
import { notRequester } from "./decide-hold.ts";
import { grantMsOf, holdDeadline, makeGrant, summaryOf } from "./decide-submit.ts";
import type { Ruling } from "./decide.ts";
import { electorateOf } from "./eligibility.ts";
import type { RequestEvent } from "./events.ts";
import type { Grant, RequestState, Run } from "./model.ts";
import { filledBy, personSource } from "./quorum.ts";
import { endedCode, refuse, type Refusal } from "./refusal.ts";

type Redeem = Extract<Command, { kind: "redeem" }>;
type EventOf<K extends RequestEvent["kind"]> = Extract<RequestEvent, { kind: K }>;

export function redeem(state: RequestState, command: Redeem, facts: Facts): Ruling {
  const stranger = notRequester(state, command);
  if (stranger !== null) return stranger;
  if (isSameAnswer(state, command, facts)) return [];
  const { grant } = state;
  if (state.status !== "approved" || grant === null) return notRedeemable(state, command);
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
  return (
    stoppedByHalt(grant, facts) ??
    deniedByPolicy(facts) ??
    notEnough(state, facts) ??
    waits(state, grant, facts) ?? [redeemed(state, grant, command, facts)]
  );
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
    default:
      return `it was ${state.status}${by}${because}`;
  }
}

/** INVARIANT: I10. A grant older than a matching halt is dead, also after the lift. */
function stoppedByHalt(grant: Grant, facts: Facts): Ruling | null {
  const { active, newestMatchingEpoch } = facts.halts;
  if (newestMatchingEpoch > grant.haltEpoch) return [haltedEvent(facts)];
  if (active === null) return null;
  return refuse("halted", `a halt by ${active.by} is in force: ${active.reason}`);
}

/** The event by which a matching halt ends an approval. */
export function haltedEvent(facts: Facts): EventOf<"interrupted"> {
  const { active } = facts.halts;
  const reason = active?.reason ?? "a halt was placed after it was approved";
  const actor = { kind: "clock" } as const;
  const about = { at: facts.now, actor, kind: "interrupted", to: "interrupted" } as const;
  return { ...about, reason, halt: active?.id ?? null };
}

/** INVARIANT: I12. Policy is asked again; the stricter of then and now holds. */
function deniedByPolicy(facts: Facts): Ruling | null {
  if (facts.policy.effect !== "deny") return null;
  return [denied(facts)];
}

function denied(facts: Facts): EventOf<"denied"> {
  const actor = { kind: "clock" } as const;
  return { at: facts.now, actor, kind: "denied", to: "denied", policy: summaryOf(facts.policy) };
}

/** What must be true of people now: the obligations then, and those policy has now. */
function notEnough(state: RequestState, facts: Facts): Ruling | null {
  const now = facts.policy.effect === "hold" ? facts.policy.obligations : null;
  const required = both(state.obligations, now);
  switch (state.basis) {
    case "override": // I11: waives every clause, those of now as well
    case null:
      return null;
    case "policy": {
      if (now !== null) {
        return [returned(state, now, "policy", "policy now asks for a person", facts)];
      }
      if (facts.policy.vetoWindowMs > 0 && !facts.interrupterExists) {
        const { fallback } = facts.policy;
        if (fallback === null) return [denied(facts)];
        const why = "nobody could be told in time to interrupt it";
        return [returned(state, fallback, "no_interrupter", why, facts)];
      }
      return null;
    }
    case "quorum":
    case "self": {
      if (required === null) return null;
      // INVARIANT: I3. The matching is made again, on membership and obligations of now.
      if (filledBy(electorateOf(state, facts, required)) !== null) return null;
      const why = "the reviews no longer meet what policy and membership ask for";
      return [returned(state, required, "reviews_no_longer_count", why, facts)];
    }
  }
}

function both(then: Obligations | null, now: Obligations | null): Obligations | null {
  if (then === null || now === null) return then ?? now;
  return mergeObligations(then, now);
}

function returned(
  state: RequestState,
  obligations: Obligations,
  why: EventOf<"returned">["why"],
  detail: string,
  facts: Facts,
): EventOf<"returned"> {
  return {
    at: facts.now,
    actor: { kind: "clock" },
    kind: "returned",
    to: "held",
    why,
    detail,
    hold: { obligations, holdDeadline: holdDeadline(obligations, facts.now, state.lifetimeEndsAt) },
    policy: summaryOf(facts.policy),
    retracted: [],
  };
}

/** Windows: one still running, or a longer one that policy has set since. */
function waits(state: RequestState, grant: Grant, facts: Facts): Ruling | null {
  const windowMs = facts.policy.vetoWindowMs;
  if (windowMs > grant.windowMs) {
    const byPolicyMs = state.obligations?.grantDeadlineMs ?? facts.policy.grantDeadlineMs;
    const grantMs = grantMsOf(byPolicyMs, state.callerReturns, facts);
    const longer = makeGrant(state.revision, { windowMs, grantMs }, facts);
    const actor = { kind: "clock" } as const;
    return [
      {
        at: facts.now,
        actor,
        kind: "delayed",
        to: "approved",
        grant: { ...longer, haltEpoch: grant.haltEpoch },
      },
    ];
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
  const { obligations } = state;
  const filled = obligations === null ? null : filledBy(electorateOf(state, facts, obligations));
  const sources = new Set(obligations?.quorum.flatMap((clause) => clause.from) ?? []);
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
