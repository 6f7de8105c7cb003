/** Many at once about one thing, on the real store: one succeeds, the others are told by whom. */
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import type { SubmitBody } from "@haltpoint/protocol";
import type { App } from "../../packages/server/src/app/app.ts";
import { execute } from "../../packages/server/src/app/execute.ts";
import { publishPolicy } from "../../packages/server/src/app/publish-policy.ts";
import { attemptHashOf, redeemGrant } from "../../packages/server/src/app/redeem-grant.ts";
import { saveIdentity } from "../../packages/server/src/app/identities.ts";
import { savePerson } from "../../packages/server/src/app/registry.ts";
import { submitRequest } from "../../packages/server/src/app/submit-request.ts";
import { openSqliteStore } from "../../packages/server/src/storage/sqlite/store.ts";
import { IDENTITIES, PERSONS } from "./cast.ts";
import { policyText } from "./policy-variant.ts";
import { holdBy, rule, USUAL } from "./race.ts";
import { SeededRandom } from "./seeded-random.ts";
import { SimulatedClock } from "./simulated-clock.ts";
import { appOn, newFolder, removeFolder } from "./simulated-server.ts";

const CROWD = Array.from({ length: 100 }, (_, number) => `person-${number}`);
const SUBMITS = 1_000;
const change = { by: "operator", mustBe: "new" } as const;

async function openApp(): Promise<App> {
  const folder = newFolder();
  const random = new SeededRandom(1);
  const clock = new SimulatedClock();
  const store = await openSqliteStore({ file: join(folder, "server.db"), clock, random });
  const app = appOn(store, random);
  onTestFinished(async () => {
    app.changes.close();
    await store.close();
    removeFolder(folder);
  });
  const crowd = CROWD.map((id) => ({ id, name: id, rights: [], disabled: false }));
  for (const person of [...PERSONS, ...crowd]) await savePerson(app, person, change);
  for (const identity of IDENTITIES) await saveIdentity(app, identity, change);
  const text = policyText({
    ...USUAL,
    groups: { everybody: CROWD },
    rules: [rule("orders", "order.submit", holdBy({ count: 1, from: ["group:everybody"] }))],
  });
  const published = await publishPolicy(app, { text, by: "setup", file: "policy" });
  expect(published.ok).toBe(true);
  return app;
}

const body: SubmitBody = {
  action: { name: "order.submit", properties: { amount: 500 } },
  resource: { type: "order", id: "PO-7" },
};

function submit(app: App, key: string) {
  return submitRequest(app, { identityId: "agent-1", body, key, attemptHash: null });
}

async function held(app: App): Promise<{ readonly id: string; readonly digest: string }> {
  const answer = await submit(app, "first");
  if (!answer.ok) throw new Error("it was not submitted");
  expect(answer.value.state.status).toBe("held");
  return { id: answer.value.state.id, digest: answer.value.state.revision.digest };
}

function review(
  app: App,
  request: { readonly id: string; readonly digest: string },
  by: { readonly person: string; readonly verdict: "approve" | "reject" },
) {
  const { person: id, verdict } = by;
  const actor = { kind: "person", id, stepUp: "none", via: "passkey" } as const;
  const reason = `${id} says ${verdict}`;
  const { digest } = request;
  const command = { kind: "review", actor, verdict, digest, reason, confirmed: [] } as const;
  const keyed = { principal: `person:${id}`, key: "decide", fingerprint: verdict };
  return execute(app, request.id, command, keyed);
}

describe("100 persons who decide one request at once", () => {
  it.each(["approve", "reject", "both"] as const)(
    "make one decision, and 99 are told who decided what and when (%s)",
    async (verdicts) => {
      const app = await openApp();
      const request = await held(app);
      const answers = await Promise.all(
        CROWD.map((person, number) => {
          const alternately = number % 2 === 0 ? "approve" : "reject";
          const verdict = verdicts === "both" ? alternately : verdicts;
          return review(app, request, { person, verdict });
        }),
      );
      const state = await app.store.request(request.id);
      const decided = state?.decided;
      expect(answers.filter((answer) => answer.ok)).toHaveLength(1);
      const refusals = answers.flatMap((answer) => (answer.ok ? [] : [answer.problem]));
      expect(refusals).toHaveLength(99);
      for (const problem of refusals) {
        expect(problem.code).toBe("already_decided");
        expect(problem.decided).toEqual({
          status: state?.status,
          by: decided?.by,
          at: decided?.at,
          reason: decided?.reason,
        });
        expect(problem.detail).toContain(decided?.by);
      }
      const kinds = (await app.store.entries(request.id)).map(({ kind }) => kind);
      expect(kinds.filter((kind) => kind === "approved" || kind === "rejected")).toHaveLength(1);
      expect(kinds.filter((kind) => kind === "refused")).toHaveLength(99);
    },
  );
});

describe("1,000 identical submissions with one key", () => {
  it("are one request", async () => {
    const app = await openApp();
    const answers = await Promise.all(Array.from({ length: SUBMITS }, () => submit(app, "same")));
    const ids = answers.map((answer) => (answer.ok ? answer.value.state.id : "refused"));
    expect(new Set(ids).size).toBe(1);
    expect(answers.filter((answer) => answer.ok && !answer.value.replayed)).toHaveLength(1);
    expect(await app.store.countRequests({})).toBe(1);
    expect(await app.store.entries(ids[0] ?? "")).toHaveLength(1);
  });
});

describe("100 attempts to redeem one grant at once", () => {
  it("are one run", async () => {
    const app = await openApp();
    const request = await held(app);
    await review(app, request, { person: "person-0", verdict: "approve" });
    const waiting = {
      waitMs: 0,
      signal: new AbortController().signal,
      stillAdmitted: () => Promise.resolve(null),
    };
    const answers = await Promise.all(
      Array.from({ length: 100 }, (_, number) => {
        const attemptHash = attemptHashOf(`attempt-${number}`);
        const order = { requestId: request.id, identityId: "agent-1", attemptHash };
        return redeemGrant(app, order, waiting);
      }),
    );
    expect(answers.filter((answer) => answer.ok)).toHaveLength(1);
    const codes = answers.flatMap((answer) => (answer.ok ? [] : [answer.problem.code]));
    expect(codes).toHaveLength(99);
    expect(new Set(codes)).toEqual(new Set(["already_redeemed"]));
  });
});
