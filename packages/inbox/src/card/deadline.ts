/** How much of a hold is left, and when to say so: at four fifths, and in the last minute. */
export type TimeLeft =
  | { readonly kind: "none" }
  | { readonly kind: "over" }
  | {
      readonly kind: "left";
      readonly ms: number;
      readonly urgency: "calm" | "soon" | "last_minute";
    };

const SOON_SHARE = 0.2;
const LAST_MS = 60_000;

export function timeLeft(
  request: { readonly created_at: number; readonly deadline: number | null },
  now: number,
): TimeLeft {
  const { created_at: since, deadline } = request;
  if (deadline === null) return { kind: "none" };
  const ms = deadline - now;
  if (ms <= 0) return { kind: "over" };
  if (ms <= LAST_MS) return { kind: "left", ms, urgency: "last_minute" };
  const isSoon = ms <= (deadline - since) * SOON_SHARE;
  return { kind: "left", ms, urgency: isSoon ? "soon" : "calm" };
}
