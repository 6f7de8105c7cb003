/** A real `haltpoint` process on a store of its own, and what its store says. */
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { createClient, createPeopleClient, type Client, type PeopleClient } from "@haltpoint/sdk";
import { startBinary, type Process } from "../../cli/testing/binary.ts";
import { HOUSE_POLICY } from "./house-policy.ts";

export interface House {
  /** The address that browsers use: passkeys need a name, `localhost`. */
  readonly url: string;
  readonly process: Process;
  /** Where it keeps its files; `--data` of the command line. */
  readonly folder: string;
  /** `dev-agent`, or another identity's by its key. */
  agent(key?: string): Client;
  /** Somebody at a command line; development only. */
  person(id: string): PeopleClient;
  /** Every row of every table, as text. */
  everything(): string;
  close(): Promise<void>;
}

export interface HouseOptions {
  readonly policy?: string;
  /** Settings as they stand in `haltpoint.yaml`. */
  readonly settings?: Readonly<Record<string, unknown>>;
}

/** `haltpoint dev` on a free port. */
export async function openHouse(options: HouseOptions = {}): Promise<House> {
  const { folder, around, args } = await prepareHouse(options);
  const process = startBinary(["dev", "--data", folder, ...args], around);
  await process.shows(/Ctrl-C stops it/);
  const made = JSON.parse(await readFile(join(folder, "dev.json"), "utf8")) as {
    readonly url: string;
    readonly people: Readonly<Record<string, string>>;
    readonly identity: { readonly key: string };
  };
  // Passkeys are bound to a name, and an address is none.
  const url = `http://localhost:${new URL(made.url).port}`;
  const storeFile = join(folder, "dev", "haltpoint.db");
  return {
    url,
    process,
    folder,
    agent: (key = made.identity.key) => createClient({ url, apiKey: key }),
    person: (id) => {
      const token = made.people[id];
      if (token === undefined) throw new Error(`the policy names no \`${id}\``);
      return createPeopleClient({ url, token });
    },
    everything: () => everythingIn(storeFile),
    close: () => closeHouse(process, folder),
  };
}

/** The folder, the configuration, and how a process is started with it. */
export async function prepareHouse({ policy = HOUSE_POLICY, settings = {} }: HouseOptions) {
  const folder = await mkdtemp(join(tmpdir(), "haltpoint-browser-"));
  const policyFile = join(folder, "policy.yaml");
  const configFile = join(folder, "haltpoint.yaml");
  await writeFile(policyFile, policy);
  const config = {
    ...settings,
    listen: { host: "127.0.0.1", port: 0 },
    policy: { file: policyFile },
    store: { file: join(folder, "serve.db") },
  };
  await writeFile(configFile, JSON.stringify(config));
  return {
    folder,
    around: { cwd: folder, env: childEnvironment() },
    args: ["--config", configFile],
  };
}

export async function closeHouse(process: Process, folder: string): Promise<void> {
  process.signal("SIGTERM");
  await process.ended;
  await rm(folder, { recursive: true, force: true });
}

/** What a process of the server has to know of this run: planted bugs come by NODE_OPTIONS. */
export function childEnvironment(): Readonly<Record<string, string>> {
  const wanted = ["NODE_OPTIONS", "HALTPOINT_PLANT", "HOME", "XDG_CACHE_HOME"];
  const all = wanted.map((name) => [name, process.env[name]] as const);
  return Object.fromEntries(
    all.filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}

function everythingIn(file: string): string {
  const database = new DatabaseSync(file, { readOnly: true });
  try {
    const tables = database
      .prepare("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name")
      .all() as { name: string }[];
    return JSON.stringify(
      tables.map(({ name }) => [name, database.prepare(`SELECT * FROM "${name}"`).all()]),
    );
  } finally {
    database.close();
  }
}
