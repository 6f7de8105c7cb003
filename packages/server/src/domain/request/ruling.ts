/** What one command's own rule says; `decide` adds what time and membership add. */
import type { RequestEvent } from "./events.ts";
import type { Refusal } from "./refusal.ts";

export interface Decision {
  readonly events: readonly RequestEvent[];
  readonly refusal: Refusal | null;
}

/** A redemption can end an approval and be refused for it at once: both. */
export type Ruling = readonly RequestEvent[] | Refusal | Decision;

export function decisionOf(ruling: Ruling): Decision {
  if ("events" in ruling) return ruling;
  return "code" in ruling ? { events: [], refusal: ruling } : { events: ruling, refusal: null };
}
