import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { DEFAULT_LIMITS } from "../domain/request/commands.ts";
import { openSqliteStore } from "../storage/sqlite/store.ts";
import { systemRandom } from "../system/system-random.ts";
import { DEFAULT_SERVER_LIMITS } from "./app.ts";
import { createApp } from "./create-app.ts";
import { publishPolicy } from "./publish-policy.ts";
import { attemptHashOf, redeemGrant, redemptionOf } from "./redeem-grant.ts";
import { saveIdentity } from "./identities.ts";
import { savePerson } from "./registry.ts";
import { runHeartbeat } from "./run-heartbeat.ts";
import { submitRequest } from "./submit-request.ts";

const POLICY = `
version: 1
default: { decision: hold, approvers: person:ana, owner: ana, deadline: 4h }
rules: [{ id: reads, why: nobody minds, match: { action: read }, decision: allow }]
`;

const AT_ONCE = {
  waitMs: 0,
  signal: new AbortController().signal,
  stillAdmitted: () => Promise.resolve(null),
};

describe("a lease", () => {
  it("is answered as what is left of it, and never past the run's maximum (T39)", async () => {
    const folder = mkdtempSync(join(tmpdir(), "haltpoint-lease-"));
    let ms = 1_800_000_000_000;
    const clock = { wallMs: () => ms, monotonicMs: () => ms };
    const file = join(folder, "store.db");
    const store = await openSqliteStore({ file, clock, random: systemRandom });
    const request = { ...DEFAULT_LIMITS, leaseMs: 15_000, runMaxMs: 20_000 };
    const limits = { ...DEFAULT_SERVER_LIMITS, request };
    const app = createApp({ store, random: systemRandom, limits });
    const change = { by: "operator", mustBe: "new" } as const;
    await savePerson(app, { id: "ana", name: "Ana", rights: [], disabled: false }, change);
    const identity = {
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
    } as const;
    await saveIdentity(app, identity, change);
    const published = await publishPolicy(app, { text: POLICY, by: "setup", file: "policy.yaml" });
    if (!published.ok) throw new Error(published.problem.detail);

    const attemptHash = attemptHashOf("attempt");
    const body = { action: { name: "read" }, resource: { type: "file", id: "f" } };
    const submit = { identityId: "agent", body, key: "k", attemptHash };
    const submitted = await submitRequest(app, submit);
    if (!submitted.ok) throw new Error(submitted.problem.detail);
    const { id } = submitted.value.state;
    expect(await redemptionOf(app, submitted.value.state)).toMatchObject({ lease_ms: 15_000 });

    ms += 4_000;
    const redeem = { requestId: id, identityId: "agent", attemptHash };
    const again = await redeemGrant(app, redeem, AT_ONCE);
    if (!again.ok) throw new Error(again.problem.detail);
    expect(await redemptionOf(app, again.value.state)).toMatchObject({ lease_ms: 11_000 });

    ms += 8_000;
    expect(await runHeartbeat(app, redeem, AT_ONCE)).toMatchObject({ value: { lease_ms: 8_000 } });
    app.changes.close();
    await store.close();
    rmSync(folder, { recursive: true, force: true });
  });
});
