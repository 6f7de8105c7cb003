/**
 * The life of an identity through the API: what gives it more is decided by policy, what takes away
 * happens at once, and its end ends what it had (T7, T13, T40).
 */
import { join } from "node:path";
import { STAGES } from "@haltpoint/protocol";
import { afterEach, describe, expect, it, onTestFinished } from "vitest";
import { saveIdentity, type SentIdentity } from "../../packages/server/src/app/identities.ts";
import { publishPolicy } from "../../packages/server/src/app/publish-policy.ts";
import type { Right } from "../../packages/server/src/domain/request/commands.ts";
import { stageChange } from "../../packages/server/src/domain/registry/lifecycle.ts";
import { beforeNextCommit } from "../http/testing/before-commit.ts";
import {
  newAttempt,
  newKey,
  startUnderTest,
  temporaryFolder,
  type Setup,
  type UnderTest,
} from "../http/testing/server-under-test.ts";
import { until } from "../http/testing/until.ts";

const rule = (id: string, actions: string, approval: string, more = ""): string =>
  `  - { id: ${id}, why: ${id}, match: { action: [${actions}] }, decision: hold, owner: chen, ${more}` +
  ` approval: { ${approval}, deadline: 1h } }\n`;

/** As the shipped pack, without passkeys: these people decide on the command line. */
const POLICY = `version: 1
default: { decision: hold, approvers: group:security, owner: chen, deadline: 4h }
groups: { security: [fay, sam] }
rules:
  - { id: notes, why: Notes are free, match: { action: note.write }, decision: allow }
${rule(
  "provision",
  "identity.provision, identity.activate, identity.change_privilege",
  "quorum: [{ count: 1, from: owner_of:resource }, { count: 1, from: group:security }], owner_may_approve: true",
  "request_fields: [context.justification],",
)}${rule("resume", "identity.resume", "approvers: group:security, exclude: [suspender_of:resource]")}${rule(
  "recertify",
  "identity.recertify",
  "approvers: owner_of:resource, owner_may_approve: true",
)}${rule("offboard", "identity.offboard", "quorum: [{ count: 2, from: group:security }]")}`;

let server: UnderTest;
let tokens: Record<string, string>;

afterEach(() => server.close());

const PEOPLE: Readonly<Record<string, readonly Right[]>> = {
  chen: [],
  dana: [],
  olga: ["operator"],
  fay: ["operator"],
  sam: [],
};

async function started(policy = POLICY, setup: Setup = {}): Promise<void> {
  server = await startUnderTest({ policy, ...setup });
  tokens = {};
  for (const [id, rights] of Object.entries(PEOPLE)) tokens[id] = await server.person(id, rights);
}

const as = (person: string) => (method: string, path: string, body?: unknown, key?: string) =>
  server.call(method, path, { token: tokens[person], body, ...(key === undefined ? {} : { key }) });

const helper = { id: "helper", type: "agent", owner: "dana" };
/** Registered on the host, whom no policy keeps from it. */
const helperAt = (stage: string) => server.identity("helper", { owner: "dana", stage });
const change = (person: string, body: object, key?: string) =>
  as(person)("PUT", "/v1/identities/helper", body, key);
const stageNow = async () => (await server.app.store.identity("helper"))?.stage;

/** A change by whoever has the server's machine. */
async function onHost(sent: SentIdentity, mustBe: "new" | "known" = "known"): Promise<void> {
  const saved = await saveIdentity(server.app, sent, { by: "operator", mustBe });
  if (!saved.ok) throw new Error(saved.problem.detail);
}

async function viewOf(id: string, person = "sam") {
  const { body } = await as(person)("GET", `/v1/requests/${id}`);
  return body.request ?? body;
}

async function decide(person: string, id: string, verdict: "approve" | "reject" = "approve") {
  const { digest } = (await viewOf(id, person)).revision;
  const reason = "looked at it";
  const sent = { verdict, digest, reason };
  const { status, body } = await as(person)("POST", `/v1/requests/${id}/reviews`, sent);
  return { status, body: body.request ?? body };
}

