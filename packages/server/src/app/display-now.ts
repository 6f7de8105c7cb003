import { displayDigest, displayedOf } from "@haltpoint/protocol";
import type { RequestState } from "../domain/request/model.ts";
import type { Standing } from "../ports/store.ts";
import type { App } from "./app.ts";
import { viewRequest, type Viewer } from "./view-request.ts";

/** The digest of what this person would be shown of a request now; null where they may not see it. */
export async function displayNow(
  app: App,
  viewer: Viewer,
  state: RequestState,
  standing: Standing,
): Promise<string | null> {
  const view = await viewRequest(app, state, viewer, standing);
  return view === null ? null : displayDigest(displayedOf(view));
}
