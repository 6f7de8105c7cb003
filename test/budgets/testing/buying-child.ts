/** Buyers in a process of their own: 20 at once, for ever, each order said once it is committed. */
import { attemptHashOf } from "../../../packages/server/src/app/redeem-grant.ts";
import { execute } from "../../../packages/server/src/app/execute.ts";
import { submitRequest } from "../../../packages/server/src/app/submit-request.ts";
import { openSqliteStore } from "../../../packages/server/src/storage/sqlite/store.ts";
import { systemClock } from "../../../packages/server/src/system/system-clock.ts";
import { systemRandom } from "../../../packages/server/src/system/system-random.ts";
import { appOn } from "../../simulation/simulated-server.ts";
import { BUYERS } from "./purchasing.ts";

const CALLERS = 20;
const [file = "", name = ""] = process.argv.slice(2);
const store = await openSqliteStore({ file, clock: systemClock, random: systemRandom });
const app = appOn(store, systemRandom);
console.log("open");
await Promise.all(Array.from({ length: CALLERS }, (_, caller) => buy(caller)));

async function buy(caller: number): Promise<void> {
  const identityId = BUYERS[caller % BUYERS.length]!;
  for (let order = 0; ; order += 1) {
    const key = `${name}-${caller}-${order}`;
    const amount = `${1 + ((caller * 37 + order * 101) % 900)}.${10 + (order % 90)} USD`;
    const body = {
      action: { name: "order", properties: { amount } },
      resource: { type: "order", id: key },
      enforcement: { caller_returns: true },
    };
    const attemptHash = order % 3 === 0 ? attemptHashOf(key) : null;
    const answer = await submitRequest(app, { identityId, body, key, attemptHash });
    if (!answer.ok) throw new Error(answer.problem.detail);
    const { id, status } = answer.value.state;
    console.log(`${id} ${status}`);
    // Most make room again, so that there is always some to fight for.
    const actor = { kind: "identity", id: identityId } as const;
    if (order % 5 !== 0) await execute(app, id, { kind: "withdraw", actor, reason: null });
  }
}
