/** What waits beside a request and would do the same: nobody decides one for all of them (T20). */
import { shortId, type CardAlike } from "@haltpoint/protocol";
import type { RequestState } from "../../domain/request/model.ts";
import type { Standing } from "../../ports/store.ts";
import type { App } from "../app.ts";
import { rosterOf } from "../facts.ts";
import { visibilityOf, type Viewer } from "../view-request.ts";

const SHOWN_MAX = 20;

/** Null where nothing else does. */
export async function alikeTo(
  app: App,
  state: RequestState,
  viewer: Viewer,
  standing: Standing,
): Promise<CardAlike | null> {
  const found = (await app.store.lookAlikes([state.id])).get(state.id);
  if (found === undefined || found.waiting < 2) return null;
  const ids = await app.store.waitingAlike(found.group, SHOWN_MAX + 1);
  const others: CardAlike["others"][number][] = [];
  for (const id of ids.filter((each) => each !== state.id).slice(0, SHOWN_MAX)) {
    const other = await app.store.request(id);
    if (other === null) continue;
    if (visibilityOf(other, viewer, await rosterOf(app, other, standing)) === "none") continue;
    others.push({ id, short_id: shortId(id), created_at: other.createdAt });
  }
  return { waiting: found.waiting - 1, oldest_at: found.oldestAt, others };
}
