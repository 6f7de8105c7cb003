/** Tells at the terminal of `haltpoint dev` what agents want, how to decide it, what came of it. */
import { relative } from "node:path";
import { visibleText, type RequestView } from "@haltpoint/protocol";
import type { App } from "../../../app/app.ts";
import { inboxOf } from "../../../app/list-requests.ts";
import { eventsAfter } from "../../../app/read-ledger.ts";
import { viewRequest, type Viewer } from "../../../app/view-request.ts";
import type { Call } from "../command.ts";
import { dataFolder } from "../development-file.ts";
import { openBrowser } from "./open-browser.ts";

const BATCH = 200;
/** On this terminal everything is shown; it belongs to whoever runs the server. */
const EVERYTHING: Viewer = { kind: "person", id: "", rights: ["auditor"] };

/**
 * Starts telling; the returned function ends it. `people`: who could be asked to decide.
 * `opensBrowser`: the first thing to decide is opened in a browser, at a terminal.
 */
export async function announce(
  call: Call,
  app: App,
  people: readonly string[],
  opensBrowser: boolean,
): Promise<() => Promise<void>> {
  let after = await app.store.lastLogIndex();
  const told = new Map<string, string>();
  let working: Promise<void> | null = null;
  let again = false;
  let stopped = false;
  let hasOpened = !opensBrowser;
  const catchUp = async (): Promise<void> => {
    const changed = new Set<string>();
    for (;;) {
      const events = await eventsAfter(app, after, BATCH);
      for (const { index, request_id: id } of events) {
        after = index;
        if (id !== null) changed.add(id);
      }
      if (events.length < BATCH) break;
    }
    for (const id of changed) await tell(id);
  };
  const tell = async (id: string): Promise<void> => {
    const state = await app.store.request(id);
    const view = state === null ? null : await viewRequest(app, state, EVERYTHING);
    if (view === null) return;
    // Reviews that are not enough, questions and extensions change neither of these.
    const news = `${view.status} ${view.revision.number}`;
    if (told.get(id) === news) return;
    told.set(id, news);
    const who = view.status === "held" ? await reviewerOf(app, view, people) : null;
    call.screen.print(newsText(call, app, view, who));
    // Only the first: nobody wants a new page for each.
    if (who !== null && !hasOpened) openBrowser(call, inboxLink(app, view, who));
    hasOpened ||= who !== null;
  };
  const work = async (): Promise<void> => {
    do {
      again = false;
      await catchUp();
    } while (again && !stopped);
    working = null;
  };
  const off = app.changes.onAny(() => {
    again = true;
    working ??= work();
  });
  return async () => {
    stopped = true;
    off();
    await working;
  };
}

function newsText(call: Call, app: App, view: RequestView, who: string | null): string {
  const { short_id: id, status, title, identity } = view;
  if (status !== "held") return `> ${id} ${status}: ${visibleText(view.message)}`;
  const program = call.host.program;
  const where = `--as ${who ?? "NAME"}${dataOption(call)}`;
  const why = view.reasons.map((reason) => visibleText(reason)).join("; ");
  return [
    `> ${visibleText(identity.id)} wants to: ${visibleText(title)}`,
    `  held because: ${why || "policy asks for a person"}`,
    `  Decide it in the inbox, signed in as ${who ?? "somebody"}: ${inboxLink(app, view, who)}`,
    "  or from a second terminal in this folder:",
    `    ${program} approve ${id} ${where}`,
    `    ${program} reject ${id} ${where} --reason "…"`,
    `    ${program} show ${id} ${where}`,
  ].join("\n");
}

/** Development only: the sign-in page takes the person from the link. */
function inboxLink(app: App, { id }: RequestView, who: string | null): string {
  const person = who === null ? "" : `person=${encodeURIComponent(who)}&`;
  return `${app.site.publicUrl}/sign-in?${person}return=${encodeURIComponent(`/r/${id}`)}`;
}

/** Somebody who may decide it. */
async function reviewerOf(
  app: App,
  view: RequestView,
  people: readonly string[],
): Promise<string | null> {
  for (const id of people) {
    const { items } = await inboxOf(app, { kind: "person", id, rights: [] }, { limit: BATCH });
    if (items.some((item) => item.id === view.id)) return id;
  }
  return null;
}

/** Commands find the default folder by themselves. */
function dataOption(call: Call): string {
  const folder = relative(call.host.cwd, dataFolder(call));
  return folder === ".haltpoint" ? "" : ` --data ${folder || "."}`;
}
