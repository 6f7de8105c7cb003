/**
 * The one pinned table: problem code → HTTP status → exit status.
 *
 * A code is for programs and never changes its meaning; titles and details are for people and may.
 * Refusals (something said no) and faults (something broke) share the table, so that a client, the
 * command line and the documentation cannot disagree. Problems travel as RFC 9457
 * `application/problem+json` with the member `code`.
 */

/** Exit statuses of the command line, by meaning. */
export const EXIT = {
  ok: 0,
  fault: 1,
  usage: 2,
  conflict: 3,
  notPermitted: 4,
  notFound: 5,
  unavailable: 6,
  limit: 7,
  denied: 10,
  rejected: 11,
  expired: 12,
  interrupted: 13,
  outcomeUnknown: 14,
} as const;

interface ProblemKind {
  readonly status: number;
  readonly exit: number;
  readonly title: string;
}

export const PROBLEMS = {
  // Bad input. The detail names the field and the fix.
  invalid_request: { status: 400, exit: EXIT.usage, title: "the request is not valid" },
  invalid_json: {
    status: 400,
    exit: EXIT.usage,
    title: "the body is not JSON this server accepts",
  },
  unsupported_media_type: {
    status: 415,
    exit: EXIT.usage,
    title: "the body must be application/json",
  },
  unsupported_policy: { status: 422, exit: EXIT.usage, title: "the policy was not accepted" },
  idempotency_key_required: {
    status: 400,
    exit: EXIT.usage,
    title: "an Idempotency-Key is required",
  },
  idempotency_conflict: {
    status: 409,
    exit: EXIT.conflict,
    title: "this key was used for something else",
  },

  // Who is asking.
  unauthenticated: { status: 401, exit: EXIT.notPermitted, title: "no valid credential was sent" },
  forbidden: { status: 403, exit: EXIT.notPermitted, title: "this credential may not do that" },
  sign_in_failed: { status: 401, exit: EXIT.notPermitted, title: "the sign-in was not accepted" },
  signature_invalid: {
    status: 403,
    exit: EXIT.notPermitted,
    title: "the passkey's answer does not hold",
  },
  cross_site: {
    status: 403,
    exit: EXIT.notPermitted,
    title: "this call does not come from a page of this server",
  },
  wrong_host: {
    status: 421,
    exit: EXIT.usage,
    title: "this server does not answer to that name",
  },
  link_invalid: {
    status: 410,
    exit: EXIT.notPermitted,
    title: "this link was used, has expired or never was",
  },
  last_way_in: { status: 409, exit: EXIT.conflict, title: "this is the last way to sign in" },
  not_your_request: {
    status: 403,
    exit: EXIT.notPermitted,
    title: "another identity made this request",
  },
  identity_suspended: {
    status: 403,
    exit: EXIT.notPermitted,
    title: "this identity may not act now",
  },

  // Who may decide.
  not_eligible: { status: 403, exit: EXIT.notPermitted, title: "you are not among the reviewers" },
  separation_of_duties: {
    status: 403,
    exit: EXIT.notPermitted,
    title: "you may not decide this one yourself",
  },
  right_required: {
    status: 403,
    exit: EXIT.notPermitted,
    title: "this needs a right you do not have",
  },
  step_up_required: {
    status: 403,
    exit: EXIT.notPermitted,
    title: "this needs a stronger sign-in",
  },
  channel_not_allowed: {
    status: 403,
    exit: EXIT.notPermitted,
    title: "this cannot be decided from here",
  },
  batch_refused: { status: 422, exit: EXIT.usage, title: "these are not decided together" },
  reason_required: { status: 422, exit: EXIT.usage, title: "a reason is required" },
  confirmation_missing: {
    status: 422,
    exit: EXIT.usage,
    title: "each statement must be confirmed",
  },
  field_not_editable: {
    status: 422,
    exit: EXIT.usage,
    title: "policy does not let this field be edited",
  },
  edit_unchanged: { status: 422, exit: EXIT.usage, title: "the edit changes nothing" },
  edit_leaves_no_quorum: {
    status: 409,
    exit: EXIT.conflict,
    title: "nobody could approve the edited action",
  },
  not_extendable: {
    status: 409,
    exit: EXIT.conflict,
    title: "policy does not let this be extended",
  },
  not_delegable: { status: 409, exit: EXIT.conflict, title: "that person may not decide this one" },

  // What happened in the meantime.
  already_decided: { status: 409, exit: EXIT.conflict, title: "somebody decided this before you" },
  already_reviewed: { status: 409, exit: EXIT.conflict, title: "you have already reviewed this" },
  stale_revision: {
    status: 409,
    exit: EXIT.conflict,
    title: "the action changed since you looked",
  },
  not_in_state: {
    status: 409,
    exit: EXIT.conflict,
    title: "the request is not in a state that allows this",
  },
  expired: { status: 410, exit: EXIT.expired, title: "the deadline has passed; nothing ran" },
  question_open: { status: 409, exit: EXIT.conflict, title: "a question was asked already" },
  retract_too_late: { status: 409, exit: EXIT.conflict, title: "the undo window is over" },

  // Redeeming and running.
  not_approved: { status: 409, exit: EXIT.conflict, title: "the request is not approved yet" },
  not_yet: { status: 409, exit: EXIT.conflict, title: "the approval is not effective yet" },
  already_redeemed: {
    status: 409,
    exit: EXIT.conflict,
    title: "the grant was redeemed by another attempt",
  },
  attempt_reused: {
    status: 409,
    exit: EXIT.conflict,
    title: "an attempt id is good for one redemption",
  },
  redemptions_exhausted: {
    status: 409,
    exit: EXIT.limit,
    title: "the grant was redeemed too often without a start",
  },
  not_your_attempt: {
    status: 403,
    exit: EXIT.notPermitted,
    title: "another attempt runs this request",
  },
  lease_lapsed: {
    status: 409,
    exit: EXIT.outcomeUnknown,
    title: "the lease lapsed; the outcome is unknown",
  },
  not_interrupting: { status: 409, exit: EXIT.conflict, title: "nobody asked this run to stop" },
  approval_void: {
    status: 409,
    exit: EXIT.conflict,
    title: "the approval no longer holds; the request is held again",
  },
  halted: { status: 409, exit: EXIT.interrupted, title: "a halt is in force" },
  clock_suspect: {
    status: 503,
    exit: EXIT.unavailable,
    title: "the store's clock jumped; nothing is redeemed",
  },

  // How a request ended, where an answer needs a code for it.
  denied: { status: 403, exit: EXIT.denied, title: "policy denies this action" },
  rejected: { status: 409, exit: EXIT.rejected, title: "a person rejected this action" },
  cancelled: { status: 409, exit: EXIT.conflict, title: "the requester withdrew this action" },
  interrupted: { status: 409, exit: EXIT.interrupted, title: "the action was interrupted" },
  outcome_unknown: {
    status: 409,
    exit: EXIT.outcomeUnknown,
    title: "nobody knows whether the action happened",
  },

  // Halts.
  lift_needs_second_person: {
    status: 409,
    exit: EXIT.conflict,
    title: "lifting this halt takes a second person",
  },
  halt_not_active: { status: 409, exit: EXIT.conflict, title: "this halt is not in force" },

  // Names and limits.
  method_not_allowed: {
    status: 405,
    exit: EXIT.usage,
    title: "this address does not take that method",
  },
  not_found: { status: 404, exit: EXIT.notFound, title: "there is no such thing here" },
  ambiguous_id: {
    status: 409,
    exit: EXIT.usage,
    title: "this short id fits more than one request",
  },
  already_exists: { status: 409, exit: EXIT.conflict, title: "it exists already" },
  payload_too_large: { status: 413, exit: EXIT.limit, title: "the body is over a limit" },
  limit_exceeded: { status: 422, exit: EXIT.limit, title: "a limit was exceeded" },
  too_many_requests: { status: 429, exit: EXIT.limit, title: "too many at once" },

  // Faults.
  store_busy: {
    status: 503,
    exit: EXIT.unavailable,
    title: "the store is busy; nothing was changed",
  },
  unavailable: { status: 503, exit: EXIT.unavailable, title: "the server cannot answer now" },
  internal: { status: 500, exit: EXIT.fault, title: "the server failed; it wrote why to its log" },
} as const satisfies Record<string, ProblemKind>;

