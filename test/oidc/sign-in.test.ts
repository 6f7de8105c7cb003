/** Signing in through a real identity provider. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { credentialHash } from "../../packages/server/src/app/authenticate.ts";
import { commitOnce } from "../../packages/server/src/app/commit-once.ts";
import { addPerson, newKey } from "../http/testing/server-under-test.ts";
import { Visitor } from "./testing/visitor.ts";
import { startWorld, type World } from "./testing/world.ts";

const TRANSACTION = "haltpoint_sign_in";
let world: World;

beforeAll(async () => {
  world = await startWorld();
  world.provider.people.set("sub-1", { name: "Ana Lopez", groups: ["finance"], username: "ana" });
});
afterAll(() => world.close());
afterEach(() => {
  world.provider.down.clear();
  world.provider.silent.clear();
});

const isCallback = (url: string): boolean => url.includes("/auth/oidc/callback");

/** Goes as far as the provider's answer and does not give it in. */
async function answered(subject = "sub-1", query = ""): Promise<{ visitor: Visitor; url: string }> {
  world.provider.signedInAs = subject;
  const visitor = new Visitor();
  const last = await visitor.follow(world.startUrl(query), isCallback);
  return { visitor, url: last.location ?? "" };
}

async function entries(kind: string): Promise<readonly Record<string, unknown>[]> {
  const all = await world.app.store.entries("system");
  return all.filter((entry) => entry.kind === kind).map((entry) => entry.data);
}

/** What a link for this person carries. */
async function enrolmentToken(person: string | null): Promise<string> {
  const { app } = world;
  const token = `hpe_${newKey()}`;
  const { now } = await app.store.time();
  const by = { by: "operator", reason: "first sign-in" };
  const times = { createdAt: now, expiresAt: now + 3_600_000, usedAt: null };
  const enrolment = { id: newKey(), hash: credentialHash(token), person, ...by, ...times };
  await commitOnce(app, { expected: {}, writes: [{ kind: "enrolment", enrolment }] });
  return token;
}