describe("a change of stage", () => {
  it("that gives waits for whoever the policy names, and is made by that very approval (T40)", async () => {
    await started();
    await helperAt("suspended");
    const asked = await change("olga", { stage: "active", reason: "the leak is closed" });
    expect([asked.status, asked.body.stage]).toEqual([200, "suspended"]);
    const { id, link } = asked.body.proposal;
    expect(link).toMatch(new RegExp(`/r/${id}$`));
    const held = await viewOf(id, "sam");
    expect(held).toMatchObject({
      status: "held",
      title: "Resume identity helper",
      revision: {
        content: {
          action: {
            name: "identity.resume",
            properties: { from: { stage: "suspended" }, to: { stage: "active" } },
          },
          context: { on_behalf_of: "olga", justification: "the leak is closed" },
        },
      },
    });
    const approved = await decide("sam", id);
    expect([approved.status, approved.body.status]).toEqual([200, "succeeded"]);
    expect(await stageNow()).toBe("active");
    const entries = await server.app.store.entries("system");
    expect(entries.filter(({ kind }) => kind === "identity_changed").at(-1)).toMatchObject({
      actor: "person:olga",
      data: { id: "helper", stage: "active", request: id },
    });
  });

  it("is rejected, and nothing is changed", async () => {
    await started();
    await helperAt("suspended");
    const { body } = await change("olga", { stage: "active" });
    expect((await decide("sam", body.proposal.id, "reject")).body.status).toBe("rejected");
    expect(await stageNow()).toBe("suspended");
  });

  it("out of suspension is approved by nobody who suspended it, nor who wants it (T7)", async () => {
    await started();
    await helperAt("active");
    expect((await change("fay", { stage: "suspended" })).body).toMatchObject({
      stage: "suspended",
      proposal: null,
    });
    const { body } = await change("olga", { stage: "provisioned" });
    expect((await decide("fay", body.proposal.id)).body).toMatchObject({
      code: "separation_of_duties",
    });
    expect((await decide("olga", body.proposal.id)).status).toBe(403);
    expect((await decide("sam", body.proposal.id)).body.status).toBe("succeeded");
    const own = await change("fay", { stage: "suspended" });
    expect(own.body.stage).toBe("suspended");
    const again = await change("fay", { stage: "active" });
    expect((await decide("fay", again.body.proposal.id)).body.code).toBe("separation_of_duties");
    expect((await decide("sam", again.body.proposal.id)).body.status).toBe("succeeded");
  });

  it("that only takes away happens at once, whatever the policy says", async () => {
    await started(
      POLICY.replace("identity.provision,", "identity.provision, identity.suspend, identity.*,"),
    );
    for (const [from, to] of [
      ["active", "suspended"],
      ["active", "dormant"],
      ["active", "probation"],
      ["probation", "requested"],
    ] as const) {
      const id = `bot-${from}-${to}`;
      await server.identity(id, { owner: "dana", stage: from });
      const { body } = await as("olga")("PUT", `/v1/identities/${id}`, { stage: to });
      expect([body.stage, body.proposal]).toEqual([to, null]);
    }
  });

  it("of every stage to every other is made, asked about or impossible, as the table says", async () => {
    await started(POLICY.replace("identity.provision,", "identity.*,"));
    const counted = { asked: 0, made: 0, impossible: 0 };
    for (const from of STAGES) {
      for (const to of STAGES) {
        const id = `bot-${from}-${to}`;
        await onHost({ id, type: "agent", owner: "dana", stage: from }, "new");
        const { status, body } = await as("olga")("PUT", `/v1/identities/${id}`, {
          stage: to,
          reason: "a test",
        });
        const expected = stageChange(from, to);
        if (expected === "never") {
          counted.impossible += 1;
          expect([from, to, status, body.code]).toEqual([from, to, 400, "invalid_request"]);
          expect(body.detail).toMatch(/register another/);
        } else if (expected === "none") {
          counted.made += 1;
          expect([from, to, body.stage, body.proposal]).toEqual([from, to, to, null]);
        } else {
          counted.asked += 1;
          expect([from, to, body.stage]).toEqual([from, to, from]);
          const held = await viewOf(body.proposal.id, "sam");
          expect([from, to, held.revision.content.action.name]).toEqual([from, to, expected]);
        }
      }
    }
    expect(counted).toEqual({ asked: 22, made: 21, impossible: 6 });
  });

  it("is an operator's own where no rule names it, and where a rule is about everything", async () => {
    await started(
      POLICY.slice(0, POLICY.indexOf("  - { id: provision")) +
        `  - { id: all, why: Nothing, match: { action: "*" }, decision: deny }\n`,
    );
    await helperAt("suspended");
    expect((await change("olga", { stage: "active" })).body).toMatchObject({
      stage: "active",
      proposal: null,
    });
  });

  it("that a rule denies is refused with its reason, and one that lacks a reason asks for it", async () => {
    const denying =
      "  - { id: no, why: Dormant stays dormant, match: { action: identity.reactivate }, decision: deny }\n";
    await started(POLICY + denying);
    await helperAt("dormant");
    expect((await change("olga", { stage: "active" })).body).toMatchObject({
      code: "denied",
      detail: "Dormant stays dormant",
    });
    expect((await change("olga", { groups: ["production"] })).body).toMatchObject({
      code: "reason_required",
      field: "reason",
    });
    expect(await stageNow()).toBe("dormant");
  });

  it("is refused where it changed meanwhile: what was shown is not what would be made (I2)", async () => {
    await started();
    await helperAt("suspended");
    const { body } = await change("olga", { stage: "active" });
    const { store } = server.app;
    const requests = store.requests.bind(store);
    beforeNextCommit(server, () => {
      // The approval is there before what is stale is withdrawn.
      store.requests = () => Promise.reject(new Error("busy"));
      return onHost({ id: "helper", stage: "requested" });
    });
    const stale = await decide("sam", body.proposal.id);
    store.requests = requests;
    expect([stale.status, stale.body.code]).toEqual([409, "stale_revision"]);
    expect(stale.body.detail).toMatch(/`stage` of `helper` was changed since/);
    expect(await stageNow()).toBe("requested");
    // Nobody is asked any longer about what cannot be made.
    await until(async () => (await viewOf(body.proposal.id)).status).toBe("cancelled");
    expect((await viewOf(body.proposal.id)).message).toMatch(/`stage` was changed since/);
  });

  it("asked for twice with one key is one request (I14)", async () => {
    await started();
    await helperAt("suspended");
    const key = newKey();
    const first = await change("olga", { stage: "active" }, key);
    const second = await change("olga", { stage: "active" }, key);
    expect(second.body.proposal).toEqual(first.body.proposal);
    await decide("sam", first.body.proposal.id);
    const third = await change("olga", { stage: "active" }, key);
    expect([third.body.stage, third.body.proposal]).toEqual(["active", first.body.proposal]);
    expect((await change("olga", { stage: "dormant" }, key)).body.code).toBe(
      "idempotency_conflict",
    );
  });

  it("under a policy that came in force meanwhile is asked of that one (T37)", async () => {
    await started("version: 1\ndefault: { decision: deny }\n");
    await helperAt("suspended");
    beforeNextCommit(server, () =>
      publishPolicy(server.app, { text: POLICY, by: "operator", file: "p.yaml" }),
    );
    const { body } = await change("olga", { stage: "active" });
    expect([body.stage, body.proposal === null]).toEqual(["suspended", false]);
  });
});

