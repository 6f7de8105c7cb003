/**
 * The place where effects happen, outside of server and agent: it takes every one that is asked of
 * it, never two as one, so that what it has counted is what was really done.
 */
import { createServer, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export interface Effect {
  readonly requestId: string;
  readonly amount: string;
  /** The wall clock of the machine, which the server's clock is too. */
  readonly at: number;
}

export class EffectCounter {
  readonly effects: Effect[] = [];
  /** Called when an effect has happened, with the way to answer whoever asked for it. */
  onEffect: (effect: Effect, answer: EffectAnswer) => void = (_, answer) => answer.done();
  readonly #server: Server;

  private constructor() {
    this.#server = createServer((request, response) => {
      let text = "";
      request.setEncoding("utf8");
      request.on("data", (chunk: string) => (text += chunk));
      request.on("end", () => {
        const { amount } = JSON.parse(text) as { readonly amount: string };
        const requestId = String(request.headers["idempotency-key"]);
        const effect = { requestId, amount, at: Date.now() };
        this.effects.push(effect);
        this.onEffect(effect, answerOf(response));
      });
    });
  }

  static async open(): Promise<EffectCounter> {
    const counter = new EffectCounter();
    await new Promise<void>((resolve) => counter.#server.listen(0, "127.0.0.1", resolve));
    return counter;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/`;
  }

  of(requestId: string): readonly Effect[] {
    return this.effects.filter((effect) => effect.requestId === requestId);
  }

  close(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }
}

export interface EffectAnswer {
  readonly done: () => void;
  /** It happened, and whoever asked is not told. */
  readonly lose: () => void;
}

function answerOf(response: ServerResponse): EffectAnswer {
  return {
    done: () => response.writeHead(200, { connection: "close" }).end("{}"),
    lose: () => response.destroy(),
  };
}
