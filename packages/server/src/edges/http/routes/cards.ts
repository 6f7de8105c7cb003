/** What people look at: the card of one request, and what runs. */
import { runningFor } from "../../../app/list-running.ts";
import { viewCard } from "../../../app/card/view-card.ts";
import { PERSON } from "../access.ts";
import { PageQuery } from "../query.ts";
import { ok, route, type Route } from "../route.ts";
import { CardShape, RunningPageShape } from "../schema/card-shapes.ts";
import { pageLimit } from "./list-query.ts";
import { requestIdFor, stateOf, unseenRequest } from "./request-of.ts";

const card = route({
  id: "viewCard",
  method: "GET",
  path: "/v1/requests/:id/card",
  tag: "decisions",
  summary: "Everything a person needs in order to decide one request, in one answer",
  access: PERSON,
  answers: { 200: CardShape },
  problems: ["not_found", "ambiguous_id"],
  async run({ edge, principal, params }) {
    const { app } = edge;
    const id = await requestIdFor(app, principal, params);
    if (!id.ok) return id;
    const state = await stateOf(app, id.value);
    if (!state.ok) return state;
    const seen = await viewCard(app, state.value, principal);
    return seen === null ? unseenRequest(id.value, params) : ok(seen);
  },
});

const running = route({
  id: "running",
  method: "GET",
  path: "/v1/running",
  tag: "decisions",
  summary: "What runs, is being stopped or was lost, and what this person may do about it",
  access: PERSON,
  query: PageQuery,
  answers: { 200: RunningPageShape },
  async run({ edge, principal, query }) {
    const { cursor } = query;
    const limit = pageLimit(edge.app, query.limit);
    const page = { limit, ...(cursor === undefined ? {} : { cursor }) };
    return ok(await runningFor(edge.app, principal, page));
  },
});

export const CARD_ROUTES: readonly Route[] = [card, running];
