/** Faults and refusals to RFC 9457 problems, and problems to responses. */
import { problem, type Problem } from "@haltpoint/protocol";
import type { FastifyReply } from "fastify";
import { StoreFault } from "../../ports/store-fault.ts";
import type { HttpLimits } from "./limits.ts";
import { RefusedCall } from "./refused-call.ts";

/** The problem for whatever was thrown; `isFault`: somebody has to look at the log. */
export function problemFor(
  thrown: unknown,
  about: { readonly requestId: string; readonly limits: HttpLimits },
): { readonly problem: Problem; readonly isFault: boolean } {
  if (thrown instanceof RefusedCall) return { problem: thrown.problem, isFault: false };
  if (thrown instanceof StoreFault) {
    const known = storeProblem(thrown);
    if (known !== null) return { problem: known, isFault: thrown.code === "commit_unknown" };
  }
  // The caller hung up in the middle of the body: nobody is left to answer, and nothing failed.
  if (thrown instanceof Error && codeOf(thrown) === "ECONNRESET" && thrown.message === "aborted") {
    return { problem: problem("invalid_request", "the request did not arrive"), isFault: false };
  }
  const framework = frameworkProblem(codeOf(thrown), about.limits);
  if (framework !== null) return { problem: framework, isFault: false };
  // Nothing of the fault leaves the server: its text may hold what a caller sent.
  const detail = `the server failed; its log says why under the request id \`${about.requestId}\``;
  return { problem: problem("internal", detail), isFault: true };
}

function storeProblem(fault: StoreFault): Problem | null {
  switch (fault.code) {
    case "busy":
      return problem("store_busy", "nothing was changed; send it again with the same key", {
        retry_after_ms: 1_000,
      });
    case "closed":
      return problem("unavailable", "the server is stopping; nothing was changed, try again", {
        retry_after_ms: 1_000,
      });
    case "commit_unknown":
      return problem(
        "unavailable",
        "whether this was done is not known; send it again with the same key to find out",
        { retry_after_ms: 1_000 },
      );
    case "invalid_cursor":
      return problem("invalid_request", "`cursor` is not one that a page gave; start without it", {
        field: "cursor",
      });
    default:
      return null;
  }
}

function frameworkProblem(code: string, limits: HttpLimits): Problem | null {
  switch (code) {
    case "FST_ERR_CTP_BODY_TOO_LARGE": {
      const value = limits.bodyBytesMax;
      const detail = `the body is larger than ${value} bytes; send less`;
      return problem("payload_too_large", detail, { limit: { name: "body_bytes", value } });
    }
    case "FST_ERR_CTP_INVALID_MEDIA_TYPE":
    case "FST_ERR_CTP_INVALID_TYPE":
      return problem("unsupported_media_type", "send the header `Content-Type: application/json`");
    case "FST_ERR_CTP_INVALID_CONTENT_LENGTH":
      return problem("invalid_request", "the body is not as long as `Content-Length` says", {
        field: "Content-Length",
      });
    case "FST_ERR_MAX_PARAM_LENGTH":
      return problem("not_found", "nothing has a name as long as that");
    case "FST_ERR_BAD_URL":
      return problem("invalid_request", "the address is not a valid URL path");
    default:
      return null;
  }
}

function codeOf(thrown: unknown): string {
  if (typeof thrown !== "object" || thrown === null || !("code" in thrown)) return "";
  return typeof thrown.code === "string" ? thrown.code : "";
}

/** Sends a problem with the headers its code calls for. */
export function sendProblem(
  reply: FastifyReply,
  sent: Problem,
  allow: string | null = null,
): FastifyReply {
  if (sent.status === 401) reply.header("www-authenticate", 'Bearer realm="haltpoint"');
  if (allow !== null) reply.header("allow", allow);
  if (sent.retry_after_ms !== undefined && (sent.status === 503 || sent.status === 429)) {
    reply.header("retry-after", Math.max(1, Math.ceil(sent.retry_after_ms / 1_000)));
  }
  return reply
    .status(sent.status)
    .header("content-type", "application/problem+json")
    .send(Buffer.from(JSON.stringify(sent)));
}

/** The id of this HTTP request: what the caller sent, if it is safe to print, or a new one. */
export function requestIdOf(
  header: string | readonly string[] | undefined,
  make: () => string,
): string {
  return typeof header === "string" && /^[A-Za-z0-9._-]{1,64}$/.test(header) ? header : make();
}
