/**
 * P2 over HTTP: agent and reviewer are clients in this process, the server is another. A cycle is
 * four calls: submit, redeem (waits), review, outcome.
 */
import { randomBytes } from "node:crypto";
import type { SubmitAnswer } from "@haltpoint/protocol";
import { newDataFile } from "../measure/data-file.ts";
import { serveContestant } from "../measure/contestant.ts";
import { httpCaller } from "../measure/http-caller.ts";
import { purchaseOrder } from "./purchase-order.ts";
import { prepareServer, startServerProcess } from "./server-process.ts";

/** A waiting redemption and a review at once, for each of 32. */
const CONNECTIONS = 64;

await serveContestant(async () => {
  const prepared = await prepareServer(newDataFile("haltpoint-http"));
  const server = await startServerProcess(prepared);
  const agent = { authorization: `Bearer ${prepared.agentKey}` };
  const reviewer = { authorization: `Bearer ${prepared.reviewerToken}` };
  const caller = httpCaller(server.url, CONNECTIONS);
  let number = 0;
  return {
    async once(record) {
      number += 1;
      const key = `order-${number}`;
      const attempt = randomBytes(16).toString("base64url");
      const body = purchaseOrder(number);
      const submitted = await caller.post("/v1/requests", JSON.stringify(body), {
        ...agent,
        "idempotency-key": key,
      });
      const { request } = JSON.parse(submitted) as SubmitAnswer;
      if (request.status !== "held") throw new Error(`submitted and ${request.status}`);
      const path = `/v1/requests/${request.id}`;
      const waits = caller
        .post(`${path}/redeem?wait=25`, JSON.stringify({ attempt }), agent)
        .then((text) => ({ text, at: performance.now() }));
      await isWaiting();
      const decidedAt = performance.now();
      const review = JSON.stringify({ verdict: "approve", digest: request.revision.digest });
      const reviewed = caller.post(`${path}/reviews`, review, {
        ...reviewer,
        "idempotency-key": key,
      });
      const [woken] = await Promise.all([waits, reviewed]);
      record("wake", woken.at - decidedAt);
      const { redemption } = JSON.parse(woken.text) as SubmitAnswer;
      if (redemption?.content.resource.id !== body.resource.id) {
        throw new Error("the redemption is not of what was submitted");
      }
      const outcome = JSON.stringify({ attempt, result: "succeeded" });
      const ended = await caller.post(`${path}/outcome`, outcome, agent);
      if (!ended.includes('"status":"succeeded"')) throw new Error("the run did not succeed");
    },
    async close() {
      await caller.close();
      await server.stop();
    },
  };
});

/** The redemption has left this process; on loopback it is read before the review that follows. */
function isWaiting(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
