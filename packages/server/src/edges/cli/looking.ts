/** `inbox` and `show`. Nothing here decides anything. */
import {
  visibleText,
  type EntryView,
  type ListedRequest,
  type PageView,
  type RequestView,
} from "@haltpoint/protocol";
import { Unreachable, type PeopleClient } from "@haltpoint/sdk";
import { alikeRows, noteAlike } from "./alike.ts";
import { cardText } from "./card.ts";
import type { Call } from "./command.ts";
import { findRequest } from "./find-request.ts";
import { connect } from "./connection.ts";
import { nextCommand } from "./next-command.ts";
import { CommandFailure, usageFailure } from "./command-failure.ts";
import { actorText } from "./decided-words.ts";
import { noteHalts } from "./halting.ts";
import { tableLines } from "./table.ts";
import { clockTime, durationWords, parseMoment, relativeTime } from "./times.ts";
import { watchChanges } from "./watch-changes.ts";

const ITEMS_DEFAULT = 50;
const ITEMS_MAX = 1_000;

/** Everything a list takes from the command line. */
type Wanted = Parameters<PeopleClient["list"]>[0];

export async function inbox(call: Call): Promise<void> {
  if (call.options.flag("watch")) return watch(call);
  const { client } = connect(call);
  const page = await readItems(client, call);
  call.screen.printJson(page);
  printTable(call, page.items);
  await noteHalts(call, client);
  if (page.cursor !== null) call.screen.note("There are more; raise --limit to see them.");
}

async function readItems(client: PeopleClient, call: Call): Promise<PageView<ListedRequest>> {
  const limit = countOf(call.options.text("limit"));
  const wanted = wantedOf(call);
  const items: ListedRequest[] = [];
  let cursor: string | null = null;
  do {
    const next: { limit: number; cursor?: string } = {
      limit: Math.min(limit - items.length, 200),
      ...(cursor === null ? {} : { cursor }),
    };
    const page: PageView<ListedRequest> =
      wanted === null ? await client.inbox(next) : await client.list({ ...wanted, ...next });
    items.push(...page.items);
    ({ cursor } = page);
  } while (cursor !== null && items.length < limit);
  return { items, cursor };
}

/** Null: the inbox, what this person may decide now. */
function wantedOf({ options }: Call): Wanted | null {
  const [status, identity, action, text] = ["status", "identity", "action", "text"].map((name) =>
    options.text(name),
  );
  const since = options.text("since");
  const given = { status, identity, action, text, since };
  if (Object.values(given).every((each) => each === undefined)) return null;
  const sinceMs = since === undefined ? undefined : momentOf(since);
  return {
    ...(status === undefined ? {} : { status }),
    ...(identity === undefined ? {} : { identity }),
    ...(action === undefined ? {} : { action }),
    ...(text === undefined ? {} : { text }),
    ...(sinceMs === undefined ? {} : { since: sinceMs }),
  };
}

/** The moment an option names; in the past. */
export function momentOf(text: string): number {
  const at = parseMoment(text, { nowMs: Date.now() });
  if (at !== undefined) return at;
  throw usageFailure(
    `\`${text}\` is no time: write \`1d\`, \`8h\`, \`2026-11-20\` or \`2026-11-20T08:00Z\``,
  );
}

function countOf(text: string | undefined): number {
  if (text === undefined) return ITEMS_DEFAULT;
  const count = Number(text);
  if (Number.isInteger(count) && count >= 1 && count <= ITEMS_MAX) return count;
  throw usageFailure(`--limit takes a whole number from 1 to ${ITEMS_MAX}`);
}

function printTable(call: Call, items: readonly ListedRequest[]): void {
  const { screen } = call;
  if (items.length === 0) {
    screen.print(
      wantedOf(call) === null ? "Nothing waits for you." : "There is nothing like that.",
    );
    return;
  }
  const columns = [
    { title: "ID" },
    { title: "RISK" },
    { title: "STATUS" },
    { title: "WHAT", gives: true as const },
    { title: "BY" },
    { title: "LEFT" },
  ];
  const listed = call.options.flag("each")
    ? items.map((view) => ({ view, count: 1 }))
    : alikeRows(items);
  const rows = listed.map(({ view, count }) => [
    view.short_id,
    view.risk,
    view.status,
    count === 1 ? view.title : `${count} alike: ${view.title}`,
    view.identity.id,
    view.deadline === null ? "" : durationWords(view.deadline - Date.now()),
  ]);
  screen.print(tableLines(columns, rows, screen.width).join("\n"));
  if (listed.length < items.length) {
    screen.note("Alike ones are one row, with the oldest's id; --each lists every one.");
  }
  screen.note(`\nRead one in full: ${nextCommand(call, `show ${items[0]?.short_id ?? "ID"}`)}`);
}

