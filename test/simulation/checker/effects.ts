/** What happened in the world, against the log. */
import { canonicalJson } from "@haltpoint/protocol";
import type { Effect } from "../enforcement-point.ts";
import type { Walked } from "./ledger-walk.ts";
import { must } from "./violation.ts";

/** @throws Violation for an effect that should not have been. */
export function checkEffects(effects: readonly Effect[], { requests, runs }: Walked): void {
  const happened = new Set<string>();
  for (const effect of effects) {
    const { requestId, attemptHash, askedAt, evidence } = effect;
    must(!happened.has(requestId), "I1", `${requestId} happened twice`);
    happened.add(requestId);
    const run = runs.get(attemptHash);
    must(run?.requestId === requestId, "I8", `${requestId} happened and no redemption is recorded`);
    if (run === undefined) continue;
    must(evidence.includes(run.redeemedAt), "I8", () => {
      return `${requestId} happened before entry ${run.redeemedAt} of its redemption was durable`;
    });
    const isGranted =
      effect.digest === run.digest && canonicalJson(effect.content) === canonicalJson(run.content);
    must(isGranted, "I2", `${requestId}: something else ran than what was granted`);
    const halt = requests
      .get(requestId)
      ?.covered.find(
        ({ placedAt, since, until }) =>
          placedAt > run.grantMadeAt && since <= askedAt && askedAt < until,
      );
    must(halt === undefined, "I10", () => {
      return `${requestId} began on a redemption asked for after the halt at ${halt?.placedAt}`;
    });
  }
}
