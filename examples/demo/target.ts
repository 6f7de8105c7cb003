/**
 * The place where the effects of the demo happen: each takes `TARGET_PACE_MS`, and a caller who hangs
 * up before that has caused none. `POST /` with an `Idempotency-Key`; `GET /` lists what happened.
 */
import { createServer } from "node:http";
import { setTimeout as pause } from "node:timers/promises";

const paceMs = Number(process.env["TARGET_PACE_MS"] ?? "20");
const effects: string[] = [];

const server = createServer((request, response) => {
  if (request.method === "GET") {
    response.writeHead(200, { "content-type": "application/json" });
    response.end(JSON.stringify({ effects }));
    return;
  }
  const gone = new AbortController();
  response.once("close", () => gone.abort());
  let text = "";
  request.on("data", (chunk: Buffer) => {
    text += chunk.toString("utf8");
  });
  request.on("end", () => {
    pause(paceMs, undefined, { signal: gone.signal }).then(
      () => {
        // Counted each time it comes, so that whoever sends it twice is seen to.
        effects.push(text);
        response.writeHead(201).end();
      },
      () => undefined,
    );
  });
});

server.listen(0, "127.0.0.1", () => {
  const address = server.address();
  if (address === null || typeof address === "string") return;
  console.log(`target ready on http://127.0.0.1:${address.port}`);
});
