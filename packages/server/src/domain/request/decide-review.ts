/** A person's decision: review, edit, override, retract. */
import { mergeObligations } from "../policy/obligations.ts";
import { RISKS, type Obligations } from "../policy/model.ts";
import type { Command, Facts } from "./commands.ts";
import { heldFor, notReviewer, pauseLeftMs } from "./decide-hold.ts";
import { grantMsOf, holdDeadline, isDenied, makeGrant, summaryOf } from "./decide-submit.ts";
import type { Ruling } from "./ruling.ts";
import { escalatedTo } from "./due.ts";
import { electorateOf } from "./eligibility.ts";
import type { RequestEvent } from "./events.ts";
import { evolve } from "./evolve.ts";
import type { Actor, Grant, RequestState, Review } from "./model.ts";
import { canBeFilled, conflictOf, filledBy } from "./quorum.ts";
import { isBlank, refuse, type Refusal } from "./refusal.ts";

type CommandOf<K extends Command["kind"]> = Extract<Command, { kind: K }>;

export function review(state: RequestState, command: CommandOf<"review">, facts: Facts): Ruling {
  const held = heldFor(state, command, facts);
  if ("code" in held) return held;
  const { obligations, person } = held;
  const stale = staleRevision(state, command.digest);
  if (stale !== null) return stale;
  const stranger = notReviewer(held, facts);
  if (stranger !== null) return stranger;
  if (command.verdict === "approve") {
    const barred = cannotApprove(state, command, obligations, facts);
    if (barred !== null) return barred;
  }
  if (isBlank(command.reason) && isReasonRequired(obligations, command.verdict)) {
    return refuse("reason_required", "say why; the reason is part of the record", {
      field: "reason",
    });
  }
  // Only what authorises takes a step-up: a no is always as easy as the sign-in (T17).
  const isProven = obligations.stepUp === "none" || stepUpOf(command.actor) === "passkey";
  if (command.verdict === "approve" && !isProven) {
    return refuse("step_up_required", "policy asks for a passkey, and this sign-in has none");
  }
  return reviewed(state, made(state, command, person, facts), command.actor, facts);
}

/** Whether a review of this kind needs a reason: every rejection, and approvals from high risk on. */
export function isReasonRequired(obligations: Obligations, verdict: Review["verdict"]): boolean {
  return verdict === "reject" || RISKS.indexOf(obligations.risk) >= RISKS.indexOf("high");
}

function cannotApprove(
  state: RequestState,
  command: CommandOf<"review">,
  obligations: Obligations,
  facts: Facts,
): Refusal | null {
  const person = command.actor.kind === "person" ? command.actor.id : "";
  const electorate = electorateOf(state, facts, obligations);
  const conflict = conflictOf(electorate, person);
  if (conflict !== null) {
    return refuse(
      "separation_of_duties",
      `${conflict}, so somebody else must approve it; you may reject it`,
    );
  }
  const earlier = state.reviews.some(
    (each) => each.person === person && each.revision === state.revision.number && isCurrent(each),
  );
  // Where the reviews suffice again (membership came back), one of them said anew approves.
  if (earlier && filledBy(electorate) === null) {
    return refuse(
      "already_reviewed",
      facts.unconfirmed.has(person)
        ? "your approval of this revision is recorded, and does not count until the identity provider confirms your membership; approve it again then"
        : "your approval of this revision counts already; it waits for others",
    );
  }
  const open = obligations.confirm.find((statement) => !command.confirmed.includes(statement.id));
  if (open === undefined) return null;
  return refuse("confirmation_missing", `confirm \`${open.id}\`: ${open.text}`, {
    field: "confirmed",
  });

  /** One that lacks what is asked now may be made again. */
  function isCurrent(each: Review): boolean {
    return (
      each.verdict === "approve" &&
      (obligations.stepUp === "none" || each.stepUp === "passkey") &&
      obligations.confirm.every((statement) => each.confirmed.includes(statement.id))
    );
  }
}

