/** Until it is approved: submission, review, edit, override, what keeps a hold held. */
import { canonicalJson, type Revision } from "@haltpoint/protocol";
import type { SealedEntry } from "../../../packages/server/src/domain/ledger/entry.ts";
import { LIMITS } from "../cast.ts";
import { stricter, type Demand } from "./expected-policy.ts";
import type { KnownRequest } from "./known-request.ts";
import { couldBeFilled, isConflicted, isFilled, isReviewer } from "./quorum-by-trial.ts";
import { numberIn, recordIn, textIn, textOrNullIn, textsIn } from "./recorded.ts";

const QUESTION_PAUSE_MAX_MS = 1_800_000;

/** What must hold of an entry about a hold, and what it changes. */
export function applyToHold(request: KnownRequest, entry: SealedEntry, to: string): void {
  switch (entry.kind) {
    case "submitted":
      return submitted(request, entry, to);
    case "reviewed":
    case "rejected":
      return reviewed(request, entry);
    case "approved":
      return approved(request, entry);
    case "overridden":
      return overridden(request, entry);
    case "edited":
      return edited(request, entry, to);
    case "question_asked":
      return asked(request, entry);
    case "question_answered":
      return answered(request, entry);
    case "extended":
      return extended(request, entry);
    case "eligibility_changed":
      return eligibilityChanged(request, entry);
  }
}

function submitted(request: KnownRequest, entry: SealedEntry, to: string): void {
  const submission = recordIn(entry.data, "submission");
  const scope = recordIn(submission, "scope");
  request.submitted = {
    identityId: textIn(scope, "identity"),
    scope,
    owner: textIn(scope, "owner"),
    actsForPeople: submission["actsForPeople"] === true,
    onBehalfOf: textOrNullIn(submission, "onBehalfOf"),
    callerReturns: submission["callerReturns"] === true,
    lifetimeEndsAt: numberIn(submission, "lifetimeEndsAt"),
  };
  request.byActingIdentity(entry);
  const { identityId, owner, actsForPeople } = request.submitted;
  const registered = request.standing.identity(identityId);
  const asRegistered = registered?.owner === owner && registered.actsForPeople === actsForPeople;
  request.must(asRegistered, "I4", entry, `the registry says ${registered?.owner}`);
  request.setContent(entry, textIn(submission, "digest"));
  const { effect, demand, vetoMs, grantMs } = effectOf(request);
  const wanted = { deny: "denied", hold: "held", allow: "approved" }[effect];
  request.must(to === wanted, "I12", entry, `policy says ${wanted}, it is ${to}`);
  request.vetoMs = vetoMs;
  if (to === "held") hold(request, entry, demand);
  if (to !== "approved") return;
  request.basis = "policy";
  request.setGrant(entry, vetoMs, grantMs);
}

/** A veto window that could be told to nobody is no window. */
function effectOf(request: KnownRequest): ReturnType<KnownRequest["expected"]> {
  const expected = request.expected();
  const { effect, vetoMs, fallback } = expected;
  const isTold = vetoMs === 0 || request.standing.canInterrupt(request.submitted.identityId);
  if (effect !== "allow" || isTold) return expected;
  return { ...expected, effect: fallback === null ? "deny" : "hold", demand: fallback };
}

/** INVARIANT: I2, I3, I4. Of what was displayed, by somebody eligible, without a conflict. */
function reviewed(request: KnownRequest, entry: SealedEntry): void {
  const review = recordIn(entry.data, "review");
  const person = request.person(entry);
  const matter = request.matter();
  const isOfThis =
    textIn(review, "digest") === request.digest &&
    numberIn(review, "revision") === request.revision;
  request.must(isOfThis, "I2", entry, "another revision was displayed");
  const isEligible = isReviewer(request.standing, matter, person);
  request.must(isEligible, "I3", entry, `${person} is no reviewer`);
  request.beforeHoldDeadline(entry);
  if (entry.kind === "rejected") return;
  const conflicted = isConflicted(request.standing, matter, person);
  request.must(!conflicted, "I4", entry, `${person} approves in conflict`);
  const approval = {
    person,
    revision: request.revision,
    passkey: textIn(review, "stepUp") === "passkey",
    checked: textsIn(review, "confirmed").includes("checked"),
  };
  request.approvals = [...request.approvals, approval];
}

