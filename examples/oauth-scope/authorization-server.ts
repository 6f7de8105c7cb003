/**
 * The place where the effect happens: an authorization server that gives OAuth clients their scopes.
 *
 * `POST /clients/ID/scopes` with an `Idempotency-Key` issues one, once; `GET /scopes` lists them.
 */
import { createServer } from "node:http";

interface Issued {
  readonly client: string;
  readonly scope: string;
}

const issued = new Map<string, Issued>();

const server = createServer((request, response) => {
  const answer = (status: number, body: unknown): void => {
    response.writeHead(status, { "content-type": "application/json" });
    response.end(JSON.stringify(body));
  };
  if (request.method === "GET") return answer(200, { effects: [...issued.values()] });
  const [, client = ""] = /^\/clients\/([\w-]+)\/scopes$/.exec(request.url ?? "") ?? [];
  let text = "";
  request.on("data", (chunk: Buffer) => {
    text += chunk.toString("utf8");
  });
  request.on("end", () => {
    const { scope } = JSON.parse(text) as { readonly scope: string };
    const key = String(request.headers["idempotency-key"]);
    if (!issued.has(key)) issued.set(key, { client, scope });
    answer(201, issued.get(key));
  });
});

server.listen(0, "127.0.0.1", () => {
  const address = server.address();
  if (address === null || typeof address === "string") return;
  console.log(`authorization server ready on http://127.0.0.1:${address.port}`);
});
