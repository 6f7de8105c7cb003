/** Ways round what a policy says of the life of an identity (T7, T13, I2). */
import { afterEach, describe, expect, it } from "vitest";
import { saveIdentity } from "../../packages/server/src/app/identities.ts";
import { startUnderTest, type Setup, type UnderTest } from "../http/testing/server-under-test.ts";

const rule = (id: string, actions: string, approval: string): string =>
  `  - { id: ${id}, why: ${id}, match: { action: [${actions}] }, decision: hold, owner: chen,` +
  ` approval: { ${approval}, deadline: 1h } }\n`;

const HEAD = `version: 1
default: { decision: hold, approvers: group:security, owner: chen, deadline: 4h }
groups: { security: [fay, sam], operations: [olga, fay] }
rules:
`;
/** As the shipped pack: a new identity takes its owner, too; one that comes back takes security only. */
const POLICY =
  HEAD +
  rule(
    "provision",
    "identity.provision, identity.activate, identity.change_privilege",
    "quorum: [{ count: 1, from: owner_of:resource }, { count: 1, from: group:security }], owner_may_approve: true",
  ) +
  rule("resume", "identity.resume, identity.reactivate", "approvers: group:security");

const PEOPLE = [
  ["chen", []],
  ["dana", []],
  ["olga", ["operator"]],
  ["fay", ["operator"]],
  ["sam", []],
] as const;

let server: UnderTest;
let tokens: Record<string, string>;

afterEach(() => server.close());

async function started(policy = POLICY, setup: Setup = {}): Promise<void> {
  server = await startUnderTest({ policy, ...setup });
  tokens = {};
  for (const [id, rights] of PEOPLE) tokens[id] = await server.person(id, rights);
}

const as = (person: string) => (method: string, path: string, body?: unknown) =>
  server.call(method, path, { token: tokens[person], body });
const register = (more: object) =>
  as("olga")("POST", "/v1/identities", { id: "helper", type: "agent", owner: "dana", ...more });
const change = (person: string, body: object) => as(person)("PUT", "/v1/identities/helper", body);

async function viewOf(id: string, person = "sam") {
  const { body } = await as(person)("GET", `/v1/requests/${id}`);
  return body.request ?? body;
}

async function approve(person: string, id: string) {
  const { digest } = (await viewOf(id, person)).revision;
  const sent = { verdict: "approve", digest, reason: "looked at it" };
  const { status, body } = await as(person)("POST", `/v1/requests/${id}/reviews`, sent);
  return { status, body: body.request ?? body };
}

describe("a new identity", () => {
  it("is approved with all that it is registered as, and not its stage alone (I2, T18)", async () => {
    await started();
    const labels = { team: "a" };
    const made = await register({ mode: "shadow", groups: ["production"], labels });
    const { properties } = (await viewOf(made.body.proposal.id)).revision.content.action;
    const rest = {
      type: "agent",
      owner: "dana",
      groups: ["production"],
      labels,
      acts_for_people: false,
      assurance: "cooperative",
      mode: "shadow",
      may: null,
    };
    expect(properties).toEqual({
      from: { stage: "requested", ...rest },
      to: { stage: "active", ...rest },
    });
    await approve("dana", made.body.proposal.id);
    expect((await approve("sam", made.body.proposal.id)).body.status).toBe("succeeded");
    const { body } = await as("olga")("GET", "/v1/identities/helper");
    expect(body).toMatchObject({ stage: "active", ...rest });
  });

  it("whose members changed since is not what was shown: it is made anew (I2, T18)", async () => {
    await started(HEAD + rule("provision", "identity.provision", "approvers: group:security"));
    const { body } = await register({});
    // The policy leaves this to an operator; who approves must see it all the same.
    const { digest } = (await viewOf(body.proposal.id)).revision;
    expect((await change("olga", { mode: "shadow" })).body.mode).toBe("shadow");
    const review = { verdict: "approve", digest, reason: "looked at it" };
    const late = await as("sam")("POST", `/v1/requests/${body.proposal.id}/reviews`, review);
    expect(late.status).toBe(409);
    expect((await server.app.store.identity("helper"))?.stage).toBe("requested");
  });

  it("comes to act by no other way: not suspended first, nor dormant (T7)", async () => {
    await started();
    for (const stage of ["dormant", "suspended"]) {
      const made = await register({ id: `new-${stage}`, stage });
      expect([made.body.stage, made.body.proposal === null]).toEqual(["requested", false]);
      await register({ id: `then-${stage}`, stage: "requested" });
      const moved = await as("olga")("PUT", `/v1/identities/then-${stage}`, { stage });
      expect([moved.body.stage, moved.body.proposal === null]).toEqual(["requested", false]);
    }
  });
});

