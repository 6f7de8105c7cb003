/** A point of the walk: the machine's state, what the bystander knows, the time, the halts. */
import type { HaltFacts } from "../../packages/server/src/domain/request/commands.ts";
import { isTerminal, type RequestState } from "../../packages/server/src/domain/request/model.ts";
import type { Witness } from "./witness.ts";

export interface Node {
  readonly state: RequestState;
  readonly witness: Witness;
  readonly now: number;
  readonly halts: HaltFacts;
  /** For the story of how a surprise came about. */
  readonly parent: Node | null;
  readonly how: string;
  /** I1: redemptions whose effect may have started and was not given back, as events told it. */
  readonly effects: number;
  /** I8: entries of the ledger so far; what sequence the next one has. */
  readonly entries: number;
}

/** Further ahead than any deadline here can be. */
const FAR_MS = 40;

const obligationsIds = new Map<string, number>();
const idsByObject = new WeakMap<object, number>();

/** A small number for obligations that are equal as data. */
function obligationsId(obligations: RequestState["obligations"]): number {
  if (obligations === null) return -1;
  const known = idsByObject.get(obligations);
  if (known !== undefined) return known;
  const text = JSON.stringify(obligations);
  const id = obligationsIds.get(text) ?? obligationsIds.size;
  obligationsIds.set(text, id);
  idsByObject.set(obligations, id);
  return id;
}

/**
 * Two nodes with one key behave alike from here on: times are told from now, what has passed is
 * past, epochs only by which is older, and what nothing looks at any more is left out.
 */
export function keyOf(node: Node): string {
  const { state, now, halts } = node;
  const until = (at: number): number => Math.min(Math.max(at - now, 0), FAR_MS);
  const { grant, run, question, followUp, outcome, decided } = state;
  const older = halts.newestMatchingEpoch > (grant?.haltEpoch ?? Infinity);
  const parts: (string | number)[] = [
    state.status,
    halts.active === null ? 0 : 1,
    older ? 1 : 0,
    state.basis ?? "",
    decided === null ? "" : `${decided.status} ${decided.by}`,
    state.override?.by ?? "",
    followUp.status,
    followUp.status === "due" ? until(followUp.dueAt) : 0,
    outcome === null ? "" : `${outcome.result} ${outcome.by}`,
    state.contradicted ? 1 : 0,
    state.interruptedBy === null ? 0 : 1,
    run === null ? "" : run.attemptHash,
    state.status === "released" && run !== null ? Math.min(now - run.startedAt, 2) : 0,
    obligationsId(state.obligations),
    state.onBehalfOf ?? "",
  ];
  if (isTerminal(state.status)) return parts.join("|");
  parts.push(
    until(state.lifetimeEndsAt),
    state.revision.number,
    state.edits.map((edit) => edit.by).join(),
    state.policy.vetoWindowMs,
    state.escalatedUntilMs,
    state.nobodyEligible ? 1 : 0,
    state.spentAttempts.join(),
    state.counted.join(),
    question === null
      ? ""
      : question.answer === null
        ? until(question.askedAt + question.pausedMs)
        : "-",
    presentReviews(state),
  );
  if (state.status === "held") {
    const escalates = state.obligations?.quorum.some((clause) => clause.escalate.length > 0);
    const heldMs = escalates === true ? Math.min(now - (state.heldAt ?? 0), 3) : 0;
    parts.push(until(state.holdDeadline ?? 0), heldMs);
  }
  if (grant !== null) parts.push(until(grant.notBefore), until(grant.deadline), grant.windowMs);
  if (run !== null) parts.push(until(run.leaseUntil), until(run.maxUntil));
  return parts.join("|");
}

/** Who has approved the present revision, and with what; saying it twice adds nothing. */
function presentReviews(state: RequestState): string {
  const texts = state.reviews
    .filter((review) => review.revision === state.revision.number)
    .map((review) => `${review.person}${review.stepUp}${review.confirmed.length}`);
  return [...new Set(texts)].sort().join();
}

/** How the walk got here, oldest first. */
export function storyOf(node: Node): string {
  const steps: string[] = [];
  for (let at: Node | null = node; at !== null; at = at.parent) {
    steps.push(`${String(at.now).padStart(3)}  ${at.state.status.padEnd(13)} ${at.how}`);
  }
  return steps.reverse().join("\n");
}
