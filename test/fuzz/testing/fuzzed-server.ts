/** Starts and watches the server that hostile input is sent to. */
import { spawn, type ChildProcess } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { temporaryFolder } from "../../http/testing/server-under-test.ts";
import type { Place } from "./fuzzed-child.ts";

const CHILD = fileURLToPath(new URL("./fuzzed-child.ts", import.meta.url));

/** What a refused call must leave as it was. Entries and keys may come: a refusal is recorded. */
const TABLES = ["requests", "identities", "persons", "credentials", "policies", "halts"] as const;
export type Counts = Readonly<Record<(typeof TABLES)[number], number>>;

/** Halts that somebody placed, and not those in which a change of a stage ends what was granted. */
const COUNTED: Readonly<Record<string, string>> = {
  halts: "halts WHERE lifted_at IS NULL OR lifted_at <> placed_at",
};

export interface FuzzedServer extends Place {
  readonly host: string;
  readonly port: number;
  /** Everything it logged so far. */
  log(): string;
  hasEnded(): boolean;
  /** Resident memory now and at its highest, in MB. */
  memory(): { readonly rssMb: number; readonly peakMb: number };
  /** What is in its store, read from the file. */
  counts(): Counts;
  close(): Promise<void>;
}

export async function startFuzzed({ heldMax = 100_000 } = {}): Promise<FuzzedServer> {
  const folder = await temporaryFolder();
  const file = join(folder.path, "store.db");
  const child = spawn(process.execPath, [CHILD, file, String(heldMax)], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  const log: string[] = [];
  child.stderr.on("data", (chunk: Buffer) => log.push(chunk.toString("utf8")));
  const place = await placeOf(child, log);
  const { hostname: host, port } = new URL(place.url);
  const store = new DatabaseSync(file, { readOnly: true });
  return {
    ...place,
    host,
    port: Number(port),
    log: () => log.join(""),
    hasEnded: () => child.exitCode !== null || child.signalCode !== null,
    memory: () => memoryOf(child.pid ?? 0),
    counts: () => {
      const count = (table: string): number =>
        Number(store.prepare(`SELECT count(*) AS n FROM ${COUNTED[table] ?? table}`).get()?.["n"]);
      return Object.fromEntries(TABLES.map((table) => [table, count(table)])) as Counts;
    },
    close: async () => {
      store.close();
      const ended = new Promise((resolve) => child.once("close", resolve));
      if (child.exitCode === null) {
        child.kill("SIGTERM");
        await ended;
      }
      await folder.remove();
    },
  };
}

async function placeOf(child: ChildProcess, log: readonly string[]): Promise<Place> {
  if (child.stdout === null) throw new Error("the server has no standard output");
  for await (const line of createInterface(child.stdout)) return JSON.parse(line) as Place;
  throw new Error(`the server ended before it listened:\n${log.join("")}`);
}

function memoryOf(pid: number): { readonly rssMb: number; readonly peakMb: number } {
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  const mb = (name: string): number =>
    Math.round(Number(new RegExp(`^${name}:\\s+(\\d+) kB`, "m").exec(status)?.[1]) / 1_024);
  return { rssMb: mb("VmRSS"), peakMb: mb("VmHWM") };
}
