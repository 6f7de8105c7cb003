/**
 * The place where the effect happens: a small CRM that gives out rows of its customers and sends them
 * to others.
 *
 * `POST /rows` answers with rows; `POST /exports` with an `Idempotency-Key` sends all of them, once; `GET /`
 * lists what has left it.
 */
import { createServer } from "node:http";

interface Left {
  readonly to: string;
  readonly rows: number;
  readonly columns: readonly string[];
}

interface Wanted {
  readonly columns: readonly string[];
  readonly limit?: number;
  readonly recipient?: string;
}

const CITIES = ["Berlin", "Lyon", "Porto"];
const customers: readonly Readonly<Record<string, string>>[] = Array.from(
  { length: 6000 },
  (_, index) => ({
    name: `Customer ${index + 1}`,
    city: CITIES[index % CITIES.length] ?? "",
    email: `customer-${index + 1}@mail.example`,
    birthday: `19${60 + (index % 40)}-04-01`,
  }),
);
const left = new Map<string, Left>();

const server = createServer((request, response) => {
  const answer = (status: number, body: unknown): void => {
    response.writeHead(status, { "content-type": "application/json" });
    response.end(JSON.stringify(body));
  };
  if (request.method === "GET") return answer(200, { effects: [...left.values()] });
  let text = "";
  request.on("data", (chunk: Buffer) => {
    text += chunk.toString("utf8");
  });
  request.on("end", () => {
    const { columns, limit = customers.length, recipient } = JSON.parse(text) as Wanted;
    const rows = customers
      .slice(0, limit)
      .map((row) => Object.fromEntries(columns.map((column) => [column, row[column]])));
    const to = recipient ?? "the agent";
    const key = String(request.headers["idempotency-key"]);
    if (!left.has(key)) left.set(key, { to, rows: rows.length, columns });
    if (request.url === "/rows") return answer(200, { rows });
    return answer(201, left.get(key));
  });
});

server.listen(0, "127.0.0.1", () => {
  const address = server.address();
  if (address === null || typeof address === "string") return;
  console.log(`CRM ready on http://127.0.0.1:${address.port}`);
});
