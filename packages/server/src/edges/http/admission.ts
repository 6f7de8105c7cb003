/** Who calls, and whether they may: asked before anything of the body is read. */
import type { FastifyReply, FastifyRequest } from "fastify";
import {
  authenticate,
  credentialHash,
  personOfSession,
  type Authenticated,
  type Principal,
} from "../../app/authenticate.ts";
import { noteUse } from "../../app/sessions.ts";
import type { StoredSession } from "../../ports/sign-in-records.ts";
import { notAdmitted } from "./access.ts";
import { addressKey } from "./attempts.ts";
import { bearerOf } from "./bearer.ts";
import { sessionCookie, sessionSecretOf } from "./cookies.ts";
import type { Edge } from "./edge.ts";
import { readKey } from "./idempotency.ts";
import { RefusedCall } from "./refused-call.ts";
import type { Route } from "./route.ts";
import { forged, otherOrigin, wrongHost } from "./same-site.ts";

/** What is known of a call once it is admitted. */
export interface Admitted {
  readonly principal: Principal | null;
  /** The session it came by; for a route that is for anyone, the one its browser has. */
  readonly session: StoredSession | null;
  readonly key: string | null;
}

const NOBODY: Authenticated | { readonly principal: null; readonly session: null } = {
  principal: null,
  session: null,
};

/** @throws RefusedCall */
export async function admit(
  edge: Edge,
  route: Route,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<Admitted> {
  const bearer = bearerOf(request.headers.authorization);
  refuseWrongHost(edge, route, request, bearer);
  if (route.access.kind === "anyone") return admitAnyone(edge, route, request);
  const { principal, session } = await callerOf(edge, request, bearer);
  if (!route.access.admits(principal)) throw new RefusedCall(notAdmitted(route.access, principal));
  if (session !== null && bearer === null && route.method !== "GET") {
    const found = forged(edge.app.site, request, session);
    if (found !== null) throw new RefusedCall(found);
  }
  // A stream is open whether or not anybody looks; it keeps nobody signed in.
  const renewed =
    session === null || route.stream !== null
      ? session
      : await renew(edge, request, reply, session, bearer);
  if (route.keyUse === "none") return { principal, session: renewed, key: null };
  const read = readKey(request.headers["idempotency-key"], route.keyUse === "required");
  if ("code" in read) throw new RefusedCall(read);
  return { principal, session: renewed, key: read.key };
}

/**
 * The same call once more, as of now: its body may have taken long to arrive, or it waited (T37).
 *
 * @throws RefusedCall
 */
export async function admitAgain(
  edge: Edge,
  route: Route,
  { session, request }: Pick<Admitted, "session"> & { readonly request: FastifyRequest },
): Promise<Principal | null> {
  if (route.access.kind === "anyone") return null;
  const bearer = bearerOf(request.headers.authorization);
  // By its id: the secret in the cookie may have been exchanged for another meanwhile.
  const principal =
    session === null
      ? (await callerOf(edge, request, bearer)).principal
      : await personOfSession(edge.app, session.id);
  if (!route.access.admits(principal)) throw new RefusedCall(notAdmitted(route.access, principal));
  return principal;
}

/**
 * Who has a bearer secret was given it: no page can send one by itself, so whatever name it calls
 * us by, it is no page that was led here. Machines that look after this one use any name.
 */
function refuseWrongHost(
  edge: Edge,
  route: Route,
  request: FastifyRequest,
  bearer: string | null,
): void {
  if (bearer !== null || route.tag === "operations") return;
  const wrong = wrongHost(edge.app.site, request);
  if (wrong !== null) throw new RefusedCall(wrong);
}

/** What anybody may ask is asked by pages of ours only, and not as often as one likes. */
async function admitAnyone(edge: Edge, route: Route, request: FastifyRequest): Promise<Admitted> {
  if (route.method === "GET") return { ...NOBODY, key: null };
  const other = otherOrigin(edge.app.site, request, route.origin !== "if_sent");
  if (other !== null) throw new RefusedCall(other);
  edge.attempts.count(`address:${addressKey(request.ip)}`);
  const secret = sessionSecretOf(edge.app.site, request.headers.cookie);
  const known = secret === null ? null : await authenticate(edge.app, secret, "cookie");
  return { principal: null, session: known?.ok === true ? known.value.session : null, key: null };
}

/** A bearer secret counts before a cookie: whoever sends one means it. */
async function callerOf(edge: Edge, request: FastifyRequest, bearer: string | null) {
  if (bearer === null) {
    const cookie = sessionSecretOf(edge.app.site, request.headers.cookie);
    if (cookie === null) return NOBODY;
    return valueOf(await authenticate(edge.app, cookie, "cookie"));
  }
  return valueOf(await authenticate(edge.app, bearer, "bearer"));
}

function valueOf(answer: Awaited<ReturnType<typeof authenticate>>): Authenticated {
  if (!answer.ok) throw new RefusedCall(answer.problem);
  return answer.value;
}

/** Notes the use; the session with the secret that it has from now on. */
async function renew(
  edge: Edge,
  request: FastifyRequest,
  reply: FastifyReply,
  session: StoredSession,
  bearer: string | null,
): Promise<StoredSession> {
  const { site } = edge.app;
  const sent = bearer ?? sessionSecretOf(site, request.headers.cookie) ?? "";
  const secret = await noteUse(edge.app, session, credentialHash(sent));
  if (secret === null) return session;
  const { now } = await edge.app.store.time();
  reply.header("set-cookie", sessionCookie(site, secret, session.expiresAt - now));
  return { ...session, hash: credentialHash(secret) };
}
