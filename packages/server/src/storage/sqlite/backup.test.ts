import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import type { Store } from "../../ports/store.ts";
import { random } from "../testing/random-bytes.ts";
import { change, identity, commitOf, submission } from "../testing/samples.ts";
import { systemClock } from "../testing/system-clock.ts";
import { temporaryFolder } from "../testing/temporary-folder.ts";
import { backUp } from "./backup.ts";
import { openSqliteStore } from "./store.ts";

function open(file: string): Promise<Store> {
  return openSqliteStore({ file, clock: systemClock, random });
}

async function openedStore(): Promise<{ readonly store: Store; readonly folder: string }> {
  const folder = temporaryFolder();
  const store = await open(join(folder, "x.db"));
  onTestFinished(() => store.close());
  return { store, folder };
}

it("is a complete store that opens by itself, readable by its owner alone", async () => {
  const { store, folder } = await openedStore();
  await store.commit(submission("req_A"));
  await store.commit(change("req_A", 1, { status: "approved" }));
  await store.commit(commitOf([{ kind: "identity", identity: identity("agent-1") }]));
  const secret = await store.secret("sameness");
  const target = join(folder, "copy.db");
  await store.backup(target);
  expect(statSync(target).mode & 0o777).toBe(0o600);
  expect(readdirSync(folder).filter((name) => name.includes("partial"))).toEqual([]);

  const copy = await open(target);
  onTestFinished(() => copy.close());
  expect(await copy.request("req_A")).toEqual(await store.request("req_A"));
  expect(await copy.entriesAfter(0, 100)).toEqual(await store.entriesAfter(0, 100));
  expect(await copy.identity("agent-1")).toEqual(identity("agent-1"));
  expect(await copy.epochs()).toEqual(await store.epochs());
  expect(await copy.secret("sameness")).toEqual(secret);
  expect(await copy.commit(change("req_A", 2))).toMatchObject({ kind: "committed", logIndex: 3 });
});

it("is of one moment, while others go on committing", async () => {
  const { store, folder } = await openedStore();
  const before = Array.from({ length: 500 }, (_, n) => `req_${n}`);
  await Promise.all(before.map((id) => store.commit(submission(id))));
  let isDone = false;
  let during = 0;
  const writing = (async () => {
    while (!isDone) {
      const [first, second] = [submission(`req_x${during}`), submission(`req_y${during}`)];
      await Promise.all([store.commit(first), store.commit(second)]);
      during += 1;
    }
  })();
  const target = join(folder, "copy.db");
  await store.backup(target);
  isDone = true;
  await writing;
  expect(during).toBeGreaterThan(1);

  const copy = await open(target);
  onTestFinished(() => copy.close());
  const log = await copy.entriesAfter(0, 10_000);
  expect(log.length).toBeGreaterThanOrEqual(before.length);
  expect(log).toEqual((await store.entriesAfter(0, 10_000)).slice(0, log.length));
  expect(await copy.countRequests({})).toBe(log.length);
});

it("does not overwrite anything", async () => {
  const { store, folder } = await openedStore();
  const target = join(folder, "copy.db");
  writeFileSync(target, "yesterday's");
  await expect(store.backup(target)).rejects.toMatchObject({ code: "backup_exists" });
  expect(readFileSync(target, "utf8")).toBe("yesterday's");
  const own = store.backup(join(folder, "x.db"));
  await expect(own).rejects.toMatchObject({ code: "backup_exists" });
});

it("says why it failed and leaves nothing behind", async () => {
  const { store, folder } = await openedStore();
  const target = join(folder, "missing", "copy.db");
  await expect(store.backup(target)).rejects.toMatchObject({ code: "failed" });
  const broken = join(folder, "broken.db");
  writeFileSync(broken, "not a database at all".repeat(100));
  const copy = join(folder, "copy.db");
  await expect(backUp(broken, copy)).rejects.toMatchObject({ code: "failed" });
  const none = join(folder, "none.db");
  await expect(backUp(none, copy)).rejects.toMatchObject({
    message: expect.stringContaining(none),
  });
  expect(existsSync(copy)).toBe(false);
  expect(readdirSync(dirname(copy)).filter((name) => name.includes("partial"))).toEqual([]);
});

it("refuses after closing", async () => {
  const { store, folder } = await openedStore();
  await store.close();
  const backup = store.backup(join(folder, "copy.db"));
  await expect(backup).rejects.toMatchObject({ code: "closed" });
});