function made(
  state: RequestState,
  command: CommandOf<"review">,
  person: string,
  facts: Facts,
): Review {
  return {
    person,
    verdict: command.verdict,
    revision: state.revision.number,
    digest: state.revision.digest,
    at: facts.now,
    stepUp: stepUpOf(command.actor),
    confirmed: command.confirmed,
    reason: command.reason,
  };
}

/** INVARIANT: I3, I5. Only a review can fill the quorum; the matching is made on current facts. */
function reviewed(
  state: RequestState,
  review: Review,
  actor: Actor,
  facts: Facts,
): readonly RequestEvent[] {
  const about = { at: facts.now, actor } as const;
  if (review.verdict === "reject") return [{ ...about, kind: "rejected", to: "rejected", review }];
  const event: RequestEvent = { ...about, kind: "reviewed", to: "held", review };
  const { obligations } = state;
  if (obligations === null) return [event];
  const counted = filledBy(electorateOf(evolve(state, event), facts, obligations));
  if (counted === null) return [event];
  const basis = obligations.approval;
  const grant = grantFor(state, obligations, facts);
  return [event, { ...about, kind: "approved", to: "approved", basis, grant, counted }];
}

/** The longest window survives: veto windows of the rules, and the undo window. */
function grantFor(state: RequestState, obligations: Obligations, facts: Facts): Grant {
  const windowMs = Math.max(obligations.undoMs, state.policy.vetoWindowMs);
  const grantMs = grantMsOf(obligations.grantDeadlineMs, state.callerReturns, facts);
  return makeGrant(state.revision, { windowMs, grantMs }, facts);
}

/**
 * INVARIANT: the edited revision needs the original and the new obligations; reviews of the earlier
 * revision are void with it; the editor approves nothing by editing.
 */
export function edit(state: RequestState, command: CommandOf<"edit">, facts: Facts): Ruling {
  const held = heldFor(state, command, facts);
  if ("code" in held) return held;
  const stale = staleRevision(state, command.digest);
  if (stale !== null) return stale;
  const stranger = notReviewer(held, facts);
  if (stranger !== null) return stranger;
  if (isBlank(command.reason)) {
    return refuse("reason_required", "say why you change it; the requester is told", {
      field: "reason",
    });
  }
  const { editableFields } = held.obligations;
  // Before it is told whether anything changed: otherwise whoever may not see a value tries them all.
  const sent = [...command.fields, ...(command.alsoSent ?? [])];
  const foreign = sent.find((field) => !isEditable(editableFields, field));
  if (foreign !== undefined) {
    const allowed = editableFields.length === 0 ? "nothing" : editableFields.join(", ");
    return refuse(
      "field_not_editable",
      `\`${foreign}\` may not be edited; policy allows ${allowed}`,
      {
        field: foreign,
      },
    );
  }
  if (command.fields.length === 0 || command.newDigest === state.revision.digest) {
    return refuse("edit_unchanged", "the new values are the present ones");
  }
  const event = editedEvent(state, held.obligations, held.holdDeadline, command, facts);
  const after = evolve(state, event);
  if (event.to === "held" && after.obligations !== null) {
    if (!canBeFilled(electorateOf(after, facts, after.obligations))) {
      return refuse(
        "edit_leaves_no_quorum",
        "after this edit nobody could approve it; let somebody else edit, or reject it with a reason",
      );
    }
  }
  return [event];
}

