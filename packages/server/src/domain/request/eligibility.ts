/** Whether anybody could decide a held request; its rule's owner is told at once where not. */
import type { Facts } from "./commands.ts";
import type { RequestEvent } from "./events.ts";
import type { RequestState } from "./model.ts";
import type { Obligations } from "../policy/model.ts";
import { canBeFilled, type Electorate } from "./quorum.ts";

/** The electorate under the obligations a request is held or was approved under. */
export function electorateOf(
  state: RequestState,
  facts: Pick<Facts, "roster" | "identity" | "unconfirmed">,
  obligations: Obligations,
): Electorate {
  const { roster, unconfirmed } = facts;
  return { state, obligations, roster, unconfirmed, ownerNow: facts.identity?.owner ?? null };
}

/** The event that says so when the answer changed; null while it is the same. */
export function eligibilityChange(state: RequestState, facts: Facts): RequestEvent | null {
  if (state.status !== "held" || state.obligations === null) return null;
  const nobody = !canBeFilled(electorateOf(state, facts, state.obligations));
  if (nobody === state.nobodyEligible) return null;
  return {
    at: facts.now,
    actor: { kind: "clock" },
    kind: "eligibility_changed",
    to: "held",
    nobody,
  };
}
