/** Administration over HTTP: identities, people, credentials, rosters, policies. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { issueCredential } from "../../packages/server/src/app/registry.ts";
import {
  heldBody,
  newKey,
  startUnderTest,
  type Sent,
  type UnderTest,
} from "./testing/server-under-test.ts";
import { POLICY } from "./testing/policy.ts";

let server: UnderTest;
let operator: string;
let admin: string;
let ana: string;

beforeAll(async () => {
  server = await startUnderTest();
  await server.person("chen");
  ana = await server.person("ana");
  operator = await server.person("olga", ["operator"]);
  admin = await server.person("paul", ["policy_admin"]);
});
afterAll(() => server.close());

const as =
  (token: string) =>
  (method: string, path: string, body?: unknown, more: Sent = {}) =>
    server.call(method, path, { token, body, ...more });
const op = (method: string, path: string, body?: unknown, more?: Sent) =>
  as(operator)(method, path, body, more);

describe("identities", () => {
  it("are registered with careful defaults, once", async () => {
    const made = await op("POST", "/v1/identities", { id: "buyer", type: "agent", owner: "chen" });
    expect(made.status).toBe(201);
    expect(made.body).toEqual({
      id: "buyer",
      type: "agent",
      owner: "chen",
      stage: "active",
      groups: [],
      labels: {},
      acts_for_people: false,
      assurance: "cooperative",
      mode: "enforce",
      may: null,
      keys: [],
      proposal: null,
    });
    const again = await op("POST", "/v1/identities", { id: "buyer", type: "agent", owner: "chen" });
    expect(again.body.code).toBe("already_exists");
    const ownerless = await op("POST", "/v1/identities", {
      id: "b2",
      type: "agent",
      owner: "nobody",
    });
    expect(ownerless.body).toMatchObject({ code: "invalid_request", field: "owner" });
  });

  it("keep what is left out of a change", async () => {
    await op("POST", "/v1/identities", {
      id: "limited",
      type: "agent",
      owner: "chen",
      may: ["a.*"],
    });
    const { body } = await op("PUT", "/v1/identities/limited", { stage: "suspended" });
    expect(body).toMatchObject({ stage: "suspended", may: ["a.*"], owner: "chen" });
    expect((await op("PUT", "/v1/identities/limited", { may: null })).body.may).toBeNull();
    expect((await op("PUT", "/v1/identities/unknown", {})).body.code).toBe("not_found");
    expect((await op("PUT", "/v1/identities/limited", { stage: "happy" })).body).toMatchObject({
      code: "invalid_request",
      field: "stage",
    });
  });

  it("are listed in pages and looked at one by one", async () => {
    const { body } = await op("GET", "/v1/identities?limit=1");
    expect(body.items).toHaveLength(1);
    const rest = await op("GET", `/v1/identities?cursor=${body.cursor}`);
    expect(rest.body.items.map((item: { id: string }) => item.id)).not.toContain(body.items[0].id);
    expect((await op("GET", "/v1/identities/buyer")).body.id).toBe("buyer");
    expect((await op("GET", "/v1/identities/unknown")).body.code).toBe("not_found");
  });

  it("hold at most two live keys, each shown once", async () => {
    const issue = () => op("POST", "/v1/identities/buyer/keys", { expires_in_ms: 60_000 });
    const first = await issue();
    expect(first.status).toBe(201);
    expect(first.body.secret).toMatch(/^hpk_/);
    await issue();
    expect((await issue()).body).toMatchObject({
      code: "limit_exceeded",
      limit: { name: "live_keys", value: 2 },
    });
    const shown = await op("GET", "/v1/identities/buyer");
    expect(shown.body.keys).toHaveLength(2);
    expect(shown.text).not.toContain(first.body.secret);
    const path = `/v1/identities/buyer/keys/${first.body.key.id}`;
    expect((await op("DELETE", path)).body.revoked_at).toBeGreaterThan(0);
    expect((await op("DELETE", path, {})).body.revoked_at).toBeGreaterThan(0);
    expect((await op("DELETE", "/v1/identities/buyer/keys/key_x")).body.code).toBe("not_found");
    expect((await issue()).status).toBe(201);
    const eternal = await op("POST", "/v1/identities/buyer/keys", { expires_in_ms: 1e15 });
    expect(eternal.body).toMatchObject({ field: "expires_in_ms", limit: { name: "key_lifetime" } });
  });
});

describe("the limit on live keys", () => {
  it("holds when many are asked for in one moment", async () => {
    await op("POST", "/v1/identities", { id: "raced", type: "agent", owner: "chen" });
    const holder = { kind: "identity", id: "raced" } as const;
    const order = { holder, expiresInMs: 60_000, via: "key", by: "operator" } as const;
    // Not through sockets: their turns come one after the other, and nothing would race.
    const asked = Array.from({ length: 8 }, () => issueCredential(server.app, order));
    const answers = await Promise.all(asked);
    expect(answers.filter(({ ok }) => ok)).toHaveLength(2);
  });
});

describe("people", () => {
  it("are registered and changed", async () => {
    const made = await op("POST", "/v1/people", { id: "zoe", name: "Zoë" });
    expect(made).toMatchObject({ status: 201, body: { id: "zoe", rights: [], disabled: false } });
    const { body } = await op("PUT", "/v1/people/zoe", { rights: ["auditor"] });
    expect(body).toEqual({
      id: "zoe",
      name: "Zoë",
      rights: ["auditor"],
      disabled: false,
      email: null,
      slack: null,
    });
    expect((await op("PUT", "/v1/people/zoe", { rights: ["god"] })).body.field).toBe("rights.0");
    expect((await op("PUT", "/v1/people/unknown", {})).body.code).toBe("not_found");
    const listed = await op("GET", "/v1/people");
    expect(listed.body.items.map((item: { id: string }) => item.id)).toContain("zoe");
  });

  it.each(["a b", "", "ж", "a\nb", "x".repeat(129), "../../etc"])(
    "refuse the id %j",
    async (id) => {
      const { body } = await op("POST", "/v1/people", { id, name: "x" });
      expect(body).toMatchObject({ code: "invalid_request", field: "id" });
    },
  );
});

describe("rosters", () => {
  it("are replaced whole, and every shift ends", async () => {
    const shifts = [{ person: "ana", from: 1_000, until: 2_000 }];
    const set = await op("PUT", "/v1/on-call/sre", { shifts });
    expect(set.body).toEqual({ roster: "sre", shifts });
    const backwards = [{ person: "ana", from: 2, until: 1 }];
    expect((await op("PUT", "/v1/on-call/sre", { shifts: backwards })).body.field).toBe(
      "shifts.0.until",
    );
    const unknown = [{ person: "nobody", from: 1, until: 2 }];
    expect((await op("PUT", "/v1/on-call/sre", { shifts: unknown })).body.field).toBe(
      "shifts.0.person",
    );
    expect((await op("PUT", "/v1/on-call/a%20b", { shifts: [] })).body.field).toBe("roster");
  });
});

describe("the same key", () => {
  it("registers once and says so again", async () => {
    const key = newKey();
    const body = { id: "kept", type: "agent", owner: "chen" };
    const first = await op("POST", "/v1/identities", body, { key });
    const again = await op("POST", "/v1/identities", body, { key });
    expect([first.status, again.status]).toEqual([201, 201]);
    const other = await op("POST", "/v1/identities", { ...body, id: "other" }, { key });
    expect(other.body.code).toBe("idempotency_conflict");
    const elsewhere = await op("POST", "/v1/people", { id: "p", name: "P" }, { key });
    expect(elsewhere.body.code).toBe("idempotency_conflict");
  });

  it("never issues two credentials, and cannot show a secret again", async () => {
    const key = newKey();
    const body = { expires_in_ms: 60_000 };
    const path = "/v1/identities/kept/keys";
    const [one, two] = await Promise.all([
      op("POST", path, body, { key }),
      op("POST", path, body, { key }),
    ]);
    expect([one.status, two.status].toSorted((a, b) => a - b)).toEqual([201, 409]);
    const refused = one.status === 409 ? one : two;
    expect(refused.body).toMatchObject({ code: "already_exists", field: "Idempotency-Key" });
    expect((await op("GET", "/v1/identities/kept")).body.keys).toHaveLength(1);
  });

  it("is asked for", async () => {
    const body = { id: "x", name: "x" };
    const none = await op("POST", "/v1/people", body, { key: null });
    expect(none.body).toMatchObject({ code: "idempotency_key_required", field: "Idempotency-Key" });
    for (const key of ["x".repeat(129), "tab\there"]) {
      const { body: problem } = await op("POST", "/v1/people", body, { key });
      expect(problem).toMatchObject({ code: "invalid_request", field: "Idempotency-Key" });
    }
    expect((await op("POST", "/v1/people", body, { key: "a key with spaces ~" })).status).toBe(201);
  });
});

describe("policy", () => {
  it("is shown, proposed by those who may, and refused whole with a caret and on record (T13)", async () => {
    const { body } = await as(ana)("GET", "/v1/policies/current");
    expect(body).toMatchObject({ text: POLICY, by: "setup" });
    const publish = (text: string, more?: Sent) =>
      as(admin)("POST", "/v1/policies", { text }, more);
    const bad = await publish(POLICY.replace("decision: deny", "decision: maybe"));
    expect(bad.status).toBe(422);
    expect(bad.body.code).toBe("unsupported_policy");
    expect(bad.body.detail).toMatch(/maybe[\s\S]*\^/);
    expect((await as(ana)("GET", "/v1/policies/current")).body.version).toBe(body.version);
    const [refused] = (await server.app.store.entries("system")).filter(
      ({ kind }) => kind === "policy_refused",
    );
    expect(refused?.actor).toBe("person:paul");
    expect((await publish(POLICY)).body).toMatchObject({ changed: false, proposal: null });
    const text = `${POLICY}# changed\n`;
    expect((await publish(text)).body).toMatchObject({ code: "separation_of_duties" });
    await server.register("petra", ["policy_admin"]);
    const good = await publish(text);
    expect(good).toMatchObject({ status: 201, body: { changed: false } });
    // Nothing has changed yet: a second policy admin decides the request.
    const { id, link } = good.body.proposal;
    expect(link).toMatch(new RegExp(`/r/${id}$`));
    const view = (await as(admin)("GET", `/v1/requests/${id}`)).body;
    expect(view).toMatchObject({
      status: "held",
      on_behalf_of: "paul",
      quorum: { needed: [{ count: 1, from: ["right:policy_admin"] }], impossible: false },
    });
    const now = await as(ana)("GET", "/v1/policies/current");
    expect(now.body).toMatchObject({ text: POLICY, by: "setup", how: "first", request: null });
    expect((await as(ana)("GET", "/v1/policies")).body.items).toMatchObject([
      { version: now.body.version, by: "setup", how: "first" },
    ]);
    const same = await as(ana)("GET", `/v1/policies/${now.body.version}`);
    expect(same.body).toEqual(now.body);
    expect((await as(ana)("GET", "/v1/policies/other")).body.code).toBe("not_found");
    const live = await as(admin)("POST", "/v1/policies", { text, live: true });
    expect(live.body).toMatchObject({ code: "forbidden" });
  });

  it("explains what it would say, and submits nothing", async () => {
    await op("POST", "/v1/identities", { id: "asked", type: "agent", owner: "chen" });
    const ask = (identity: string) =>
      as(ana)("POST", "/v1/policies/explain", { request: { ...heldBody(), identity } });
    const { body } = await ask("asked");
    expect(body.decision).toMatchObject({ effect: "hold", matchedRules: ["orders"] });
    expect(body.text).toContain("orders");
    expect((await ask("nobody")).body).toMatchObject({ code: "not_found", field: "identity" });
    expect((await as(ana)("GET", "/v1/requests")).body.items).toEqual([]);
  });
});

describe("the report", () => {
  it("counts since a time", async () => {
    const { body } = await as(ana)("GET", "/v1/report?since=0");
    expect(body).toMatchObject({ since: 0, requests: 1, held: 1 });
    const missing = await as(ana)("GET", "/v1/report");
    expect(missing.body).toMatchObject({ code: "invalid_request", field: "since" });
    const bad = await as(ana)("GET", "/v1/report?since=yesterday");
    expect(bad.body.detail).toBe("`since` must be an integer of milliseconds");
  });
});