function editedEvent(
  state: RequestState,
  obligations: Obligations,
  deadline: number,
  command: CommandOf<"edit">,
  facts: Facts,
): Extract<RequestEvent, { kind: "edited" }> {
  const { policy, now } = facts;
  const summary = summaryOf(policy);
  const denied = isDenied(policy);
  const merged =
    policy.obligations === null
      ? obligations
      : mergeObligations(obligations, escalatedTo(policy.obligations, state.escalatedUntilMs));
  const newDeadline = holdDeadline(merged, now, state.lifetimeEndsAt) + pauseLeftMs(state, now);
  return {
    at: now,
    actor: command.actor,
    kind: "edited",
    to: denied ? "denied" : "held",
    revision: state.revision.number + 1,
    digest: command.newDigest,
    fields: command.fields,
    reason: command.reason,
    policy: {
      ...summary,
      // What still holds it is why it is held, before what policy says of the new revision.
      reasons: denied
        ? summary.reasons
        : [...new Set([...state.policy.reasons, ...summary.reasons])],
      // The longest window survives an edit as well.
      vetoWindowMs: Math.max(summary.vetoWindowMs, state.policy.vetoWindowMs),
    },
    hold: denied
      ? null
      : {
          obligations: merged,
          holdDeadline: Math.min(deadline, newDeadline),
        },
  };
}

/** INVARIANT: I11. Waives the quorum and nothing else; somebody else owes a look at it. */
export function override(
  state: RequestState,
  command: CommandOf<"override">,
  facts: Facts,
): Ruling {
  if (!facts.person.rights.includes("override")) {
    return refuse("right_required", "overriding takes the right `override`");
  }
  const held = heldFor(state, command, facts);
  if ("code" in held) return held;
  const stale = staleRevision(state, command.digest);
  if (stale !== null) return stale;
  if (isBlank(command.reason)) {
    return refuse("reason_required", "say why nobody can be waited for", { field: "reason" });
  }
  if (stepUpOf(command.actor) !== "passkey") {
    return refuse("step_up_required", "overriding takes a passkey, and this sign-in has none");
  }
  const { obligations } = held;
  const members = obligations.quorum.flatMap((clause) =>
    clause.from.flatMap((source) => facts.roster.get(source) ?? []),
  );
  if (obligations.approval === "self" && state.onBehalfOf !== null) members.push(state.onBehalfOf);
  return [
    {
      at: facts.now,
      actor: command.actor,
      kind: "overridden",
      to: "approved",
      grant: grantFor(state, obligations, facts),
      reason: command.reason,
      followUpDueAt: facts.now + facts.limits.followUpMs,
      skipped: [...new Set(members)].filter((person) => person !== held.person),
    },
  ];
}

/** The undo of an approval, by one of those whose approval counted, before it can take effect. */
export function retract(state: RequestState, command: CommandOf<"retract">, facts: Facts): Ruling {
  const { actor } = command;
  if (actor.kind !== "person" || !facts.person.active) {
    return refuse("right_required", "only a known, active person may do this");
  }
  const { grant, obligations } = state;
  if (state.status !== "approved" || grant === null) return notApproved(state);
  if (obligations === null || !state.counted.includes(actor.id)) {
    return refuse("not_eligible", "only somebody whose approval counted may take it back");
  }
  if (facts.now >= grant.notBefore) {
    return refuse("retract_too_late", "it may be running already; interrupt it instead");
  }
  return [
    {
      at: facts.now,
      actor,
      kind: "returned",
      to: "held",
      why: "retracted",
      detail: command.reason ?? "the approval was taken back",
      hold: {
        obligations,
        holdDeadline: holdDeadline(obligations, facts.now, state.lifetimeEndsAt),
      },
      policy: null,
      retracted: [actor.id],
    },
  ];
}

function notApproved(state: RequestState): Refusal {
  return refuse("not_in_state", `it is \`${state.status}\`; only an approval can be taken back`);
}

/** INVARIANT: I2. What was displayed is what is decided (T19). */
function staleRevision(state: RequestState, digest: string): Refusal | null {
  if (digest === state.revision.digest) return null;
  return refuse("stale_revision", "it was edited since you looked; look again before you decide", {
    field: "digest",
  });
}

/** A dotted path is editable when policy names it or something it lies within. */
function isEditable(editable: readonly string[], field: string): boolean {
  return editable.some((each) => field === each || field.startsWith(`${each}.`));
}

function stepUpOf(actor: Actor): Review["stepUp"] {
  return actor.kind === "person" ? actor.stepUp : "none";
}
