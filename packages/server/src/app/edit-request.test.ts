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
import { editSteps } from "./edit-request.ts";
import { executeSteps } from "./execute.ts";
import { publishPolicy } from "./publish-policy.ts";
import { changesOf } from "./redeem-grant.ts";
import { saveIdentity } from "./identities.ts";
import { savePerson } from "./registry.ts";
import { submitRequest } from "./submit-request.ts";

const POLICY = `
version: 1
default: { decision: hold, approvers: group:finance, owner: ana, deadline: 4h }
groups: { finance: [ana, bo] }
actions:
  pay:
    properties: { type: object, properties: { amount: { type: string }, iban: { type: string } } }
    sensitive: [action.properties.iban]
rules:
  - id: pay
    why: Somebody looks
    owner: ana
    match: { action: pay }
    decision: hold
    approval:
      approvers: group:finance
      deadline: 1h
      edits: { fields: [action.properties.amount, action.properties.iban], editor_may_approve: true }
`;

describe("editing a request with sensitive fields", () => {
  const folder = mkdtempSync(join(tmpdir(), "haltpoint-edit-"));
  let app: App;

  beforeAll(async () => {
    const file = join(folder, "store.db");
    const store = await openSqliteStore({ file, clock: systemClock, random: systemRandom });
    const limits = { ...DEFAULT_SERVER_LIMITS, request: DEFAULT_LIMITS };
    app = createApp({ store, random: systemRandom, limits });
    const published = await publishPolicy(app, { text: POLICY, by: "setup", file: "policy.yaml" });
    if (!published.ok) throw new Error(published.problem.detail);
    const change = { by: "operator", mustBe: "new" } as const;
    for (const id of ["ana", "bo", "own"]) {
      await savePerson(app, { id, name: id, rights: [], disabled: false }, change);
    }
    await saveIdentity(
      app,
      {
        id: "agent",
        type: "agent",
        owner: "own",
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

  const changedPaths = async (key: string, set: Record<string, string>) => {
    const body = {
      action: { name: "pay", properties: { amount: "9.00 EUR", iban: "DE02" } },
      resource: { type: "invoice", id: "7" },
    };
    const submitted = await submitRequest(app, {
      identityId: "agent",
      body,
      key,
      attemptHash: null,
    });
    if (!submitted.ok) throw new Error(submitted.problem.detail);
    const { state } = submitted.value;
    const edit = {
      actor: { kind: "person", id: "bo", stepUp: "none", via: "passkey" },
      digest: state.revision.digest,
      set,
      reason: "less",
      approve: null,
    } as const;
    const edited = await executeSteps(
      app,
      state.id,
      (current, standing) => editSteps(app, edit, current, standing),
      { principal: "person:bo", key, fingerprint: key },
    );
    if (!edited.ok) throw new Error(edited.problem.detail);
    return (await changesOf(app, edited.value.state)).map((change) => change.path);
  };

  it("shows only what was edited: an untouched sensitive field keeps its commitment (T18)", async () => {
    expect(await changedPaths("a", { "action.properties.amount": "4.00 EUR" })).toEqual([
      "action.properties.amount",
    ]);
  });

  it("shows that a sensitive field was edited, and not to what", async () => {
    expect(await changedPaths("b", { "action.properties.iban": "DE03" })).toEqual([
      "action.properties.iban",
    ]);
  });
});
