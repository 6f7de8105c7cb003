/** `policy replay`: what a policy would have decided of the requests on record. */
import {
  changeWords,
  NOTHING_OTHERWISE,
  ruleWords,
  visibleText,
  workWords,
  type ReplayChange,
  type ReplayView,
} from "@haltpoint/protocol";
import { argument, type Call } from "./command.ts";
import { usageFailure } from "./command-failure.ts";
import { connect } from "./connection.ts";
import { momentOf } from "./looking.ts";
import { readTextFile } from "./reading-files.ts";
import { tableLines } from "./table.ts";
import { clockTime } from "./times.ts";

export async function replay(call: Call): Promise<void> {
  const file = argument(call, 0);
  const text = readTextFile(call.host, file);
  const view = await connect(call).client.policies.replay({ text, ...recordQuery(call) });
  call.screen.printJson(view);
  call.screen.print(replayLines(view, call.screen.width).join("\n"));
}

/** Which of the requests on record: `--since` and `--latest`. */
export function recordQuery({ options }: Call): { since: number; latest?: number } {
  const since = momentOf(options.text("since") ?? "30d");
  const text = options.text("latest");
  if (text === undefined) return { since };
  const latest = Number(text);
  if (Number.isInteger(latest) && latest >= 1) return { since, latest };
  throw usageFailure("--latest takes a whole number of requests, 1 or more");
}

/** The whole of it, as people read it. */
function replayLines(view: ReplayView, width: number | null): readonly string[] {
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
    ...(view.changes.length === 0 ? [NOTHING_OTHERWISE] : view.changes.flatMap(changeLines)),
    ...workWords(view),
    "",
    ...view.assumed.map((each) => `Note: ${each}`),
  ];
}

/** Which requests there were, and which of them were looked at. */
export function headOf({
  recorded,
  judged,
  since,
  until,
  judged_since: from,
}: Pick<ReplayView, "recorded" | "judged" | "since" | "until" | "judged_since">): string {
  const period = `${clockTime(since)} to ${clockTime(until)}`;
  const all = `${period}: ${recorded} request${recorded === 1 ? "" : "s"} on record`;
  if (judged === recorded || from === null) return `${all}.`;
  return `${all}, of which the latest ${judged} were judged, from ${clockTime(from)}.`;
}

function changeLines(change: ReplayChange): readonly string[] {
  return [
    changeWords(change),
    `  ${visibleText(ruleWords(change))}`,
    ...change.examples.map(({ at, title, link }) => `  ${clockTime(at)}  ${title}  ${link}`),
    "",
  ];
}
