/**
 * The place where the effect happens: a small vault that makes secrets and keeps their versions.
 * The values never leave it here; what can be counted is how often each was rotated.
 *
 * `POST /secrets/NAME/versions` with an `Idempotency-Key` makes one, once; `GET /versions` lists them.
 */
import { randomBytes } from "node:crypto";
import { createServer } from "node:http";

interface Version {
  readonly secret: string;
  readonly version: number;
  readonly value: string;
}

const versions = new Map<string, Version>();
versions.set("set up", {
  secret: "billing-db",
  version: 1,
  value: randomBytes(24).toString("hex"),
});

const server = createServer((request, response) => {
  const answer = (status: number, body: unknown): void => {
    response.writeHead(status, { "content-type": "application/json" });
    response.end(JSON.stringify(body));
  };
  const shown = ({ secret, version }: Version) => ({ secret, version });
  if (request.method === "GET") return answer(200, { effects: [...versions.values()].map(shown) });
  const [, secret = ""] = /^\/secrets\/([\w-]+)\/versions$/.exec(request.url ?? "") ?? [];
  const key = String(request.headers["idempotency-key"]);
  const earlier = [...versions.values()].filter((each) => each.secret === secret);
  const made = versions.get(key) ?? {
    secret,
    version: earlier.length + 1,
    value: randomBytes(24).toString("hex"),
  };
  versions.set(key, made);
  answer(201, shown(made));
});

server.listen(0, "127.0.0.1", () => {
  const address = server.address();
  if (address === null || typeof address === "string") return;
  console.log(`vault ready on http://127.0.0.1:${address.port}`);
});
