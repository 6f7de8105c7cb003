/** Halts as writes: the row that moves the halt epoch, and its entry, in one transaction (I8). */
import { newId, type HaltScope } from "@haltpoint/protocol";
import type { RequestEvent } from "../domain/request/events.ts";
import { actorName, type RequestState } from "../domain/request/model.ts";
import { scopeKey } from "../domain/request/scope.ts";
import type { Write } from "../ports/store.ts";
import type { App } from "./app.ts";
import { haltNotices } from "./notices.ts";

/** Who placed a halt that nobody ordered: the server itself, because of a burst. */
export const HALTPOINT_ITSELF = "haltpoint";

export interface HaltOrder {
  readonly scope: HaltScope;
  /** Told beside the operators. */
  readonly tell?: readonly string[];
  readonly reason: string;
  readonly by: string;
  readonly at: number;
}

/** The writes that place a halt, and its id. */
export function placeHalt(
  app: App,
  order: HaltOrder,
): { readonly id: string; readonly writes: readonly Write[] } {
  const { scope, reason, by, at } = order;
  const id = newId("halt", at, app.random.bytes(10));
  const data = { id, scope: scopeKey(scope), reason };
  return {
    id,
    writes: [
      { kind: "halt", halt: { id, scope, reason, by, at, lifts: [], liftedAt: null } },
      { kind: "entry", draft: { stream: "system", kind: "halted", at, actor: by, data } },
      ...haltNotices(app, { id, at, persons: order.tell ?? [] }, "halted"),
    ],
  };
}

/** `on_reject: halt_session`: the rejection halts the session it came from, with the same commit. */
export function haltWrites(app: App, state: RequestState, event: RequestEvent): readonly Write[] {
  const { session } = state.scope;
  if (event.kind !== "rejected" || session === null) return [];
  if (state.obligations?.onReject !== "halt_session") return [];
  return placeHalt(app, {
    scope: { kind: "session", id: session },
    reason: `${state.id} was rejected: ${event.review.reason ?? ""}`,
    by: actorName(event.actor),
    at: event.at,
  }).writes;
}