describe("a change", () => {
  it("that hides whom an identity acts for is asked about (T8)", async () => {
    await started();
    await server.identity("helper", { owner: "dana", actsForPeople: true });
    const { body } = await change("olga", { acts_for_people: false });
    expect([body.acts_for_people, body.proposal === null]).toEqual([true, false]);
  });

  it("that happens at once does not get lost beside one that waits", async () => {
    await started();
    await server.identity("helper", { owner: "dana" });
    const both = await change("olga", { stage: "suspended", labels: { why: "leak" } });
    expect(both.body).toMatchObject({ code: "invalid_request", field: "stage" });
    expect(both.body.detail).toMatch(/`stage` changes at once.*one after the other/);
    expect((await change("olga", { stage: "suspended" })).body.stage).toBe("suspended");
  });

  it("is approved by nobody who wants it, whatever a rule says of that (T13)", async () => {
    const own = "on_behalf_of_may_approve: true, owner_may_approve: true";
    await started(
      HEAD +
        rule("privilege", "identity.change_privilege", `approvers: group:operations, ${own}`) +
        rule("resume", "identity.resume", "approvers: self"),
    );
    await server.identity("helper", { owner: "olga" });
    const { body } = await change("olga", { mode: "shadow" });
    expect((await approve("olga", body.proposal.id)).body.code).toBe("separation_of_duties");
    expect((await approve("fay", body.proposal.id)).body.status).toBe("succeeded");
    await change("fay", { stage: "suspended" });
    const self = await change("olga", { stage: "active" });
    expect(self.body.code).toBe("denied");
    expect(self.body.detail).toMatch(/by somebody else than who wants it/);
  });

  it("out of one suspension is not approved after the next (T37)", async () => {
    await started();
    await server.identity("helper", { owner: "dana" });
    await change("fay", { stage: "suspended" });
    const { id } = (await change("olga", { stage: "active" })).body.proposal;
    const { digest } = (await viewOf(id)).revision;
    const { store } = server.app;
    const requests = store.requests.bind(store);
    // The approval is there before what is stale is withdrawn.
    store.requests = () => Promise.reject(new Error("busy"));
    for (const stage of ["active", "suspended"]) {
      const sent = { id: "helper", stage };
      const moved = await saveIdentity(server.app, sent, { by: "operator", mustBe: "known" });
      expect(moved.ok).toBe(true);
    }
    const review = { verdict: "approve", digest, reason: "looked at it" };
    const late = await as("sam")("POST", `/v1/requests/${id}/reviews`, review);
    store.requests = requests;
    expect([late.status, late.body.code]).toEqual([409, "stale_revision"]);
    expect((await store.identity("helper"))?.stage).toBe("suspended");
  });

  it("that is made tells whoever comes late who decided (channels, 4)", async () => {
    await started();
    await server.identity("helper", { owner: "dana", stage: "suspended" });
    const { id } = (await change("olga", { stage: "active" })).body.proposal;
    await approve("sam", id);
    const late = await approve("fay", id);
    expect(late.body).toMatchObject({ code: "already_decided" });
  });

  it("is made of labels and ids whatever they are called, as they were sent (T9)", async () => {
    await started();
    await server.identity("helper", { owner: "dana" });
    for (const labels of [
      '{"__proto__":"x"}',
      '{"constructor":"x","toString":"y"}',
      '{"":"x"}',
      '{"a.b":"x","a/b":"y"}',
    ]) {
      const rawBody = `{"labels":${labels}}`;
      const path = "/v1/identities/helper";
      const asked = await server.call("PUT", path, { token: tokens["olga"], rawBody });
      await approve("dana", asked.body.proposal.id);
      expect((await approve("sam", asked.body.proposal.id)).body.status).toBe("succeeded");
      const stored = (await server.app.store.identity("helper"))?.labels;
      expect(JSON.stringify(stored)).toBe(labels);
    }
    for (const id of ["a:b", "a/b", "constructor", "identity/haltpoint"]) {
      const { body } = await register({ id });
      await approve("dana", body.proposal.id);
      expect((await approve("sam", body.proposal.id)).body.status).toBe("succeeded");
      const path = `/v1/identities/${encodeURIComponent(id)}`;
      expect((await as("olga")("GET", path)).body.stage).toBe("active");
    }
    for (const id of ["haltpoint", "HaltPoint"]) {
      const put = await as("olga")("PUT", `/v1/identities/${id}`, { mode: "shadow" });
      expect([put.status, put.body.code]).toEqual([404, "not_found"]);
    }
  });

  it("beyond what may wait for people is refused, and the answer is documented (T20)", async () => {
    await started(POLICY, { limits: { heldPerIdentityMax: 1 } });
    await server.identity("helper", { owner: "dana", stage: "suspended" });
    await change("olga", { stage: "active" });
    const another = await change("fay", { stage: "active" });
    expect([another.status, another.body.code]).toEqual([429, "too_many_requests"]);
  });
});
