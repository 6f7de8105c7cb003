/**
 * One word on several requests of one shape. Each is decided by itself, in a commit and with an
 * entry of its own; what is wrong with one leaves the others as they are.
 *
 * INVARIANT: only what differs in nothing that matters goes into a batch: one action of one
 * identity, one risk that is low or medium, nothing to tick and nothing to sign (T35).
 */
import type { BatchReviewView } from "@haltpoint/protocol";
import type { Risk } from "../domain/policy/model.ts";
import type { RequestState } from "../domain/request/model.ts";
import { refuse, type Refusal } from "../domain/request/refusal.ts";
import { answered, refused, type Answer } from "./answer.ts";
import type { App } from "./app.ts";
import type { Principal } from "./authenticate.ts";
import { decideOn } from "./channels.ts";
import type { Keyed } from "./execute.ts";
import { rosterOf } from "./facts.ts";
import { resolveRequestId } from "./list-requests.ts";
import { visibilityOf } from "./view-request.ts";

/** How many of a risk may go together; none of what is not here. */
const MOST: Readonly<Partial<Record<Risk, number>>> = { low: 50, medium: 10 };

export interface Batch {
  readonly person: Extract<Principal, { readonly kind: "person" }>;
  readonly items: readonly { readonly id: string; readonly digest: string }[];
  readonly verdict: "approve" | "reject";
  readonly reason: string | null;
}

type Result = BatchReviewView["results"][number];

export async function reviewBatch(
  app: App,
  batch: Batch,
  keyed: Keyed,
): Promise<Answer<BatchReviewView>> {
  const found = new Map<string, RequestState>();
  const unknown = new Map<string, Result>();
  for (const { id } of batch.items) {
    const state = await visibleRequest(app, batch.person, id);
    if (!state.ok) unknown.set(id, { id, ok: false, problem: state.problem });
    else if ([...found.values()].some((other) => other.id === state.value.id)) {
      return refused("invalid_request", `\`${id}\` is listed twice`, { field: "items" });
    } else found.set(id, state.value);
  }
  const states = [...found.values()];
  const shape = states[0] === undefined ? "" : shapeOf(states[0]);
  for (const state of states) {
    const why = notTogether(state, shape, batch.items.length);
    if (why !== null) {
      return refused("batch_refused", `\`${state.id}\`: ${why}`, { request_id: state.id });
    }
  }
  const results: Result[] = [];
  for (const { id, digest } of batch.items) {
    const state = found.get(id);
    if (state === undefined) {
      const result = unknown.get(id);
      if (result !== undefined) results.push(result);
      continue;
    }
    const done = await decideOn(
      app,
      {
        requestId: state.id,
        person: batch.person,
        act: {
          kind: "review",
          verdict: batch.verdict,
          digest,
          reason: batch.reason,
          confirmed: [],
        },
        // It may have been held anew, or escalated, since it was looked at.
        barred: (now) => barredFrom(now, shape, batch.items.length),
      },
      // No key that was sent has a line break in it, so none of these was sent.
      { ...keyed, key: `${keyed.key}\n${state.id}` },
    );
    results.push(done.ok ? { id, ok: true } : { id, ok: false, problem: done.problem });
  }
  return answered({ results });
}

async function visibleRequest(
  app: App,
  person: Batch["person"],
  typed: string,
): Promise<Answer<RequestState>> {
  const id = await resolveRequestId(app, person, typed);
  if (!id.ok) return id;
  const state = await app.store.request(id.value);
  const roster = state === null ? null : await rosterOf(app, state);
  if (state === null || roster === null || visibilityOf(state, person, roster) === "none") {
    return refused("not_found", `there is no request \`${typed}\``);
  }
  return answered(state);
}

/** What has to be the same for all of a batch. */
function shapeOf(state: RequestState): string {
  return JSON.stringify([state.scope.action, state.scope.identity, riskOf(state)]);
}

function riskOf(state: RequestState): Risk {
  return state.obligations?.risk ?? state.policy.risk;
}

function notTogether(state: RequestState, shape: string, count: number): string | null {
  if (shapeOf(state) !== shape) return "another action, agent or risk than the first";
  const most = MOST[riskOf(state)];
  if (most === undefined) return `${riskOf(state)} risk is decided one by one`;
  if (count > most) return `at most ${most} of ${riskOf(state)} risk are decided together`;
  const { obligations } = state;
  if (obligations === null) return null;
  if (obligations.stepUp !== "none") return "it takes a passkey, so it is decided by itself";
  return obligations.confirm.length === 0
    ? null
    : "it has statements to confirm, so it is decided by itself";
}

function barredFrom(state: RequestState, shape: string, count: number): Refusal | null {
  const why = notTogether(state, shape, count);
  return why === null ? null : refuse("batch_refused", why);
}