describe("a new identity", () => {
  it("is registered as requested, in which it starts nothing, until it may act", async () => {
    await started();
    const key = newKey();
    const body = { ...helper, reason: "vendor onboarding" };
    const made = await as("olga")("POST", "/v1/identities", body, key);
    expect([made.status, made.body.stage]).toEqual([201, "requested"]);
    const again = await as("olga")("POST", "/v1/identities", body, key);
    expect(again.body).toEqual(made.body);
    const { id } = made.body.proposal;
    const held = await viewOf(id, "sam");
    expect(held.quorum).toMatchObject({ impossible: false, slots: 2 });
    const issued = await as("olga")("POST", "/v1/identities/helper/keys", {
      expires_in_ms: 60_000,
    });
    const note = { action: { name: "note.write" }, resource: { type: "note", id: "n-1" } };
    const submit = () =>
      server.call("POST", "/v1/requests", { token: issued.body.secret, body: note });
    expect((await submit()).body.code).toBe("identity_suspended");
    expect((await decide("dana", id)).body.status).toBe("held");
    expect((await decide("sam", id)).body.status).toBe("succeeded");
    expect(await stageNow()).toBe("active");
    expect((await submit()).status).toBe(201);
  });

  it.each(["active", "provisioned"])(
    "is asked about after all where the server died between registering and asking: %s (T15)",
    async (stage) => {
      await started();
      const key = newKey();
      const body = { ...helper, stage, reason: "vendor onboarding" };
      const { store } = server.app;
      const commit = store.commit.bind(store);
      let commits = 0;
      store.commit = (asked) => {
        commits += 1;
        return commits === 2 ? Promise.reject(new Error("killed")) : commit(asked);
      };
      expect((await as("olga")("POST", "/v1/identities", body, key)).status).toBe(500);
      store.commit = commit;
      expect(await stageNow()).toBe("requested");
      const again = await as("olga")("POST", "/v1/identities", body, key);
      expect(again.body.proposal).not.toBeNull();
      const twice = await as("olga")("POST", "/v1/identities", body, key);
      expect(twice.body.proposal).toEqual(again.body.proposal);
    },
  );

  it("that is requested needs nobody", async () => {
    await started();
    const made = await as("olga")("POST", "/v1/identities", { ...helper, stage: "requested" });
    expect([made.body.stage, made.body.proposal]).toEqual(["requested", null]);
  });
});

