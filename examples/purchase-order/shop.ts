/**
 * The place where the effect happens: takes purchase orders and counts them, so that anybody can
 * check what was really ordered. An order takes `SHOP_PACE_MS` to pass; a caller who hangs up
 * before that has not ordered.
 *
 * `POST /orders` with an `Idempotency-Key` places one, once; `GET /orders` lists them.
 */
import { createServer, type IncomingMessage } from "node:http";
import { setTimeout as pause } from "node:timers/promises";

interface Order {
  readonly key: string;
  readonly vendor: string;
  readonly amount: string;
}

const paceMs = Number(process.env["SHOP_PACE_MS"] ?? "100");
const orders = new Map<string, Order>();

const server = createServer((request, response) => {
  const answer = (status: number, body: unknown): void => {
    response.writeHead(status, { "content-type": "application/json" });
    response.end(JSON.stringify(body));
  };
  if (request.method === "GET") return answer(200, { orders: [...orders.values()] });
  const gone = new AbortController();
  response.once("close", () => gone.abort());
  take(request, gone.signal).then(
    (order) => answer(201, order),
    () => answer(400, { error: "not ordered" }),
  );
});

async function take(request: IncomingMessage, gone: AbortSignal): Promise<Order> {
  let text = "";
  for await (const chunk of request) text += String(chunk);
  const { vendor, amount } = JSON.parse(text) as { vendor: string; amount: string };
  await pause(paceMs, undefined, { signal: gone });
  const key = String(request.headers["idempotency-key"]);
  const order = orders.get(key) ?? { key, vendor, amount };
  orders.set(key, order);
  return order;
}

server.listen(Number(process.env["SHOP_PORT"] ?? "0"), "127.0.0.1", () => {
  const address = server.address();
  if (address !== null && typeof address === "object") {
    console.log(`shop ready on http://127.0.0.1:${address.port}`);
  }
});
