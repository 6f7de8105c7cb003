import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { expect, it, onTestFinished } from "vitest";
import { openSqliteStore } from "../../packages/server/src/storage/sqlite/store.ts";
import { systemClock } from "../../packages/server/src/system/system-clock.ts";
import { systemRandom } from "../../packages/server/src/system/system-random.ts";
import { newFolder, removeFolder } from "../simulation/simulated-server.ts";
import { sumsOf } from "./testing/ledger-sums.ts";
import { HOUR_MS, prepare } from "./testing/purchasing.ts";

const KILLS = process.env["HALTPOINT_CAMPAIGN"] === "1" ? 20 : 2;
const LINES_MAX = 200;
const SCRIPT = fileURLToPath(new URL("testing/buying-child.ts", import.meta.url));

it(`kill -9 ${KILLS} times amid 20 buyers: the budget holds, and no total is wrong after it (I9, T24)`, async () => {
  const folder = newFolder();
  onTestFinished(() => removeFolder(folder));
  const file = join(folder, "server.db");
  await prepare(file);
  for (let kill = 0; kill < KILLS; kill += 1) {
    const approved = await buyUntilKilled(file, `kill-${kill}`);
    const store = await openSqliteStore({ file, clock: systemClock, random: systemRandom });
    const { now } = await store.time();
    const sums = await sumsOf(store, 24 * HOUR_MS, now);
    const [budget] = await store.budgets();
    const query = { budget: budget?.number ?? -1, key: '["olga"]', windowMs: 24 * HOUR_MS };
    const [total] = await store.budgetTotals([{ ...query, value: null, leftOut: null }], now);
    expect(total?.total).toBe(sums.all);
    expect(sums.mostByPolicy).toBeLessThanOrEqual(1_000_000n);
    expect(sums.mostByPolicy).toBeGreaterThan(0n);
    for (const id of approved) expect(await store.request(id)).not.toBeNull();
    await store.close();
  }
});

/** Ids of the orders that were said to be approved. */
async function buyUntilKilled(file: string, name: string): Promise<readonly string[]> {
  const child = spawn(process.execPath, [SCRIPT, file, name], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  onTestFinished(() => {
    child.kill("SIGKILL");
  });
  const gone = once(child, "exit");
  const approved: string[] = [];
  let lines = 20 + Math.floor(Math.random() * LINES_MAX);
  for await (const line of createInterface({ input: child.stdout })) {
    const [id = "", status] = line.split(" ");
    if (status === "approved" || status === "running") approved.push(id);
    lines -= 1;
    if (lines === 0) child.kill("SIGKILL");
  }
  await gone;
  return approved;
}