describe("signing in through an identity provider", () => {
  it("is offered by its name, uses PKCE, state and nonce, and comes back to the page asked for", async () => {
    const { body } = await world.callAs(
      { visitor: new Visitor(), id: "", csrf: "" },
      "GET",
      "/v1/sign-in",
    );
    expect(body.methods.oidc).toEqual({ name: "Example ID" });
    const { visitor, id } = await world.signIn("sub-1", "?return=/r/req_1%3Ftab=raw");
    expect(id).toBe("ana");
    const asked = new URL(visitor.steps[0]?.location ?? "").searchParams;
    expect(asked.get("code_challenge_method")).toBe("S256");
    for (const name of ["state", "nonce", "code_challenge"]) {
      expect(asked.get(name)?.length).toBeGreaterThan(30);
    }
    expect(visitor.steps.at(-1)?.location).toBe(`${world.origin}/r/req_1?tab=raw`);
    expect(visitor.cookie(world.origin, TRANSACTION)).toBeUndefined();
  });

  it("makes a person of who is new, once, and knows them by issuer and subject afterwards (T9)", async () => {
    const { provider } = world;
    provider.people.set("sub-2", { name: "Bo", groups: [], username: "bo" });
    expect((await world.signIn("sub-2")).id).toBe("bo");
    provider.people.set("sub-2", { name: "Ana Lopez", groups: ["finance"], username: "ana" });
    const again = await world.signIn("sub-2");
    expect(again.id).toBe("bo");
    const me = await world.callAs(again, "GET", "/v1/me");
    expect(me.body).toMatchObject({ via: "oidc", channel: "web", person: { rights: [] } });
    expect(await entries("account_linked")).toContainEqual(
      expect.objectContaining({ person: "bo", subject: "sub-2" }),
    );
    expect(await entries("account_changed")).toContainEqual(
      expect.objectContaining({ person: "bo", added: ["finance"], removed: [] }),
    );
  });

  it.each([
    ["the id of another account", "ana", "registered here already"],
    ["the id of a registered person", "chen", "ask an operator for an enrolment link"],
    ["an id like another one", "ANA", "upper and lower case only"],
    ["an id that says it is something else", "group:finance", "give the id without it"],
    ["no usable id", "a b", "person_id_from"],
  ])("refuses %s and says what to do (T7, T9)", async (what, username, words) => {
    const subject = `sub-${what}`;
    world.provider.people.set(subject, { name: "Eve", groups: ["finance"], username });
    await expect(world.signIn(subject)).rejects.toThrow(words);
    expect(await world.app.store.account(world.provider.issuer, subject)).toBeNull();
  });

  it.each(["https://evil.example", "//evil.example", "/\\evil.example", "/auth/oidc/start", "r/1"])(
    "leads nobody to `%s` afterwards",
    async (place) => {
      const { visitor } = await world.signIn("sub-1", `?return=${encodeURIComponent(place)}`);
      expect(visitor.steps.at(-1)?.location).toBe(`${world.origin}/inbox`);
    },
  );

  it("takes each answer of the provider once, also with the cookie kept (replay)", async () => {
    const { visitor, url } = await answered();
    const kept = visitor.cookie(world.origin, TRANSACTION) ?? "";
    expect((await visitor.step(url)).status).toBe(303);
    expect((await visitor.step(url)).status).toBe(401);
    visitor.setCookie(world.origin, TRANSACTION, kept);
    const again = await visitor.step(url);
    expect([again.status, again.location]).toEqual([401, null]);
    expect(again.text).toContain("begin it again");
  });

  it("takes an answer only in the browser that asked, whole and unchanged (login CSRF, mix-up)", async () => {
    const { visitor, url } = await answered();
    expect((await new Visitor().step(url)).status).toBe(401);
    const other = await answered();
    expect((await other.visitor.step(url)).status).toBe(401);
    const changes: readonly ((parameters: URLSearchParams) => void)[] = [
      (parameters) => parameters.set("state", "another"),
      (parameters) => parameters.delete("state"),
      (parameters) => parameters.set("iss", "https://evil.example"),
      (parameters) => parameters.set("code", "another"),
    ];
    for (const change of changes) {
      const changed = new URL(url);
      change(changed.searchParams);
      const fresh = new Visitor();
      const kept = visitor.cookie(world.origin, TRANSACTION) ?? "";
      fresh.setCookie(world.origin, TRANSACTION, kept);
      const step = await fresh.step(changed.href);
      expect([step.status, step.location]).toEqual([401, null]);
      expect(fresh.cookie(world.origin, "haltpoint_session")).toBeUndefined();
    }
  });

  it("is over after ten minutes, and a changed cookie is none", async () => {
    const late = await answered();
    world.later(11 * 60_000);
    expect((await late.visitor.step(late.url)).status).toBe(401);
    const { visitor, url } = await answered();
    const kept = visitor.cookie(world.origin, TRANSACTION) ?? "";
    visitor.setCookie(world.origin, TRANSACTION, `${kept.slice(0, -4)}AAAA`);
    expect((await visitor.step(url)).status).toBe(401);
  });

  it("gives a plain page where the provider is down, and where somebody said no", async () => {
    const { provider } = world;
    const { visitor, url } = await answered();
    provider.down.add("/token");
    const down = await visitor.step(url);
    expect(down.status).toBe(503);
    expect(down.text).toContain("Example ID does not answer at present");
    provider.down.clear();
    const refused = await answered("");
    const said = await refused.visitor.step(refused.url);
    expect(said.status).toBe(401);
    expect(said.text).not.toContain("<b>");
    expect(said.text).not.toContain("<script");
  });

  it("is not begun or ended by looking whether its addresses are there (T16)", async () => {
    const { visitor, url } = await answered();
    const cookie = `${TRANSACTION}=${visitor.cookie(world.origin, TRANSACTION)}`;
    const head = await fetch(url, { method: "HEAD", headers: { cookie }, redirect: "manual" });
    expect(head.status).toBeGreaterThanOrEqual(400);
    expect((await visitor.step(url)).status).toBe(303);
  });

  it("leaves no secret in the log", async () => {
    const { visitor, url } = await answered();
    const code = new URL(url).searchParams.get("code") ?? "none";
    await visitor.step(url);
    const session = visitor.cookie(world.origin, "haltpoint_session") ?? "none";
    const log = world.log.join("\n");
    for (const secret of [code, session, "a-secret-of-this-test-only"]) {
      expect(log).not.toContain(secret);
    }
  });

  it("links whom an enrolment link names, once, and nobody without it", async () => {
    const { app, provider } = world;
    await addPerson(app, "dee", ["auditor"]);
    const token = await enrolmentToken("dee");
    provider.people.set("sub-dee", { name: "Dee", groups: [], username: "somebody" });
    provider.people.set("sub-eve", { name: "Eve", groups: [], username: "dee" });
    expect((await world.signIn("sub-dee", `?enrol=${token}`)).id).toBe("dee");
    await expect(world.signIn("sub-eve", `?enrol=${token}`)).rejects.toThrow("was used");
    expect((await world.signIn("sub-dee")).id).toBe("dee");
    // An account that is somebody already is not made somebody else by a link.
    const mine = await enrolmentToken("chen");
    await expect(world.signIn("sub-dee", `?enrol=${mine}`)).rejects.toThrow(
      "here already; sign in without",
    );
    const setup = await enrolmentToken(null);
    await expect(world.signIn("sub-eve", `?enrol=${setup}`)).rejects.toThrow("registered already");
  });

  it("replaces a lost account by an operator's link, and ends what it had opened (T31)", async () => {
    const { app, provider } = world;
    await addPerson(app, "gil");
    provider.people.set("sub-gil-1", { name: "Gil", groups: ["finance"], username: "g1" });
    provider.people.set("sub-gil-2", { name: "Gil", groups: ["ops"], username: "g2" });
    const first = await world.signIn("sub-gil-1", `?enrol=${await enrolmentToken("gil")}`);
    expect((await world.callAs(first, "GET", "/v1/me")).body.groups).toEqual(["finance"]);
    const second = await world.signIn("sub-gil-2", `?enrol=${await enrolmentToken("gil")}`);
    expect([first.id, second.id]).toEqual(["gil", "gil"]);
    expect((await world.callAs(first, "GET", "/v1/me")).status).toBe(401);
    expect((await world.callAs(second, "GET", "/v1/me")).body.groups).toEqual(["ops"]);
    expect((await app.store.accountsOf(["gil"])).map(({ subject }) => subject)).toEqual([
      "sub-gil-2",
    ]);
    expect(await entries("account_unlinked")).toContainEqual(
      expect.objectContaining({ person: "gil", subject: "sub-gil-1" }),
    );
  });
});
