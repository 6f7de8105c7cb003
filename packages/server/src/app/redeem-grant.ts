/** Redeeming: committed before the answer leaves; the answer carries what runs (I2, I8). */
import { sha256Base64url, type FieldChange, type Redemption } from "@haltpoint/protocol";
import { refusedWhileHeld } from "../domain/request/decide-redeem.ts";
import type { RequestState } from "../domain/request/model.ts";
import type { Standing } from "../ports/store.ts";
import { answered, problemOf, type Answer } from "./answer.ts";
import type { App } from "./app.ts";
import { awaitChange, type Waiting } from "./await-change.ts";
import { readCommitted, readContent } from "./content.ts";
import { changesBetween } from "./changes-between.ts";
import { executeSteps, type Executed, type Step } from "./execute.ts";

/** What is stored of an attempt: enough to know it again, useless to a reader of the store. */
export function attemptHashOf(attempt: string): string {
  return sha256Base64url(attempt);
}

export interface Redeem {
  readonly requestId: string;
  readonly identityId: string;
  readonly attemptHash: string;
}

/** Problems that waiting may cure. */
const WORTH_WAITING: ReadonlySet<string> = new Set([
  "not_approved",
  "not_yet",
  "halted",
  "approval_void",
]);

/** Redeems as soon as the request is approved and effective, or when the wait is over. */
export function redeemGrant(app: App, redeem: Redeem, waiting: Waiting): Promise<Answer<Executed>> {
  const actor = { kind: "identity", id: redeem.identityId } as const;
  const command = { kind: "redeem", actor, attemptHash: redeem.attemptHash } as const;
  const plan = async (
    state: RequestState,
    { time }: Standing,
  ): Promise<Answer<readonly Step[]>> => {
    // INVARIANT: nothing is redeemed with a key that was revoked. Revoking moves the membership
    // epoch, which was read before this: what comes after makes the commit stale (T37).
    const gone = await waiting.stillAdmitted();
    if (gone !== null) return { ok: false, problem: gone };
    const refusal = refusedWhileHeld(state, command, time.now);
    if (refusal === null) return answered([{ command }]);
    return { ok: false, problem: problemOf(refusal, { requestId: state.id, now: time.now }) };
  };
  return awaitChange(app, redeem.requestId, { ...waiting, byEpochs: true }, async () => {
    const value = await executeSteps(app, redeem.requestId, plan, null);
    const done = value.ok || !WORTH_WAITING.has(value.problem.code);
    const retryInMs = value.ok ? undefined : value.problem.retry_after_ms;
    return { value, done, ...(retryInMs === undefined ? {} : { retryInMs }) };
  });
}

/** The answer to a redemption: the complete content of the granted revision. */
export async function redemptionOf(app: App, state: RequestState): Promise<Redemption | null> {
  const { run, grant } = state;
  if (run === null || grant === null) return null;
  if (state.status !== "running" && state.status !== "released") return null;
  const content = await readContent(app, state.id, grant.revision);
  return {
    request_id: state.id,
    digest: grant.digest,
    revision: grant.revision,
    content: content.plain,
    changes: await changesOf(app, state),
    edit_reason: state.edits.at(-1)?.reason ?? null,
    lease_ms: await leaseLeftMs(app, state),
    heartbeat_ms: Math.min(app.limits.heartbeatMs, Math.floor(run.leaseMs / 3)),
    run_max_ms: run.maxUntil - run.startedAt,
    released: state.status === "released",
  };
}

/** What is left of the lease by the store's clock: a repeated answer promises no more (T39). */
export async function leaseLeftMs(app: App, state: RequestState): Promise<number> {
  const { now } = await app.store.time();
  return state.run === null ? 0 : Math.max(0, state.run.leaseUntil - now);
}

/** What people changed against what was submitted, sensitive fields as commitments. */
export async function changesOf(app: App, state: RequestState): Promise<readonly FieldChange[]> {
  if (state.revision.number === 0) return [];
  const submitted = await readCommitted(app, state.id, 0);
  const present = await readCommitted(app, state.id, state.revision.number);
  return changesBetween(submitted, present);
}
