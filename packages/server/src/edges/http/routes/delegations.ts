/** Looking at a request, and standing in for somebody for a period. */
import { delegationsSeenBy, endDelegation, makeDelegation } from "../../../app/delegations.ts";
import { noteLook } from "../../../app/note-look.ts";
import { rosterOf } from "../../../app/facts.ts";
import { visibilityOf } from "../../../app/view-request.ts";
import { PERSON } from "../access.ts";
import { PageQuery } from "../query.ts";
import { created, ok, route, type Route } from "../route.ts";
import {
  DelegationPageShape,
  DelegationShape,
  NewDelegationShape,
  SeenAnswerShape,
  SeenShape,
} from "../schema/routing-shapes.ts";
import { pageOf } from "./list-query.ts";
import { requestIdFor, stateOf, unseenRequest } from "./request-of.ts";

const seen = route({
  id: "noteLook",
  method: "POST",
  path: "/v1/requests/:id/seen",
  tag: "decisions",
  summary: "Note that this person has the card before them; decides nothing",
  access: PERSON,
  body: SeenShape,
  key: "optional",
  answers: { 200: SeenAnswerShape },
  problems: ["not_found", "ambiguous_id"],
  async run({ edge, principal, params, body }) {
    const { app } = edge;
    const id = await requestIdFor(app, principal, params);
    if (!id.ok) return id;
    const state = await stateOf(app, id.value);
    if (!state.ok) return state;
    const roster = await rosterOf(app, state.value);
    if (visibilityOf(state.value, principal, roster) === "none") {
      return unseenRequest(id.value, params);
    }
    const look = { person: principal.id, readMs: body.read_ms ?? null };
    const noted = await noteLook(app, state.value, look);
    return noted.ok ? ok(noted.value) : noted;
  },
});

export const DELEGATION_ROUTES: readonly Route[] = [
  seen,
  route({
    id: "listDelegations",
    method: "GET",
    path: "/v1/delegations",
    tag: "decisions",
    summary: "Delegations from or to this person; operators and auditors see all",
    access: PERSON,
    query: PageQuery,
    answers: { 200: DelegationPageShape },
    async run({ edge, principal, query }) {
      const all = await delegationsSeenBy(edge.app, principal);
      const page = pageOf(all, (each) => each.id, query, edge.app);
      return page.ok ? ok(page.value) : page;
    },
  }),
  route({
    id: "makeDelegation",
    method: "POST",
    path: "/v1/delegations",
    tag: "decisions",
    summary: "Have one's requests routed to somebody who may decide them anyway, for a period",
    access: PERSON,
    body: NewDelegationShape,
    answers: { 201: DelegationShape },
    problems: ["idempotency_conflict"],
    async run({ edge, principal, body, keyed }) {
      const made = await makeDelegation(edge.app, {
        from: principal.id,
        to: body.to,
        startsAt: body.starts_at ?? null,
        endsAt: body.ends_at,
        reason: body.reason,
        keyed: await keyed({ kind: "make_delegation", requestId: null, body }),
      });
      return made.ok ? created(made.value) : made;
    },
  }),
  route({
    id: "endDelegation",
    method: "DELETE",
    path: "/v1/delegations/:id",
    tag: "decisions",
    summary: "End a delegation before its time",
    access: PERSON,
    answers: { 200: DelegationShape },
    problems: ["not_found", "right_required", "idempotency_conflict"],
    async run({ edge, principal, params, keyed }) {
      const id = params["id"] ?? "";
      const bound = await keyed({ kind: "end_delegation", requestId: id, body: null });
      const ended = await endDelegation(edge.app, { id, by: principal, keyed: bound });
      return ended.ok ? ok(ended.value) : ended;
    },
  }),
];
