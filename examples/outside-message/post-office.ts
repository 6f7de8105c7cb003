/**
 * The place where the effect happens: a mail service that delivers what is posted to it.
 *
 * `POST /messages` with an `Idempotency-Key` delivers one, once; `GET /` lists what was delivered.
 */
import { createServer } from "node:http";

interface Message {
  readonly to: readonly string[];
  readonly subject: string;
  readonly text: string;
}

const delivered = new Map<string, Message>();

const server = createServer((request, response) => {
  const answer = (status: number, body: unknown): void => {
    response.writeHead(status, { "content-type": "application/json" });
    response.end(JSON.stringify(body));
  };
  if (request.method === "GET") return answer(200, { effects: [...delivered.values()] });
  let text = "";
  request.on("data", (chunk: Buffer) => {
    text += chunk.toString("utf8");
  });
  request.on("end", () => {
    const key = String(request.headers["idempotency-key"]);
    if (!delivered.has(key)) delivered.set(key, JSON.parse(text) as Message);
    answer(202, {});
  });
});

server.listen(0, "127.0.0.1", () => {
  const address = server.address();
  if (address === null || typeof address === "string") return;
  console.log(`mail service ready on http://127.0.0.1:${address.port}`);
});
