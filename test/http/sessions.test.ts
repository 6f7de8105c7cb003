/** Being signed in by cookie: what it takes, what it opens, and how soon it ends (T16, T31). */
import { afterEach, describe, expect, it } from "vitest";
import { request } from "node:http";
import { browserAt } from "./testing/browser.ts";
import { readEvents } from "./testing/event-reader.ts";
import { startUnderTest, type Setup, type UnderTest } from "./testing/server-under-test.ts";

let server: UnderTest;
afterEach(() => server.close());

async function started(setup: Setup = {}): Promise<UnderTest> {
  server = await startUnderTest({ config: { dev: true }, ...setup });
  for (const id of ["ana", "chen"]) await server.register(id);
  await server.register("olga", ["operator"]);
  return server;
}

const entriesOf = async (kind: string) =>
  (await server.app.store.entries("system")).filter((entry) => entry.kind === kind);

describe("signing in", () => {
  it("says which ways there are, and lists people on a development server only (T36)", async () => {
    await started();
    const { body } = await server.call("GET", "/v1/sign-in");
    expect(body).toMatchObject({ setup: false, methods: { oidc: null } });
    expect(body.methods.development).toContainEqual({ id: "ana", name: "ana" });
    await server.close();
    await started({ config: { dev: false } });
    expect((await server.call("GET", "/v1/sign-in")).body.methods.development).toBeNull();
    const got = await browserAt(server).call("POST", "/v1/sign-in/development", {
      body: { person: "ana" },
    });
    expect(got).toMatchObject({ status: 401, body: { code: "sign_in_failed" } });
    expect(got.headers.get("set-cookie")).toBeNull();
  });

  it("gives a cookie that no page can read and no other site's page can send, and records it", async () => {
    await started();
    const got = await browserAt(server).call("POST", "/v1/sign-in/development", {
      body: { person: "ana" },
    });
    const cookie = got.headers.get("set-cookie") ?? "";
    expect(cookie).toMatch(/^haltpoint_session=hpw_[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict;/);
    expect(cookie).not.toContain("Secure");
    expect(got.body).toMatchObject({ person: { id: "ana" }, via: "development", channel: "web" });
    expect(got.body.groups).toEqual(["finance"]);
    const [entry] = await entriesOf("signed_in");
    expect(entry).toMatchObject({ actor: "person:ana", data: { session: got.body.session } });
    expect(JSON.stringify(await server.app.store.entries("system"))).not.toContain("hpw_");
    expect(server.log.join("")).not.toMatch(/hpw_[\w-]{5}/);
  });

  it("over TLS gives a cookie of this very host only, and asks never to be called without", async () => {
    await started({ config: { dev: true, publicUrl: "https://halt.example" } });
    const got = await browserAt(server).call("POST", "/v1/sign-in/development", {
      body: { person: "ana" },
    });
    expect(got.headers.get("set-cookie")).toMatch(/^__Host-haltpoint=hpw_.*; Secure/);
    expect(got.headers.get("strict-transport-security")).toBe("max-age=31536000");
    await server.close();
    await started();
    const plain = await server.call("GET", "/v1/sign-in");
    expect(plain.headers.get("strict-transport-security")).toBeNull();
  });

  it("takes a cookie's secret from the cookie only, a bearer secret from the header only", async () => {
    await started();
    const browser = browserAt(server);
    await browser.signIn("ana");
    const secret = (browser.cookie() ?? "").split("=")[1] ?? "";
    expect((await browser.call("GET", "/v1/me")).status).toBe(200);
    expect((await server.call("GET", "/v1/me", { token: secret })).status).toBe(401);
    const token = await server.person("bo");
    const cookie = { cookie: `haltpoint_session=${token}` };
    expect((await server.call("GET", "/v1/me", { headers: cookie })).status).toBe(401);
    const both = await browser.call("GET", "/v1/me", { token });
    expect(both.body.person.id).toBe("bo");
  });

  it("signing in again ends the session this browser had", async () => {
    await started();
    const browser = browserAt(server);
    await browser.signIn("ana");
    const before = browser.cookie() ?? "";
    await browser.signIn("chen");
    expect((await browser.call("GET", "/v1/me")).body.person.id).toBe("chen");
    const old = await server.call("GET", "/v1/me", { headers: { cookie: before } });
    expect(old.status).toBe(401);
  });

  it("nobody who is unknown or disabled gets in", async () => {
    await started();
    const olga = browserAt(server);
    await olga.signIn("olga");
    await olga.call("PUT", "/v1/people/ana", { body: { disabled: true } });
    for (const person of ["ana", "nobody"]) {
      const got = await browserAt(server).call("POST", "/v1/sign-in/development", {
        body: { person },
      });
      expect(got).toMatchObject({ status: 401, body: { code: "sign_in_failed" } });
    }
  });
});

describe("a change by cookie (T16)", () => {
  const change = { body: { email: "ana@example.com" } };

  it("is taken from a page of ours that knows the session's word", async () => {
    await started();
    const browser = browserAt(server);
    await browser.signIn("ana");
    const got = await browser.call("PUT", "/v1/me", change);
    expect(got).toMatchObject({ status: 200, body: { person: { email: "ana@example.com" } } });
    expect(JSON.stringify(await entriesOf("contact_changed"))).not.toContain("example.com");
  });

  it.each([
    ["another site's Origin", { origin: "https://evil.example" }],
    ["this host under another scheme", { origin: "https://localhost" }],
    ["this host on another port", { origin: "http://localhost:1" }],
    ["an opaque Origin", { origin: "null" }],
    ["no Origin", { origin: "" }],
    ["another site, as the browser says", { "sec-fetch-site": "cross-site" }],
    ["a neighbouring site", { "sec-fetch-site": "same-site" }],
    ["no word", { "x-haltpoint-csrf": "" }],
    ["a wrong word", { "x-haltpoint-csrf": "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA" }],
  ])("with %s is refused, and changes nothing", async (_what, headers) => {
    await started();
    const browser = browserAt(server);
    await browser.signIn("ana");
    const got = await browser.call("PUT", "/v1/me", { ...change, headers });
    expect(got).toMatchObject({ status: 403, body: { code: "cross_site" } });
    expect((await browser.call("GET", "/v1/me")).body.person.email).toBeNull();
  });

  it("with the word of another session is refused", async () => {
    await started();
    const [ana, chen] = [browserAt(server), browserAt(server)];
    await ana.signIn("ana");
    await chen.signIn("chen");
    const headers = { "x-haltpoint-csrf": chen.csrf() ?? "" };
    expect((await ana.call("PUT", "/v1/me", { ...change, headers })).status).toBe(403);
  });

  it("signing in takes a page of ours, too: nobody is signed in as somebody else", async () => {
    await started();
    for (const headers of [{}, { origin: "https://evil.example" }]) {
      const got = await server.call("POST", "/v1/sign-in/development", {
        body: { person: "ana" },
        headers,
      });
      expect(got).toMatchObject({ status: 403, body: { code: "cross_site" } });
    }
  });
});

describe("the name a server is called by", () => {
  const askAs = (host: string, headers: Record<string, string> = {}): Promise<number> =>
    new Promise((resolve, reject) => {
      const { port } = new URL(server.url);
      const options = {
        host: "127.0.0.1",
        port,
        path: "/v1/sign-in",
        headers: { host, ...headers },
      };
      request(options, (response) => {
        response.resume();
        resolve(response.statusCode ?? 0);
      })
        .on("error", reject)
        .end();
    });

  it("is its own: a name that somebody made lead here gets no answer (T16)", async () => {
    await started({ config: { dev: true, publicUrl: "https://halt.example" } });
    for (const host of [
      "evil.example",
      "evil.example:4747",
      "halt.example.evil.com",
      "localhost.",
    ]) {
      expect([host, await askAs(host)]).toEqual([host, 421]);
    }
    for (const host of [
      "halt.example",
      "HALT.example:443",
      "localhost:1",
      "127.0.0.1",
      "[::1]:9",
    ]) {
      expect([host, await askAs(host)]).toEqual([host, 200]);
    }
  });
});

describe("a session ends", () => {
  it("with signing out, recorded, and the cookie is taken away", async () => {
    await started();
    const browser = browserAt(server);
    const { session } = await browser.signIn("ana");
    const kept = browser.cookie() ?? "";
    expect((await browser.call("POST", "/v1/sign-out")).body).toEqual({ ended: 1 });
    expect(browser.cookie()).toBeNull();
    expect((await server.call("GET", "/v1/me", { headers: { cookie: kept } })).status).toBe(401);
    const [entry] = await entriesOf("signed_out");
    expect(entry).toMatchObject({ data: { sessions: [session] } });
  });

  it("when it is not used for the idle time, and at its absolute end however it is used", async () => {
    const signIn = { sessionIdleMs: 1_200, sessionMaxMs: 3_000, cliSessionMaxMs: 3_000 };
    const rest = { enrolmentMs: 60_000, attemptsPerMinute: 100 };
    await started({ config: { dev: true, signIn: { ...signIn, ...rest } } });
    const [idle, busy] = [browserAt(server), browserAt(server)];
    await idle.signIn("ana");
    await busy.signIn("ana");
    const statuses: number[] = [];
    for (let round = 0; round < 8; round += 1) {
      await new Promise((resolve) => setTimeout(resolve, 450));
      statuses.push((await busy.call("GET", "/v1/whoami")).status);
    }
    expect(statuses.slice(0, 5)).toEqual([200, 200, 200, 200, 200]);
    expect(statuses.at(-1)).toBe(401);
    expect((await idle.call("GET", "/v1/whoami")).status).toBe(401);
  });

  it.each(["signing out", "being disabled", "its end"] as const)(
    "by %s, and whoever listens by it is cut off within five seconds",
    async (how) => {
      const limits = how === "its end" ? { sessionMaxMs: 2_000 } : {};
      const { signIn } = (await started()).app;
      await server.close();
      await started({ config: { dev: true, signIn: { ...signIn, ...limits } } });
      const [browser, olga] = [browserAt(server), browserAt(server)];
      await browser.signIn("ana");
      await olga.signIn("olga");
      const reader = await readEvents(server.url, { cookie: browser.cookie() ?? "" });
      expect(reader.response.status).toBe(200);
      const startedAt = performance.now() + (how === "its end" ? 2_000 : 0);
      if (how === "signing out") await browser.call("POST", "/v1/sign-out");
      if (how === "being disabled") {
        await olga.call("PUT", "/v1/people/ana", { body: { disabled: true } });
      }
      await reader.ended();
      expect(performance.now() - startedAt).toBeLessThan(5_000);
    },
    15_000,
  );

  it("and news just before the next look puts the look off by nothing (T31)", async () => {
    await started({ httpLimits: { eventCommentMs: 2_000 } });
    const browser = browserAt(server);
    await browser.signIn("ana");
    const reader = await readEvents(server.url, { cookie: browser.cookie() ?? "" });
    const openedAt = performance.now();
    await browser.call("POST", "/v1/sign-out");
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    await browserAt(server).signIn("chen");
    await reader.ended();
    expect(performance.now() - openedAt).toBeLessThan(3_000);
  });
});

describe("devices", () => {
  it("are listed with what they call themselves, and signed out one by one", async () => {
    await started();
    const [here, there, other] = [browserAt(server), browserAt(server), browserAt(server)];
    await here.signIn("ana");
    const { session } = await there.signIn("ana");
    const chens = await other.signIn("chen");
    const { items } = (await here.call("GET", "/v1/me/sessions")).body;
    expect(items).toHaveLength(2);
    expect(items).toContainEqual(
      expect.objectContaining({ id: session, label: "Test browser", current: false }),
    );
    expect((await here.call("DELETE", `/v1/me/sessions/${session}`)).body).toEqual({ ended: 1 });
    expect((await there.call("GET", "/v1/me")).status).toBe(401);
    expect((await here.call("DELETE", `/v1/me/sessions/${session}`)).status).toBe(404);
    const foreign = await here.call("DELETE", `/v1/me/sessions/${chens.session}`);
    expect(foreign.status).toBe(404);
    expect((await other.call("GET", "/v1/me")).status).toBe(200);
  });

  it("are signed out everywhere by their owner or, for a reason, by an operator", async () => {
    await started();
    const [one, two, olga] = [browserAt(server), browserAt(server), browserAt(server)];
    await one.signIn("ana");
    await two.signIn("ana");
    await olga.signIn("olga");
    expect((await one.call("POST", "/v1/me/sign-out-everywhere")).body).toEqual({ ended: 2 });
    expect((await two.call("GET", "/v1/me")).status).toBe(401);
    await two.signIn("ana");
    const signOut = "/v1/people/ana/sign-out";
    const refused = await two.call("POST", signOut, { body: { reason: "me" } });
    expect(refused.body.code).toBe("right_required");
    const got = await olga.call("POST", signOut, { body: { reason: "lost laptop" } });
    expect(got.body).toEqual({ ended: 1 });
    expect((await two.call("GET", "/v1/me")).status).toBe(401);
    expect((await entriesOf("signed_out")).at(-1)).toMatchObject({
      actor: "person:olga",
      data: { person: "ana", everywhere: true, reason: "lost laptop" },
    });
    expect((await olga.call("GET", "/v1/me")).status).toBe(200);
  });
});
