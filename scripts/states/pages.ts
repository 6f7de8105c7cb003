import type { Transition } from "../../packages/server/src/domain/request/transitions.ts";

/** What the machine's tables look like to a reader: Mermaid and Markdown, as Prettier leaves it. */

/** Beside the state: a follow-up is due or done whatever the state is, and changes nothing of it. */
const besideTheState: ReadonlySet<string> = new Set(["followed_up", "follow_up_overdue"]);

/** A Mermaid state diagram: one arrow for all events between two states. */
export function stateDiagram(
  transitions: readonly Transition[],
  terminal: readonly string[],
): string {
  const arrows = new Map<string, Set<string>>();
  for (const { from, event, to } of transitions) {
    if (besideTheState.has(event)) continue;
    const arrow = `${from === "none" ? "[*]" : from} --> ${to}`;
    arrows.set(arrow, (arrows.get(arrow) ?? new Set()).add(event));
  }
  const lines = [...arrows].map(([arrow, events]) => `  ${arrow}: ${[...events].join(", ")}`);
  const ends = terminal.map((status) => `  ${status} --> [*]`);
  return ["```mermaid", "stateDiagram-v2", ...lines, ...ends, "```"].join("\n");
}

/** One line for each row; rows that differ only in their state are told once. */
export function transitionTable(transitions: readonly Transition[]): string {
  const rows = new Map<string, { readonly from: string[]; readonly row: Transition }>();
  for (const row of transitions) {
    const stays = row.from === row.to;
    const key = [row.event, stays ? "" : row.from, stays ? "" : row.to, row.by, row.when].join("|");
    const known = rows.get(key);
    if (known === undefined) rows.set(key, { from: [row.from], row });
    else known.from.push(row.from);
  }
  return markdownTable(
    ["from", "event", "to", "by", "when"],
    [...rows.values()].map(({ from, row }) => [
      from.join(", "),
      `\`${row.event}\``,
      from.length > 1 ? "the same" : row.to,
      row.by.join(", "),
      row.when,
    ]),
  );
}

/** The refusals of each command, in the order in which they apply. */
export function refusalTable(refusals: Readonly<Record<string, readonly string[]>>): string {
  return markdownTable(
    ["command", "refused with the first of these that applies"],
    Object.entries(refusals).map(([command, codes]) => [
      command,
      codes.length === 0 ? "never" : codes.map((code) => `\`${code}\``).join(" · "),
    ]),
  );
}

export function markdownTable(
  head: readonly string[],
  rows: readonly (readonly string[])[],
): string {
  const widths = head.map((title, column) =>
    Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)),
  );
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(" | ")} |`;
  return [line(head), line(widths.map((width) => "-".repeat(width))), ...rows.map(line)].join("\n");
}

/** @throws Error when the markers are not both there. */
export function between(page: string, name: string, content: string): string {
  const begin = `<!-- ${name}:begin -->`;
  const end = `<!-- ${name}:end -->`;
  const from = page.indexOf(begin);
  const to = page.indexOf(end);
  if (from === -1 || to < from) throw new Error(`the markers \`${begin}\` and \`${end}\` are gone`);
  return `${page.slice(0, from + begin.length)}\n\n${content}\n\n${page.slice(to)}`;
}
