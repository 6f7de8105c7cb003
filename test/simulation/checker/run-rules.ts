/** From the approval on: redemption, windows, deadlines, what ends a run. */
import type { SealedEntry } from "../../../packages/server/src/domain/ledger/entry.ts";
import { stricter } from "./expected-policy.ts";
import { hold } from "./hold-rules.ts";
import type { KnownGrant, KnownRequest } from "./known-request.ts";
import { isFilled, isReviewer } from "./quorum-by-trial.ts";
import { actorOf, numberIn, recordIn, textIn, textsIn } from "./recorded.ts";

/** What must hold of an entry about an approval or a run, and what it changes. */
export function applyToRun(request: KnownRequest, entry: SealedEntry, to: string): void {
  switch (entry.kind) {
    case "returned":
      return returned(request, entry);
    case "delayed":
      return request.delayGrant(entry);
    case "redeemed":
      return redeemed(request, entry);
    case "reported":
      return reported(request, entry, to);
    case "expired":
      return expired(request, entry);
    case "lapsed":
      return lapsed(request, entry);
    case "interrupted":
      return interrupted(request, entry);
    case "withdrawn":
      return request.byRequester(entry);
    case "resolved":
      return resolved(request, entry);
    case "followed_up":
      return followedUp(request, entry);
  }
}

/** Taken back within its undo window, or found wanting at the redemption. */
function returned(request: KnownRequest, entry: SealedEntry): void {
  const { data, at } = entry;
  const why = textIn(data, "why");
  const expected = request.expected();
  if (why === "retracted") {
    const person = request.person(entry);
    const approvals = request.matter().approvals;
    const isTheirs = approvals.some((approval) => approval.person === person);
    request.must(isTheirs, "I3", entry, `${person} never approved it`);
    request.must(at < request.grant.notBefore, "I7", entry, "taken back too late");
    hold(request, entry, request.demand);
  } else {
    request.vetoMs = Math.max(request.vetoMs, expected.vetoMs);
    const asked = why === "no_interrupter" ? expected.fallback : expected.demand;
    hold(request, entry, stricter(request.demand, asked));
  }
  const retracted = textsIn(data, "retracted");
  request.approvals = request.approvals.filter(({ person }) => !retracted.includes(person));
  request.dropGrant();
}

/** INVARIANT: I1, I2, I7, I10. Once, this digest, in time, under no halt. */
function redeemed(request: KnownRequest, entry: SealedEntry): void {
  const { data, at } = entry;
  const { grant } = request;
  const run = recordIn(data, "run");
  const attemptHash = textIn(run, "attemptHash");
  request.byActingIdentity(entry);
  const isSpent = request.spentAttempts.includes(attemptHash);
  request.must(!isSpent, "I1", entry, "an attempt that was given back redeems again");
  request.must(at >= grant.notBefore, "I7", entry, "redeemed within its window");
  request.must(at < grant.deadline, "I7", entry, "redeemed after its deadline");
  const isGranted = grant.digest === request.digest && textIn(data, "digest") === request.digest;
  request.must(isGranted, "I2", entry, "another revision runs than was granted");
  for (const halt of request.standing.haltsOn(request.scopes())) {
    request.must(!halt.isInForce, "I10", entry, "redeemed under a halt");
    const isOlder = grant.madeAt < halt.placedAt;
    request.must(!isOlder, "I10", entry, "redeemed a grant that is older than a halt");
  }
  askedAgain(request, entry, grant);
  request.runs.push({
    requestId: request.id,
    attemptHash,
    digest: request.digest,
    content: request.content,
    grantMadeAt: grant.madeAt,
    redeemedAt: entry.logIndex,
    leaseUntil: numberIn(run, "leaseUntil"),
    maxUntil: numberIn(run, "maxUntil"),
  });
}

/** INVARIANT: I12, I3. The stricter of then and now, and the matching made again. */
function askedAgain(request: KnownRequest, entry: SealedEntry, grant: KnownGrant): void {
  const { effect, demand: now, vetoMs } = request.expected();
  request.must(effect !== "deny", "I12", entry, "policy denies it now");
  request.must(vetoMs <= grant.windowMs, "I12", entry, "policy has a longer window now");
  if (request.basis === "override") return;
  if (request.basis === "policy") {
    request.must(effect === "allow", "I12", entry, "policy asks for a person now");
    return;
  }
  const demand = stricter(request.demanded, now) ?? request.demanded;
  const filled = isFilled(request.standing, { ...request.matter(), demand });
  request.must(filled, "I3", entry, "redeemed without a quorum");
  request.checkCounted(entry);
}

function reported(request: KnownRequest, entry: SealedEntry, to: string): void {
  request.byRequester(entry);
  const last = request.runs.at(-1);
  request.must(last !== undefined, "I1", entry, "reported, and never redeemed");
  if (to === "approved" && last !== undefined) {
    request.spentAttempts = [...request.spentAttempts, last.attemptHash];
  }
}

function expired(request: KnownRequest, entry: SealedEntry): void {
  const deadline = request.status === "held" ? request.holdDeadline : request.grant.deadline;
  request.must(entry.at >= deadline, "I7", entry, `expired before ${deadline}`);
}

function lapsed(request: KnownRequest, entry: SealedEntry): void {
  const last = request.runs.at(-1);
  const first = Math.min(last?.leaseUntil ?? Infinity, last?.maxUntil ?? Infinity);
  request.must(entry.at >= first, "I7", entry, "lapsed within its first lease");
}

/** By a person who may, or by a halt newer than the grant. What is held, halts leave held. */
function interrupted(request: KnownRequest, entry: SealedEntry): void {
  const person = actorOf(entry, "person");
  if (person !== null) {
    const may = mayInterrupt(request, person);
    request.must(may, "I10", entry, `${person} may not interrupt it`);
    return;
  }
  const { madeAt } = request.grant;
  const halts = request.standing.haltsOn(request.scopes());
  const isHalted = halts.some((halt) => halt.placedAt > madeAt);
  request.must(isHalted, "I10", entry, "interrupted by nobody, and no halt covers it");
}

function mayInterrupt(request: KnownRequest, person: string): boolean {
  const { standing, submitted, demand } = request;
  const { owner, identityId, onBehalfOf } = submitted;
  if (!standing.isActive(person)) return false;
  if (standing.hasRight(person, "operator")) return true;
  if ([owner, standing.identity(identityId)?.owner, onBehalfOf].includes(person)) return true;
  return demand !== null && isReviewer(standing, request.matter(), person);
}

function resolved(request: KnownRequest, entry: SealedEntry): void {
  const may = request.standing.hasRight(request.person(entry), "resolver");
  request.must(may, "I1", entry, "resolved by somebody who may not");
}

/** INVARIANT: I4, I11. Somebody else than who overrode looks at it. */
function followedUp(request: KnownRequest, entry: SealedEntry): void {
  const isOther = request.person(entry) !== request.overriddenBy;
  request.must(isOther, "I4", entry, "whoever overrode looked at it alone");
}
