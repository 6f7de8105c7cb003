/** `policy coverage`: which tools agents call, and which nobody has written a rule for. */
import {
  visibleText,
  type CoverageCounts,
  type CoverageList,
  type CoverageTool,
  type CoverageView,
} from "@haltpoint/protocol";
import type { Call } from "./command.ts";
import { connect } from "./connection.ts";
import { headOf, recordQuery } from "./policy-replay.ts";
import { tableLines, type Column } from "./table.ts";
import { clockTime } from "./times.ts";

/** What it fits where there is no terminal, and where all columns have room. */
const WIDTH = 100;

export async function coverage(call: Call): Promise<void> {
  const view = await connect(call).client.policies.coverage(recordQuery(call));
  call.screen.printJson(view);
  call.screen.print(coverageLines(view, call.screen.width ?? WIDTH).join("\n"));
}

function coverageLines(view: CoverageView, width: number): readonly string[] {
  const { tools, left_out: others, not_called: notCalled, not_used: notUsed } = view;
  const unruled = tools.filter(isOnlyByDefault);
  return [
    headOf(view),
    ...(tools.length === 0 ? [] : ["", ...toolTable(tools, width)]),
    ...(others === null ? [] : ["", ...othersLines(others, tools.length)]),
    ...(tools.length === 0 ? [] : ["", unruledLine(unruled.length, tools.length)]),
    ...whyAll(unruled.filter(({ impacts }) => impacts.length > 0)),
    ...listLines("Rules name these, and nobody called them:", notCalled, (each) => {
      return `${each.action} (rule ${each.rule})`;
    }),
    ...listLines(
      `Identities may do these, and have not since ${clockTime(notUsed.since)}:`,
      notUsed,
      ({ identity, may }) => `${identity}: ${may}`,
    ),
    "",
    ...view.assumed.map((each) => `Note: ${each}`),
  ];
}

function isOnlyByDefault({ by_default: byDefault, requests }: CoverageCounts): boolean {
  return byDefault === requests;
}

/** Beside the table, as many are told of at most. */
const LINES_MAX = 20;
const BY: Column = { title: "BY", most: 14 };
const ASSURANCE: Column = { title: "M/C", most: 9 };
const KEY = "A/H/D: allowed, held, denied, as recorded. A question mark: it may be so.";
const ASSURANCE_KEY =
  "M/C: from a point that cannot be gone around (mediated), or can (cooperative).";

function toolTable(tools: readonly CoverageTool[], width: number): readonly string[] {
  const isWide = width >= WIDTH;
  const columns: readonly Column[] = [
    { title: "TOOL", gives: true },
    { title: "CALLS" },
    ...(isWide ? [BY] : []),
    { title: "TAKEN FOR", most: 26 },
    { title: "A/H/D", most: 11 },
    ...(isWide ? [ASSURANCE] : []),
    { title: "DECIDED BY", most: 16 },
  ];
  const rows = tools.map((tool) => [
    tool.action,
    String(tool.requests),
    ...(isWide ? [askersOf(tool)] : []),
    takenFor(tool),
    [tool.decided.allowed, tool.decided.held, tool.decided.denied].join("/"),
    ...(isWide ? [`${tool.assurance.mediated}/${tool.assurance.cooperative}`] : []),
    decidedBy(tool),
  ]);
  return [...tableLines(columns, rows, width), "", KEY, ...(isWide ? [ASSURANCE_KEY] : [])];
}

function askersOf({ identities: { names, count } }: CoverageCounts): string {
  const [first = "", ...others] = names;
  if (count <= 1) return first;
  const all = [first, ...others].join(", ");
  return count === names.length && all.length <= (BY.most ?? 0) ? all : `${first} +${count - 1}`;
}

/** The gravest first; with a question mark where nothing that was seen is certain. */
function takenFor({ impacts, access, requests }: CoverageCounts): string {
  const of = (some: number): string => (some === requests ? "" : ` ${some}`);
  if (impacts.length > 0) {
    return impacts
      .map((each) => `${each.category}${each.sure === 0 ? "?" : ""}${of(each.requests)}`)
      .join(", ");
  }
  const most = (["write", "unknown", "read"] as const).filter((each) => access[each] > 0);
  return most.map((each) => `${each}${of(access[each])}`).join(", ");
}

function decidedBy(tool: CoverageCounts): string {
  if (isOnlyByDefault(tool)) return "default only";
  const [first, ...others] = tool.rules.filter(({ applies }) => applies > 0);
  if (first === undefined) return "built in";
  const more = others.length + (tool.by_default > 0 ? 1 : 0);
  return more === 0 ? first.rule : `${first.rule} +${more}`;
}

function unruledLine(unruled: number, tools: number): string {
  if (unruled === 0) return "Some rule says something about each of them.";
  const what = `${unruled} of ${tools} tool${tools === 1 ? "" : "s"}`;
  return `Only the default decides about ${what}: no rule says anything about them today.`;
}

function whyAll(tools: readonly CoverageTool[]): readonly string[] {
  const more = tools.length - LINES_MAX;
  return [
    ...tools.slice(0, LINES_MAX).flatMap(whyLines),
    ...(more > 0 ? [`  and ${more} more; --json says it of all`] : []),
  ];
}

/** In full, since the table shortens. */
function whyLines({ action, impacts }: CoverageTool): readonly string[] {
  return [
    `  ${visibleText(action)}`,
    ...impacts.map(({ category, requests, sure, evidence }) => {
      const may = sure === 0 ? "it may be " : "";
      return `    ${may}${visibleText(category)}, ${calls(requests)}: ${visibleText(evidence)}`;
    }),
  ];
}

function calls(count: number): string {
  return `${count} call${count === 1 ? "" : "s"}`;
}

function othersLines(others: CoverageCounts, listed: number): readonly string[] {
  const { requests, identities } = others;
  const asked = `${identities.names.map((name) => visibleText(name)).join(", ")}`;
  const more = identities.count > identities.names.length ? " and others" : "";
  return [
    `More than ${listed} names were called; ${calls(requests)} of further ones are not told apart.`,
    `  by ${asked}${more}, taken for ${takenFor(others)}; default only: ${others.by_default}`,
  ];
}

function listLines<T>(
  title: string,
  { items, left_out: leftOut }: CoverageList<T>,
  lineOf: (item: T) => string,
): readonly string[] {
  if (items.length === 0) return [];
  const more = leftOut + Math.max(0, items.length - LINES_MAX);
  return [
    "",
    title,
    ...items.slice(0, LINES_MAX).map((each) => `  ${visibleText(lineOf(each))}`),
    ...(more === 0 ? [] : [`  and ${more} more`]),
  ];
}
