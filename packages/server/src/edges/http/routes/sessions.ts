/** Where somebody is signed in, and ending that: one, all of one's own, all of somebody else. */
import { refused } from "../../../app/answer.ts";
import { sessionsOf, signOut } from "../../../app/sessions.ts";
import { PERSON, withRights } from "../access.ts";
import { noSessionCookie } from "../cookies.ts";
import { ok, route, type Route } from "../route.ts";
import { ReasonShape } from "../schema/decision-shapes.ts";
import { SessionsShape, SignedOutShape } from "../schema/people-shapes.ts";

export const SESSION_ROUTES: readonly Route[] = [
  route({
    id: "listMySessions",
    method: "GET",
    path: "/v1/me/sessions",
    tag: "people",
    summary: "Where I am signed in",
    access: PERSON,
    answers: { 200: SessionsShape },
    async run({ edge, principal, session }) {
      return ok({ items: await sessionsOf(edge.app, principal.id, session?.id ?? null) });
    },
  }),
  route({
    id: "endMySession",
    method: "DELETE",
    path: "/v1/me/sessions/:id",
    tag: "people",
    summary: "Sign one browser or command line of mine out",
    access: PERSON,
    key: "none",
    answers: { 200: SignedOutShape },
    problems: ["not_found"],
    async run({ edge, principal, params }) {
      const { id: person } = principal;
      const order = { by: `person:${person}`, person, session: params["id"] ?? "" };
      const ended = await signOut(edge.app, order);
      return ended.ok ? ok({ ended: ended.value }) : ended;
    },
  }),
  route({
    id: "signOutEverywhere",
    method: "POST",
    path: "/v1/me/sign-out-everywhere",
    tag: "people",
    summary: "End all my sessions, this one too",
    access: PERSON,
    key: "none",
    answers: { 200: SignedOutShape },
    async run({ edge, principal }) {
      const { id: person } = principal;
      const ended = await signOut(edge.app, { by: `person:${person}`, person });
      if (!ended.ok) return ended;
      const cookie = noSessionCookie(edge.app.site);
      return { ok: true, value: { status: 200, body: { ended: ended.value }, cookie } };
    },
  }),
  route({
    id: "signPersonOut",
    method: "POST",
    path: "/v1/people/:id/sign-out",
    tag: "people",
    summary: "End all sessions of a person",
    access: withRights(["operator"]),
    key: "none",
    body: ReasonShape,
    answers: { 200: SignedOutShape },
    problems: ["not_found"],
    async run({ edge, principal, params, body }) {
      const person = params["id"] ?? "";
      if ((await edge.app.store.person(person)) === null) {
        return refused("not_found", "no such person is registered");
      }
      const { reason } = body;
      const ended = await signOut(edge.app, { by: `person:${principal.id}`, person, reason });
      return ended.ok ? ok({ ended: ended.value }) : ended;
    },
  }),
];
