/** The states of a request and what leads from one to another, as the glossary draws them. */

const LIVE_AFTER_RUN = ["succeeded", "failed", "interrupted"];
const ENDED = [
  "denied",
  "rejected",
  "expired",
  "cancelled",
  "interrupted",
  "released",
  "succeeded",
  "failed",
];

/** `from kind to`. What is recorded and changes no state is not in here. */
const MOVES: ReadonlySet<string> = new Set([
  "none submitted denied",
  "none submitted approved",
  "none submitted held",
  "held reviewed held",
  "held approved approved",
  "held overridden approved",
  "held rejected rejected",
  "held expired expired",
  "held withdrawn cancelled",
  "held interrupted interrupted",
  "held edited held",
  "held edited denied",
  "approved redeemed running",
  "approved redeemed released",
  "approved returned held",
  "approved delayed approved",
  "approved denied denied",
  "approved interrupted interrupted",
  "approved expired expired",
  "approved withdrawn cancelled",
  "running reported succeeded",
  "running reported failed",
  "running reported approved",
  "running interrupted interrupting",
  "running lapsed indeterminate",
  "interrupting lapsed indeterminate",
  ...LIVE_AFTER_RUN.map((status) => `interrupting reported ${status}`),
  ...LIVE_AFTER_RUN.map((status) => `indeterminate reported ${status}`),
  ...LIVE_AFTER_RUN.map((status) => `indeterminate resolved ${status}`),
]);

/** Recorded while the state stays; those of a hold happen to held requests only. */
const ON_HOLD: ReadonlySet<string> = new Set([
  "question_asked",
  "question_answered",
  "extended",
  "escalated",
  "delegated",
  "eligibility_changed",
]);
const ANYWHERE: ReadonlySet<string> = new Set(["followed_up", "follow_up_overdue"]);

export function isEnded(status: string): boolean {
  return ENDED.includes(status);
}

export function isLegalMove(from: string, kind: string, to: string): boolean {
  if (ON_HOLD.has(kind)) return from === "held" && to === "held";
  if (ANYWHERE.has(kind)) return from === to && from !== "held" && from !== "rejected";
  if (kind === "outcome_contradicted") return from === to && LIVE_AFTER_RUN.includes(from);
  return MOVES.has(`${from} ${kind} ${to}`);
}
