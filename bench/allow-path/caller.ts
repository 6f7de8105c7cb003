/**
 * P1: one client for both servers. Submits an allowed action and redeems it in the same call; the
 * floor takes the same call, stores as many bytes and answers with as many. As from a hook, which
 * hands over and reports no outcome: otherwise every call would leave a run behind whose lease
 * lapses into the measurement fifteen seconds later.
 */
import { randomBytes } from "node:crypto";
import { httpCaller, type HttpCaller } from "../measure/http-caller.ts";
import type { Recorder } from "../measure/contestant.ts";
import { purchaseOrder } from "../haltpoint/purchase-order.ts";

const CONNECTIONS = 32;

export interface AllowPath {
  /** The answer as text. */
  once(record: Recorder): Promise<string>;
  close(): Promise<void>;
}

export function allowPath(url: string, agentKey: string): AllowPath {
  const caller: HttpCaller = httpCaller(url, CONNECTIONS);
  const authorization = `Bearer ${agentKey}`;
  let number = 0;
  return {
    async once(record) {
      number += 1;
      const attempt = randomBytes(16).toString("base64url");
      const enforcement = { release_only: true };
      const order = purchaseOrder(number, "40.00 USD");
      const body = JSON.stringify({ ...order, enforcement, attempt });
      const startedAt = performance.now();
      const answer = await caller.post("/v1/requests?redeem=true", body, {
        authorization,
        "idempotency-key": `order-${number}`,
      });
      record("answer", performance.now() - startedAt);
      if (!answer.includes('"status":"released"')) throw new Error(`not redeemed: ${answer}`);
      return answer;
    },
    close: () => caller.close(),
  };
}
