/** Earlier requests of the same identity for the same action that a person decided. */
import { shortId, type DecidedBy, type SimilarDecision } from "@haltpoint/protocol";
import type { RequestState } from "../../domain/request/model.ts";
import type { Standing } from "../../ports/store.ts";
import type { App } from "../app.ts";
import { readCommitted } from "../content.ts";
import { rosterOf } from "../facts.ts";
import { visibilityOf, type Viewer } from "../view-request.ts";
import { titleOf } from "../words.ts";

const SHOWN_MAX = 5;
/** Of what people decided; beyond, there is more of the same. */
const LOOKED_AT_MAX = 50;
/** However often policy allowed it meanwhile. */
const LOOK_BACK_MS = 366 * 86_400_000;

/** The last ones that the viewer may see with their arguments, the latest first. */
export async function similarTo(
  app: App,
  state: RequestState,
  viewer: Viewer,
  standing: Standing,
): Promise<readonly SimilarDecision[]> {
  const { items } = await app.store.requests({
    identity: state.scope.identity,
    action: state.scope.action,
    decided: { identity: state.scope.identity, since: standing.time.now - LOOK_BACK_MS },
    order: "newest",
    limit: LOOKED_AT_MAX,
  });
  const similar: SimilarDecision[] = [];
  for (const each of items) {
    if (similar.length === SHOWN_MAX) break;
    if (each.id === state.id) continue;
    const decision = decisionOf(each);
    if (decision === null) continue;
    const roster = await rosterOf(app, each, standing);
    if (visibilityOf(each, viewer, roster) !== "full") continue;
    const { verdict, decided } = decision;
    const title = titleOf(await readCommitted(app, each.id, each.revision.number));
    const about = { id: each.id, short_id: shortId(each.id), title, status: each.status };
    similar.push({ ...about, verdict, decided, at: decided.at });
  }
  return similar;
}

/** What a person made of it; null where no person decided, or decided yet. */
function decisionOf(state: RequestState): Pick<SimilarDecision, "verdict" | "decided"> | null {
  const { override, reviews, counted, decided } = state;
  if (override !== null) {
    const { by, at, reason } = override;
    const who: DecidedBy = { status: "approved", by: `person:${by}`, at, reason };
    return { verdict: "overridden", decided: who };
  }
  // What happened to it later, a halt for instance, is not what the reviewers said.
  const wanted = state.status === "rejected" ? "reject" : "approve";
  const review = reviews.findLast((each) => each.verdict === wanted);
  const isApproved = counted.length > 0 && wanted === "approve";
  if (review !== undefined && (isApproved || wanted === "reject")) {
    const verdict = wanted === "reject" ? "rejected" : "approved";
    const { person, at, reason } = review;
    const said = reason === null ? {} : { reason };
    return { verdict, decided: { status: verdict, by: `person:${person}`, at, ...said } };
  }
  if (decided?.by.startsWith("person:") !== true || state.interruptedBy === null) return null;
  const { status, by, at, reason } = decided;
  const said = reason === null ? {} : { reason };
  return { verdict: "interrupted", decided: { status, by, at, ...said } };
}
