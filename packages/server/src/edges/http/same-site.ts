/**
 * Whether a call comes from a page of ours. Three things are asked, each enough against another
 * site's page by itself: where the page is from, what the browser says of it, and a word that only
 * our pages can read (T16).
 */
import { problem, sha256Base64url, type Problem } from "@haltpoint/protocol";
import type { FastifyRequest } from "fastify";
import type { Site } from "../../app/app.ts";
import type { StoredSession } from "../../ports/sign-in-records.ts";

const CSRF_HEADER = "x-haltpoint-csrf";
const LOOPBACK_NAMES: ReadonlySet<string> = new Set(["localhost", "127.0.0.1", "[::1]"]);
const ADDRESS = /^(\d{1,3}(\.\d{1,3}){3}|\[[0-9a-f:.]+\])$/;

/**
 * A page whose name was made to lead here (DNS rebinding) still sends its own name. An address is
 * no name, so nobody can make one lead elsewhere; `localhost` always leads to this machine.
 */
export function wrongHost(site: Site, request: FastifyRequest): Problem | null {
  const sent = (request.headers.host ?? "").toLowerCase();
  const name = sent.replace(/:\d{1,5}$/, "");
  const known = new URL(site.publicUrl);
  if (sent === known.host || name === known.hostname) return null;
  if (LOOPBACK_NAMES.has(name) || ADDRESS.test(name)) return null;
  const detail = `this server is \`${known.host}\`; call it so, or set \`public_url\` to how it is called`;
  return problem("wrong_host", detail, { field: "Host" });
}

/** For a call without a session: whether a page of ours sent it. */
export function otherOrigin(
  site: Site,
  request: FastifyRequest,
  isRequired: boolean,
): Problem | null {
  const { origin } = request.headers;
  if (origin === undefined) {
    if (!isRequired && request.headers["sec-fetch-site"] === undefined) return null;
    return crossSite(site, "Origin", "a page of this server sends `Origin`");
  }
  if (!isOurs(site, origin, request)) {
    return crossSite(site, "Origin", "`Origin` is another site's");
  }
  const fetchSite = request.headers["sec-fetch-site"];
  if (fetchSite !== undefined && fetchSite !== "same-origin") {
    return crossSite(site, "Sec-Fetch-Site", "another site's page sent this");
  }
  return null;
}

/** For a change by cookie: from a page of ours that knows the session's word. */
export function forged(
  site: Site,
  request: FastifyRequest,
  session: StoredSession,
): Problem | null {
  const other = otherOrigin(site, request, true);
  if (other !== null) return other;
  const sent = request.headers[CSRF_HEADER];
  if (typeof sent === "string" && sha256Base64url(sent) === sha256Base64url(session.csrf)) {
    return null;
  }
  const detail = `send the header \`${CSRF_HEADER}\` with \`csrf\` of GET /v1/me`;
  return problem("cross_site", detail, { field: CSRF_HEADER });
}

/** The public origin; for trying things out also the address it listens on. */
function isOurs(site: Site, origin: string, request: FastifyRequest): boolean {
  if (origin === new URL(site.publicUrl).origin) return true;
  if (!site.development) return false;
  const port = request.socket.localPort;
  return [...LOOPBACK_NAMES].some((name) => origin === `http://${name}:${port}`);
}

function crossSite(site: Site, field: string, what: string): Problem {
  const { origin } = new URL(site.publicUrl);
  return problem("cross_site", `${what}; open ${origin} and act there`, { field });
}
