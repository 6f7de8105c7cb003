/** Finding the request a call is about, and showing it to its own identity. */
import { normalizeId, normalizeShortId, type RequestView } from "@haltpoint/protocol";
import { answered, refused, type Answer } from "../../../app/answer.ts";
import type { App } from "../../../app/app.ts";
import type { Principal } from "../../../app/authenticate.ts";
import { resolveRequestId } from "../../../app/list-requests.ts";
import { viewRequest } from "../../../app/view-request.ts";
import type { RequestState } from "../../../domain/request/model.ts";
import type { Identity } from "../access.ts";

/** How soon an undecided request without a known time is looked at again. */
const LOOK_AGAIN_MS = 10_000;

/** The id a path names. People may send a short one; programs know the whole. */
export function requestIdFor(
  app: App,
  principal: Principal,
  params: Readonly<Record<string, string>>,
): Promise<Answer<string>> {
  const typed = params["id"] ?? "";
  if (principal.kind === "person") return resolveRequestId(app, principal, typed);
  const full = normalizeId("req", typed);
  if (full !== undefined) return Promise.resolve(answered(full));
  return Promise.resolve(refused("not_found", "this is no request id; send `req_…` as answered"));
}

export async function stateOf(app: App, id: string): Promise<Answer<RequestState>> {
  const state = await app.store.request(id);
  return state === null ? refused("not_found", `there is no request \`${id}\``) : answered(state);
}

/** For whoever may not see it: what would be said if it did not exist, word for word. */
export function unseenRequest(id: string, params: Readonly<Record<string, string>>): Answer<never> {
  const short = normalizeShortId(params["id"] ?? "");
  const detail =
    short === undefined ? `there is no request \`${id}\`` : `no request ends in \`${short}\``;
  return refused("not_found", detail);
}

/** Whose request it is, is nothing that another identity is told: to it there is none (T28). */
export function unlessForeign<T>(
  done: Answer<T>,
  id: string,
  params: Readonly<Record<string, string>>,
): Answer<T> {
  const isForeign = !done.ok && done.problem.code === "not_your_request";
  return isForeign ? unseenRequest(id, params) : done;
}

/** What an identity sees of its own request. */
export async function ownView(
  app: App,
  state: RequestState,
  principal: Identity,
): Promise<RequestView> {
  const view = await viewRequest(app, state, principal);
  if (view === null) throw new Error(`${state.id} was answered to another identity`);
  return view;
}

/** Null once it is decided and effective; else how long until it is worth looking again. */
export function undecidedForMs(state: RequestState, now: number): number | null {
  if (state.status === "held") return LOOK_AGAIN_MS;
  if (state.status !== "approved" || state.grant === null) return null;
  const leftMs = state.grant.notBefore - now;
  return leftMs > 0 ? leftMs : null;
}