function approved(request: KnownRequest, entry: SealedEntry): void {
  const demand = request.demanded;
  request.person(entry);
  request.basis = textIn(entry.data, "basis");
  const wanted = demand.self ? "self" : "quorum";
  request.must(request.basis === wanted, "I3", entry, `the basis should be ${wanted}`);
  const filled = isFilled(request.standing, request.matter());
  request.must(filled, "I3", entry, "approved without a quorum");
  request.checkCounted(entry);
  request.beforeHoldDeadline(entry);
  request.setGrant(entry, Math.max(demand.undoMs, request.vetoMs), demand.grantMs);
}

/** INVARIANT: I11. By right and with step-up; the window stays. */
function overridden(request: KnownRequest, entry: SealedEntry): void {
  const demand = request.demanded;
  const person = request.person(entry);
  const mayOverride = request.standing.hasRight(person, "override");
  request.must(mayOverride, "I11", entry, `${person} may not override`);
  const stepUp = textIn(recordIn(entry.data, "authenticated"), "step_up");
  request.must(stepUp === "passkey", "I11", entry, "overridden without a step-up");
  request.beforeHoldDeadline(entry);
  request.basis = "override";
  request.overriddenBy = person;
  request.setGrant(entry, Math.max(demand.undoMs, request.vetoMs), demand.grantMs);
}

/** It needs the original and the new obligations, and approves nothing. */
function edited(request: KnownRequest, entry: SealedEntry, to: string): void {
  const { demanded: demand, content: before, holdDeadline: deadlineBefore } = request;
  const person = request.person(entry);
  const isEligible = isReviewer(request.standing, request.matter(), person);
  request.must(isEligible, "I3", entry, `${person} is no reviewer`);
  request.beforeHoldDeadline(entry);
  request.revision += 1;
  const follows = numberIn(entry.data, "revision") === request.revision;
  request.must(follows, "I2", entry, "revisions have a gap");
  request.setContent(entry, textIn(entry.data, "digest"));
  const isAllowed = demand.editable && withoutAmount(before) === withoutAmount(request.content);
  request.must(isAllowed, "I2", entry, "edited what policy lets nobody edit");
  request.editors = [...request.editors, person];
  const { effect, demand: added, vetoMs } = request.expected();
  request.must((to === "denied") === (effect === "deny"), "I12", entry, `policy says ${effect}`);
  request.vetoMs = Math.max(request.vetoMs, vetoMs);
  if (to === "denied") return;
  hold(request, entry, stricter(demand, added));
  const isLater = request.holdDeadline > deadlineBefore;
  request.must(!isLater, "I15", entry, "editing gave it more time");
  const possible = couldBeFilled(request.standing, request.matter());
  request.must(possible, "I3", entry, "the edit leaves no possible quorum");
}

/** INVARIANT: I15. Once, and for half an hour at most. */
function asked(request: KnownRequest, entry: SealedEntry): void {
  request.questions += 1;
  request.must(request.questions === 1, "I15", entry, "a second question");
  const pausedMs = numberIn(entry.data, "pausedMs");
  const pauseMaxMs = Math.min(LIMITS.request.questionPauseMs, QUESTION_PAUSE_MAX_MS);
  request.must(pausedMs <= pauseMaxMs, "I15", entry, `paused for ${pausedMs} ms`);
  extended(request, entry);
}

/** The rest of the pause is taken back; nothing is given. */
function answered(request: KnownRequest, entry: SealedEntry): void {
  const before = request.holdDeadline;
  request.byRequester(entry);
  request.beforeHoldDeadline(entry);
  request.setHoldDeadline(entry, numberIn(entry.data, "holdDeadline"));
  request.must(request.holdDeadline <= before, "I15", entry, "an answer gave it more time");
}

function extended(request: KnownRequest, entry: SealedEntry): void {
  request.person(entry);
  request.beforeHoldDeadline(entry);
  request.setHoldDeadline(entry, numberIn(entry.data, "holdDeadline"));
}

function eligibilityChanged(request: KnownRequest, entry: SealedEntry): void {
  const possible = couldBeFilled(request.standing, request.matter());
  const says = entry.data["nobody"] === true;
  request.must(says === !possible, "I15", entry, `somebody ${possible ? "can" : "cannot"}`);
}

/** The request is held, by what is asked of people from now on. */
export function hold(request: KnownRequest, entry: SealedEntry, demand: Demand | null): void {
  request.demand = demand;
  request.must(demand !== null, "I12", entry, "held, and nobody is asked");
  request.setHoldDeadline(entry, numberIn(recordIn(entry.data, "hold"), "holdDeadline"));
}

function withoutAmount(revision: Revision): string {
  const { action, ...rest } = revision;
  return canonicalJson({
    ...rest,
    action: { ...action, properties: { ...action.properties, amount: 0 } },
  });
}
