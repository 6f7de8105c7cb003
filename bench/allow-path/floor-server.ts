/**
 * The floor of P1: the least that answers such a call durably on this stack. The same Fastify, the
 * same reading and checking of the body, the same headers and an answer that is written anew and as
 * long; one row of as many bytes as Haltpoint stores, inserted by group commit over the same driver
 * with the same settings. Nobody is authenticated, nothing is decided, nothing is recorded.
 */
import { readFileSync } from "node:fs";
import { fastify } from "fastify";
import { readJsonBodies } from "../../packages/server/src/edges/http/body.ts";
import { DEFAULT_HTTP_LIMITS } from "../../packages/server/src/edges/http/limits.ts";
import { SubmitShape } from "../../packages/server/src/edges/http/schema/request-shapes.ts";
import { SQLITE, SqliteConnection } from "../../packages/server/src/storage/sqlite/connection.ts";

const [file = "", sampleFile = "", port = "0"] = process.argv.slice(2);
const sample = JSON.parse(readFileSync(sampleFile, "utf8")) as {
  readonly answer: string;
  readonly storedBytes: number;
};
const connection = new SqliteConnection(file, "write");
await connection.execute(
  "CREATE TABLE entries (id INTEGER PRIMARY KEY, bytes TEXT NOT NULL) STRICT",
);

let waiting: { readonly bytes: string; readonly resolve: () => void }[] = [];

/** Resolves once it is durable, together with everything that arrived in the same turn. */
function insert(bytes: string): Promise<void> {
  return new Promise((resolve) => {
    waiting.push({ bytes, resolve });
    if (waiting.length === 1) setImmediate(() => void commitWaiting());
  });
}

async function commitWaiting(): Promise<void> {
  const group = waiting;
  waiting = [];
  await connection.execute(SQLITE.begin);
  for (const { bytes } of group) {
    await connection.execute("INSERT INTO entries (bytes) VALUES (?)", [bytes]);
  }
  await connection.execute("COMMIT");
  for (const { resolve } of group) resolve();
}

const HEADERS = {
  "x-content-type-options": "nosniff",
  "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
  "x-frame-options": "DENY",
  "referrer-policy": "no-referrer",
  "cross-origin-resource-policy": "same-origin",
  "cache-control": "no-store",
};
const answer: unknown = JSON.parse(sample.answer);

const server = fastify({ logger: false });
readJsonBodies(server, DEFAULT_HTTP_LIMITS);
server.addHook("onRequest", (request, reply, done) => {
  reply.headers(HEADERS).header("x-request-id", request.id);
  done();
});
server.post("/v1/requests", async (request, reply) => {
  const { body } = request;
  if (!SubmitShape.fits(body)) throw new Error("the body does not fit");
  const received = JSON.stringify(body);
  await insert(received.padEnd(sample.storedBytes, received));
  reply.status(201).header("content-type", "application/json");
  return reply.send(Buffer.from(JSON.stringify(answer)));
});
server.get("/readyz", (_request, reply) => reply.send("{}"));
await server.listen({ host: "127.0.0.1", port: Number(port) });
process.once("SIGTERM", () => void server.close().then(() => connection.close()));
