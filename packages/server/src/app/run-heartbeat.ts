/** Heartbeats: renew the lease, then wait a while to be told to stop (I10: within a second). */
import type { HeartbeatAnswer } from "@haltpoint/protocol";
import type { RequestState } from "../domain/request/model.ts";
import { answered, refused, type Answer } from "./answer.ts";
import type { App } from "./app.ts";
import { awaitChange, type Waiting } from "./await-change.ts";
import { execute } from "./execute.ts";
import { leaseLeftMs } from "./redeem-grant.ts";

export interface Heartbeat {
  readonly requestId: string;
  readonly identityId: string;
  readonly attemptHash: string;
}

/** Renews at once; the answer comes when there is something to say, or after the wait. */
export async function runHeartbeat(
  app: App,
  beat: Heartbeat,
  waiting: Waiting,
): Promise<Answer<HeartbeatAnswer>> {
  const { requestId, identityId, attemptHash } = beat;
  const actor = { kind: "identity", id: identityId } as const;
  const renewed = await execute(app, requestId, { kind: "heartbeat", actor, attemptHash });
  if (!renewed.ok) return renewed;
  const leaseMs = await leaseLeftMs(app, renewed.value.state);
  // A wait longer than the heartbeat interval would let the lease run out under it.
  const waitMs = Math.min(waiting.waitMs, app.limits.heartbeatMs);
  // To be told to stop is nothing that anybody has to be kept from.
  const stillAdmitted = (): Promise<null> => Promise.resolve(null);
  return awaitChange(app, requestId, { ...waiting, waitMs, stillAdmitted }, async () => {
    const state = await app.store.request(requestId);
    if (state === null) return { value: refused("not_found", "the request is gone"), done: true };
    return { value: answered(beatAnswer(state, leaseMs)), done: state.status !== "running" };
  });
}

function beatAnswer(state: RequestState, leaseMs: number): HeartbeatAnswer {
  const running = state.status === "running";
  return {
    status: state.status,
    interrupt: !running,
    reason: running ? null : (state.interruptedBy?.reason ?? null),
    lease_ms: running ? leaseMs : 0,
  };
}
