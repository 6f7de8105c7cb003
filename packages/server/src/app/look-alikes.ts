/**
 * Look-alikes: requests of one identity that wait at the same time and would do the same. They are
 * not merged, since a second identical order may be meant; but nobody is made to read or hear the
 * same thing thirty times (T20).
 */
import { samenessMac, type ListedRequest, type Revision } from "@haltpoint/protocol";
import type { RequestState } from "../domain/request/model.ts";
import type { App } from "./app.ts";
import type { Notice } from "./notices.ts";

/** What may differ between look-alikes: when and why it is asked, not what would be done. */
const APART: ReadonlySet<string> = new Set(["justification", "session", "trace"]);

/** Members of a group that are looked at for the one that people were told of. */
const OLDER_MAX = 20;

/**
 * A keyed MAC of what would be done, sensitive fields included, so that it tells nobody what they
 * are. The secret is used for nothing else: it says nothing about other submissions either.
 */
export async function lookAlikeGroup(app: App, plain: Revision): Promise<string> {
  const { subject, action, resource } = plain;
  const context = Object.entries(plain.context ?? {}).filter(([name]) => !APART.has(name));
  const compared = { subject, action, resource, context: Object.fromEntries(context) };
  return samenessMac(await app.store.secret("look_alike"), compared);
}

/** The requests of a page, each with how many look-alikes wait. */
export async function withLookAlikes<T extends Omit<ListedRequest, "look_alike">>(
  app: App,
  items: readonly T[],
): Promise<readonly (T & Pick<ListedRequest, "look_alike">)[]> {
  const held = items.flatMap(({ id, status }) => (status === "held" ? [id] : []));
  const found = await app.store.lookAlikes(held);
  return items.map((item) => {
    const alike = found.get(item.id);
    if (alike === undefined) return { ...item, look_alike: null };
    const { group, waiting, oldestAt } = alike;
    return { ...item, look_alike: { group, waiting, oldest_at: oldestAt } };
  });
}

/**
 * The older look-alike that people are told of instead of this request; null: of this one they are
 * told itself. Only one that asks the same of the same people stands for it.
 */
export async function toldOfInstead(app: App, notice: Notice): Promise<string | null> {
  const { kind, requestId, to } = notice;
  if (kind !== "needs_decision" || requestId === null || to !== null) return null;
  const group = (await app.store.lookAlikes([requestId])).get(requestId)?.group;
  if (group === undefined) return null;
  const state = await app.store.request(requestId);
  if (state === null) return null;
  for (const id of await app.store.waitingAlike(group, OLDER_MAX)) {
    // The oldest first: whoever comes to itself has nobody before it.
    if (id === requestId) return null;
    const older = await app.store.request(id);
    if (older?.status === "held" && asksOf(older) === asksOf(state)) return id;
  }
  return null;
}

function asksOf({ obligations }: RequestState): string {
  if (obligations === null) return "";
  const { risk, approval, quorum } = obligations;
  return JSON.stringify([risk, approval, quorum]);
}
