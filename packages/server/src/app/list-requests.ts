/** Lists: what a person may decide now, what anybody may see, which request a short id means. */
import {
  normalizeId,
  normalizeShortId,
  type InboxItem,
  type ListedRequest,
  type PageView,
  type RequestView,
} from "@haltpoint/protocol";
import { filledBy, isConflicted, isReviewer } from "../domain/request/quorum.ts";
import type { RequestState } from "../domain/request/model.ts";
import type { RequestQuery, Standing } from "../ports/store.ts";
import { answered, refused, type Answer } from "./answer.ts";
import type { App } from "./app.ts";
import { reviewersOf, rosterOf } from "./facts.ts";
import { withLookAlikes } from "./look-alikes.ts";
import { nextTurn } from "./next-turn.ts";
import { delegationsInForce, electorateAt, openDeciders, routedFor } from "./routing.ts";
import { viewRequest, visibilityOf, type Viewer } from "./view-request.ts";

const CANDIDATES_MAX = 10;
/** Requests with the same ending that are looked at for the one that is meant. */
const SAME_ENDING_MAX = 100;
/** Pages of the store looked through for one page of an answer, so that it always ends. */
const PAGES_MAX = 50;
/** Characters of a page after which it ends: whoever asks for many must be able to take them. */
const PAGE_LENGTH_MAX = 4_194_304;
/** More persons than this are not meant by a text that is searched for. */
const NAMED_MAX = 20;
/** Requests looked at between two turns of the event loop; some milliseconds. */
const LOOKED_AT_PER_TURN = 25;

/** Held requests this person may review, the oldest first. */
export async function inboxOf(
  app: App,
  viewer: Extract<Viewer, { kind: "person" }>,
  page: Pick<RequestQuery, "limit" | "cursor">,
): Promise<PageView<InboxItem>> {
  const query: RequestQuery = { ...page, statuses: ["held"], order: "oldest" };
  const delegations = await delegationsInForce(app, viewer.id, await app.store.standing());
  const found = await list(app, query, async (state, standing) => {
    const electorate = await electorateAt(app, state, standing);
    if (electorate === null) return null;
    if (!isReviewer(electorate, viewer.id) || isConflicted(electorate, viewer.id)) return null;
    // An approval that was void when it was to be used waits to be said again.
    const { unconfirmed } = electorate;
    const voided = unconfirmed.has(viewer.id) || filledBy(electorate) !== null;
    if (!voided && reviewersOf(state).includes(viewer.id)) return null;
    const view = await viewRequest(app, state, viewer, standing);
    if (view === null) return null;
    const others = openDeciders(electorate).filter((id) => id !== viewer.id);
    const routed = routedFor(electorate, viewer.id, delegations);
    return { ...view, only_you: others.length === 0, for: routed };
  });
  return { ...found, items: await withLookAlikes(app, found.items) };
}

/** Requests that match, as far as the viewer may see them; identities see their own. */
export async function listRequests(
  app: App,
  viewer: Viewer,
  query: RequestQuery,
): Promise<PageView<ListedRequest>> {
  const named = { ...query, ...(await personsIn(app, query.text)) };
  const own = viewer.kind === "identity" ? { ...query, identity: viewer.id } : named;
  const found = await list(app, own, async (state, standing) => {
    const view = await viewRequest(app, state, viewer, standing);
    if (view === null || query.text === undefined) return view;
    // INVARIANT: T28. Nobody finds by what they may not see: the title was found by its arguments.
    const roster = await rosterOf(app, state, standing);
    if (visibilityOf(state, viewer, roster) === "full") return view;
    return isFoundBy(view, query.text, named.textPersons ?? []) ? view : null;
  });
  if (viewer.kind === "person") {
    return { ...found, items: await withLookAlikes(app, found.items) };
  }
  // INVARIANT: T28. Whoever may submit is not told what is like it: it would be a way to guess.
  return { ...found, items: found.items.map((view) => ({ ...view, look_alike: null })) };
}

