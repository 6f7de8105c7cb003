/** `policy replay`: what a policy would have decided of the requests on record. */
import {
  visibleText,
  type DisposedAs,
  type ReplayChange,
  type ReplayView,
} from "@haltpoint/protocol";
import { argument, type Call } from "./command.ts";
import { usageFailure } from "./command-failure.ts";
import { connect } from "./connection.ts";
import { momentOf } from "./looking.ts";
import { readTextFile } from "./reading-files.ts";
import { tableLines } from "./table.ts";
import { clockTime, durationWords } from "./times.ts";

const WORDS: Readonly<Record<`${DisposedAs} ${DisposedAs}`, string>> = {
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

export async function replay(call: Call): Promise<void> {
  const file = argument(call, 0);
  const text = readTextFile(call.host, file);
  const since = momentOf(call.options.text("since") ?? "30d");
  const latest = latestOf(call.options.text("latest"));
  const body = { text, since, ...(latest === undefined ? {} : { latest }) };
  const view = await connect(call).client.policies.replay(body);
  call.screen.printJson(view);
  call.screen.print(replayLines(view, call.screen.width).join("\n"));
}

function latestOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const latest = Number(text);
  if (Number.isInteger(latest) && latest >= 1) return latest;
  throw usageFailure("--latest takes a whole number of requests, 1 or more");
}

/** The whole of it, as people read it. */
export function replayLines(view: ReplayView, width: number | null): readonly string[] {
  const { before, after, judged } = view;
  if (judged === 0) return [headOf(view)];
  const columns = [{ title: "", gives: true as const }, { title: "BEFORE" }, { title: "WITH IT" }];
  const rows = (["allowed", "held", "denied"] as const).map((as) => [
    as,
    String(before[as]),
    String(after[as]),
  ]);
  return [
    headOf(view),
    "",
    ...tableLines(columns, rows, width),
    "",
    ...(view.changes.length === 0
      ? ["Nothing would have been decided otherwise."]
      : view.changes.flatMap(changeLines)),
    ...workLines(view),
    "",
    ...view.assumed.map((each) => `Note: ${each}`),
  ];
}

function headOf({ recorded, judged, since, until, judged_since: from }: ReplayView): string {
  const period = `${clockTime(since)} to ${clockTime(until)}`;
  const all = `${period}: ${recorded} request${recorded === 1 ? "" : "s"} on record`;
  if (judged === recorded || from === null) return `${all}.`;
  return `${all}, of which the latest ${judged} were judged, from ${clockTime(from)}.`;
}

function changeLines({ from, to, count, rules, examples }: ReplayChange): readonly string[] {
  const named = rules.slice(0, RULES_MAX).map((each) => `${each.rule} ${each.count}`);
  const more = rules.length > RULES_MAX ? ` and ${rules.length - RULES_MAX} more rules` : "";
  return [
    `${WORDS[`${from} ${to}`]}: ${count}`,
    `  by rule: ${visibleText(named.join(", "))}${more}`,
    ...examples.map(({ at, title, link }) => `  ${clockTime(at)}  ${title}  ${link}`),
    "",
  ];
}

/** What it costs people. */
function workLines({ decisions, minutes }: ReplayView): readonly string[] {
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
  const from = `half of ${measured} decisions on record took at most ${durationWords(each)}`;
  return [line, `An estimate: ${moreOrFewer(more)} human minutes a week; ${from}.`];
}

function moreOrFewer(value: number): string {
  return `${Math.abs(value)} ${value < 0 ? "fewer" : "more"}`;
}