describe("other changes", () => {
  it("give more by approval and less at once, and only one is asked about at a time", async () => {
    await started();
    await server.identity("helper", { owner: "dana", may: ["note.write"] });
    const narrower = await change("olga", { may: [] });
    expect([narrower.body.may, narrower.body.proposal]).toEqual([[], null]);
    const wider = await change("olga", { may: ["mail.*"], reason: "it writes mail" });
    expect(wider.body.may).toEqual([]);
    const held = await viewOf(wider.body.proposal.id, "sam");
    expect(held.revision.content.action).toEqual({
      name: "identity.change_privilege",
      properties: { from: { may: [] }, to: { may: ["mail.*"] } },
    });
    const both = await change("olga", { may: null, owner: "chen", reason: "both" });
    expect(both.body).toMatchObject({ code: "invalid_request", field: "may" });
    expect(both.body.detail).toMatch(/one after the other/);
    await decide("dana", wider.body.proposal.id);
    await decide("sam", wider.body.proposal.id);
    const { body } = await as("olga")("GET", "/v1/identities/helper");
    expect(body).toMatchObject({ may: ["mail.*"], owner: "dana" });
  });

  it("of one label leave the others as they are by then", async () => {
    await started();
    await server.identity("helper", { owner: "dana", labels: { team: "a" } });
    const recertified = "2026-11-01T00:00:00Z";
    const { body } = await change("olga", { labels: { team: "a", recertified } });
    const held = await viewOf(body.proposal.id, "dana");
    expect(held.revision.content.action).toEqual({
      name: "identity.recertify",
      properties: { from: { labels: {} }, to: { labels: { recertified } } },
    });
    await onHost({ id: "helper", labels: { team: "b" } });
    expect((await decide("dana", body.proposal.id)).body.status).toBe("succeeded");
    expect((await server.app.store.identity("helper"))?.labels).toEqual({ team: "b", recertified });
  });

  it("are not overridden: the way round is on the host, and on record (T13)", async () => {
    await started();
    const ove = await server.person("ove", ["override"]);
    await helperAt("suspended");
    const { body } = await change("olga", { stage: "active" });
    const held = await viewOf(body.proposal.id, "sam");
    const sent = { digest: held.revision.digest, reason: "in a hurry" };
    const path = `/v1/requests/${body.proposal.id}/override`;
    const overridden = await server.call("POST", path, { token: ove, body: sent });
    expect([overridden.status, overridden.body.code]).toEqual([403, "separation_of_duties"]);
    expect(overridden.body.detail).toContain("haltpoint identity set --host");
    expect(await stageNow()).toBe("suspended");
  });

  it("of an identity that its operator owns are asked of somebody else (T13)", async () => {
    await started();
    await server.identity("own", { owner: "olga", stage: "suspended" });
    const put = (body: object) => as("olga")("PUT", "/v1/identities/own", body);
    expect((await put({ stage: "active" })).body.proposal).not.toBeNull();
    expect((await put({ mode: "shadow", reason: "try" })).body.proposal).not.toBeNull();
    const owner = await put({ owner: "dana" });
    expect(owner.body.code).toBe("separation_of_duties");
  });
});

