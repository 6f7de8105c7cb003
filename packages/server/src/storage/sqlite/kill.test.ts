import { join } from "node:path";
import { expect, it } from "vitest";
import { sealEntry } from "../../domain/ledger/entry.ts";
import type { Store } from "../../ports/store.ts";
import { startChild } from "../testing/child.ts";
import { random } from "../testing/random-bytes.ts";
import { systemClock } from "../testing/system-clock.ts";
import { temporaryFolder } from "../testing/temporary-folder.ts";
import { openSqliteStore } from "./store.ts";

const KILLS = process.env["HALTPOINT_CAMPAIGN"] === "1" ? 50 : 4;
const LINES_MAX = 400;
const PAGE = 10_000;

it(`T24, I8: kill -9 ${KILLS} times amid commits loses nothing that was acknowledged`, async () => {
  const file = join(temporaryFolder(), "x.db");
  const acknowledged = new Map<string, number>();
  for (let kill = 0; kill < KILLS; kill += 1) {
    const child = startChild(file, String(kill));
    expect(await child.nextLine()).toBe("open");
    const lines = Math.floor(Math.random() * LINES_MAX);
    for (let read = 0; read < lines; read += 1) note(acknowledged, await child.nextLine());
    await child.kill();
    // What it still said before it died counts too.
    for (let line = await child.nextLine(); line !== null; line = await child.nextLine()) {
      note(acknowledged, line);
    }
    const store = await openSqliteStore({ file, clock: systemClock, random });
    await expectWhole(store, acknowledged);
    await store.close();
  }
  console.log(`${KILLS} kills, ${acknowledged.size} requests acknowledged, none lost`);
});

function note(acknowledged: Map<string, number>, line: string | null): void {
  const match = /^(req_\S+) (\d+)$/.exec(line ?? "");
  if (match === null) throw new Error(`the child said \`${line}\``);
  acknowledged.set(match[1]!, Number(match[2]));
}

async function wholeLog(store: Store) {
  const last = await store.lastLogIndex();
  const log: Awaited<ReturnType<Store["entriesAfter"]>>[number][] = [];
  while (log.length < last) {
    const more = await store.entriesAfter(log.length, PAGE);
    if (more.length === 0) break;
    log.push(...more);
  }
  return log;
}

/** Every acknowledged version is there, every state has its entries, the log has no gap. */
async function expectWhole(store: Store, acknowledged: ReadonlyMap<string, number>) {
  const log = await wholeLog(store);
  expect(log.map((one) => one.logIndex)).toEqual(Array.from(log, (_, index) => index + 1));
  expect(await store.lastLogIndex()).toBe(log.length);
  const sequences = new Map<string, number>();
  for (const entry of log) {
    expect(sealEntry(entry, entry.sequence)).toMatchObject({ hash: entry.hash });
    expect(entry.sequence).toBe((sequences.get(entry.stream) ?? 0) + 1);
    sequences.set(entry.stream, entry.sequence);
  }
  expect(await store.countRequests({})).toBe(sequences.size);
  for (const [id, sequence] of sequences) {
    const state = await store.request(id);
    expect({ id, version: state?.version }).toEqual({ id, version: sequence });
    expect(await store.revision(id, 0)).not.toBeNull();
    expect(await store.key("identity:agent-1", `key-${id}`)).toMatchObject({ requestId: id });
  }
  const lost: string[] = [];
  for (const [id, version] of acknowledged) {
    if ((sequences.get(id) ?? 0) < version) lost.push(`${id} ${version}`);
  }
  expect(lost).toEqual([]);
}
