/** Bytes that are no HTTP request: answered in the one form there is, and closed. */
import { maxHeaderSize } from "node:http";
import type { Socket } from "node:net";
import { problem, type Problem } from "@haltpoint/protocol";

export function answerNoise(error: Error & { readonly code?: string }, socket: Socket): void {
  // Reset by the other side, or answered in part already: nothing can be said.
  if (error.code === "ECONNRESET" || socket.destroyed || !socket.writable) {
    socket.destroy();
    return;
  }
  const sent = problemOf(error.code ?? "");
  const body = JSON.stringify(sent);
  const reason = sent.status === 413 ? "Content Too Large" : "Bad Request";
  const head = [
    `HTTP/1.1 ${sent.status} ${reason}`,
    "Content-Type: application/problem+json",
    `Content-Length: ${Buffer.byteLength(body)}`,
    "X-Content-Type-Options: nosniff",
    "Connection: close",
  ];
  socket.end(`${head.join("\r\n")}\r\n\r\n${body}`);
}

function problemOf(code: string): Problem {
  if (code === "HPE_HEADER_OVERFLOW") {
    return problem("payload_too_large", "the headers are too large; send less", {
      limit: { name: "header_bytes", value: maxHeaderSize },
    });
  }
  const late = code === "ERR_HTTP_REQUEST_TIMEOUT";
  return problem(
    "invalid_request",
    late ? "the request did not arrive in time" : "this is not HTTP",
  );
}
