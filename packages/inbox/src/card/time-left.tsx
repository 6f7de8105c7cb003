import type { ReactNode } from "react";
import { useNow } from "../time/use-now.ts";
import { clockWords, durationWords, fullWords } from "../time/words.ts";
import { timeLeft } from "./deadline.ts";
import "./marks.css";

/** Counts down; says so in words when little is left. Nothing where no timer runs. */
export function TimeLeft({
  request,
}: {
  readonly request: { readonly created_at: number; readonly deadline: number | null };
}): ReactNode {
  const now = useNow();
  const left = timeLeft(request, now);
  if (left.kind === "none" || request.deadline === null) return null;
  const at = new Date(request.deadline).toISOString();
  if (left.kind === "over")
    return (
      <span className="time-left" data-urgency="over">
        time is over
      </span>
    );
  const words = left.ms < 600_000 ? durationWords(left.ms) : durationWords(coarse(left.ms));
  return (
    <time
      className="time-left figures"
      data-urgency={left.urgency}
      dateTime={at}
      title={`until ${fullWords(request.deadline)}`}
    >
      {left.urgency === "calm" ? null : <span aria-hidden="true">⏳ </span>}
      {words} left
      {left.urgency === "last_minute" ? ", act now" : null}
      {left.urgency === "soon" ? `, ends ${clockWords(request.deadline, now)}` : null}
    </time>
  );
}

/** Above ten minutes seconds only flicker. */
function coarse(ms: number): number {
  return Math.ceil(ms / 60_000) * 60_000;
}
