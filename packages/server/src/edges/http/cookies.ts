/** The cookie a browser's session is in: no page can read it, no other site's page can send it. */
import type { Site } from "../../app/app.ts";

/** `__Host-`: browsers take it over TLS only, and from no other host of the same domain. */
const OVER_TLS = "__Host-haltpoint";
const PLAIN = "haltpoint_session";
const SECRET_LENGTH_MAX = 128;
const VALUE = /^[A-Za-z0-9_-]{1,4000}$/;

/** The secret, or null where no cookie of ours came. */
export function sessionSecretOf(site: Site, header: string | undefined): string | null {
  const secret = cookieNamed(nameOf(site), header);
  return secret === null || secret.length > SECRET_LENGTH_MAX ? null : secret;
}

/** The value of one of our cookies, or null where it did not come. */
export function cookieNamed(name: string, header: string | undefined): string | null {
  for (const part of (header ?? "").split(";")) {
    const at = part.indexOf("=");
    if (at === -1 || part.slice(0, at).trim() !== name) continue;
    const value = part.slice(at + 1).trim();
    return VALUE.test(value) ? value : null;
  }
  return null;
}

/** `Set-Cookie` for a new session, or for a new secret of one. */
export function sessionCookie(site: Site, secret: string, livesMs: number): string {
  const seconds = Math.max(0, Math.floor(livesMs / 1_000));
  return `${nameOf(site)}=${secret}; ${attributesOf(site)}; Max-Age=${seconds}`;
}

/** `Set-Cookie` that takes it away. */
export function noSessionCookie(site: Site): string {
  return `${nameOf(site)}=; ${attributesOf(site)}; Max-Age=0`;
}

function nameOf(site: Site): string {
  return isOverTls(site) ? OVER_TLS : PLAIN;
}

function attributesOf(site: Site): string {
  return `Path=/; HttpOnly; SameSite=Strict${isOverTls(site) ? "; Secure" : ""}`;
}

function isOverTls({ publicUrl }: Site): boolean {
  return publicUrl.startsWith("https://");
}
