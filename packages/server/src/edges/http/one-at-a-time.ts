/**
 * One call on a connection at a time. A connection that sends another before it has its answer is
 * closed: each of them would hold a place among those who wait, and none would hear of a hang-up.
 */
import type { ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { problem } from "@haltpoint/protocol";
import { RefusedCall } from "./refused-call.ts";

export class OneAtATime {
  readonly #busy = new WeakSet<Socket>();

  /** @throws RefusedCall which nobody reads any more */
  begin(response: ServerResponse): void {
    const { socket } = response.req;
    if (this.#busy.has(socket)) {
      socket.destroy();
      const detail = "send the next call when this one is answered, or on another connection";
      throw new RefusedCall(problem("invalid_request", detail));
    }
    this.#busy.add(socket);
    response.once("finish", () => this.#busy.delete(socket));
  }
}
