/** Haltpoint without its edges: the use cases on the real SQLite store, with somebody to decide. */
import { DEFAULT_SERVER_LIMITS, type App } from "../../packages/server/src/app/app.ts";
import { createApp } from "../../packages/server/src/app/create-app.ts";
import { publishPolicy } from "../../packages/server/src/app/publish-policy.ts";
import { saveIdentity } from "../../packages/server/src/app/identities.ts";
import { savePerson } from "../../packages/server/src/app/registry.ts";
import { DEFAULT_LIMITS } from "../../packages/server/src/domain/request/commands.ts";
import { openSqliteStore } from "../../packages/server/src/storage/sqlite/store.ts";
import { systemClock } from "../../packages/server/src/system/system-clock.ts";
import { systemRandom } from "../../packages/server/src/system/system-random.ts";
import { POLICY } from "./policy.ts";

export const IDENTITY = "agent-1";
export const REVIEWER = "bo";

/** A new installation in a file: four persons, one identity, the purchase order policy. */
export async function newInstallation(file: string): Promise<App> {
  const store = await openSqliteStore({ file, clock: systemClock, random: systemRandom });
  // One identity holds thousands in a minute here; counted over so many as the default looks at.
  const burst = { burstHeldMax: 1_000_000, burstWindowMs: 50 };
  const limits = { ...DEFAULT_SERVER_LIMITS, ...burst, request: DEFAULT_LIMITS };
  const app = createApp({ store, random: systemRandom, limits });
  const published = await publishPolicy(app, { text: POLICY, by: "setup", file: "policy.yaml" });
  if (!published.ok) throw new Error(published.problem.detail);
  for (const id of ["ana", REVIEWER, "chen", "dee"]) {
    const person = { id, name: id, rights: [], disabled: false } as const;
    const saved = await savePerson(app, person, { by: "operator", mustBe: "new" });
    if (!saved.ok) throw new Error(saved.problem.detail);
  }
  const identity = {
    id: IDENTITY,
    type: "agent",
    owner: "chen",
    stage: "active",
    groups: [],
    labels: {},
    actsForPeople: false,
    assurance: "cooperative",
    mode: "enforce",
    may: null,
  } as const;
  const saved = await saveIdentity(app, identity, { by: "operator", mustBe: "new" });
  if (!saved.ok) throw new Error(saved.problem.detail);
  return app;
}

export async function closeInstallation(app: App): Promise<void> {
  app.changes.close();
  await app.store.close();
}
