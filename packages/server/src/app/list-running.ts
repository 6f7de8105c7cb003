/** What runs, is being stopped, or was lost: what people may still have to stop or to find out. */
import type { PageView, RunningItem } from "@haltpoint/protocol";
import type { RequestQuery } from "../ports/store.ts";
import type { App } from "./app.ts";
import type { Principal } from "./authenticate.ts";
import { runAllowancesOf } from "./card/allowances.ts";
import { readContent } from "./content.ts";
import { listRequests } from "./list-requests.ts";

/** As far as the person may see it, the latest first, with what they may do about each. */
export async function runningFor(
  app: App,
  viewer: Extract<Principal, { kind: "person" }>,
  page: Pick<RequestQuery, "limit" | "cursor">,
): Promise<PageView<RunningItem>> {
  const { items, cursor } = await listRequests(app, viewer, {
    ...page,
    statuses: ["running", "interrupting", "indeterminate"],
    order: "newest",
  });
  const standing = await app.store.standing();
  const running: RunningItem[] = [];
  // What runs was decided: nothing is alike any more.
  for (const { look_alike: _none, ...view } of items) {
    const state = await app.store.request(view.id);
    if (state === null) continue;
    const { plain } = await readContent(app, state.id, state.revision.number);
    const can = await runAllowancesOf(app, state, plain, viewer, standing);
    running.push({ ...view, can, interrupted_by: state.interruptedBy });
  }
  return { items: running, cursor };
}
