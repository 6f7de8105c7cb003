/**
 * The place where the effect happens: a small vault that gives out secrets, and the billing system whose
 * password one of them is.
 *
 * `POST /list` names the secrets of an environment; `POST /read` with an `Idempotency-Key` gives one out;
 * `POST /login` takes the billing system's password; `GET /` lists what was given out, without the values.
 */
import { randomBytes } from "node:crypto";
import { createServer } from "node:http";

interface Wanted {
  readonly environment: string;
  readonly secret: string;
  readonly password: string;
}

const secrets: ReadonlyMap<string, string> = new Map(
  ["production/billing-db", "production/payroll-db", "staging/billing-db"].map((path) => [
    path,
    randomBytes(24).toString("hex"),
  ]),
);
const given = new Map<string, string>();

/** The answer to a request of this path, with its status. */
function answerTo(path: string, wanted: Wanted, key: string): readonly [number, unknown] {
  if (path === "/list") {
    const names = [...secrets.keys()].filter((each) => each.startsWith(`${wanted.environment}/`));
    return [200, { names }];
  }
  if (path === "/login") {
    return [wanted.password === secrets.get("production/billing-db") ? 200 : 401, {}];
  }
  const which = `${wanted.environment}/${wanted.secret}`;
  const value = secrets.get(which);
  if (value === undefined) return [404, {}];
  given.set(key, which);
  return [200, { value }];
}

const server = createServer((request, response) => {
  const answer = (status: number, body: unknown): void => {
    response.writeHead(status, { "content-type": "application/json" });
    response.end(JSON.stringify(body));
  };
  if (request.method === "GET") return answer(200, { effects: [...given.values()] });
  let text = "";
  request.on("data", (chunk: Buffer) => {
    text += chunk.toString("utf8");
  });
  request.on("end", () => {
    const key = String(request.headers["idempotency-key"]);
    answer(...answerTo(request.url ?? "", JSON.parse(text) as Wanted, key));
  });
});

server.listen(0, "127.0.0.1", () => {
  const address = server.address();
  if (address === null || typeof address === "string") return;
  console.log(`vault ready on http://127.0.0.1:${address.port}`);
});
