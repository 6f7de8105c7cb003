import { asRead } from "./characters.ts";
import { quote } from "./inspection.ts";
import type { Inspection } from "./inspection.ts";

/** Statements of SQL, without a parser: comments and strings are taken out, then each is read by its words. */

const MAX_SQL = 65_536;
const MAX_STATEMENTS = 256;

interface Statement {
  /** Upper case, strings as '', comments gone, single spaces. */
  readonly words: string;
  readonly text: string;
}

export function inspectSql(text: string, inspection: Inspection): void {
  if (text.length > MAX_SQL) inspection.incomplete(`it is longer than ${MAX_SQL} characters`);
  const source = text.slice(0, MAX_SQL);
  inspection.step(Math.ceil(source.length / 256));
  let count = 0;
  for (const statement of statements(asRead(source))) {
    count += 1;
    if (count > MAX_STATEMENTS || !inspection.step()) {
      inspection.incomplete("it has too many statements");
      return;
    }
    read(statement, inspection);
  }
}

/** Whether text is SQL rather than something else. */
export function looksLikeSql(text: string): boolean {
  return /^\s*(?:\(?\s*)?(?:SELECT\s[\s\S]{1,2000}\sFROM\s|INSERT\s+INTO\s|UPDATE\s+\S+\s+SET\s|DELETE\s+FROM\s|DROP\s+(?:TABLE|DATABASE|SCHEMA|VIEW|INDEX|USER|ROLE)\s|TRUNCATE\s|ALTER\s+(?:TABLE|USER|ROLE|DATABASE|SYSTEM)\s|CREATE\s+(?:TABLE|USER|ROLE|DATABASE|OR\s|INDEX|VIEW|FUNCTION|EXTENSION)|GRANT\s+\S|REVOKE\s+\S|COPY\s+\S+\s+(?:TO|FROM)\s|MERGE\s+INTO\s|WITH\s+\S+\s+AS\s*\()/iu.test(
    text,
  );
}

function statements(source: string): readonly Statement[] {
  const pattern =
    /--[^\n]*|#[^\n]*|\/\*!?(?:\d{5})?|\*\/|'(?:[^'\\]|''|\\.)*'?|"(?:[^"]|"")*"?|`[^`]*`?|\$(\w*)\$|;|[^\s'"`;$#*/-]+|\s+|./gsu;
  const found: Statement[] = [];
  let words = "";
  let start = 0;
  for (const match of source.matchAll(pattern)) {
    const piece = match[0];
    if (piece === ";") {
      found.push({ words: words.trim(), text: source.slice(start, match.index) });
      words = "";
      start = match.index + 1;
    } else if (/^(?:--|#)|^\s/u.test(piece)) words += " ";
    else if (piece.startsWith("/*") || piece === "*/") words += " ";
    else if (piece.startsWith("'")) words += "''";
    else words += piece.replaceAll(/["`]/gu, "").toUpperCase();
  }
  found.push({ words: words.trim(), text: source.slice(start) });
  return found
    .map(({ words: all, text }) => ({ words: all.replace(/\s+/gu, " "), text: text.trim() }))
    .filter((statement) => statement.words !== "");
}

function read({ words, text }: Statement, inspection: Inspection): void {
  const said = quote(text);
  if (
    /^(?:SELECT|WITH|SHOW|DESCRIBE|DESC|EXPLAIN|USE|PRAGMA|VALUES|TABLE|\\D|\.(?:TABLES|SCHEMA))\b/u.test(
      words,
    ) &&
    !/\b(?:DELETE FROM|UPDATE \S+ SET|INSERT INTO|DROP )\b/u.test(words)
  ) {
    queries(words, said, inspection);
    return;
  }
  inspection.writes();
  destroys(words, said, inspection);
  if (
    /\b(?:GRANT|REVOKE) |(?:CREATE|ALTER|DROP) (?:USER|ROLE|LOGIN)\b|\bSET PASSWORD\b|\bALTER SYSTEM\b|\bSECURITY DEFINER\b|\bSET GLOBAL\b|\bALTER DATABASE \S+ (?:SET|OWNER)|\bDISABLE (?:TRIGGER|ROW LEVEL SECURITY)|\bSP_ADDSRVROLEMEMBER\b|\bOWNER TO\b/u.test(
      words,
    )
  ) {
    inspection.find(
      "privilege_change",
      "high",
      `Would change accounts or rights of the database: ${said}.`,
    );
  }
  if (
    /^(?:INSERT INTO|UPDATE|REPLACE INTO|DELETE FROM) (?:MYSQL\.|PG_)?(?:USER|AUTHID|ROLES?|PERMISSIONS|USER_ROLES|PG_AUTHID)\b.*(?:ROLE|ADMIN|PRIV|SUPER|PASSWORD)/u.test(
      words,
    )
  ) {
    inspection.find("privilege_change", "low", `Would change a table of users: ${said}.`);
  }
  runs(words, said, inspection);
}

function destroys(words: string, said: string, inspection: Inspection): void {
  if (
    /\bDROP (?:TABLE|DATABASE|SCHEMA|VIEW|INDEX|COLUMN|KEYSPACE|COLLECTION|TABLESPACE|PARTITION|FUNCTION|TRIGGER|MATERIALIZED VIEW|POLICY|EXTENSION)\b|\bALTER TABLE .* DROP\b/u.test(
      words,
    )
  ) {
    const small = /\bDROP (?:INDEX|VIEW|FUNCTION|TRIGGER)\b|\bTEMP(?:ORARY)?\b/u.test(words);
    inspection.find(
      "destruction",
      small ? "low" : "high",
      `Would delete part of the database: ${said}.`,
    );
  }
  if (/\bTRUNCATE\b/u.test(words))
    inspection.find("destruction", "high", `Would empty a table: ${said}.`);
  const always = /\bWHERE (?:1 ?= ?1|TRUE|'' ?= ?''|1|NOT FALSE)(?: OR .*)?$|\bOR 1 ?= ?1\b/u.test(
    words,
  );
  const bounded = /\bWHERE\b/u.test(words) && !always;
  if (/\bDELETE FROM\b/u.test(words)) {
    inspection.find(
      "destruction",
      bounded ? "low" : "high",
      `Would delete ${bounded ? "rows" : "every row"}: ${said}.`,
    );
  }
  if (/\bUPDATE \S+(?: \S+){0,3} SET\b/u.test(words) && !bounded) {
    inspection.find("destruction", "high", `Would change every row: ${said}.`);
  }
}

function runs(words: string, said: string, inspection: Inspection): void {
  if (
    /\bTO PROGRAM\b|\bFROM PROGRAM\b|\bXP_CMDSHELL\b|\bSYS_EXEC\b|\bSYS_EVAL\b|\bLOAD_EXTENSION\b|\bDBMS_SCHEDULER\b|\bLANGUAGE (?:C|PLPYTHON\d?U|PLPERLU)\b|\bSP_OACREATE\b/u.test(
      words,
    )
  ) {
    inspection.find("code_execution", "high", `Would let the database run a program: ${said}.`);
    inspection.find(
      "privilege_change",
      "low",
      `Would leave the database for the machine: ${said}.`,
    );
  }
  if (
    /\bINTO (?:OUTFILE|DUMPFILE)\b|^COPY .* TO ''|\bUTL_(?:HTTP|FILE|SMTP)\b|\bDBLINK\b|\bUNLOAD\b.* TO ''/u.test(
      words,
    )
  ) {
    inspection.find("data_release", "high", `Would write data out of the database: ${said}.`);
  }
}

function queries(words: string, said: string, inspection: Inspection): void {
  runs(words, said, inspection);
  if (/\bINTO (?:OUTFILE|DUMPFILE)\b/u.test(words)) inspection.writes();
  if (
    /\b(?:PG_SHADOW|PG_AUTHID|MYSQL\.USER|SYS\.SQL_LOGINS|DBA_USERS|PG_READ_FILE|LOAD_FILE|PG_LS_DIR|SYS\.USER\$)\b/u.test(
      words,
    )
  ) {
    inspection.find("secret_access", "high", `Would read what the database keeps secret: ${said}.`);
  } else if (
    /^SELECT\b.*\b(?:PASSWORD|PASSWD|PASSWORD_HASH|SECRET|API_KEY|ACCESS_TOKEN|PRIVATE_KEY|SSN|CARD_NUMBER|CREDIT_CARD|CVV)\w*\b.*\bFROM\b/u.test(
      words,
    )
  ) {
    inspection.find(
      "secret_access",
      "low",
      `Would read a column that is named like a secret: ${said}.`,
    );
  } else if (
    /^SELECT (?:\w+\.)?\* FROM \S+(?: \w+)?(?: ORDER BY \S+(?: (?:ASC|DESC))?)?$/u.test(words)
  ) {
    inspection.find("data_release", "low", `Would read every row and column: ${said}.`);
  }
  if (/\bUNION\b.*\bSELECT\b.*\bINFORMATION_SCHEMA\b/u.test(words))
    inspection.find(
      "secret_access",
      "low",
      `Would search the database for what it holds: ${said}.`,
    );
  if (
    /\bPG_TERMINATE_BACKEND\b|\bPG_DROP_REPLICATION_SLOT\b|\bPG_SLEEP\b|\bBENCHMARK\s*\(/u.test(
      words,
    )
  )
    inspection.find("destruction", "low", `Would stop or slow the database: ${said}.`);
}
