/**
 * P2, in process: the use cases called as the HTTP edge calls them, on the real store. A cycle is
 * four durable commits: held, approved, redeemed, reported.
 */
import { randomBytes } from "node:crypto";
import { setImmediate } from "node:timers/promises";
import {
  attemptHashOf,
  redeemGrant,
  redemptionOf,
} from "../../packages/server/src/app/redeem-grant.ts";
import { execute } from "../../packages/server/src/app/execute.ts";
import { submitRequest } from "../../packages/server/src/app/submit-request.ts";
import type { Answer } from "../../packages/server/src/app/answer.ts";
import { newDataFile } from "../measure/data-file.ts";
import { serveContestant } from "../measure/contestant.ts";
import { closeInstallation, IDENTITY, newInstallation, REVIEWER } from "./installation.ts";
import { purchaseOrder } from "./purchase-order.ts";

await serveContestant(async () => {
  const app = await newInstallation(newDataFile("haltpoint"));
  const agent = { kind: "identity", id: IDENTITY } as const;
  const person = { kind: "person", id: REVIEWER, stepUp: "none", via: "passkey" } as const;
  const { signal } = new AbortController();
  let number = 0;
  return {
    async once(record) {
      number += 1;
      const attemptHash = attemptHashOf(randomBytes(16).toString("base64url"));
      const key = `order-${number}`;
      const body = purchaseOrder(number);
      const submit = { identityId: IDENTITY, body, key, attemptHash: null };
      const { state } = value(await submitRequest(app, submit));
      if (state.status !== "held") throw new Error(`submitted and ${state.status}`);
      const { id, revision } = state;
      const redeem = { requestId: id, identityId: IDENTITY, attemptHash };
      const waits = redeemGrant(app, redeem, {
        waitMs: 25_000,
        signal,
        stillAdmitted: () => Promise.resolve(null),
      }).then(async (redeemed) => {
        const redemption = await redemptionOf(app, value(redeemed).state);
        return { redemption, at: performance.now() };
      });
      // The caller has looked once and waits, before anybody decides.
      await setImmediate();
      const decidedAt = performance.now();
      const review = {
        kind: "review",
        actor: person,
        verdict: "approve",
        digest: revision.digest,
        reason: null,
        confirmed: [],
      } as const;
      const keyed = { principal: `person:${REVIEWER}`, key, fingerprint: key };
      const [reviewed, woken] = await Promise.all([execute(app, id, review, keyed), waits]);
      value(reviewed);
      record("wake", woken.at - decidedAt);
      if (woken.redemption?.content.resource.id !== body.resource.id) {
        throw new Error("the redemption is not of what was submitted");
      }
      const report = {
        kind: "report",
        actor: agent,
        attemptHash,
        result: "succeeded",
        detail: null,
        stoppedAfterMs: null,
      } as const;
      const ended = value(await execute(app, id, report));
      if (ended.state.status !== "succeeded") throw new Error(`ended ${ended.state.status}`);
    },
    close: () => closeInstallation(app),
  };
});

function value<T>(answer: Answer<T>): T {
  if (answer.ok) return answer.value;
  throw new Error(`${answer.problem.code}: ${answer.problem.detail}`);
}
