/** A store with a long record, and what was submitted, kept apart from it. */
import { join } from "node:path";
import type { SubmitBody } from "@haltpoint/protocol";
import { DEFAULT_SERVER_LIMITS, type App } from "../../../packages/server/src/app/app.ts";
import { createApp } from "../../../packages/server/src/app/create-app.ts";
import { publishPolicy } from "../../../packages/server/src/app/publish-policy.ts";
import { saveIdentity } from "../../../packages/server/src/app/identities.ts";
import { savePerson } from "../../../packages/server/src/app/registry.ts";
import { submitRequest } from "../../../packages/server/src/app/submit-request.ts";
import { DEFAULT_LIMITS } from "../../../packages/server/src/domain/request/commands.ts";
import { openSqliteStore } from "../../../packages/server/src/storage/sqlite/store.ts";
import { ManualClock } from "../../../packages/server/src/storage/testing/manual-clock.ts";
import { SeededRandom } from "../../simulation/seeded-random.ts";
import { newFolder, removeFolder } from "../../simulation/simulated-server.ts";

const DAY_MS = 86_400_000;
/** Submitted at one moment. */
export const BATCH = 100;
const AGENTS = ["agent-1", "agent-2", "agent-3", "agent-4"];
const change = { by: "operator", mustBe: "new" } as const;

/** One submission, as whoever made it remembers it. */
export interface Remembered {
  readonly id: string;
  readonly at: number;
  readonly agent: string;
  readonly action: "orders.submit" | "files.read" | "files.erase" | "mail.send";
  readonly cents: number;
  readonly card: string;
}

export interface LongRecord {
  readonly app: App;
  readonly clock: ManualClock;
  /** The folder of its store; removed when it is closed. */
  readonly folder: string;
  /** The store's file. */
  readonly file: string;
  readonly all: readonly Remembered[];
  close(): Promise<void>;
}

/** Submits `count` requests over `days` days under this policy. */
export async function recordOf(policy: string, count: number, days: number): Promise<LongRecord> {
  const random = new SeededRandom(20_261_128);
  const record = await emptyRecord(policy, random);
  const { app, clock } = record;
  const all: Remembered[] = [];
  const batches = Math.ceil(count / BATCH);
  for (let batch = 0; batch < batches; batch += 1) {
    clock.advance(Math.round((days * DAY_MS) / batches));
    const size = Math.min(BATCH, count - batch * BATCH);
    const made = Array.from({ length: size }, (_, at) => submitted(app, random, `${batch}/${at}`));
    all.push(...(await Promise.all(made)));
  }
  clock.advance(1_000);
  return { ...record, all };
}

/** A store with a policy in force, four agents of chen's, and nothing on record. */
export async function emptyRecord(
  policy: string,
  random: SeededRandom,
): Promise<Omit<LongRecord, "all">> {
  const folder = newFolder();
  const clock = new ManualClock();
  const file = join(folder, "record.db");
  const store = await openSqliteStore({ file, clock, random });
  const limits = {
    ...DEFAULT_SERVER_LIMITS,
    request: DEFAULT_LIMITS,
    heldPerIdentityMax: 1_000_000,
    burstHeldMax: 0,
    heldBytesPerIdentityMax: 1e12,
    lifetimeMs: 60 * DAY_MS,
  };
  const app = createApp({ store, random, limits, site: SITE });
  for (const id of ["ana", "bo", "chen", "dee"]) {
    await savePerson(app, { id, name: id, rights: ["policy_admin"], disabled: false }, change);
  }
  for (const id of AGENTS) await saveIdentity(app, identityOf(id), change);
  const published = await publishPolicy(app, { text: policy, by: "setup", file: "policy" });
  if (!published.ok) throw new Error(published.problem.detail);
  const close = async (): Promise<void> => {
    app.changes.close();
    await store.close();
    removeFolder(folder);
  };
  return { app, clock, folder, file, close };
}

const SITE = { publicUrl: "https://haltpoint.example", development: false };

function identityOf(id: string) {
  return {
    id,
    type: "agent",
    owner: "chen",
    stage: "active",
    groups: id === "agent-4" ? ["trusted"] : [],
    labels: {},
    actsForPeople: false,
    assurance: "cooperative",
    mode: "enforce",
    may: null,
  } as const;
}

async function submitted(app: App, random: SeededRandom, key: string): Promise<Remembered> {
  const action = random.weighted({
    "files.read": 70,
    "orders.submit": 24,
    "files.erase": 3,
    "mail.send": 3,
  } as const);
  const cents = random.chance(0.8) ? random.below(400_000) : random.below(1_000_000);
  const card = random.chance(0.5) ? "4111" : "5500";
  const agent = random.pick(AGENTS);
  const body: SubmitBody = {
    action: { name: action, properties: propertiesOf(action, cents, card) },
    resource: { type: "thing", id: `T-${key}` },
  };
  const answer = await submitRequest(app, { identityId: agent, body, key, attemptHash: null });
  if (!answer.ok) throw new Error(answer.problem.detail);
  const { id, createdAt: at } = answer.value.state;
  return { id, at, agent, action, cents, card };
}

function propertiesOf(action: Remembered["action"], cents: number, card: string) {
  if (action !== "orders.submit") return {};
  return { amount: `${(cents / 100).toFixed(2)} USD`, card };
}
