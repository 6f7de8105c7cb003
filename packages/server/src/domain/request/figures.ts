/** What is counted of a request: for analytics, for history, for comparing with earlier ones. */
import type { RequestState } from "./model.ts";

/** A person's word on a request. A review that was taken back stays one that was made. */
export interface PersonDecision {
  readonly person: string;
  readonly verdict: "approve" | "reject" | "override" | "interrupt";
  readonly at: number;
  readonly revision: number;
}

export interface RequestFigures {
  /** What policy and the machine made of it at first. */
  readonly effect: "allow" | "hold" | "deny";
  /** From submission until its wait was over, whatever ended it; null: it never waited, or still does. */
  readonly waitedMs: number | null;
  /** From being held until people decided; null where they did not. */
  readonly decidingMs: number | null;
  readonly verdict: "approved" | "rejected" | "overridden" | null;
  readonly isEdited: boolean;
  /** Held, and nobody decided in time. */
  readonly isExpired: boolean;
  /** A run began, or it was handed over. */
  readonly hasRun: boolean;
}

export function figuresOf(state: RequestState): RequestFigures {
  const { status, obligations, grant, decided, createdAt, heldAt, policy } = state;
  const isHeld = obligations !== null;
  const verdict = verdictOf(state);
  const endedAt = grant?.approvedAt ?? decided?.at ?? null;
  return {
    effect: isHeld ? "hold" : policy.effect === "deny" ? "deny" : "allow",
    waitedMs: isHeld && status !== "held" && endedAt !== null ? endedAt - createdAt : null,
    decidingMs: verdict === null || endedAt === null || heldAt === null ? null : endedAt - heldAt,
    verdict,
    isEdited: state.edits.length > 0,
    isExpired: isHeld && status === "expired" && grant === null,
    hasRun: state.run !== null,
  };
}

function verdictOf(state: RequestState): RequestFigures["verdict"] {
  if (state.status === "rejected") return "rejected";
  if (state.grant === null) return null;
  if (state.override !== null) return "overridden";
  return state.counted.length > 0 ? "approved" : null;
}

/** Everything persons decided about it, as far as the state still tells. */
export function personDecisionsOf(state: RequestState): readonly PersonDecision[] {
  const { reviews, override, interruptedBy, revision } = state;
  const decisions: PersonDecision[] = reviews.map(({ person, verdict, at, revision: reviewed }) => {
    return { person, verdict, at, revision: reviewed };
  });
  const { number } = revision;
  if (override !== null) {
    const { by: person, at } = override;
    decisions.push({ person, verdict: "override", at, revision: number });
  }
  if (interruptedBy?.by.startsWith("person:") === true) {
    const { by, at } = interruptedBy;
    const person = by.slice("person:".length);
    decisions.push({ person, verdict: "interrupt", at, revision: number });
  }
  return decisions;
}
