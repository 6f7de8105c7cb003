/** Brings a database to the newest schema, and refuses one that it cannot understand. */
import { createHash } from "node:crypto";
import { StoreFault } from "../../ports/store-fault.ts";
import type { Migration } from "./schema.ts";
import { integerOf, textOf, type Dialect, type Session } from "./session.ts";

const MIGRATIONS_TABLE = `CREATE TABLE IF NOT EXISTS migrations (
  number {integer} NOT NULL PRIMARY KEY,
  name {text} NOT NULL,
  checksum {text} NOT NULL,
  applied_at {integer} NOT NULL
){table}`;

export interface MigrateOptions {
  readonly session: Session;
  readonly dialect: Dialect;
  readonly migrations: readonly Migration[];
  /** Wall clock, for the record only. */
  readonly now: number;
}

/**
 * Applies what is missing, all in one transaction; a database is never left between two schemas.
 *
 * @returns how many were applied.
 * @throws StoreFault `newer_schema`, `foreign_schema`.
 */
export async function migrate(options: MigrateOptions): Promise<number> {
  const { session, dialect, migrations, now } = options;
  await session.execute(dialect.begin);
  try {
    await session.execute(inDialect(MIGRATIONS_TABLE, dialect));
    const appliedCount = await checkApplied(session, migrations);
    for (const [index, migration] of migrations.entries()) {
      if (index < appliedCount) continue;
      for (const statement of migration.statements) {
        await session.execute(inDialect(statement, dialect));
      }
      await migration.fill?.(session);
      await session.query(
        "INSERT INTO migrations (number, name, checksum, applied_at) VALUES (?, ?, ?, ?)",
        [index + 1, migration.name, checksumOf(migration), now],
      );
    }
    await session.execute("COMMIT");
    return migrations.length - appliedCount;
  } catch (error) {
    await session.execute("ROLLBACK");
    throw error;
  }
}

/** How many are applied already; refuses a history that is not the beginning of ours. */
async function checkApplied(session: Session, migrations: readonly Migration[]): Promise<number> {
  const rows = await session.query("SELECT number, name, checksum FROM migrations ORDER BY number");
  const newest = rows.at(-1);
  if (newest !== undefined && integerOf(newest, "number") > migrations.length) {
    throw new StoreFault(
      "newer_schema",
      `the database has schema ${integerOf(newest, "number")} and this Haltpoint knows ` +
        `${migrations.length}: start the newer version that wrote it, or restore a backup`,
    );
  }
  for (const [index, row] of rows.entries()) {
    const known = migrations[index];
    const isSame =
      known !== undefined &&
      integerOf(row, "number") === index + 1 &&
      textOf(row, "checksum") === checksumOf(known);
    if (!isSame) {
      throw new StoreFault(
        "foreign_schema",
        `migration ${index + 1} of the database (\`${textOf(row, "name")}\`) is not the one this ` +
          "Haltpoint has: it was written by a build that was never released, or changed by hand",
      );
    }
  }
  return rows.length;
}

function checksumOf(migration: Migration): string {
  return createHash("sha256").update(migration.statements.join(";\n")).digest("hex");
}

function inDialect(template: string, dialect: Dialect): string {
  return template.replace(
    /\{(text|integer|bytes|number|table|keyedTable)\}/g,
    (_, word: string) => {
      return dialect.words[word as keyof Dialect["words"]];
    },
  );
}
