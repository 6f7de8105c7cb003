/** A replay in sentences, for a terminal and for the card of a proposal. */
import type { DisposedAs, ReplayChange, ReplayView } from "@haltpoint/protocol";

const CHANGES: Readonly<Record<`${DisposedAs} ${DisposedAs}`, string>> = {
  "allowed allowed": "Allowed as before",
  "allowed held": "Held that was allowed",
  "allowed denied": "Denied that was allowed",
  "held allowed": "Allowed that was held",
  "held held": "Held as before, but asked otherwise",
  "held denied": "Denied that was held",
  "denied allowed": "Allowed that was denied",
  "denied held": "Held that was denied",
  "denied denied": "Denied as before",
};
const RULES_MAX = 5;

export function changeWords({ from, to, count }: ReplayChange): string {
  return `${CHANGES[`${from} ${to}`]}: ${count}`;
}

export function ruleWords({ rules }: ReplayChange): string {
  const named = rules.slice(0, RULES_MAX).map(({ rule, count }) => `${rule} ${count}`);
  const more = rules.length > RULES_MAX ? ` and ${rules.length - RULES_MAX} more rules` : "";
  return `by rule: ${named.join(", ")}${more}`;
}

/** What it costs people. */
export function workWords({ decisions, minutes }: ReplayView): readonly string[] {
  const asked = `Approvals asked for: ${decisions.before} before, ${decisions.after} with it`;
  const perWeek = decisions.more_per_week;
  if (perWeek === null) {
    return [`${asked}. Less than a day is on record: too little to say anything of a week.`];
  }
  if (perWeek === 0) return [`${asked}: as many a week.`];
  const line = `${asked}: ${moreOrFewer(perWeek)} a week.`;
  const { per_decision_ms: each, measured, more_per_week: more } = minutes;
  if (each === null || more === null) {
    return [line, "How long people look at one is not on record, so no minutes are estimated."];
  }
  const seconds = Math.round(each / 1_000);
  return [
    line,
    `An estimate: ${moreOrFewer(more)} human minutes a week; half of ${measured} decisions on record took at most ${seconds} s.`,
  ];
}

function moreOrFewer(value: number): string {
  return `${Math.abs(value)} ${value < 0 ? "fewer" : "more"}`;
}

/** Times as UTC: what is bound to a digest reads the same everywhere. */
export function replaySentences(view: ReplayView): readonly string[] {
  const { since, until, recorded, judged, before, after } = view;
  const of = judged === recorded ? "" : `, of which the latest ${judged} were judged`;
  const side = (as: DisposedAs): string => `${as} ${before[as]} before, ${after[as]} with it`;
  return [
    `${utc(since)} to ${utc(until)} UTC: ${recorded} requests on record${of}`,
    ...(judged === 0 ? [] : [(["allowed", "held", "denied"] as const).map(side).join("; ")]),
    ...view.changes.map((change) => `${changeWords(change)}, ${ruleWords(change)}`),
    ...(judged === 0 ? [] : workWords(view)),
  ];
}

function utc(at: number): string {
  return new Date(at).toISOString().slice(0, 16).replace("T", " ");
}
