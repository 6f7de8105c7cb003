/**
 * The place where the effect happens: a platform that runs one version of the shop.
 *
 * `POST /releases` with an `Idempotency-Key` releases a version; `GET /` lists what was released.
 */
import { createServer } from "node:http";

const released = new Map<string, string>();

const server = createServer((request, response) => {
  const answer = (status: number, body: unknown): void => {
    response.writeHead(status, { "content-type": "application/json" });
    response.end(JSON.stringify(body));
  };
  if (request.method === "GET") return answer(200, { effects: [...released.values()] });
  let text = "";
  request.on("data", (chunk: Buffer) => {
    text += chunk.toString("utf8");
  });
  request.on("end", () => {
    const { version } = JSON.parse(text) as { readonly version: string };
    released.set(String(request.headers["idempotency-key"]), version);
    answer(201, { version });
  });
});

server.listen(0, "127.0.0.1", () => {
  const address = server.address();
  if (address === null || typeof address === "string") return;
  console.log(`platform ready on http://127.0.0.1:${address.port}`);
});
