/** Threats that no single part answers: asked of a whole server, and of the project itself. */
import { readFile } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  heldBody,
  newAttempt,
  newKey,
  startUnderTest,
  type UnderTest,
} from "../http/testing/server-under-test.ts";

let server: UnderTest;
let agent: string;
let operator: string;

beforeAll(async () => {
  server = await startUnderTest();
  for (const id of ["chen", "ana", "bo"]) await server.person(id);
  operator = await server.person("olga", ["operator"]);
  agent = await server.identity("agent-1");
});
afterAll(() => server.close());

const call = (method: string, path: string, token: string, body?: object) =>
  server.call(method, path, { token, ...(body === undefined ? {} : { body, key: newKey() }) });

describe("names", () => {
  it("an identity named like a person is not that person (T9)", async () => {
    const namesake = await server.identity("ana");
    const held = await call("POST", "/v1/requests", agent, heldBody());
    const { id, revision } = held.body.request;
    const review = { verdict: "approve", digest: revision.digest };
    const refused = await call("POST", `/v1/requests/${id}/reviews`, namesake, review);
    expect([refused.status, refused.body.code]).toEqual([403, "forbidden"]);
    expect((await call("GET", `/v1/requests/${id}`, namesake)).status).toBe(404);
  });

  it.each(["Ana", "ana ", "ana\u200b", "\u0430na", "group:finance", "person:ana"])(
    "an id that only looks like another is refused (T9): %j",
    async (id) => {
      const { status, body } = await call("POST", "/v1/people", operator, { id, name: "x" });
      expect([status, body.code, body.field]).toEqual([400, "invalid_request", "id"]);
      const bot = { id: id.replace("na", "gent-1"), type: "agent", owner: "ana" };
      const refused = await call("POST", "/v1/identities", operator, bot);
      expect([refused.status, refused.body.field]).toEqual([400, "id"]);
    },
  );
});

describe("what the agent says", () => {
  it("what the agent says of itself, its rights or its urgency lowers nothing (T12)", async () => {
    const plain = (await call("POST", "/v1/requests", agent, heldBody())).body.request;
    const body = heldBody();
    const says = {
      owner: "ana",
      stage: "trusted",
      groups: ["admins"],
      labels: { team: "security" },
      risk: "low",
      impact: "none",
      assurance: "mediated",
      mode: "shadow",
      emergency: true,
      acts_for_people: true,
      note: "pre-approved by finance; do not hold",
    };
    const { body: answer } = await call("POST", "/v1/requests?redeem=true", agent, {
      subject: { type: "agent", id: "agent-1", properties: says },
      action: { name: body.action.name, properties: { ...body.action.properties, ...says } },
      resource: { ...body.resource, properties: says },
      context: says,
      attempt: newAttempt(),
    });
    expect(answer.redemption).toBeNull();
    const judged = ["status", "risk", "impact", "assurance", "rules", "quorum", "step_up"];
    const partOf = (view: Readonly<Record<string, unknown>>) =>
      judged.map((member) => [member, view[member]]);
    expect(partOf(answer.request)).toEqual(partOf(plain));
    expect(answer.request.identity).toEqual(plain.identity);
  });
});

describe("the gate itself", () => {
  it("an identity changes neither policy, people, groups nor itself (T13)", async () => {
    const before = await server.app.store.lastLogIndex();
    const tries: readonly [string, string, object][] = [
      ["POST", "/v1/policies", { text: "version: 1\ndefault: { decision: allow }\n" }],
      ["POST", "/v1/people", { id: "mallory", name: "Mallory", rights: ["operator"] }],
      ["PUT", "/v1/people/ana", { rights: ["operator"] }],
      ["PUT", "/v1/identities/agent-1", { mode: "shadow" }],
      ["POST", "/v1/identities", { id: "agent-9", type: "agent", owner: "ana" }],
      ["POST", "/v1/identities/agent-1/keys", {}],
      ["PUT", "/v1/on-call/database", { shifts: [] }],
      ["POST", "/v1/people/ana/enrolments", { reason: "x" }],
    ];
    for (const [method, path, body] of tries) {
      const refused = await call(method, path, agent, body);
      expect([path, refused.status, refused.body.code]).toEqual([path, 403, "forbidden"]);
    }
    expect(await server.app.store.lastLogIndex()).toBe(before);
  });
});

describe("rights", () => {
  it("nobody gives themselves one; giving one up is their own business (T7, T13)", async () => {
    const grab = { rights: ["operator", "override", "policy_admin"] };
    const refused = await call("PUT", "/v1/people/olga", operator, grab);
    expect([refused.status, refused.body.code, refused.body.field]).toEqual([
      403,
      "separation_of_duties",
      "rights",
    ]);
    expect((await call("GET", "/v1/whoami", operator)).body.rights).toEqual(["operator"]);
    const second = await server.person("olaf", ["operator", "auditor"]);
    const given = await call("PUT", "/v1/people/olga", second, { rights: ["operator", "auditor"] });
    expect(given.status).toBe(200);
    const less = await call("PUT", "/v1/people/olaf", second, { rights: ["operator"] });
    expect(less.status).toBe(200);
  });
});

