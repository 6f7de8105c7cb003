/** What a replay found, in sentences: the same for a terminal, a page and the card of a proposal. */
import type { DisposedAs, ReplayChange, ReplayView } from "./policy-messages.ts";

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

/** What would be decided otherwise, and of how many requests. */
export function changeWords({ from, to, count }: ReplayChange): string {
  return `${CHANGES[`${from} ${to}`]}: ${count}`;
}

/** By which rules; the most frequent of them. */
export function ruleWords({ rules }: ReplayChange): string {
  const named = rules.slice(0, RULES_MAX).map(({ rule, count }) => `${rule} ${count}`);
  const more = rules.length > RULES_MAX ? ` and ${rules.length - RULES_MAX} more` : "";
  return `by rule: ${named.join(", ")}${more}`;
}

/** What it costs people, a sentence or two. */
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

/** Where no request would have been decided otherwise. */
export const NOTHING_OTHERWISE = "Nothing would have been decided otherwise.";
