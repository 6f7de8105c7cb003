/**
 * Bodies: bytes to a value that can be hashed without changing it, or a problem that says where and
 * what. The framework's own parser keeps the last of duplicate keys and rounds numerals (T29).
 */
import { parseJsonBytes, problem, type JsonTextProblem } from "@haltpoint/protocol";
import type { FastifyInstance } from "fastify";
import { JSON_LIMIT_NAMES, jsonLimits, type HttpLimits } from "./limits.ts";
import { RefusedCall } from "./refused-call.ts";

const CHARSET = /;\s*charset\s*=\s*"?([^\s";]+)/i;

/** Makes this server read `application/json`, by our reader, and nothing else. */
export function readJsonBodies(server: FastifyInstance, limits: HttpLimits): void {
  const readerLimits = jsonLimits(limits);
  server.removeAllContentTypeParsers();
  server.addContentTypeParser(
    "application/json",
    { parseAs: "buffer", bodyLimit: limits.bodyBytesMax },
    (request, bytes: Buffer, done) => {
      const charset = CHARSET.exec(request.headers["content-type"] ?? "")?.[1] ?? "utf-8";
      if (charset.toLowerCase() !== "utf-8") {
        done(new RefusedCall(problem("unsupported_media_type", "send JSON in UTF-8")));
        return;
      }
      // Nothing is unpacked here, so that no small body becomes a large one (T29); and bytes that
      // are said to be packed are not read as if they were not.
      const encoding = request.headers["content-encoding"] ?? "identity";
      if (encoding.toLowerCase() !== "identity") {
        const detail = "the body is said to be packed; send it without `Content-Encoding`";
        const field = { field: "Content-Encoding" };
        done(new RefusedCall(problem("unsupported_media_type", detail, field)));
        return;
      }
      const parsed = parseJsonBytes(bytes, readerLimits);
      if (parsed.ok) done(null, parsed.value);
      else done(refusedBody(parsed.problem, bytes.length));
    },
  );
}

function refusedBody(fault: JsonTextProblem, length: number): RefusedCall {
  const { limit, message, path } = fault;
  const field = path === "" ? {} : { field: path };
  if (length === 0) {
    return new RefusedCall(problem("invalid_json", "the body is empty; send a JSON object"));
  }
  if (limit === undefined) return new RefusedCall(problem("invalid_json", message, field));
  const named = { name: JSON_LIMIT_NAMES[limit.name], value: limit.value };
  return new RefusedCall(problem("payload_too_large", message, { ...field, limit: named }));
}
