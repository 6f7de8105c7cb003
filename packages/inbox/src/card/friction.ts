/** What deciding takes, by risk and by what policy asks: the layout differs, not only a colour. */
import type { RequestView } from "@haltpoint/protocol";
import { piecesText, visiblePieces } from "../rendering/visible-pieces.ts";

export const RISKS = ["low", "medium", "high", "critical"] as const;
export type Risk = (typeof RISKS)[number];

export interface Friction {
  readonly risk: Risk;
  /** One key is enough: nothing has to be said, ticked or signed. */
  readonly atOnce: boolean;
  readonly reason: boolean;
  readonly passkey: boolean;
  /** What has to be typed, as it is shown; null: nothing. */
  readonly type: string | null;
}

/** Nobody types more than this; a longer target is stood for by the request's short id. */
const TYPED_MAX = 48;

export function frictionOf(request: RequestView): Friction {
  const risk = riskOf(request.risk);
  const isGrave = risk === "high" || risk === "critical";
  const reason = request.reason_required || isGrave;
  const passkey = request.step_up === "passkey";
  const atOnce = risk === "low" && !reason && !passkey && request.confirm.length === 0;
  return { risk, atOnce, reason, passkey, type: risk === "critical" ? targetOf(request) : null };
}

/** A risk this page does not know is the gravest. */
export function riskOf(risk: string): Risk {
  return RISKS.find((each) => each === risk) ?? "critical";
}

function targetOf(request: RequestView): string {
  const spelled = piecesText(visiblePieces(request.revision.content.resource.id));
  // What cannot be typed on a keyboard is not asked for.
  return /^[ -~]+$/.test(spelled) && spelled.length <= TYPED_MAX ? spelled : request.short_id;
}

/** Only what is low and asks for nothing more may be decided together with others (T35). */
export function canBatch(request: RequestView): boolean {
  return frictionOf(request).atOnce;
}

/** As the server has it: how many of a risk are decided together at most, with one word. */
const BATCH_MOST: Readonly<Record<Risk, number>> = { low: 50, medium: 10, high: 0, critical: 0 };

/** How many that are like this one may be rejected together; 0: each by itself (T35). */
export function batchMost(request: RequestView): number {
  const isPlain = request.step_up === "none" && request.confirm.length === 0;
  return isPlain ? BATCH_MOST[riskOf(request.risk)] : 0;
}