/** Whether the text is in what this view shows, or in who decided. */
function isFoundBy(view: RequestView, text: string, persons: readonly string[]): boolean {
  const shown = [view.revision.content.action.name, view.identity.id, view.title];
  const deciders = [
    ...view.reviews.map((review) => review.person),
    view.decided?.by.replace(/^person:/, "") ?? "",
  ];
  return (
    shown.some((each) => comparable(each).includes(comparable(text))) ||
    deciders.some((person) => persons.includes(person))
  );
}

function comparable(text: string): string {
  return text.normalize("NFC").toLowerCase();
}

/** Persons whose id or name has the text in it: what they decided is found by it. */
async function personsIn(
  app: App,
  text: string | undefined,
): Promise<Pick<RequestQuery, "textPersons">> {
  if (text === undefined) return {};
  const wanted = comparable(text);
  const { membership: epoch } = await app.store.epochs();
  const { persons } = await app.facts.membership(epoch);
  const found = [...persons.values()].filter(({ id, name }) =>
    [id, name].some((each) => comparable(each).includes(wanted)),
  );
  // A letter that is in everybody's name is not meant as one.
  if (found.length === 0 || found.length > NAMED_MAX) return {};
  return { textPersons: found.map(({ id }) => id) };
}

/** @param viewed null: it is not on this list. */
async function list<T extends RequestView>(
  app: App,
  query: RequestQuery,
  viewed: (state: RequestState, standing: Standing) => Promise<T | null>,
): Promise<PageView<T>> {
  const standing = await app.store.standing();
  const limit = Math.min(query.limit, app.limits.pageMax);
  const items: T[] = [];
  let cursor = query.cursor ?? null;
  let lookedAt = 0;
  let length = 0;
  for (let pages = 0; pages < PAGES_MAX; pages += 1) {
    // Never more than are still missing, so that the store's cursor is the answer's.
    const missing = limit - items.length;
    const { cursor: _from, ...rest } = query;
    const page = await app.store.requests({
      ...rest,
      limit: missing,
      ...(cursor === null ? {} : { cursor }),
    });
    for (const [index, state] of page.items.entries()) {
      lookedAt += 1;
      if (lookedAt % LOOKED_AT_PER_TURN === 0) await nextTurn();
      const view = await viewed(state, standing);
      if (view === null) continue;
      items.push(view);
      length += JSON.stringify(view).length;
      const isLast = index === page.items.length - 1;
      if (length >= PAGE_LENGTH_MAX && !isLast) {
        return { items, cursor: page.cursors[index] ?? page.cursor };
      }
    }
    ({ cursor } = page);
    if (cursor === null || items.length >= limit || length >= PAGE_LENGTH_MAX) break;
  }
  return { items, cursor };
}

/**
 * The request a person means: a full id, or the last characters of one. Those that they may not see
 * are not counted, so that nobody learns of them (T28).
 */
export async function resolveRequestId(
  app: App,
  viewer: Viewer,
  typed: string,
): Promise<Answer<string>> {
  const full = normalizeId("req", typed);
  if (full !== undefined) return answered(full);
  const short = normalizeShortId(typed);
  if (short === undefined) {
    return refused(
      "not_found",
      `\`${typed}\` is no request id; send \`req_…\` or its last 4 characters`,
    );
  }
  const all = await app.store.requestIdsByShort(short, SAME_ENDING_MAX);
  const seen = await Promise.all(
    all.map(async (id) => ((await isSeen(app, viewer, id)) ? id : null)),
  );
  const ids = seen.filter((id) => id !== null);
  const [only, ...others] = ids;
  if (only === undefined) return refused("not_found", `no request ends in \`${short}\``);
  if (others.length === 0) return answered(only);
  return refused("ambiguous_id", `more than one request ends in \`${short}\`; send the whole id`, {
    candidates: ids.slice(0, CANDIDATES_MAX),
  });
}

async function isSeen(app: App, viewer: Viewer, id: string): Promise<boolean> {
  const state = await app.store.request(id);
  if (state === null) return false;
  return visibilityOf(state, viewer, await rosterOf(app, state)) !== "none";
}
