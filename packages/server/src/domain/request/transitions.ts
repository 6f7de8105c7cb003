/**
 * Every legal move of a request, as data. The state diagram of ARCHITECTURE.md and the exhaustive
 * walk of the tests are made from this table; `evolve` refuses whatever is not in it.
 */
import type { RequestStatus } from "@haltpoint/protocol";
import type { CommandKind } from "./commands.ts";
import type { EventKind } from "./events.ts";

export interface Transition {
  /** `none`: the request does not exist yet. */
  readonly from: RequestStatus | "none";
  readonly event: EventKind;
  readonly to: RequestStatus;
  /** What may bring it about. `tick` also stands for a deadline met by any other command (I7). */
  readonly by: readonly CommandKind[];
  readonly when: string;
}

const row = (
  from: Transition["from"],
  event: EventKind,
  to: RequestStatus,
  by: readonly CommandKind[],
  when: string,
): Transition => ({ from, event, to, by, when });

const ENDED: readonly RequestStatus[] = [
  "denied",
  "rejected",
  "expired",
  "cancelled",
  "interrupted",
  "released",
  "succeeded",
  "failed",
];

/** States a request can be in after an override, so that its follow-up may fall due or be done. */
const AFTER_OVERRIDE: readonly RequestStatus[] = [
  "approved",
  "running",
  "interrupting",
  "indeterminate",
  ...ENDED.filter((status) => status !== "rejected"),
];

/** Whatever leaves a request held may find that membership has changed meanwhile. */
const LEAVES_HELD: readonly CommandKind[] = [
  "submit",
  "review",
  "edit",
  "ask",
  "answer",
  "extend",
  "delegate",
  "retract",
  "redeem",
  "report",
  "halt",
  "tick",
  "recheck",
];

export const TRANSITIONS: readonly Transition[] = [
  row("none", "submitted", "denied", ["submit"], "policy denies, or a request field is missing"),
  row("none", "submitted", "approved", ["submit"], "policy allows; a veto window sets notBefore"),
  row("none", "submitted", "held", ["submit"], "a person must decide"),

  row("held", "reviewed", "held", ["review"], "an approval that does not fill the quorum yet"),
  row("held", "approved", "approved", ["review"], "the quorum is filled, or self confirmed"),
  row("held", "rejected", "rejected", ["review"], "a reviewer rejects"),
  row("held", "overridden", "approved", ["override"], "break-glass; a follow-up becomes due"),
  row("held", "edited", "held", ["edit"], "new revision; earlier reviews are void"),
  row("held", "edited", "denied", ["edit"], "policy denies the new revision"),
  row("held", "question_asked", "held", ["ask"], "the deadline pauses, once"),
  row("held", "question_answered", "held", ["answer"], "the requester answers"),
  row("held", "extended", "held", ["extend"], "within the total lifetime"),
  row("held", "escalated", "held", ["tick"], "reviewers are added"),
  row("held", "delegated", "held", ["delegate"], "pointed at an eligible person"),
  row(
    "held",
    "eligibility_changed",
    "held",
    LEAVES_HELD,
    "nobody could decide it now, or somebody can again",
  ),
  row("held", "withdrawn", "cancelled", ["withdraw"], "the requester's own"),
  row(
    "held",
    "interrupted",
    "interrupted",
    ["interrupt", "recheck"],
    "a person stops it, or its identity is offboarded",
  ),
  row("held", "expired", "expired", ["tick"], "the deadline"),

  row("approved", "redeemed", "running", ["redeem"], "the effect may start"),
  row("approved", "redeemed", "released", ["redeem"], "a release-only point: handed over"),
  row("approved", "delayed", "approved", ["redeem"], "a longer window is in force now"),
  row("approved", "denied", "denied", ["redeem"], "policy now denies"),
  row("approved", "returned", "held", ["redeem"], "the obligations are no longer met"),
  row("approved", "returned", "held", ["retract"], "undone within the undo window"),
  row(
    "approved",
    "interrupted",
    "interrupted",
    ["interrupt", "halt", "redeem"],
    "a person stops it, or a matching halt is newer",
  ),
  row("approved", "withdrawn", "cancelled", ["withdraw"], "the requester's own"),
  row("approved", "expired", "expired", ["tick"], "the grant's deadline"),

  row("running", "lease_renewed", "running", ["heartbeat"], "up to the run maximum"),
  row("running", "reported", "succeeded", ["report"], "the effect happened"),
  row("running", "reported", "failed", ["report"], "the effect failed"),
  row("running", "reported", "approved", ["report"], "not started: the same grant again"),
  row(
    "running",
    "interrupted",
    "interrupting",
    ["interrupt", "halt", "heartbeat", "redeem"],
    "a person, or a matching halt",
  ),
  row("running", "lapsed", "indeterminate", ["tick"], "the lease or the run maximum"),

  row("interrupting", "reported", "interrupted", ["report"], "stopped"),
  row("interrupting", "reported", "succeeded", ["report"], "it was too late to stop"),
  row("interrupting", "reported", "failed", ["report"], "it failed while stopping"),
  row("interrupting", "lapsed", "indeterminate", ["tick"], "the lease or the run maximum"),

  row("indeterminate", "reported", "succeeded", ["report"], "the attempt's late report"),
  row("indeterminate", "reported", "failed", ["report"], "the attempt's late report"),
  row("indeterminate", "reported", "interrupted", ["report"], "the attempt's late report"),
  row("indeterminate", "resolved", "succeeded", ["resolve"], "a named person found out"),
  row("indeterminate", "resolved", "failed", ["resolve"], "a named person found out"),
  row("indeterminate", "resolved", "interrupted", ["resolve"], "a named person found out"),

  ...(["succeeded", "failed", "interrupted"] as const).map((status) =>
    row(status, "outcome_contradicted", status, ["report"], "a late report against a resolution"),
  ),
  ...AFTER_OVERRIDE.map((status) =>
    row(status, "followed_up", status, ["follow_up"], "somebody else looked at the override"),
  ),
  ...AFTER_OVERRIDE.map((status) =>
    row(status, "follow_up_overdue", status, ["tick"], "nobody looked at the override in time"),
  ),
];

const LEGAL: ReadonlySet<string> = new Set(
  TRANSITIONS.map((transition) => `${transition.from} ${transition.event} ${transition.to}`),
);

/** Whether the table has this move. */
export function isLegal(from: Transition["from"], event: EventKind, to: RequestStatus): boolean {
  return LEGAL.has(`${from} ${event} ${to}`);
}
