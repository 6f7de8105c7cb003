/** Who did what when, and what changed, in our words. */
import { visibleText, type DecidedBy, type FieldChange } from "@haltpoint/protocol";
import { clockTime } from "./times.ts";
import { valueText } from "./values.ts";

/** For whoever came second: "tom rejected this at 14:20. Your command changed nothing." */
export function lostText(decided: DecidedBy): string {
  const at = clockTime(decided.at);
  const because = decided.reason === undefined ? "" : ` (${visibleText(decided.reason)})`;
  return `${whatHappened(decided, at)}${because}. Your command changed nothing.`;
}

const DONE: Readonly<Record<string, string>> = {
  approved: "approved",
  rejected: "rejected",
  interrupted: "interrupted",
  interrupting: "interrupted",
  cancelled: "withdrew",
  denied: "denied",
};

function whatHappened({ status, by }: DecidedBy, at: string): string {
  if (status === "expired")
    return `Nobody decided this in time: it expired at ${at} and nothing ran`;
  const done = DONE[status];
  const who = actorText(by);
  return done === undefined
    ? `${who} settled this as ${status} at ${at}`
    : `${who} ${done} this at ${at}`;
}

/** `person:ana` → `ana`; a halt and the clock in words. */
export function actorText(actor: string): string {
  const separator = actor.indexOf(":");
  const kind = separator === -1 ? actor : actor.slice(0, separator);
  const id = visibleText(actor.slice(separator + 1));
  if (kind === "halt") return `The halt ${id}`;
  if (kind === "policy") return "Policy";
  if (kind === "clock") return "Time";
  if (actor === "haltpoint") return "Haltpoint itself";
  return id;
}

/** `action.properties.amount: "9000.00 USD" → "4000.00 USD"` */
export function changeText({ path, from, to }: FieldChange): string {
  const before = from === undefined ? "(not there)" : valueText(from);
  const after = to === undefined ? "(removed)" : valueText(to);
  return `${visibleText(path)}: ${before} → ${after}`;
}
