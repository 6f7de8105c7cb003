/** Signing in and out, and what somebody who is signed in looks after themselves. */
import { changeContact, meOf } from "../../../app/me.ts";
import { signOut } from "../../../app/sessions.ts";
import { signInForDevelopment, waysIn } from "../../../app/sign-in.ts";
import { ANYONE, PERSON, type Person } from "../access.ts";
import { noSessionCookie } from "../cookies.ts";
import { ok, route, type Call, type Route } from "../route.ts";
import {
  DevelopmentSignInShape,
  MeShape,
  MyContactShape,
  SignedOutShape,
  SignInViewShape,
} from "../schema/people-shapes.ts";
import { signedIn } from "./signed-in.ts";

const me = async ({ edge, principal, session }: Call<Person, unknown, unknown>) => {
  const answer = await meOf(edge.app, principal, session);
  return answer.ok ? ok(answer.value) : answer;
};

export const SIGN_IN_ROUTES: readonly Route[] = [
  route({
    id: "waysIn",
    method: "GET",
    path: "/v1/sign-in",
    tag: "people",
    summary: "How somebody can sign in here",
    access: ANYONE,
    answers: { 200: SignInViewShape },
    run: async ({ edge }) => ok(await waysIn(edge.app)),
  }),
  route({
    id: "signInForDevelopment",
    method: "POST",
    path: "/v1/sign-in/development",
    tag: "people",
    summary: "Sign in without proving anything; on a development server only",
    access: ANYONE,
    key: "none",
    body: DevelopmentSignInShape,
    answers: { 200: MeShape },
    problems: ["sign_in_failed"],
    async run({ edge, body, session, label }) {
      const visitor = { label, session: session?.id ?? null };
      return signedIn(edge, await signInForDevelopment(edge.app, body.person, visitor));
    },
  }),
  route({
    id: "signOut",
    method: "POST",
    path: "/v1/sign-out",
    tag: "people",
    summary: "End this session",
    access: PERSON,
    key: "none",
    answers: { 200: SignedOutShape },
    async run({ edge, principal, session }) {
      const { app } = edge;
      const cookie = noSessionCookie(app.site);
      // A bearer token is no session: it is revoked, not signed out.
      if (session === null) return { ok: true, value: { status: 200, body: { ended: 0 }, cookie } };
      const { id: person } = principal;
      const ended = await signOut(app, { by: `person:${person}`, person, session: session.id });
      const body = { ended: ended.ok ? ended.value : 0 };
      return { ok: true, value: { status: 200, body, cookie } };
    },
  }),
  route({
    id: "viewMe",
    method: "GET",
    path: "/v1/me",
    tag: "people",
    summary: "Who I am, how I signed in, and what my changes have to carry",
    access: PERSON,
    answers: { 200: MeShape },
    run: me,
  }),
  route({
    id: "changeMe",
    method: "PUT",
    path: "/v1/me",
    tag: "people",
    summary: "Where I want to be told; members left out stay",
    access: PERSON,
    key: "none",
    body: MyContactShape,
    answers: { 200: MeShape },
    async run(call) {
      const changed = await changeContact(call.edge.app, call.principal.id, call.body);
      return changed.ok ? me(call) : changed;
    },
  }),
];
