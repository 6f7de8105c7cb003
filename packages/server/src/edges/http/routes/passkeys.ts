/** Passkeys, and the one-time links by which somebody gets their first. */
import { beginEnrolment, finishEnrolment, issueEnrolment } from "../../../app/enrolments.ts";
import {
  beginRegistration,
  beginSignIn,
  finishRegistration,
  revokePasskey,
  signInWithPasskey,
} from "../../../app/passkeys.ts";
import { ANYONE, PERSON, withRights } from "../access.ts";
import { sessionCookie } from "../cookies.ts";
import { created, ok, route, type Call, type Route } from "../route.ts";
import { ReasonShape } from "../schema/decision-shapes.ts";
import {
  CeremonyShape,
  EnrolmentBodyShape,
  EnrolmentCeremonyShape,
  EnrolmentOptionsShape,
  EnrolmentShape,
  NewPasskeyShape,
  PasskeySignInShape,
} from "../schema/passkey-shapes.ts";
import { MeShape, PasskeyViewShape } from "../schema/people-shapes.ts";
import { signedIn } from "./signed-in.ts";

const visitorOf = ({ label, session }: Call<unknown, unknown, unknown>) => ({
  label,
  session: session?.id ?? null,
});

const signingIn: readonly Route[] = [
  route({
    id: "passkeySignInOptions",
    method: "POST",
    path: "/v1/sign-in/passkey/options",
    tag: "people",
    summary: "What the browser is asked to sign in with a passkey",
    access: ANYONE,
    key: "none",
    answers: { 200: CeremonyShape },
    run: async ({ edge }) => ok(await beginSignIn(edge.app)),
  }),
  route({
    id: "signInWithPasskey",
    method: "POST",
    path: "/v1/sign-in/passkey",
    tag: "people",
    summary: "Sign in with a passkey's answer",
    access: ANYONE,
    key: "none",
    body: PasskeySignInShape,
    answers: { 200: MeShape },
    problems: ["sign_in_failed"],
    async run(call) {
      const { edge, body } = call;
      const credential = edge.app.passkeys.credentialIdOf(body.response);
      edge.attempts.count(`passkey:${credential}`);
      return signedIn(edge, await signInWithPasskey(edge.app, body, visitorOf(call)));
    },
  }),
];

const mine: readonly Route[] = [
  route({
    id: "newPasskeyOptions",
    method: "POST",
    path: "/v1/me/passkeys/options",
    tag: "people",
    summary: "What the browser is asked to make me a passkey",
    access: PERSON,
    key: "none",
    answers: { 200: CeremonyShape },
    async run({ edge, principal }) {
      const begun = await beginRegistration(edge.app, principal.id);
      return begun.ok ? ok(begun.value) : begun;
    },
  }),
  route({
    id: "registerPasskey",
    method: "POST",
    path: "/v1/me/passkeys",
    tag: "people",
    summary: "Register a passkey of mine",
    access: PERSON,
    key: "none",
    body: NewPasskeyShape,
    answers: { 201: PasskeyViewShape },
    problems: ["signature_invalid", "already_exists"],
    async run({ edge, principal, body, session }) {
      const order = { ...body, person: principal.id, session };
      const registered = await finishRegistration(edge.app, order);
      if (!registered.ok) return registered;
      const { passkey, secret } = registered.value;
      if (secret === null || session?.kind !== "web") return created(passkey);
      const { now } = await edge.app.store.time();
      const cookie = sessionCookie(edge.app.site, secret, session.expiresAt - now);
      return { ok: true, value: { status: 201, body: passkey, cookie } };
    },
  }),
  route({
    id: "revokePasskey",
    method: "DELETE",
    path: "/v1/me/passkeys/:id",
    tag: "people",
    summary: "Revoke a passkey of mine; the last way to sign in stays",
    access: PERSON,
    key: "none",
    body: ReasonShape,
    answers: { 200: PasskeyViewShape },
    problems: ["not_found", "last_way_in"],
    async run({ edge, principal, params, body }) {
      const order = { person: principal.id, id: params["id"] ?? "", reason: body.reason };
      const revoked = await revokePasskey(edge.app, order);
      return revoked.ok ? ok(revoked.value) : revoked;
    },
  }),
];

const enrolling: readonly Route[] = [
  route({
    id: "issueEnrolment",
    method: "POST",
    path: "/v1/people/:id/enrolments",
    tag: "people",
    summary: "A one-time link by which a person gets a passkey; shown this once",
    access: withRights(["operator"]),
    key: "none",
    body: ReasonShape,
    answers: { 201: EnrolmentShape },
    problems: ["not_found"],
    async run({ edge, principal, params, body }) {
      const issued = await issueEnrolment(edge.app, {
        person: params["id"] ?? "",
        by: `person:${principal.id}`,
        reason: body.reason,
      });
      if (!issued.ok) return issued;
      const { link, expiresAt } = issued.value;
      return created({ link, expires_at: expiresAt });
    },
  }),
  route({
    id: "enrolmentOptions",
    method: "POST",
    path: "/v1/enrolments/options",
    tag: "people",
    summary: "What the browser is asked, for whoever has a link",
    access: ANYONE,
    key: "none",
    body: EnrolmentOptionsShape,
    answers: { 200: EnrolmentCeremonyShape },
    problems: ["link_invalid"],
    async run({ edge, body }) {
      const begun = await beginEnrolment(edge.app, body);
      return begun.ok ? ok(begun.value) : begun;
    },
  }),
  route({
    id: "enrol",
    method: "POST",
    path: "/v1/enrolments",
    tag: "people",
    summary: "Register the passkey of a link and sign in; the setup link makes the first person",
    access: ANYONE,
    key: "none",
    body: EnrolmentBodyShape,
    answers: { 200: MeShape },
    problems: ["link_invalid", "signature_invalid", "already_exists", "sign_in_failed"],
    async run(call) {
      const { token, ceremony, response, passkey_name: passkeyName } = call.body;
      const sent = { token, ceremony, response, passkeyName };
      return signedIn(call.edge, await finishEnrolment(call.edge.app, sent, visitorOf(call)));
    },
  }),
];

export const PASSKEY_ROUTES: readonly Route[] = [...signingIn, ...mine, ...enrolling];
