/**
 * A proxy on loopback between one client and the server, which loses what it is told to lose. The
 * server behind it may go and come back at another port.
 */
import { createServer, request as send, type IncomingMessage, type Server } from "node:http";
import type { ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** What becomes of one exchange. */
export type Cut = "request_lost" | "answer_lost" | "answer_cut";

export interface Exchange {
  /** What the client asks for, without ids: `submit`, `wait`, `reviews`, `halts`. */
  readonly verb: string;
}

/** Called around every exchange; each may wait, and so hold it up. */
export interface Around {
  /** The request arrived at the proxy; what it says is done to it. */
  readonly arrived: (exchange: Exchange) => Promise<Cut | null>;
  readonly forwarded: (exchange: Exchange) => void;
  /** The answer arrived at the proxy. */
  readonly answered: (exchange: Exchange) => Promise<Cut | null>;
  /** The client has it, or gave up. */
  readonly over: (exchange: Exchange) => void;
}

export class CutProxy {
  readonly #server: Server;
  readonly #around: Around;
  /** Where the server is now; null: nowhere. */
  upstream: URL | null = null;

  private constructor(around: Around) {
    this.#around = around;
    this.#server = createServer((incoming, outgoing) => {
      // Whatever goes wrong between two sides, a client only ever sees its connection break.
      this.#exchange(incoming, outgoing).catch(() => outgoing.destroy());
    });
  }

  static async open(around: Around): Promise<CutProxy> {
    const proxy = new CutProxy(around);
    await new Promise<void>((resolve) => proxy.#server.listen(0, "127.0.0.1", resolve));
    return proxy;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  close(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }

  async #exchange(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const body = await bytesOf(incoming);
    const exchange = { verb: verbOf(incoming.method ?? "", incoming.url ?? "") };
    try {
      const cut = await this.#around.arrived(exchange);
      if (cut === "request_lost") return void outgoing.destroy();
      const answer = await this.#forward(incoming, body, outgoing, exchange);
      const late = cut ?? (await this.#around.answered(exchange));
      if (late === "answer_lost") return void outgoing.destroy();
      outgoing.writeHead(answer.status, { ...answer.headers, connection: "close" });
      if (late === "answer_cut") {
        outgoing.write(answer.body.subarray(0, answer.body.length / 2), () => outgoing.destroy());
        return;
      }
      outgoing.end(answer.body);
    } finally {
      this.#around.over(exchange);
    }
  }

  #forward(
    incoming: IncomingMessage,
    body: Buffer,
    outgoing: ServerResponse,
    exchange: Exchange,
  ): Promise<{ status: number; headers: IncomingMessage["headers"]; body: Buffer }> {
    const { upstream } = this;
    if (upstream === null) return Promise.reject(new Error("the server is away"));
    return new Promise((resolve, reject) => {
      const { hostname, port } = upstream;
      const { method, url: path, headers } = incoming;
      const sent = send({ hostname, port, method, path, headers, agent: false }, (answer) => {
        bytesOf(answer).then(
          (bytes) =>
            resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body: bytes }),
          reject,
        );
      });
      sent.once("error", reject);
      // A client that hangs up has hung up on the server.
      outgoing.once("close", () => sent.destroy());
      sent.end(body, () => this.#around.forwarded(exchange));
    });
  }
}

async function bytesOf(stream: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

/** `POST /v1/requests/{id}/redeem?wait=5` → `redeem`, `GET /v1/requests/{id}?wait=25` → `wait`. */
function verbOf(method: string, url: string): string {
  const { pathname, searchParams } = new URL(url, "http://proxy");
  const [collection = "", id, verb] = pathname.split("/").slice(2);
  if (collection !== "requests") {
    return [method.toLowerCase(), collection, ...(verb === undefined ? [] : [verb])].join(" ");
  }
  if (id === undefined) return method === "POST" ? "submit" : "list";
  if (verb !== undefined) return verb;
  return searchParams.has("wait") ? "wait" : "look";
}
