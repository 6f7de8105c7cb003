/** Look-alikes at the command line: one row for what would do the same, a line before deciding. */
import type { ListedRequest, RequestView } from "@haltpoint/protocol";
import type { PeopleClient } from "@haltpoint/sdk";
import type { Call } from "./command.ts";
import { nextCommand } from "./next-command.ts";

const LISTED_MAX = 200;

/** One row of a list: a request, and how many of the list stand behind it, itself included. */
export interface AlikeRow {
  readonly view: ListedRequest;
  readonly count: number;
}

/** The first of each group stands for the others; what is alone stays as it is. */
export function alikeRows(items: readonly ListedRequest[]): readonly AlikeRow[] {
  const rows = new Map<string, AlikeRow>();
  for (const view of items) {
    const key = view.look_alike?.group ?? view.id;
    const row = rows.get(key);
    rows.set(key, row === undefined ? { view, count: 1 } : { ...row, count: row.count + 1 });
  }
  return [...rows.values()];
}

/** Says how many others would do the same, so that nobody takes one decision for all of them. */
export async function noteAlike(
  call: Call,
  client: PeopleClient,
  view: RequestView,
): Promise<void> {
  if (view.status !== "held") return;
  const query = { status: "held", identity: view.identity.id, limit: LISTED_MAX };
  const { items } = await client.list({ ...query, action: view.revision.content.action.name });
  const waiting = items.find(({ id }) => id === view.id)?.look_alike?.waiting ?? 1;
  if (waiting < 2) return;
  const others = waiting === 2 ? "1 more like this waits" : `${waiting - 1} more like this wait`;
  call.screen.note(
    `${others}, each of its own: what you decide is this one. ` +
      `See them: ${nextCommand(call, "inbox --each")}`,
  );
}
