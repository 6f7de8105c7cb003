/** P1, ours: the real server in a process of its own, called from this one. */
import { writeFileSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { serveContestant } from "../measure/contestant.ts";
import { newDataFile } from "../measure/data-file.ts";
import { prepareServer, startServerProcess } from "../haltpoint/server-process.ts";
import { allowPath } from "./caller.ts";

await serveContestant(async () => {
  const file = newDataFile("haltpoint-allow");
  const prepared = await prepareServer(file);
  const server = await startServerProcess(prepared);
  const path = allowPath(server.url, prepared.agentKey);
  // The floor is told how much one such call stores and answers.
  const before = storedBytes(file);
  const answer = await path.once(() => undefined);
  const [sampleFile] = process.argv.slice(2);
  if (sampleFile !== undefined) {
    const sample = { answer, storedBytes: storedBytes(file) - before };
    writeFileSync(sampleFile, JSON.stringify(sample));
  }
  return {
    once: async (record) => void (await path.once(record)),
    async close() {
      await path.close();
      await server.stop();
    },
  };
});

/** Bytes of all values in all tables, without what SQLite adds for itself and its indexes. */
function storedBytes(file: string): number {
  const database = new DatabaseSync(file, { readOnly: true });
  const tables = database.prepare("SELECT name FROM sqlite_schema WHERE type = 'table'").all();
  let bytes = 0;
  for (const { name } of tables) {
    const columns = database.prepare(`PRAGMA table_info(${String(name)})`).all();
    const sizes = columns.map((column) => `COALESCE(octet_length("${String(column["name"])}"), 0)`);
    const sum = database.prepare(`SELECT SUM(${sizes.join(" + ")}) AS bytes FROM ${String(name)}`);
    bytes += Number(sum.get()?.["bytes"] ?? 0);
  }
  database.close();
  return bytes;
}
