import {
  chmodSync,
  existsSync,
  mkdirSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { describe, expect, it, onTestFinished } from "vitest";
import type { StoreFaultCode } from "../../ports/store-fault.ts";
import type { Store } from "../../ports/store.ts";
import { startChild } from "../testing/child.ts";
import { random } from "../testing/random-bytes.ts";
import { commitOf, entry, submission } from "../testing/samples.ts";
import { systemClock } from "../testing/system-clock.ts";
import { temporaryFolder } from "../testing/temporary-folder.ts";
import { openSqliteStore } from "./store.ts";

function open(file: string): Promise<Store> {
  return openSqliteStore({ file, clock: systemClock, random });
}

async function expectRefused(file: string, code: StoreFaultCode, ...words: readonly string[]) {
  const error: unknown = await open(file).then(
    () => null,
    (fault: unknown) => fault,
  );
  expect(error).toMatchObject({ name: "StoreFault", code });
  for (const word of words) expect((error as Error).message).toContain(word);
}

/** A database as a store leaves it. */
async function usedFile(): Promise<string> {
  const file = join(temporaryFolder(), "x.db");
  const store = await open(file);
  await store.commit(submission("req_A"));
  await store.close();
  return file;
}

describe("one process", () => {
  it("a second opening in the same process is refused, and the first goes on", async () => {
    const file = join(temporaryFolder(), "x.db");
    const store = await open(file);
    await expectRefused(file, "locked", file, `process ${process.pid}`);
    expect(await store.commit(submission("req_A"))).toMatchObject({ kind: "committed" });
    await expectRefused(file, "locked");
    await store.close();
    await (await open(file)).close();
  });

  it("a second process is refused, told who has it, and let in when that one is killed", async () => {
    const file = join(temporaryFolder(), "x.db");
    const child = startChild(file, "hold");
    expect(await child.nextLine()).toBe("open");
    await expectRefused(file, "locked", file, `process ${child.pid}`);
    await child.kill();
    const store = await open(file);
    expect(await store.commit(submission("req_A"))).toMatchObject({ kind: "committed" });
    await store.close();
  });

  it("a link to the file is the same file", async () => {
    const file = await usedFile();
    const link = join(temporaryFolder(), "link.db");
    symlinkSync(file, link);
    const store = await open(file);
    onTestFinished(() => store.close());
    await expectRefused(link, "locked", file);
  });

  it("a refused opening leaves no lock behind", async () => {
    const file = join(temporaryFolder(), "x.db");
    writeFileSync(file, "not a database, and long enough to have a header of its own");
    await expectRefused(file, "not_a_database");
    await expectRefused(file, "not_a_database");
    truncateSync(file);
    await (await open(file)).close();
  });
});

describe("what cannot be opened", () => {
  it.each(["", ":memory:"])("`%s`: evidence must outlive the process", async (file) => {
    await expectRefused(file, "not_a_database", "needs a file");
  });

  it("a file in a folder that does not exist", async () => {
    const folder = join(temporaryFolder(), "missing");
    await expectRefused(join(folder, "x.db"), "directory_missing", folder, "make it first");
  });

  it("a folder", async () => {
    await expectRefused(temporaryFolder(), "not_a_database", "is not a file");
  });

  it("a place where the lock cannot be written", async () => {
    const file = join(temporaryFolder(), "x.db");
    mkdirSync(`${file}.lock`);
    await expectRefused(file, "not_writable", `${file}.lock`);
  });

  it("a file of something else", async () => {
    const file = join(temporaryFolder(), "x.db");
    writeFileSync(file, "threshold: 5000\n".repeat(100));
    await expectRefused(file, "not_a_database", file, "not a SQLite database");
  });

  it("another program's database, which is left as it was", async () => {
    const file = join(temporaryFolder(), "x.db");
    const other = new DatabaseSync(file);
    other.exec("CREATE TABLE bookmarks (url TEXT)");
    other.close();
    await expectRefused(file, "not_a_database", "another program");
    const after = new DatabaseSync(file);
    expect(after.prepare("SELECT name FROM sqlite_schema").all()).toHaveLength(1);
    after.close();
  });

  it("a truncated database", async () => {
    const file = await usedFile();
    truncateSync(file, 20_000);
    await expectRefused(file, "not_a_database", "damaged");
  });

  it("a database of a newer version, which is left as it was", async () => {
    const file = await usedFile();
    edit(file, "INSERT INTO migrations VALUES (99, 'from-the-future', 'x', 0)");
    await expectRefused(file, "newer_schema", file, "schema 99", "newer version");
    edit(file, "DELETE FROM migrations WHERE number = 99");
    const store = await open(file);
    expect(await store.request("req_A")).not.toBeNull();
    await store.close();
  });

  it("a database whose history is not ours", async () => {
    const file = await usedFile();
    edit(file, "UPDATE migrations SET checksum = 'x' WHERE number = 1");
    await expectRefused(file, "foreign_schema", "migration 1", "first-schema");
  });
});

describe("what it makes", () => {
  it("files that only their owner may read", async () => {
    const file = join(temporaryFolder(), "x.db");
    const store = await open(file);
    onTestFinished(() => store.close());
    await store.commit(commitOf([entry("system", "note")]));
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(statSync(`${file}-wal`).mode & 0o777).toBe(0o600);
    expect(statSync(`${file}.lock`).mode & 0o777).toBe(0o600);
  });

  it("and takes the lock of an earlier version back from everybody else", async () => {
    const file = await usedFile();
    chmodSync(`${file}.lock`, 0o644);
    const store = await open(file);
    onTestFinished(() => store.close());
    expect(statSync(`${file}.lock`).mode & 0o777).toBe(0o600);
    await expectRefused(file, "locked", "in use by");
  });

  it("after closing, one file with everything in it", async () => {
    const file = await usedFile();
    expect(existsSync(`${file}-wal`)).toBe(false);
    const database = new DatabaseSync(file, { readOnly: true });
    expect(database.prepare("SELECT id FROM requests").all()).toMatchObject([{ id: "req_A" }]);
    database.close();
  });
});

function edit(file: string, sql: string): void {
  const database = new DatabaseSync(file);
  database.exec(sql);
  database.close();
}
