/** The network between a point and Haltpoint: it may lose, delay, and say what it likes. */
import { createServer, request as send, type IncomingMessage, type Server } from "node:http";
import type { ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** What the point sent. */
export interface Asked {
  /** `submit`, `look`, `redeem`, `heartbeat`, `outcome`, `withdraw`. */
  readonly verb: string;
  readonly body: unknown;
}

export interface Answer {
  readonly status: number;
  readonly type: string;
  /** Undefined where it is not JSON. */
  readonly json: unknown;
}

/** What happens instead of an answer, or what is said in its stead. */
export type Fault =
  | { readonly kind: "broken" }
  | { readonly kind: "silence" }
  | {
      readonly kind: "said";
      readonly status: number;
      readonly type: string;
      readonly body: string;
      readonly headers?: Readonly<Record<string, string>>;
    };

export type Meddling<T extends readonly unknown[]> = (
  ...about: T
) => Fault | null | Promise<Fault | null>;

export const BROKEN: Fault = { kind: "broken" };
export const SILENCE: Fault = { kind: "silence" };

const pass = (): null => null;

export class Network {
  readonly #server: Server;
  readonly #upstream: () => string;
  #silent = new Set<ServerResponse>();
  #answered: Asked[] = [];
  /** Before the server hears of it; a fault means it never does. */
  onAsked: Meddling<[asked: Asked]> = pass;
  /** After the server did it; a fault means the point never gets that answer. */
  onAnswer: Meddling<[asked: Asked, answer: Answer]> = pass;

  private constructor(upstream: () => string) {
    this.#upstream = upstream;
    this.#server = createServer((incoming, outgoing) => {
      // Whatever goes wrong between two sides, a client only ever sees its connection break.
      this.#exchange(incoming, outgoing).catch(() => outgoing.destroy());
    });
  }

  static async open(upstream: () => string): Promise<Network> {
    const network = new Network(upstream);
    await new Promise<void>((resolve) => network.#server.listen(0, "127.0.0.1", resolve));
    return network;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** What was asked and answered by the server, in the order of the answers. */
  get answered(): readonly Asked[] {
    return this.#answered;
  }

  /** Nothing passes any more; what is under way breaks. */
  cut(): void {
    this.onAsked = () => BROKEN;
    this.onAnswer = () => BROKEN;
  }

  mend(): void {
    this.onAsked = pass;
    this.onAnswer = pass;
    for (const outgoing of this.#silent) outgoing.destroy();
    this.#silent.clear();
  }

  reset(): void {
    this.mend();
    this.#answered = [];
  }

  close(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }

  async #exchange(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const bytes = await bytesOf(incoming);
    const verb = verbOf(incoming.method ?? "", incoming.url ?? "");
    const asked: Asked = { verb, body: jsonOf(bytes) };
    const before = await this.onAsked(asked);
    if (before !== null) return this.#suffer(before, outgoing);
    const answer = await this.#forward(incoming, bytes, outgoing);
    const type = answer.headers["content-type"] ?? "";
    const said = { status: answer.status, type, json: jsonOf(answer.bytes) };
    const after = await this.onAnswer(asked, said);
    if (after !== null) return this.#suffer(after, outgoing);
    this.#answered.push(asked);
    outgoing.writeHead(answer.status, { "content-type": type, connection: "close" });
    outgoing.end(answer.bytes);
  }

  #suffer(fault: Fault, outgoing: ServerResponse): void {
    if (fault.kind === "broken") outgoing.destroy();
    else if (fault.kind === "silence") this.#silent.add(outgoing);
    else {
      const { status, type, headers } = fault;
      outgoing.writeHead(status, { "content-type": type, connection: "close", ...headers });
      outgoing.end(fault.body);
    }
  }

  #forward(incoming: IncomingMessage, body: Buffer, outgoing: ServerResponse) {
    const { hostname, port } = new URL(this.#upstream());
    const { method, url: path, headers } = incoming;
    return new Promise<{ status: number; headers: IncomingMessage["headers"]; bytes: Buffer }>(
      (resolve, reject) => {
        const sent = send({ hostname, port, method, path, headers, agent: false }, (answer) => {
          const { statusCode: status = 0 } = answer;
          bytesOf(answer).then(
            (bytes) => resolve({ status, headers: answer.headers, bytes }),
            reject,
          );
        });
        sent.once("error", reject);
        // A client that hangs up has hung up on the server.
        outgoing.once("close", () => sent.destroy());
        sent.end(body);
      },
    );
  }
}

/** Whether an answer gives leave to run something. */
export function carriesRedemption({ json }: Answer): boolean {
  return isObject(json) && isObject(json["redemption"]);
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

async function bytesOf(stream: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

function jsonOf(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString("utf8"));
  } catch {
    return undefined;
  }
}

/** `POST /v1/requests/{id}/redeem?wait=5` → `redeem`, `GET /v1/requests/{id}?wait=25` → `look`. */
function verbOf(method: string, url: string): string {
  const [, , id, verb] = new URL(url, "http://network").pathname.split("/").slice(1);
  if (verb !== undefined) return verb;
  return method === "POST" && id === undefined ? "submit" : "look";
}
