/** What became of a request, in words. INVARIANT: I6; an end without a person is never a "no". */
import type { Card, DecidedBy, RequestView } from "@haltpoint/protocol";

/** `person:ana` → `Ana`, where the card knows her name; else the id. */
export function nameOf(actor: string, names: ReadonlyMap<string, string>): string {
  const id = actor.replace(/^(?:person|identity):/, "");
  return names.get(id) ?? id;
}

/** The people this card names. */
export function namesOn(card: Card): ReadonlyMap<string, string> {
  return new Map([...card.delegates, ...card.for].map(({ id, name }) => [id, name]));
}

const VERBS: Readonly<Record<string, string>> = {
  approved: "approved",
  rejected: "rejected",
  interrupted: "interrupted",
  cancelled: "withdrew",
  denied: "ended",
};

/** `Tom rejected this at 14:20.` */
export function decidedWords(
  decided: DecidedBy,
  clock: (at: number) => string,
  names: ReadonlyMap<string, string>,
): string {
  if (decided.status === "expired") return "Nobody decided; nothing ran.";
  const verb = VERBS[decided.status] ?? `made it “${decided.status}”:`;
  const reason = decided.reason === undefined ? "" : ` “${decided.reason}”`;
  return `${nameOf(decided.by, names)} ${verb} this at ${clock(decided.at)}.${reason}`;
}

/** One sentence about where it stands. */
export function standingWords(request: RequestView): string {
  const { quorum } = request;
  switch (request.status) {
    case "held":
      return quorum === null
        ? "Waiting for a person."
        : `Waiting for a person: ${quorum.filled} of ${quorum.slots} approved.`;
    case "approved":
      return "Approved; it has not started yet.";
    case "running":
      return "Running now.";
    case "interrupting":
      return "Told to stop; it has not stopped yet.";
    case "indeterminate":
      return "Its outcome is unknown: the run went silent. Somebody has to say what happened.";
    case "rejected":
      return "Rejected; nothing ran.";
    case "denied":
      return "Policy denied it; nothing ran.";
    case "expired":
      return "Nobody decided; nothing ran.";
    case "cancelled":
      return "Withdrawn by its requester; nothing ran.";
    case "interrupted":
      return "Interrupted by a person.";
    case "released":
      return "Handed over; what became of it is not observed here.";
    case "succeeded":
      return "It ran and succeeded.";
    case "failed":
      return "It ran and failed.";
  }
}
