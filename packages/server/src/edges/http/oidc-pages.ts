/**
 * The two addresses a browser passes through on its way to the identity provider and back. They are
 * no part of the API: they are gone to, not called, and answer with a way on or a plain page.
 */
import type { Problem } from "@haltpoint/protocol";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { Site } from "../../app/app.ts";
import type { Answer } from "../../app/answer.ts";
import {
  beginOidcSignIn,
  CALLBACK_PATH,
  finishOidcSignIn,
  TRANSACTION_MS,
} from "../../app/oidc-sign-in.ts";
import { addressKey } from "./attempts.ts";
import { cookieNamed, sessionCookie } from "./cookies.ts";
import type { Edge } from "./edge.ts";
import { RefusedCall } from "./refused-call.ts";
import { labelOf } from "./route.ts";
import { wrongHost } from "./same-site.ts";

const START_PATH = "/auth/oidc/start";
const LINK_LENGTH_MAX = 200;

export function addOidcPages(server: FastifyInstance, edge: Edge): void {
  // Not for HEAD: what only looks whether an address is there must not use up what it carries.
  const hidden = { exposeHeadRoute: false, schema: { hide: true } as object };
  server.get(START_PATH, hidden, (request, reply) => start(edge, request, reply));
  server.get(CALLBACK_PATH, hidden, (request, reply) => callback(edge, request, reply));
}

async function start(edge: Edge, request: FastifyRequest, reply: FastifyReply): Promise<void> {
  admit(edge, request);
  const sent = new URL(request.url, "http://localhost").searchParams;
  const enrol = sent.get("enrol")?.slice(0, LINK_LENGTH_MAX) ?? undefined;
  const returnTo = sent.get("return") ?? undefined;
  const begun = await beginOidcSignIn(edge.app, { returnTo, enrol });
  if (!begun.ok) return sendPlainPage(reply, begun);
  const { url, transaction } = begun.value;
  const cookie = transactionCookie(edge.app.site, transaction, TRANSACTION_MS / 1_000);
  await noStore(reply).header("set-cookie", cookie).redirect(url, 302);
}

async function callback(edge: Edge, request: FastifyRequest, reply: FastifyReply): Promise<void> {
  admit(edge, request);
  const { site } = edge.app;
  const done = await finishOidcSignIn(edge.app, {
    callback: new URL(request.url, site.publicUrl),
    transaction: cookieNamed(transactionName(site), request.headers.cookie),
    label: labelOf(request.headers["user-agent"]),
  });
  const spent = transactionCookie(site, "", 0);
  if (!done.ok) return sendPlainPage(reply.header("set-cookie", spent), done);
  const { session, secret, returnTo } = done.value;
  const cookie = sessionCookie(site, secret, session.expiresAt - session.createdAt);
  await noStore(reply).header("set-cookie", [spent, cookie]).redirect(returnTo, 303);
}

/** @throws RefusedCall */
function admit(edge: Edge, request: FastifyRequest): void {
  const wrong = wrongHost(edge.app.site, request);
  if (wrong !== null) throw new RefusedCall(wrong);
  edge.attempts.count(`address:${addressKey(request.ip)}`);
}

function noStore(reply: FastifyReply): FastifyReply {
  return reply.header("cache-control", "no-store");
}

/** `Lax`: the provider's page is another site, and the browser has to bring it along from there. */
function transactionCookie(site: Site, value: string, seconds: number): string {
  const secure = site.publicUrl.startsWith("https://") ? "; Secure" : "";
  const attributes = `Path=/; HttpOnly; SameSite=Lax${secure}; Max-Age=${seconds}`;
  return `${transactionName(site)}=${value}; ${attributes}`;
}

function transactionName(site: Site): string {
  const isOverTls = site.publicUrl.startsWith("https://");
  return isOverTls ? "__Host-haltpoint-sign-in" : "haltpoint_sign_in";
}

/** For people whom no page of ours can tell: no script, no style, nothing that somebody sent. */
async function sendPlainPage(
  reply: FastifyReply,
  { problem }: Extract<Answer<never>, { ok: false }>,
): Promise<void> {
  await noStore(reply)
    .status(problem.status)
    .header("content-type", "text/html; charset=utf-8")
    .send(Buffer.from(plainPage(problem)));
}

function plainPage({ title, detail }: Problem): string {
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Haltpoint: you are not signed in</title>
<h1>You are not signed in</h1>
<p>${escaped(title)}: ${escaped(detail)}.</p>
<p><a href="/sign-in">Back to signing in</a></p>
</html>
`;
}

function escaped(text: string): string {
  return text.replaceAll(/[&<>"'`]/g, (character) => `&#${character.charCodeAt(0)};`);
}
