/** Where the effects happen: a system beyond the enforcement point that counts what reaches it. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { RequestView } from "@haltpoint/protocol";
import type { Arguments } from "../point.ts";

export interface Effect {
  readonly args: Arguments;
  readonly idempotencyKey: string | null;
  /** What the server had on record about its requests when this began. */
  readonly standing: readonly RequestView[];
  state: "running" | "done" | "failed" | "stopped";
}

export class EffectSite {
  readonly #server: Server;
  #effects: Effect[] = [];
  #open = new Map<Effect, ServerResponse>();
  /** What becomes of an effect that begins: it is done, it fails, or it takes until `finish`. */
  manner: "quick" | "failing" | "long" = "quick";
  /** Asked when an effect begins, before it is counted as begun. */
  standing: () => Promise<readonly RequestView[]> = () => Promise.resolve([]);

  private constructor() {
    this.#server = createServer((incoming, outgoing) => {
      this.#take(incoming, outgoing).catch(() => outgoing.destroy());
    });
  }

  static async open(): Promise<EffectSite> {
    const site = new EffectSite();
    await new Promise<void>((resolve) => site.#server.listen(0, "127.0.0.1", resolve));
    return site;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/effects`;
  }

  get effects(): readonly Effect[] {
    return this.#effects;
  }

  /** Lets long effects end. */
  finish(): void {
    for (const [effect, outgoing] of this.#open) this.#end(effect, outgoing, "done");
  }

  reset(): void {
    this.finish();
    this.#effects = [];
    this.manner = "quick";
  }

  close(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }

  async #take(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk as Buffer);
    const standing = this.standing();
    const key = incoming.headers["idempotency-key"];
    const effect: Effect = {
      args: JSON.parse(Buffer.concat(chunks).toString("utf8")) as Arguments,
      idempotencyKey: typeof key === "string" ? key : null,
      standing: await standing,
      state: "running",
    };
    this.#effects.push(effect);
    this.#open.set(effect, outgoing);
    outgoing.once("close", () => {
      if (effect.state === "running") effect.state = "stopped";
      this.#open.delete(effect);
    });
    if (this.manner === "quick") this.#end(effect, outgoing, "done");
    if (this.manner === "failing") this.#end(effect, outgoing, "failed");
  }

  #end(effect: Effect, outgoing: ServerResponse, state: "done" | "failed"): void {
    // One that has ended is open until its answer is flushed.
    if (outgoing.headersSent) return;
    effect.state = state;
    outgoing.writeHead(state === "done" ? 200 : 500, { "content-type": "application/json" });
    outgoing.end(JSON.stringify({ state }));
  }
}
