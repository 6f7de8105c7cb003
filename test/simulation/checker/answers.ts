/** What was acknowledged and answered, against the log. */
import type { SealedEntry } from "../../../packages/server/src/domain/ledger/entry.ts";
import type { RequestState } from "../../../packages/server/src/domain/request/model.ts";
import type { Operation } from "../operation.ts";
import type { SeenCommit } from "../stepped-store.ts";
import type { Answered, World } from "../world.ts";
import type { KnownRequest } from "./known-request.ts";
import type { Walked } from "./ledger-walk.ts";
import { must } from "./violation.ts";

/** A clock that jumped is trusted again after a minute. */
const SUSPECT_MS = 60_000;

/** @throws Violation. */
export function checkAnswers(world: World, walked: Walked, entries: readonly SealedEntry[]): void {
  let before = 0;
  for (const seen of world.commits) {
    checkKept(seen, entries);
    checkInTime(seen);
    must(seen.now >= before, "I7", `the store's time went back from ${before} to ${seen.now}`);
    before = seen.now;
  }
  checkKeys(world);
  for (const answered of world.answers) {
    checkRefusal(answered, walked);
    checkClock(answered, walked);
    checkHaltTold(answered, world, walked);
  }
}

/** INVARIANT: I8. What was acknowledged is in the log, where it was said to be. */
function checkKept({ commit, after, upTo }: SeenCommit, entries: readonly SealedEntry[]): void {
  const drafts = commit.writes.flatMap((write) => (write.kind === "entry" ? [write.draft] : []));
  const kept = entries.slice(after, upTo);
  for (const [at, draft] of drafts.entries()) {
    const entry = kept[at];
    const same =
      entry?.stream === draft.stream &&
      entry.kind === draft.kind &&
      entry.actor === draft.actor &&
      entry.at === draft.at;
    must(same, "I8", `an acknowledged entry is lost: ${draft.stream} ${draft.kind}`);
  }
}

/** INVARIANT: I7. By the store's clock at the commit, no guard had passed that was relied on. */
function checkInTime({ commit, now, before }: SeenCommit): void {
  const deadline = before === null ? null : deadlineOf(before);
  if (before === null || deadline === null || now < deadline) return;
  const kinds = commit.writes.flatMap((write) =>
    write.kind === "entry" && write.draft.stream === before.id ? [write.draft.kind] : [],
  );
  const first = kinds.find((kind) => kind !== "follow_up_overdue");
  must(first === "expired" || first === "lapsed", "I7", () => {
    return `${before.id} was ${before.status} until ${deadline}, and ${kinds.join() || "a renewal"} came at ${now}`;
  });
}

function deadlineOf({ status, holdDeadline, grant, run }: RequestState): number | null {
  if (status === "held") return holdDeadline;
  if (status === "approved") return grant?.deadline ?? null;
  if (status !== "running" && status !== "interrupting") return null;
  return run === null ? null : Math.min(run.leaseUntil, run.maxUntil);
}

/** INVARIANT: I14. A key does its work once, and says the same whenever it is sent again. */
function checkKeys(world: World): void {
  const used = new Map<string, SeenCommit>();
  for (const seen of world.commits) {
    const keys = seen.commit.writes.flatMap((write) =>
      write.kind === "key" ? [write.record] : [],
    );
    for (const { principal, key } of keys) {
      must(!used.has(`${principal} ${key}`), "I14", `${principal} used ${key} twice`);
      used.set(`${principal} ${key}`, seen);
    }
    const sender = senderOf(world.operations.get(seen.command));
    const isWork = sender !== null && didWork(seen, sender.principal);
    must(!isWork || keys.some(({ key }) => key === sender.key), "I14", () => {
      return `#${seen.command} did its work and did not keep its key`;
    });
  }
  const submitted = new Map<string, string>();
  for (const { operation, outcome, askedAt, command } of world.answers) {
    const sender = senderOf(operation);
    if (sender === null) continue;
    const name = `${sender.principal} ${sender.key}`;
    const first = used.get(name);
    if (first !== undefined && first.upTo <= askedAt && first.command !== command) {
      const said = outcome.kind === "value" ? outcome.replayed : isConflict(outcome);
      const isAnswer = said || outcome.kind === "fault" || operation.kind === "lift";
      must(isAnswer, "I14", `#${command} sent ${name} again and was not told what it did`);
    }
    if (operation.kind !== "submit" || outcome.kind !== "value" || outcome.state === null) continue;
    const known = submitted.get(name) ?? outcome.state.id;
    must(known === outcome.state.id, "I14", `${name} made two requests`);
    submitted.set(name, known);
  }
}

