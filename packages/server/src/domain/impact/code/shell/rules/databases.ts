import { CARRIES, carrying } from "../../carried.ts";
import { changesFile } from "../../files.ts";
import { quote } from "../../inspection.ts";
import { flagged, operands, optionValues } from "../session.ts";
import type { Rule, Session } from "../session.ts";

/** Command lines of databases: their statements are read as SQL. */

const sqlClient: Rule = ({ name, args, stdin }, session) => {
  const statements = optionValues(
    args,
    "-c",
    "--command",
    "-e",
    "--execute",
    "-q",
    "--query",
    "-Q",
  ).map(({ text }) => text);
  const plain = operands(
    args,
    new Set(
      "-h -U -p -d -P -u -D -S -H --host --port --user --username --dbname --database -c --command -e --execute -q --query -Q -f --file".split(
        " ",
      ),
    ),
  );
  if (/^sqlite|^duckdb/u.test(name)) statements.push(...plain.slice(1).map(({ text }) => text));
  if (stdin.text !== null) statements.push(stdin.text);
  session.inspection.unknown();
  for (const text of statements) statement(text, session);
  for (const value of optionValues(args, "-f", "--file")) {
    const content = session.content(value);
    if (typeof content?.text === "string") session.inspection.nested("sql", content.text);
    session.inspection.writes();
  }
  return carrying(CARRIES.data);
};

function statement(text: string, session: Session): void {
  session.inspection.nested("sql", text);
  const shell = /^\s*(?:\\!|\.shell|\.system)\s+(.+)$/mu.exec(text)?.[1];
  if (shell !== undefined) session.script(shell);
}

const DROPS =
  /\.(?:drop|dropDatabase|deleteMany|deleteOne|remove|findOneAndDelete|dropIndexes|dropUser)\s*\(|\bdropDatabase\b/u;

const mongo: Rule = ({ args, stdin }, session) => {
  session.inspection.unknown();
  const texts = [
    ...optionValues(args, "--eval").map(({ text }) => text),
    ...(stdin.text === null ? [] : [stdin.text]),
  ];
  for (const text of texts) {
    if (DROPS.test(text))
      session.inspection.find(
        "destruction",
        /\.delete(?:One)|findOneAndDelete/u.test(text) ? "low" : "high",
        `Would delete data in the database (${quote(text)}).`,
      );
    if (
      /\.(?:createUser|grantRolesToUser|updateUser|createRole|changeUserPassword)\s*\(/u.test(text)
    )
      session.inspection.find("privilege_change", "high", "Would change accounts of the database.");
    if (
      /\.(?:insert|update|replace|save|bulkWrite|createCollection|createIndex)\w*\s*\(/u.test(text)
    )
      session.inspection.writes();
    if (/\.(?:update|updateMany)\s*\(\s*\{\s*\}/u.test(text))
      session.inspection.find("destruction", "high", "Would change every document.");
  }
  return carrying(CARRIES.data);
};

const redis: Rule = ({ args, stdin }, session) => {
  const words = `${operands(args, new Set(["-h", "-p", "-a", "-n", "-u"]))
    .map(({ text }) => text)
    .join(" ")} ${stdin.text ?? ""}`;
  if (/\b(?:flushall|flushdb|shutdown|swapdb)\b/iu.test(words))
    session.inspection.find(
      "destruction",
      "high",
      `Would empty or stop the store (${quote(words)}).`,
    );
  else if (/\b(?:del|unlink|getdel)\b/iu.test(words))
    session.inspection.find("destruction", "low", `Would delete keys (${quote(words)}).`);
  else if (/\b(?:config\s+set|acl\s+setuser|slaveof|replicaof|module\s+load)\b/iu.test(words))
    session.inspection.find(
      "privilege_change",
      "high",
      `Would change the store's settings (${quote(words)}).`,
    );
  session.inspection.unknown();
  return carrying(CARRIES.data);
};

const dumps: Rule = ({ name, args }, session) => {
  session.inspection.find(
    "data_release",
    "low",
    `Would copy out a whole database with ${quote(name)}.`,
  );
  for (const value of optionValues(args, "-f", "--file", "-r", "--result-file", "-o", "--out"))
    changesFile(session.inspection, session.place(value), "overwrite");
  return carrying(CARRIES.data);
};

const drops: Rule = ({ name, args }, session) => {
  if (/^(?:createuser|dropuser)$/u.test(name))
    session.inspection.find(
      "privilege_change",
      "high",
      `Would change accounts of the database (${quote(name)}).`,
    );
  else if (
    name === "dropdb" ||
    args.some(({ text }) => text === "drop") ||
    flagged(args, "c", "clean", "drop")
  ) {
    session.inspection.find(
      "destruction",
      "high",
      `Would delete a database (${quote([name, ...args.map(({ text }) => text)].join(" "))}).`,
    );
  } else
    session.inspection.find("destruction", "low", "Would load data over what is in a database.");
  return carrying(CARRIES.data);
};

export const DATABASE_RULES: readonly (readonly [string, Rule])[] = [
  ...[
    "psql",
    "mysql",
    "mariadb",
    "sqlite3",
    "sqlite",
    "sqlcmd",
    "sqlplus",
    "clickhouse-client",
    "duckdb",
    "cockroach",
    "bq",
    "isql",
    "cqlsh",
    "snowsql",
    "trino",
    "presto",
  ].map((name) => [name, sqlClient] as const),
  ...["mongo", "mongosh"].map((name) => [name, mongo] as const),
  ...["redis-cli", "valkey-cli"].map((name) => [name, redis] as const),
  ...["pg_dump", "pg_dumpall", "mysqldump", "mongodump", "mariadb-dump", "mongoexport"].map(
    (name) => [name, dumps] as const,
  ),
  ...["dropdb", "createuser", "dropuser", "mysqladmin", "pg_restore", "mongorestore"].map(
    (name) => [name, drops] as const,
  ),
];
