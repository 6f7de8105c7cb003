/** Pages for browsers: the shell at every page's address, and the files it is made of. */
import type { FastifyReply, FastifyRequest } from "fastify";
import type { PageFile, PageFiles } from "./page-files.ts";

/** Pages the shell knows; elsewhere it says that there is nothing. */
const PAGES =
  /^\/($|(inbox|running|history|identities|policies|analytics|me|setup|sign-in|cli)\/?$|r\/[^/]+\/?$)/;
/** Addresses of programs: what is not there is a problem, never a page. */
const PROGRAMS = /^\/(v1|access|auth|\.well-known|assets)(\/|$)/;

/** Nothing from elsewhere, nothing inline, no frames, and no text ever becomes markup or code. */
const PAGE_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'self'",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join("; ");

const PAGE_HEADERS = {
  "content-security-policy": PAGE_POLICY,
  "cross-origin-opener-policy": "same-origin",
  "permissions-policy":
    "camera=(), microphone=(), geolocation=(), payment=(), usb=(), publickey-credentials-get=(self), publickey-credentials-create=(self)",
};

/** The page or file at this address; false where there is none, and nothing was sent. */
export function sendPage(
  files: PageFiles | null,
  request: FastifyRequest,
  reply: FastifyReply,
): boolean {
  if (files === null || (request.method !== "GET" && request.method !== "HEAD")) return false;
  const path = request.url.split("?", 1)[0] ?? "";
  const asset = files.assets.get(path);
  if (asset !== undefined) {
    send(asset, request, reply);
    return true;
  }
  if (PROGRAMS.test(path)) return false;
  const isPage = PAGES.test(path);
  // A person who mistyped gets our words for it; a program gets the problem it can read.
  if (!isPage && !/\btext\/html\b/.test(request.headers.accept ?? "")) return false;
  reply.status(isPage ? 200 : 404).headers(PAGE_HEADERS);
  send(files.shell, request, reply);
  return true;
}

function send(file: PageFile, request: FastifyRequest, reply: FastifyReply): void {
  reply
    .header("cache-control", file.immutable ? "public, max-age=31536000, immutable" : "no-cache")
    .header("vary", "accept-encoding")
    .header("etag", file.etag);
  if (reply.statusCode === 200 && request.headers["if-none-match"] === file.etag) {
    void reply.status(304).send();
    return;
  }
  const codings = codingsIn(request.headers["accept-encoding"]);
  reply.header("content-type", file.contentType);
  if (file.br !== null && codings.includes("br")) {
    void reply.header("content-encoding", "br").send(file.br);
  } else if (file.gzip !== null && codings.includes("gzip")) {
    void reply.header("content-encoding", "gzip").send(file.gzip);
  } else void reply.send(file.bytes);
}

/** What the browser can read; a coding sent with `q=0` is refused. */
function codingsIn(accepted: string | string[] | undefined): readonly string[] {
  return String(accepted ?? "")
    .toLowerCase()
    .split(",")
    .map((each) => each.trim())
    .filter((each) => !/;\s*q=0(\.0*)?$/.test(each))
    .map((each) => each.split(";", 1)[0] ?? "");
}