export type ProblemCode = keyof typeof PROBLEMS;

/** RFC 9457 problem details with our members. `detail` says what to do next. */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly code: ProblemCode;
  readonly detail: string;
  /** The member of the request that is at fault, as a dotted path. */
  readonly field?: string;
  /** The name of the limit that was exceeded, and its value. */
  readonly limit?: { readonly name: string; readonly value: number };
  readonly retry_after_ms?: number;
  readonly request_id?: string;
  /** Who decided what and when, where that is why. */
  readonly decided?: DecidedBy;
  /** For `stale_revision`: what changed since the digest that was sent. */
  readonly diff?: readonly FieldChange[];
  /** For `ambiguous_id`: the ids it could be. */
  readonly candidates?: readonly string[];
}

export interface DecidedBy {
  readonly status: string;
  readonly by: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly reason?: string;
}

export interface FieldChange {
  readonly path: string;
  /** Absent where the field did not exist. */
  readonly from?: unknown;
  readonly to?: unknown;
}

/** The `type` of a problem: stable, ours, not fetched by anybody. */
export function problemType(code: ProblemCode): string {
  return `urn:haltpoint:problem:${code}`;
}

/** Makes a complete problem from a code and what is particular about this case. */
export function problem(
  code: ProblemCode,
  detail: string,
  extra: Omit<Partial<Problem>, "type" | "title" | "status" | "code" | "detail"> = {},
): Problem {
  const kind = PROBLEMS[code];
  return {
    type: problemType(code),
    title: kind.title,
    status: kind.status,
    code,
    detail,
    ...extra,
  };
}

/** The exit status for a code; unknown codes of newer servers count as faults. */
export function exitStatusOf(code: string): number {
  return code in PROBLEMS ? PROBLEMS[code as ProblemCode].exit : EXIT.fault;
}
