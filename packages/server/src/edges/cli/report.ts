/** `report`: what policy and people did in a period; what shadow mode would have done. */
import { visibleText, type ReportView } from "@haltpoint/protocol";
import type { Call } from "./command.ts";
import { connect } from "./connection.ts";
import { momentOf } from "./looking.ts";
import { tableLines } from "./table.ts";
import { clockTime } from "./times.ts";

export async function report(call: Call): Promise<void> {
  const since = momentOf(call.options.text("since") ?? "1d");
  const { client } = connect(call);
  const view = await client.report(since);
  call.screen.printJson(view);
  call.screen.print(reportLines(view, call.screen.width).join("\n"));
}

function reportLines(view: ReportView, width: number | null): readonly string[] {
  const { requests, held, shadow } = view;
  const total = `${requests} request${requests === 1 ? "" : "s"}`;
  const lines = [
    `${clockTime(view.since)} to ${clockTime(view.until)}: ${total}, ${held} held.`,
    ...counted("How they stand", view.by_status),
    ...counted("Why they were approved", view.by_basis),
  ];
  if (shadow.held + shadow.denied > 0) {
    lines.push(
      "",
      `In shadow mode ${shadow.held} more would have been held and ${shadow.denied} denied;` +
        " nobody looked at those.",
    );
  }
  if (view.rules.length === 0) return lines;
  const columns = [
    { title: "RULE", gives: true as const },
    { title: "MATCHED" },
    { title: "HELD" },
    { title: "DENIED" },
    { title: "SHADOW" },
  ];
  const rows = view.rules.map((each) => [
    each.rule,
    ...[each.matched, each.held, each.denied, each.shadow].map(String),
  ]);
  return [...lines, "", ...tableLines(columns, rows, width)];
}

function counted(title: string, counts: Readonly<Record<string, number>>): readonly string[] {
  const entries = Object.entries(counts).sort(([, a], [, b]) => b - a);
  if (entries.length === 0) return [];
  return [`${title}: ${entries.map(([name, each]) => `${each} ${visibleText(name)}`).join(", ")}.`];
}
