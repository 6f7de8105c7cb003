/**
 * The place where the effect happens: stands for a database, and keeps what was done to it.
 *
 * `POST /` with an `Idempotency-Key` does something, once; `GET /` lists what was done.
 */
import { createServer } from "node:http";

const done = new Map<string, string>();

const server = createServer((request, response) => {
  const answer = (status: number, body: unknown): void => {
    response.writeHead(status, { "content-type": "application/json" });
    response.end(JSON.stringify(body));
  };
  if (request.method === "GET") return answer(200, { effects: [...done.values()] });
  let text = "";
  request.on("data", (chunk: Buffer) => {
    text += chunk.toString("utf8");
  });
  request.on("end", () => {
    const key = String(request.headers["idempotency-key"]);
    if (!done.has(key)) done.set(key, (JSON.parse(text) as { readonly what: string }).what);
    answer(201, { what: done.get(key) });
  });
});

server.listen(0, "127.0.0.1", () => {
  const address = server.address();
  if (address === null || typeof address === "string") return;
  console.log(`database ready on http://127.0.0.1:${address.port}`);
});