/** Prints what comes and goes, a line each; nothing that is being read moves. */
async function watch(call: Call): Promise<void> {
  const { screen, host } = call;
  const { url, token } = connect(call);
  let known = new Map<string, RequestView>();
  const look = async (): Promise<void> => {
    // Connected anew each time: `haltpoint dev` gives its people new tokens when it starts again.
    const { items } = await readItems(connect(call).client, call);
    const now = new Map(items.map((view) => [view.id, view]));
    for (const view of items) {
      if (known.has(view.id)) continue;
      screen.print(arrivalLine(view));
      screen.printJsonLine({ kind: "arrived", request: view });
    }
    for (const [id, view] of known) {
      if (now.has(id)) continue;
      screen.print(`- ${view.short_id}  no longer waits for you: ${visibleText(view.title)}`);
      screen.printJsonLine({ kind: "left", request: view });
    }
    known = now;
  };
  let isAway = false;
  const lookAgain = async (): Promise<void> => {
    try {
      await look();
      if (isAway) screen.note("The server is back.");
      isAway = false;
    } catch (error) {
      // `haltpoint dev` takes its people's file along when it stops.
      if (!(error instanceof Unreachable || error instanceof CommandFailure)) throw error;
      if (!isAway) screen.note("The server is away; trying again until it is back.");
      isAway = true;
    }
  };
  screen.note(`Watching; Ctrl-C ends it. Read one in full: ${nextCommand(call, "show ID")}`);
  await look();
  if (known.size === 0) screen.print("Nothing waits for you yet.");
  const stop = new AbortController();
  const off = host.onStop(() => stop.abort());
  try {
    await watchChanges({ url, token, signal: stop.signal, onChange: lookAgain });
  } finally {
    off();
  }
}

function arrivalLine(view: RequestView): string {
  const end = view.deadline === null ? "" : ` · until ${clockTime(view.deadline)}`;
  const risk = visibleText(view.risk);
  return `+ ${view.short_id}  ${risk}: ${visibleText(view.title)} · by ${visibleText(view.identity.id)}${end}`;
}

export async function show(call: Call): Promise<void> {
  const { client } = connect(call);
  const { screen } = call;
  const view = await findRequest(client, call);
  const entries = call.options.flag("history") ? await allEntries(client, view.id) : null;
  screen.printJson(entries === null ? view : { request: view, entries });
  screen.print(cardText(view, Date.now()));
  if (entries !== null) screen.print(["", "History:", ...entries.map(entryLine)].join("\n"));
  await noteAlike(call, client, view);
  for (const line of nextSteps(call, view)) screen.note(line);
  if (view.halt !== null) await noteHalts(call, client);
}

async function allEntries(client: PeopleClient, id: string): Promise<readonly EntryView[]> {
  const entries: EntryView[] = [];
  let cursor: string | null = null;
  do {
    const page: PageView<EntryView> = await client.entries(id, cursor === null ? {} : { cursor });
    entries.push(...page.items);
    ({ cursor } = page);
  } while (cursor !== null);
  return entries;
}

function entryLine({ sequence, at, kind, actor, hash }: EntryView): string {
  const who = actorText(actor);
  return `  ${sequence}. ${clockTime(at)} (${relativeTime(at)})  ${visibleText(kind)} by ${who}  ${hash.slice(0, 12)}`;
}

/** What somebody who has read it may do next. */
function nextSteps(call: Call, { status, short_id: id }: RequestView): readonly string[] {
  switch (status) {
    case "held":
      return [
        "",
        `Decide: ${nextCommand(call, `approve ${id}`)}`,
        `    or: ${nextCommand(call, `reject ${id} --reason "…"`)}`,
      ];
    case "approved":
    case "running":
      return ["", `Stop it: ${nextCommand(call, `interrupt ${id} --reason "…"`)}`];
    case "indeterminate":
      return [
        "",
        `Once you found out what happened: ${nextCommand(call, `resolve ${id} succeeded --reason "…"`)}`,
      ];
    default:
      return [];
  }
}
