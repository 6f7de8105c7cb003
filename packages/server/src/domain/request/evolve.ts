/** What an event does to a request. Total over legal moves; anything else is a bug and throws. */
import type { RequestEvent } from "./events.ts";
import { actorName, type Decided, type RequestState } from "./model.ts";
import { isLegal } from "./transitions.ts";

type EventOf<K extends RequestEvent["kind"]> = Extract<RequestEvent, { readonly kind: K }>;

/** The state after the first event of a request's life. */
export function begin(event: EventOf<"submitted">): RequestState {
  assertLegal("none", event);
  const { digest, ...submission } = event.submission;
  return {
    ...submission,
    version: 1,
    status: event.to,
    updatedAt: event.at,
    revision: { number: 0, digest },
    edits: [],
    policy: event.policy,
    obligations: event.hold?.obligations ?? null,
    heldAt: event.hold === null ? null : event.at,
    holdDeadline: event.hold?.holdDeadline ?? null,
    escalatedUntilMs: 0,
    nobodyEligible: false,
    returned: null,
    question: null,
    reviews: [],
    basis: event.to === "approved" ? "policy" : null,
    counted: [],
    grant: event.grant,
    run: null,
    spentAttempts: [],
    spent: null,
    interruptedBy: null,
    override: null,
    followUp: { status: "none" },
    outcome: null,
    contradicted: false,
    decided: event.to === "held" ? null : decided(event, "policy", event.policy.reasons[0] ?? null),
  };
}

/** The state after one more event. */
export function evolve(state: RequestState, event: RequestEvent): RequestState {
  assertLegal(state.status, event);
  const next = { ...state, version: state.version + 1, status: event.to, updatedAt: event.at };
  switch (event.kind) {
    case "submitted":
      throw new Error("a request begins once; `submitted` is for `begin`");
    case "reviewed":
      return { ...next, reviews: [...state.reviews, event.review] };
    case "approved": {
      const { basis, grant, counted } = event;
      const who = decided(event, by(event), lastReason(state));
      return { ...next, basis, grant, counted, returned: null, decided: who };
    }
    case "rejected": {
      const reviews = [...state.reviews, event.review];
      return { ...next, reviews, decided: decided(event, by(event), event.review.reason) };
    }
    case "overridden":
      return overridden(next, event);
    case "expired":
      return { ...next, decided: decided(event, "clock", null) };
    case "withdrawn":
      return { ...next, decided: decided(event, by(event), event.reason) };
    case "interrupted": {
      const who = event.halt === null ? by(event) : `halt:${event.halt}`;
      const interruptedBy = { by: who, at: event.at, reason: event.reason };
      return { ...next, interruptedBy, decided: decided(event, who, event.reason) };
    }
    case "edited":
      return edited(next, event);
    case "denied":
      return {
        ...next,
        policy: event.policy,
        decided: decided(event, "policy", event.policy.reasons[0] ?? null),
      };
    case "returned":
      return returned(next, event);
    case "delayed":
      return { ...next, grant: event.grant };
    case "question_asked":
    case "question_answered":
    case "extended":
    case "escalated":
    case "delegated":
    case "eligibility_changed":
      return stillHeld(next, event);
    case "redeemed":
    case "lease_renewed":
    case "reported":
    case "lapsed":
    case "resolved":
    case "outcome_contradicted":
      return ran(next, event);
    case "followed_up": {
      const { verdict } = event;
      return { ...next, followUp: { status: "done", verdict, by: personOf(event) } };
    }
    case "follow_up_overdue":
      return { ...next, followUp: { status: "overdue", dueAt: dueOf(state) } };
  }
}

type StillHeld =
  | "question_asked"
  | "question_answered"
  | "extended"
  | "escalated"
  | "delegated"
  | "eligibility_changed";

function stillHeld(next: RequestState, event: EventOf<StillHeld>): RequestState {
  switch (event.kind) {
    case "question_asked": {
      const { text, pausedMs, at, holdDeadline } = event;
      const question = { by: personOf(event), text, askedAt: at, pausedMs, answer: null };
      return { ...next, question, holdDeadline };
    }
    case "question_answered": {
      const question = next.question === null ? null : { ...next.question, answer: event.text };
      return { ...next, question, holdDeadline: event.holdDeadline };
    }
    case "extended":
      return { ...next, holdDeadline: event.holdDeadline };
    case "escalated":
      return { ...next, obligations: event.obligations, escalatedUntilMs: event.afterMs };
    case "delegated":
      return next;
    case "eligibility_changed":
      return { ...next, nobodyEligible: event.nobody };
  }
}