describe("the end of an identity", () => {
  const order = { action: { name: "order.submit" }, resource: { type: "order", id: "o-1" } };
  const note = { action: { name: "note.write" }, resource: { type: "note", id: "n-1" } };

  async function busyHelper(setup: Setup = {}) {
    await started(POLICY, setup);
    const token = await server.identity("helper", { owner: "dana" });
    const submit = async (body: object) =>
      (await server.call("POST", "/v1/requests", { token, body })).body.request;
    const attempt = newAttempt();
    const [held, approved, run] = [await submit(order), await submit(note), await submit(note)];
    const started_ = await server.call("POST", `/v1/requests/${run.id}/redeem`, {
      token,
      body: { attempt },
    });
    expect(started_.status).toBe(200);
    const ids = { held: held.id, approved: approved.id, running: run.id };
    return { token, ids };
  }

  const statusesOf = async (ids: Readonly<Record<string, string>>) =>
    Object.fromEntries(
      await Promise.all(
        Object.entries(ids).map(
          async ([name, id]) => [name, (await server.app.store.request(id))?.status] as const,
        ),
      ),
    );

  it("takes two people, ends its keys, its grants and what it waits for, and stops what runs (I10)", async () => {
    const { token, ids } = await busyHelper();
    const { body } = await change("olga", { stage: "offboarded", reason: "replaced" });
    expect((await decide("fay", body.proposal.id)).body.status).toBe("held");
    expect(await statusesOf(ids)).toEqual({
      held: "held",
      approved: "approved",
      running: "running",
    });
    expect((await decide("sam", body.proposal.id)).body.status).toBe("succeeded");
    expect(await stageNow()).toBe("offboarded");
    expect((await server.call("GET", "/v1/whoami", { token })).status).toBe(401);
    await until(() => statusesOf(ids)).toEqual({
      held: "interrupted",
      approved: "interrupted",
      running: "interrupting",
    });
    const { body: view } = await as("olga")("GET", "/v1/identities/helper");
    expect(view.keys.every((key: { revoked_at: number | null }) => key.revoked_at !== null)).toBe(
      true,
    );
    const { body: halts } = await as("olga")("GET", "/v1/halts");
    expect(halts.items.filter(({ active }: { active: boolean }) => active)).toEqual([]);
    const back = await change("olga", { stage: "active", reason: "a mistake" });
    expect(back.body).toMatchObject({ code: "invalid_request", field: "stage" });
    const key = await as("olga")("POST", "/v1/identities/helper/keys", { expires_in_ms: 60_000 });
    expect(key.body.code).toBe("identity_suspended");
  });

  it("lets nobody in by a key that was issued at the same moment (T37)", async () => {
    await busyHelper();
    let late = "";
    beforeNextCommit(server, async () => {
      const asked = { expires_in_ms: 60_000 };
      const issued = await as("olga")("POST", "/v1/identities/helper/keys", asked);
      late = issued.body.secret;
    });
    await onHost({ id: "helper", stage: "offboarded" });
    expect(late).toMatch(/^hpk_/);
    expect((await server.call("GET", "/v1/whoami", { token: late })).status).toBe(401);
  });

  it("ends what a server that died right after it had not told yet (T15)", async () => {
    const folder = await temporaryFolder();
    onTestFinished(() => folder.remove());
    const file = join(folder.path, "store.db");
    const { ids } = await busyHelper({ file });
    const { body } = await change("olga", { stage: "offboarded", reason: "replaced" });
    await decide("fay", body.proposal.id);
    // From here on the server tells nobody anything, however often it tries.
    server.app.store.requests = () => Promise.reject(new Error("killed"));
    await decide("sam", body.proposal.id);
    expect(await statusesOf(ids)).toMatchObject({ approved: "approved", held: "held" });
    await server.close();
    server = await startUnderTest({ file });
    await until(() => statusesOf(ids)).toMatchObject({
      held: "interrupted",
      approved: "interrupted",
    });
  });

  it("is no suspension: then what it waits for stays held, and its old grants stay dead (I10)", async () => {
    const { token, ids } = await busyHelper();
    await change("fay", { stage: "suspended" });
    await until(() => statusesOf(ids)).toEqual({
      held: "held",
      approved: "interrupted",
      running: "interrupting",
    });
    const { body } = await change("olga", { stage: "active" });
    await decide("sam", body.proposal.id);
    expect((await server.call("GET", "/v1/whoami", { token })).status).toBe(200);
    expect(await statusesOf(ids)).toMatchObject({ held: "held", approved: "interrupted" });
  });
});
