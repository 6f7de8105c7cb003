/** Expected refusals of the machine: values, never throws. */
import type { ProblemCode, RequestStatus } from "@haltpoint/protocol";
import type { CommandKind } from "./commands.ts";
import type { Decided, RequestState } from "./model.ts";

export interface Refusal {
  readonly code: ProblemCode;
  /** What is wrong and what to do next, for a person in a hurry. */
  readonly detail: string;
  readonly field?: string;
  readonly decided?: Decided;
  /** When it is worth asking again; milliseconds since the epoch. */
  readonly retryAt?: number;
}

export function refuse(
  code: ProblemCode,
  detail: string,
  extra: Omit<Refusal, "code" | "detail"> = {},
): Refusal {
  return { code, detail, ...extra };
}

const ON_HELD = ["right_required", "already_decided", "expired"] as const;

/**
 * The order in which each command is refused; the first that applies is the answer. The tests walk
 * this table: every code must be reachable, none may come before an earlier one.
 */
export const REFUSALS = {
  submit: ["identity_suspended"],
  review: [
    ...ON_HELD,
    "stale_revision",
    "not_eligible",
    "separation_of_duties",
    "already_reviewed",
    "confirmation_missing",
    "reason_required",
    "step_up_required",
  ],
  edit: [
    ...ON_HELD,
    "stale_revision",
    "not_eligible",
    "reason_required",
    "field_not_editable",
    "edit_unchanged",
    "edit_leaves_no_quorum",
  ],
  ask: [...ON_HELD, "not_eligible", "question_open"],
  answer: ["not_your_request", "already_decided", "expired", "not_in_state"],
  extend: [...ON_HELD, "not_eligible", "not_extendable"],
  delegate: [...ON_HELD, "not_eligible", "not_delegable"],
  withdraw: ["not_your_request", "already_decided", "expired", "not_in_state"],
  interrupt: ["right_required", "already_decided", "expired", "not_in_state", "reason_required"],
  override: [...ON_HELD, "stale_revision", "reason_required", "step_up_required"],
  follow_up: ["right_required", "not_in_state", "separation_of_duties", "reason_required"],
  retract: ["right_required", "not_in_state", "not_eligible", "retract_too_late"],
  redeem: [
    "not_your_request",
    "interrupted",
    "already_redeemed",
    "lease_lapsed",
    "not_approved",
    "rejected",
    "cancelled",
    "attempt_reused",
    "redemptions_exhausted",
    "clock_suspect",
    "identity_suspended",
    "halted",
    "denied",
    "expired",
    "approval_void",
    "not_yet",
  ],
  heartbeat: ["not_your_request", "not_your_attempt", "lease_lapsed", "not_in_state"],
  report: ["not_your_request", "not_your_attempt", "not_interrupting", "not_in_state"],
  resolve: ["right_required", "not_in_state", "reason_required"],
  halt: [],
  tick: [],
  recheck: [],
} as const satisfies Record<CommandKind, readonly ProblemCode[]>;

/**
 * For commands that need a state they did not find. INVARIANT: I6. Whoever comes too late to decide
 * is told who decided what, and when.
 */
export function notInState(state: RequestState, wanted: "held" | "waiting" | "live"): Refusal {
  const { decided, status } = state;
  if (status === "expired") {
    const who = state.grant === null ? "nobody decided" : "nobody redeemed it";
    return refuse(
      "expired",
      `${who} in time; nothing ran. Submit it again if it is still wanted`,
      decided === null ? {} : { decided },
    );
  }
  // A run or its end is no decision: what it began with answers only those who wanted to decide.
  if (decided !== null && (wanted === "held" || decided.status === status)) {
    return refuse(
      "already_decided",
      `${decided.by} made it \`${decided.status}\`${because(decided)}; you changed nothing`,
      { decided },
    );
  }
  return refuse("not_in_state", `it is \`${status}\`; only a ${wanted} request takes this`);
}

/** Whether somebody who must say why has not. */
export function isBlank(reason: string | null): boolean {
  return reason === null || reason.trim() === "";
}

/** The code for redeeming a request that has ended without being run. */
export function endedCode(status: RequestStatus): ProblemCode {
  switch (status) {
    case "denied":
    case "rejected":
    case "expired":
    case "cancelled":
    case "interrupted":
      return status;
    case "indeterminate":
      return "lease_lapsed";
    default:
      return "already_redeemed";
  }
}

function because(decided: Decided): string {
  return decided.reason === null ? "" : ` ("${decided.reason}")`;
}