function overridden(next: RequestState, event: EventOf<"overridden">): RequestState {
  const { grant, reason, at } = event;
  return {
    ...next,
    basis: "override",
    grant,
    returned: null,
    override: { by: personOf(event), at, reason },
    followUp: { status: "due", dueAt: event.followUpDueAt },
    decided: decided(event, by(event), reason),
  };
}

function edited(next: RequestState, event: EventOf<"edited">): RequestState {
  const edit = { by: personOf(event), at: event.at, reason: event.reason };
  return {
    ...next,
    revision: { number: event.revision, digest: event.digest },
    edits: [...next.edits, edit],
    policy: event.policy,
    // A halt of an impact covers what the present revision does.
    scope: {
      ...next.scope,
      impact: event.policy.impact ?? next.scope.impact,
      impacts: event.policy.impacts ?? next.scope.impacts ?? [],
    },
    obligations: event.hold?.obligations ?? next.obligations,
    holdDeadline: event.hold?.holdDeadline ?? next.holdDeadline,
    decided:
      event.to === "denied" ? decided(event, by(event), event.policy.reasons[0] ?? null) : null,
  };
}

function returned(next: RequestState, event: EventOf<"returned">): RequestState {
  return {
    ...next,
    policy: event.policy ?? next.policy,
    obligations: event.hold.obligations,
    heldAt: event.at,
    returned: { why: event.why, detail: event.detail, at: event.at },
    holdDeadline: event.hold.holdDeadline,
    // The new deadline holds no pause, so that a late answer has none to give back.
    question: next.question === null ? null : { ...next.question, pausedMs: 0 },
    reviews: next.reviews.filter((review) => !event.retracted.includes(review.person)),
    basis: null,
    counted: [],
    grant: null,
    decided: null,
  };
}

type Ran =
  "redeemed" | "lease_renewed" | "reported" | "lapsed" | "resolved" | "outcome_contradicted";

function ran(next: RequestState, event: EventOf<Ran>): RequestState {
  switch (event.kind) {
    case "redeemed":
      return { ...next, run: event.run, spent: { revision: next.revision.number, at: event.at } };
    case "lease_renewed":
      return {
        ...next,
        run: next.run === null ? null : { ...next.run, leaseUntil: event.leaseUntil },
      };
    case "reported":
      return reported(next, event);
    case "lapsed":
      return next;
    case "resolved": {
      const { result = event.to, reason } = event;
      const outcome = { result, detail: reason, by: by(event) };
      const spent = result === "not_started" ? null : next.spent;
      return { ...next, outcome, spent, decided: decided(event, by(event), reason) };
    }
    case "outcome_contradicted":
      return { ...next, contradicted: true };
  }
}

function reported(next: RequestState, event: EventOf<"reported">): RequestState {
  const outcome = { result: event.result, detail: event.detail, by: by(event) };
  // INVARIANT: I9. Only a point that nobody can go round gives back what its request counted for.
  const gaveBack = event.result === "not_started" && next.assurance === "mediated";
  const spent = gaveBack ? null : next.spent;
  if (event.to !== "approved")
    return { ...next, outcome, spent, decided: stillDecided(next, event) };
  const used = next.run === null ? [] : [next.run.attemptHash];
  const spentAttempts = [...next.spentAttempts, ...used];
  return { ...next, outcome: null, run: null, spent, spentAttempts };
}

/** An outcome decides nothing, but a stop that has ended is no longer under way. */
function stillDecided(next: RequestState, event: EventOf<"reported">): Decided | null {
  if (event.to !== "interrupted") return next.decided;
  const { decided: who } = next;
  if (who?.status !== "interrupting") return decided(event, by(event), event.detail);
  return { ...who, status: event.to };
}

function dueOf(state: RequestState): number {
  if (state.followUp.status !== "due") throw new Error("no follow-up is due");
  return state.followUp.dueAt;
}

function decided(event: RequestEvent, who: string, reason: string | null): Decided {
  return { status: event.to, by: who, at: event.at, reason };
}

function by(event: RequestEvent): string {
  return actorName(event.actor);
}

function personOf(event: RequestEvent): string {
  if (event.actor.kind !== "person") throw new Error(`\`${event.kind}\` takes a person`);
  return event.actor.id;
}

function lastReason(state: RequestState): string | null {
  return state.reviews.at(-1)?.reason ?? null;
}

function assertLegal(from: RequestState["status"] | "none", event: RequestEvent): void {
  if (!isLegal(from, event.kind, event.to)) {
    throw new Error(`illegal move: ${from} + ${event.kind} → ${event.to}`);
  }
}
