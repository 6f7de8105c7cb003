import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { DEFAULT_LIMITS } from "../domain/request/commands.ts";
import { openSqliteStore } from "../storage/sqlite/store.ts";
import { systemClock } from "../system/system-clock.ts";
import { systemRandom } from "../system/system-random.ts";
import { DEFAULT_SERVER_LIMITS, type App } from "./app.ts";
import { createApp } from "./create-app.ts";
import { explainPolicy } from "./explain-policy.ts";
import { publishPolicy } from "./publish-policy.ts";
import { saveIdentity } from "./identities.ts";
import { savePerson } from "./registry.ts";

const POLICY = `
version: 1
default: { decision: hold, approvers: group:finance, owner: ana, deadline: 4h }
groups: { finance: [ana, bo] }
rules:
  - id: small
    why: Small payments need nobody
    match: { action: pay }
    when: money(action.properties.amount) <= money("10.00 USD")
    decision: allow
`;

describe("explaining what policy would say", () => {
  const folder = mkdtempSync(join(tmpdir(), "haltpoint-explain-"));
  let app: App;

  beforeAll(async () => {
    const file = join(folder, "store.db");
    const store = await openSqliteStore({ file, clock: systemClock, random: systemRandom });
    const limits = { ...DEFAULT_SERVER_LIMITS, request: DEFAULT_LIMITS };
    app = createApp({ store, random: systemRandom, limits });
    const published = await publishPolicy(app, { text: POLICY, by: "setup", file: "policy.yaml" });
    if (!published.ok) throw new Error(published.problem.detail);
    const change = { by: "operator", mustBe: "new" } as const;
    await savePerson(app, { id: "ana", name: "Ana", rights: [], disabled: false }, change);
    await saveIdentity(
      app,
      {
        id: "agent",
        type: "agent",
        owner: "ana",
        stage: "active",
        groups: [],
        labels: {},
        actsForPeople: false,
        assurance: "cooperative",
        mode: "enforce",
        may: null,
      },
      change,
    );
  });

  afterAll(async () => {
    app.changes.close();
    await app.store.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it("says what the rules that nearly matched lacked", async () => {
    const explained = await explainPolicy(app, {
      identityId: "agent",
      request: {
        action: { name: "pay", properties: { amount: "12.00 USD" } },
        resource: { type: "account", id: "A-1" },
        context: {},
      },
    });
    if (!explained.ok) throw new Error(explained.problem.detail);
    const { decision, text } = explained.value;
    expect(decision.traces.map(({ rule, outcome }) => ({ rule, outcome }))).toContainEqual({
      rule: "small",
      outcome: "missed",
    });
    expect(text).toContain("small");
  });
});
