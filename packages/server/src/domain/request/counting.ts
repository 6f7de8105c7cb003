/**
 * From when on a request counts for budgets (I9): what is approved and not over counts whatever the
 * window; what was redeemed counts on from its redemption, for as long as the budget's window. A
 * hold counts for nothing: nobody has said yes to it.
 */
import type { RequestStatus } from "@haltpoint/protocol";
import type { RequestState } from "./model.ts";

/** Later than every time: what is live is never out of a window. */
const LIVE = Number.MAX_SAFE_INTEGER;

const RESERVING: ReadonlySet<RequestStatus> = new Set([
  "approved",
  "running",
  "interrupting",
  "indeterminate",
] as const);

/** `LIVE`, the time of its redemption, or null: this revision of it does not count. */
export function countsFrom(state: RequestState, revision: number): number | null {
  if (RESERVING.has(state.status) && state.revision.number === revision) return LIVE;
  return state.spent?.revision === revision ? state.spent.at : null;
}
