import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { migrate } from "../sql/migrate.ts";
import { MIGRATIONS, type Migration } from "../sql/schema.ts";
import { temporaryFolder } from "../testing/temporary-folder.ts";
import { SQLITE, SqliteConnection } from "./connection.ts";

const FIRST: Migration = {
  name: "first",
  statements: ["CREATE TABLE fruits (name {text} NOT NULL){table}"],
};
const SECOND: Migration = {
  name: "second",
  statements: [
    "ALTER TABLE fruits ADD COLUMN weight {integer}",
    "INSERT INTO fruits VALUES ('a', 1)",
  ],
};

function connection(): SqliteConnection {
  const session = new SqliteConnection(join(temporaryFolder(), "x.db"), "write");
  onTestFinished(() => session.close());
  return session;
}

function run(session: SqliteConnection, migrations: readonly Migration[]): Promise<number> {
  return migrate({ session, dialect: SQLITE, migrations, now: 7 });
}

it("applies what is missing, in order, once, and records it", async () => {
  const session = connection();
  expect(await run(session, [FIRST])).toBe(1);
  expect(await run(session, [FIRST, SECOND])).toBe(1);
  expect(await run(session, [FIRST, SECOND])).toBe(0);
  expect(await session.query("SELECT name, weight FROM fruits")).toMatchObject([{ weight: 1 }]);
  const applied = await session.query("SELECT number, name, applied_at FROM migrations");
  expect(applied).toMatchObject([
    { number: 1, name: "first", applied_at: 7 },
    { number: 2, name: "second", applied_at: 7 },
  ]);
});

it("applies all of them or none", async () => {
  const session = connection();
  await run(session, [FIRST]);
  const broken: Migration = { name: "third", statements: ["INSERT INTO missing VALUES (1)"] };
  await expect(run(session, [FIRST, SECOND, broken])).rejects.toThrow("missing");
  expect(await session.query("SELECT number FROM migrations")).toHaveLength(1);
  expect(await session.query("SELECT * FROM fruits")).toEqual([]);
  expect(await run(session, [FIRST, SECOND])).toBe(1);
});

it("refuses a database that a newer build has migrated", async () => {
  const session = connection();
  await run(session, [FIRST, SECOND]);
  await expect(run(session, [FIRST])).rejects.toMatchObject({ code: "newer_schema" });
});

it("refuses a migration that was changed after it was applied", async () => {
  const session = connection();
  await run(session, [FIRST]);
  const changed = { ...FIRST, statements: ["CREATE TABLE fruits (name {text}){table}"] };
  await expect(run(session, [changed])).rejects.toMatchObject({ code: "foreign_schema" });
});

it("every table refuses values of a wrong type", async () => {
  const session = connection();
  await run(session, MIGRATIONS);
  const tables = await session.query(
    "SELECT name, strict FROM pragma_table_list WHERE schema = 'main' AND name NOT LIKE 'sqlite_%'",
  );
  expect(tables.length).toBeGreaterThan(15);
  expect(tables.filter((table) => table["strict"] !== 1)).toEqual([]);
});
