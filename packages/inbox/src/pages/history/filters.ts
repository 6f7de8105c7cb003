import type { RequestStatus } from "@haltpoint/protocol";

/** What the list shows, as the address of the page has it, so that a search can be sent to somebody. */
export interface Filters {
  readonly text: string;
  readonly outcome: Outcome;
  readonly identity: string;
  readonly person: string;
  /** Days as a date field has them, `2026-11-28`, in the reader's time zone; both included. */
  readonly from: string;
  readonly to: string;
}

export const OUTCOMES = {
  all: { name: "Any outcome", statuses: [] },
  approved: {
    name: "Approved or ran",
    statuses: ["approved", "running", "interrupting", "released", "succeeded", "failed"],
  },
  refused: { name: "Rejected or denied", statuses: ["rejected", "denied"] },
  undecided: { name: "Expired or withdrawn", statuses: ["expired", "cancelled"] },
  stopped: { name: "Interrupted", statuses: ["interrupting", "interrupted"] },
  unknown: { name: "Outcome unknown", statuses: ["indeterminate"] },
  waiting: { name: "Waiting", statuses: ["held"] },
} as const satisfies Record<
  string,
  { readonly name: string; readonly statuses: readonly RequestStatus[] }
>;
export type Outcome = keyof typeof OUTCOMES;

export function filtersFrom(search: string): Filters {
  const query = new URLSearchParams(search);
  const outcome = query.get("outcome") ?? "";
  return {
    text: query.get("text") ?? "",
    outcome: isOutcome(outcome) ? outcome : "all",
    identity: query.get("identity") ?? "",
    person: query.get("person") ?? "",
    from: dayFrom(query.get("from")),
    to: dayFrom(query.get("to")),
  };
}

export function isOutcome(text: string): text is Outcome {
  return Object.hasOwn(OUTCOMES, text);
}

function dayFrom(text: string | null): string {
  return text !== null && /^\d{4}-\d{2}-\d{2}$/.test(text) ? text : "";
}

/** Back to the address; what is not set is not in it. */
export function searchFor(filters: Filters): string {
  const set = Object.entries(filters).filter(([, value]) => value !== "" && value !== "all");
  return set.length === 0 ? "" : `?${new URLSearchParams(set.map(([k, v]) => [k, v])).toString()}`;
}

/** As the server takes it. */
export function queryFor(filters: Filters): Readonly<Record<string, string | number | undefined>> {
  const { text, outcome, identity, person, from, to } = filters;
  return {
    text: text.trim(),
    status: OUTCOMES[outcome].statuses.join(","),
    identity: identity.trim(),
    decided_by: person.trim(),
    since: from === "" ? undefined : startOf(from),
    before: to === "" ? undefined : startOf(to, 1),
  };
}

/** The first millisecond of a day here, or of one so many days later. */
function startOf(day: string, later = 0): number {
  const [year = 0, month = 1, date = 1] = day.split("-").map(Number);
  return new Date(year, month - 1, date + later).getTime();
}