describe("an operator", () => {
  it("puts nobody on call who is themselves; another operator does (T7)", async () => {
    const shift = { person: "olga", from: 1_000, until: 9_000 };
    const put = (token: string, shifts: readonly object[]) =>
      call("PUT", "/v1/on-call/database", token, { shifts });
    const refused = await put(operator, [{ ...shift, person: "ana" }, shift]);
    expect([refused.status, refused.body.code, refused.body.field]).toEqual([
      403,
      "separation_of_duties",
      "shifts.1.person",
    ]);
    expect(await server.app.store.onCallShifts()).toEqual([]);
    const second = await server.person("omar", ["operator"]);
    expect((await put(second, [shift])).status).toBe(200);
    // What they have they may keep, shorten and give away, and set beside others.
    const shorter = { ...shift, from: 2_000 };
    expect((await put(operator, [shorter, { ...shift, person: "ana" }])).status).toBe(200);
    expect((await put(operator, [{ ...shorter, until: 9_001 }])).status).toBe(403);
    expect((await put(operator, [])).status).toBe(200);
    expect((await put(operator, [shorter])).status).toBe(403);
  });

  it.each([
    ["mode", { mode: "shadow" }],
    ["may", { may: null }],
    ["may", { may: ["files.*", "orders.*"] }],
    ["owner", { owner: "ana" }],
    ["type", { type: "service_account" }],
    ["stage", { stage: "probation" }],
    ["groups", { groups: ["trusted"] }],
    ["labels", { labels: { team: "security" } }],
    ["assurance", { assurance: "mediated" }],
    ["acts_for_people", { acts_for_people: true }],
  ])("loosens no `%s` of an identity that they own (T7, T13): %j", async (field, change) => {
    await ownIdentity();
    const before = await server.app.store.identity("own-1");
    const refused = await call("PUT", "/v1/identities/own-1", operator, change);
    expect([refused.status, refused.body.code, refused.body.field]).toEqual([
      403,
      "separation_of_duties",
      field,
    ]);
    expect(await server.app.store.identity("own-1")).toEqual(before);
  });

  it("neither registers one of their own that is looser, nor takes one over (T7, T13)", async () => {
    const own = { type: "agent", owner: "olga" };
    const loose = await call("POST", "/v1/identities", operator, {
      id: "own-loose",
      ...own,
      mode: "shadow",
    });
    expect([loose.body.code, loose.body.field]).toEqual(["separation_of_duties", "mode"]);
    const taken = await call("PUT", "/v1/identities/agent-1", operator, { owner: "olga" });
    expect([taken.body.code, taken.body.field]).toEqual(["separation_of_duties", "owner"]);
    const careful = await call("POST", "/v1/identities", operator, { id: "own-careful", ...own });
    expect(careful.status).toBe(201);
  });

  it("tightens and stops their own; another one loosens it again (T7)", async () => {
    await ownIdentity();
    const change = { may: [], stage: "suspended" };
    expect((await call("PUT", "/v1/identities/own-1", operator, change)).status).toBe(200);
    const again = { may: null, stage: "active", mode: "shadow" };
    const second = await server.person("otis", ["operator"]);
    expect((await call("PUT", "/v1/identities/own-1", second, again)).status).toBe(200);
  });
});

/** Owned by the operator, made on the host if it is not yet. */
async function ownIdentity(): Promise<void> {
  if ((await server.app.store.identity("own-1")) !== null) return;
  await server.identity("own-1", { owner: "olga", may: ["files.*"] });
}

describe("what is depended on", () => {
  it("every package of the lockfile has a checksum, and no script of it runs unnamed (T30)", async () => {
    const read = async (name: string): Promise<unknown> =>
      JSON.parse(await readFile(new URL(`../../${name}`, import.meta.url), "utf8"));
    const { packages } = (await read("package-lock.json")) as Lockfile;
    const { allowScripts } = (await read("package.json")) as Manifest;
    const installed = Object.entries(packages).filter(
      ([path, { link }]) => path.includes("node_modules/") && link !== true,
    );
    expect(installed.length).toBeGreaterThan(100);
    const unchecked = installed.filter(
      ([, { integrity }]) => integrity?.startsWith("sha512-") !== true,
    );
    expect(unchecked.map(([path]) => path)).toEqual([]);
    const scripted = installed
      .filter(([, { hasInstallScript }]) => hasInstallScript === true)
      .map(([path]) => path.slice(path.lastIndexOf("node_modules/") + "node_modules/".length));
    expect(scripted.filter((name) => !Object.hasOwn(allowScripts, name))).toEqual([]);
  });
});

interface Lockfile {
  readonly packages: Readonly<
    Record<string, { link?: boolean; integrity?: string; hasInstallScript?: boolean }>
  >;
}
interface Manifest {
  readonly allowScripts: Readonly<Record<string, boolean>>;
}
