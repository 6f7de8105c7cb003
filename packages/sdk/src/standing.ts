/** What the standing of a request means to the one who wants to run it. */
import type { RequestView } from "@haltpoint/protocol";
import {
  AlreadyRun,
  BadAnswer,
  Cancelled,
  Denied,
  Expired,
  HaltpointProblem,
  Interrupted,
  OutcomeUnknown,
  type Refusal,
  Rejected,
} from "./errors.ts";

/** Redeeming was refused for how the request stands; looking at it says how. */
const LOOK_AGAIN: ReadonlySet<string> = new Set([
  "not_yet",
  "not_approved",
  "approval_void",
  "halted",
  "denied",
  "rejected",
  "expired",
  "cancelled",
  "interrupted",
  "already_redeemed",
  "attempt_reused",
  "lease_lapsed",
  "outcome_unknown",
]);

/** Whether it was refused for how the request stands, so that looking at it says more. */
export function isLookAgain(error: unknown): error is HaltpointProblem {
  return error instanceof HaltpointProblem && LOOK_AGAIN.has(error.code);
}

/** Whether some attempt redeemed it and its end is not known yet. */
export function isLive({ status }: RequestView): boolean {
  return ["running", "interrupting", "indeterminate"].includes(status);
}

/** Why a request that is not waiting does not run here. A status not known here is no leave. */
export function refusalOf(view: RequestView): Refusal | BadAnswer {
  const { id: requestId, decided, status } = view;
  const facts = { requestId, reason: decided?.reason, by: decided?.by };
  switch (status) {
    case "denied": {
      const reason = decided?.reason ?? (view.reasons.join("; ") || undefined);
      return new Denied({ ...facts, reason });
    }
    case "rejected":
      return new Rejected(facts);
    case "expired":
      return new Expired(facts);
    case "interrupted":
      return new Interrupted({ ...facts, hadBegun: false });
    case "cancelled":
      return new Cancelled(facts);
    case "indeterminate":
      return new OutcomeUnknown(facts);
    case "running":
    case "interrupting":
    case "succeeded":
    case "failed":
    case "released":
      return new AlreadyRun({ ...facts, status });
    default:
      return new BadAnswer(`the request is \`${status}\`, which is unknown here. Nothing was run.`);
  }
}