/** Who sent a key, and which; null: it goes without. */
function senderOf(operation: Operation | undefined): { principal: string; key: string } | null {
  if (operation === undefined || !("key" in operation)) return null;
  const { key } = operation;
  const isSubmit = operation.kind === "submit";
  const by = isSubmit ? `identity:${operation.identityId}` : `person:${operation.person}`;
  return { principal: by, key };
}

/** Whether what was asked happened, rather than a refusal or what time had brought about anyhow. */
function didWork({ commit }: SeenCommit, principal: string): boolean {
  return commit.writes.some(
    ({ kind, ...write }) =>
      kind === "entry" &&
      "draft" in write &&
      write.draft.actor === principal &&
      !["refused", "redeemed"].includes(write.draft.kind),
  );
}

function isConflict(outcome: Answered["outcome"]): boolean {
  return outcome.kind === "refusal" && outcome.problem.code === "idempotency_conflict";
}

/** INVARIANT: I6. Who comes too late is told who decided what, and when. */
function checkRefusal({ operation, outcome, command }: Answered, { requests }: Walked): void {
  if (outcome.kind !== "refusal" || !("requestId" in operation)) return;
  const { code, decided } = outcome.problem;
  if (code !== "already_decided") return;
  must(decided !== undefined, "I6", `#${command} is not told who decided`);
  const request = requests.get(operation.requestId);
  // Who asked it to stop is who interrupted it, once it has stopped.
  const isTrue = request?.history.some(
    ({ status, by, at }) =>
      at === decided?.at &&
      by === decided.by &&
      (status === decided.status ||
        (status === "interrupting" && decided.status === "interrupted")),
  );
  must(isTrue === true, "I6", `#${command} is told what never was: ${JSON.stringify(decided)}`);
}

/** INVARIANT: I7. While the clock is suspect, nothing is redeemed. */
function checkClock(answered: Answered, { runs }: Walked): void {
  const { operation, outcome, jumpedAtMs, answeredAtMs, askedAt, command } = answered;
  if (jumpedAtMs === null || answeredAtMs >= jumpedAtMs + SUSPECT_MS) return;
  if (outcome.kind !== "value" || !("attempt" in operation)) return;
  const run = runs.get(operation.attempt?.hash ?? "");
  const isNew =
    run !== undefined && run.redeemedAt > askedAt && run.redeemedAt <= answered.answeredAt;
  must(!isNew, "I7", `#${command} redeemed while the clock was suspect`);
}

/** INVARIANT: I10. Once a halt is acknowledged, everything that ran or could run was told. */
function checkHaltTold(answered: Answered, world: World, { requests }: Walked): void {
  const { operation, outcome, answeredAt, command } = answered;
  if (operation.kind !== "halt" || outcome.kind !== "value" || outcome.replayed) return;
  const placing = world.commits.find(
    (seen) => seen.command === command && seen.commit.writes.some(({ kind }) => kind === "halt"),
  );
  const placedAt = placing?.upTo ?? Infinity;
  for (const request of requests.values()) {
    const isCovered = request.covered.some(
      (halt) => halt.placedAt === placedAt && halt.since === placedAt && halt.until > answeredAt,
    );
    if (!isCovered) continue;
    const status = request.statusAt(answeredAt);
    const isLive = status === "approved" || status === "running";
    const isOlder = grantMadeAt(request, answeredAt) < placedAt;
    must(!(isLive && isOlder), "I10", () => {
      return `${request.id} was still ${status} when the halt at ${placedAt} was acknowledged`;
    });
  }
}

/** Where the newest grant up to this place was made; never: nothing it could be older than. */
function grantMadeAt({ history }: KnownRequest, upTo: number): number {
  const made = history.findLast(
    ({ status, by, logIndex }) =>
      status === "approved" && logIndex <= upTo && !isGivenBack(history, logIndex, by),
  );
  return made?.logIndex ?? Infinity;
}

/** `not_started` brings the old grant back: the status is new, the grant is not. */
function isGivenBack(history: KnownRequest["history"], logIndex: number, by: string): boolean {
  const before = history.findLast((each) => each.logIndex < logIndex)?.status;
  return before === "running" && by.startsWith("identity:");
}
