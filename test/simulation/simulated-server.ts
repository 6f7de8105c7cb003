/**
 * One server on one database file, that can crash and come back.
 *
 * CRASH: what is in flight is gone, and the next server opens what the files held at that moment: a
 * copy of the database and its log, where a commit that was under way may be cut off anywhere.
 */
import { copyFileSync, existsSync, mkdtempSync, rmSync, statSync, truncateSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { App } from "../../packages/server/src/app/app.ts";
import { createApp } from "../../packages/server/src/app/create-app.ts";
import { saveIdentity } from "../../packages/server/src/app/identities.ts";
import { savePerson } from "../../packages/server/src/app/registry.ts";
import type { Random } from "../../packages/server/src/ports/random.ts";
import type { Store } from "../../packages/server/src/ports/store.ts";
import { openSqliteStore } from "../../packages/server/src/storage/sqlite/store.ts";
import { IDENTITIES, LIMITS, PERSONS } from "./cast.ts";
import type { Interleaver } from "./interleaver.ts";
import { SeededRandom } from "./seeded-random.ts";
import { SimulatedClock } from "./simulated-clock.ts";
import { SteppedStore, type StoreEvents } from "./stepped-store.ts";

export interface ServerOptions {
  readonly folder: string;
  readonly clock: SimulatedClock;
  readonly random: Random;
  readonly interleaver: Interleaver;
  readonly events: StoreEvents;
}

export class SimulatedServer {
  readonly #options: ServerOptions;
  #file: string;
  #incarnation = 0;
  #stepped: SteppedStore;
  #store: Store;
  #app: App;

  private constructor(options: ServerOptions, file: string, store: Store) {
    this.#options = options;
    this.#file = file;
    this.#store = store;
    this.#stepped = new SteppedStore(store, options.interleaver, options.events);
    this.#app = appOn(this.#stepped.store, options.random);
  }

  /** Opens a copy of the database that `file` holds. */
  static async open(options: ServerOptions, file: string): Promise<SimulatedServer> {
    const copy = join(options.folder, "server-0.db");
    copyFileSync(file, copy);
    const store = await openSqliteStore({ ...options, file: copy });
    return new SimulatedServer(options, copy, store);
  }

  /** What use cases work with. Another one after each crash. */
  get app(): App {
    return this.#app;
  }

  /** For whoever looks from outside; never stopped and never broken. */
  get store(): Store {
    return this.#store;
  }

  /** Bytes of the database's log file: grows with each commit. */
  logBytes(): number {
    const log = `${this.#file}-wal`;
    return existsSync(log) ? statSync(log).size : 0;
  }

  /** Whatever still reaches the store is done, and nobody hears of it. */
  cutOff(): void {
    this.#stepped.crash();
  }

  /** @param logBytes the log file is cut off here: a commit under way was written that far. */
  async crash(logBytes: number | null = null): Promise<void> {
    this.#stepped.crash();
    this.#options.interleaver.abandon();
    this.#app.changes.close();
    this.#incarnation += 1;
    const file = join(this.#options.folder, `server-${this.#incarnation}.db`);
    copyFileSync(this.#file, file);
    if (existsSync(`${this.#file}-wal`)) copyFileSync(`${this.#file}-wal`, `${file}-wal`);
    if (logBytes !== null) truncateSync(`${file}-wal`, logBytes);
    await this.#store.close();
    const { interleaver, events, random } = this.#options;
    this.#file = file;
    this.#store = await openSqliteStore({ ...this.#options, file });
    this.#stepped = new SteppedStore(this.#store, interleaver, events);
    this.#app = appOn(this.#stepped.store, random);
  }

  async close(): Promise<void> {
    this.#app.changes.close();
    await this.#store.close();
  }
}

export function appOn(store: Store, random: Random): App {
  return createApp({ store, random, limits: LIMITS });
}

/** A new folder, in memory where the system has such: what is lost here is cut off on purpose. */
export function newFolder(): string {
  const memory = "/dev/shm";
  return mkdtempSync(join(existsSync(memory) ? memory : tmpdir(), "haltpoint-simulation-"));
}

/** A database with the cast registered and no policy; to be copied. */
export async function prepareDatabase(folder: string): Promise<string> {
  const file = join(folder, "prepared.db");
  const random = new SeededRandom(0);
  const store = await openSqliteStore({ file, clock: new SimulatedClock(), random });
  const app = appOn(store, random);
  const change = { by: "operator", mustBe: "new" } as const;
  for (const person of PERSONS) await accepted(savePerson(app, person, change));
  for (const identity of IDENTITIES) await accepted(saveIdentity(app, identity, change));
  for (const name of ["sameness", "look_alike"]) await store.secret(name);
  app.changes.close();
  await store.close();
  return file;
}

async function accepted(answer: Promise<{ readonly ok: boolean }>): Promise<void> {
  const { ok } = await answer;
  if (!ok) throw new Error("the cast was not accepted");
}

export function removeFolder(folder: string): void {
  rmSync(folder, { recursive: true, force: true });
}
