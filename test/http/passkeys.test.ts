/** Passkeys: the first person, everybody after, signing in, and what is not taken (T31). */
import { afterEach, describe, expect, it } from "vitest";
import { DEFAULT_SIGN_IN_LIMITS } from "../../packages/server/src/app/app.ts";
import { issueEnrolment, issueSetup } from "../../packages/server/src/app/enrolments.ts";
import { Authenticator } from "./testing/authenticator.ts";
import { browserAt, type Browser } from "./testing/browser.ts";
import {
  startUnderTest,
  type Got,
  type Setup,
  type UnderTest,
} from "./testing/server-under-test.ts";

let server: UnderTest;
afterEach(() => server.close());

const started = async (setup: Setup = {}): Promise<UnderTest> => {
  server = await startUnderTest(setup);
  return server;
};
const entries = async (kind: string) =>
  (await server.app.store.entries("system")).filter((entry) => entry.kind === kind);
const device = (algorithm?: "ES256" | "EdDSA" | "RS256" | "ES384") =>
  new Authenticator(server.app.site.publicUrl, algorithm);
const tokenOf = (link: string) => link.split("#token=")[1] ?? "";

/** A token of a link for somebody who is registered. */
async function linkFor(person: string): Promise<string> {
  const order = { person, by: "operator", reason: "first passkey" };
  const issued = await issueEnrolment(server.app, order);
  if (!issued.ok) throw new Error(issued.problem.detail);
  return tokenOf(issued.value.link);
}

async function enrol(
  browser: Browser,
  token: string,
  by: Authenticator,
  about: { readonly id?: string; readonly claims?: Parameters<Authenticator["create"]>[1] } = {},
): Promise<Got> {
  const { id, claims } = about;
  const body = { token, ...(id === undefined ? {} : { id }) };
  const begun = await browser.call("POST", "/v1/enrolments/options", { body, key: null });
  if (begun.status !== 200) return begun;
  const { ceremony, options } = begun.body;
  const response = by.create(options, claims);
  return browser.call("POST", "/v1/enrolments", {
    body: { token, ceremony, response, passkey_name: "laptop" },
    key: null,
  });
}

async function signIn(
  browser: Browser,
  by: Authenticator,
  claims?: Parameters<Authenticator["get"]>[1],
): Promise<Got> {
  const begun = await browser.call("POST", "/v1/sign-in/passkey/options", { key: null });
  const { ceremony, options } = begun.body;
  const response = by.get(options, claims);
  return browser.call("POST", "/v1/sign-in/passkey", { body: { ceremony, response }, key: null });
}

/** Somebody with a passkey, signed in. */
async function enrolled(id: string) {
  await server.person(id);
  const browser = browserAt(server);
  const key = device();
  const got = await enrol(browser, await linkFor(id), key);
  expect(got.status).toBe(200);
  return { browser, key, me: got.body };
}

describe("the first person", () => {
  it("comes by the setup link, once, is operator and policy admin, and is told so", async () => {
    await started();
    expect((await server.call("GET", "/v1/sign-in")).body.setup).toBe(true);
    const first = tokenOf((await issueSetup(server.app))?.link ?? "");
    const token = tokenOf((await issueSetup(server.app))?.link ?? "");
    const browser = browserAt(server);
    expect((await enrol(browser, first, device(), { id: "ana" })).body.code).toBe("link_invalid");
    const got = await enrol(browser, token, device(), { id: "ana" });
    expect(got).toMatchObject({
      status: 200,
      body: { person: { id: "ana", rights: ["operator", "policy_admin"] }, via: "passkey" },
    });
    expect((await browser.call("GET", "/v1/people")).status).toBe(200);
    expect((await enrol(browser, token, device(), { id: "eve" })).body.code).toBe("link_invalid");
    expect(await issueSetup(server.app)).toBeNull();
    expect((await server.call("GET", "/v1/sign-in")).body.setup).toBe(false);
    expect(await entries("person_registered")).toHaveLength(1);
    const [passkey] = await entries("passkey_registered");
    expect(passkey?.data).toMatchObject({ person: "ana", algorithm: -7, rp_id: "localhost" });
    expect(JSON.stringify(await server.app.store.entries("system"))).not.toContain("hpe_");
  });

  it("is one, also when two try at once", async () => {
    await started();
    const token = tokenOf((await issueSetup(server.app))?.link ?? "");
    const both = await Promise.all(
      ["ana", "eve"].map((id) => enrol(browserAt(server), token, device(), { id })),
    );
    expect(both.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 410]);
    expect(await server.app.store.persons()).toHaveLength(1);
  });

  it("is nobody where somebody was registered in another way meanwhile", async () => {
    await started();
    const token = tokenOf((await issueSetup(server.app))?.link ?? "");
    await server.person("ana");
    const got = await enrol(browserAt(server), token, device(), { id: "eve" });
    expect(got.body.code).toBe("link_invalid");
  });
});

describe("a link", () => {
  it("is made by operators, opens one door once, and a newer one takes its place", async () => {
    await started();
    await server.person("ana");
    const operator = await server.person("olga", ["operator"]);
    const make = () =>
      server.call("POST", "/v1/people/ana/enrolments", {
        token: operator,
        body: { reason: "new laptop" },
      });
    const [older, newer] = [await make(), await make()];
    expect(newer.body.link).toMatch(/^http:\/\/localhost:\d+\/setup#token=hpe_[\w-]{43}$/);
    const browser = browserAt(server);
    const old = await enrol(browser, tokenOf(older.body.link), device());
    expect(old).toMatchObject({ status: 410, body: { code: "link_invalid" } });
    expect((await enrol(browser, tokenOf(newer.body.link), device())).status).toBe(200);
    const again = await enrol(browserAt(server), tokenOf(newer.body.link), device());
    expect(again.body.code).toBe("link_invalid");
    expect((await entries("enrolment_failed")).map(({ data }) => data["why"])).toEqual([
      "expired",
      "used already",
    ]);
    expect(server.log.join("")).not.toMatch(/hpe_[\w-]{5}/);
    const chen = await server.person("chen");
    const made = await server.call("POST", "/v1/people/chen/enrolments", {
      token: chen,
      body: { reason: "me" },
    });
    expect(made.body.code).toBe("right_required");
  });

  it("lets nobody become somebody else", async () => {
    await started();
    await server.person("ana");
    await server.person("bo", ["operator"]);
    const token = await linkFor("ana");
    const browser = browserAt(server);
    expect((await enrol(browser, token, device(), { id: "bo" })).body.code).toBe("invalid_request");
    // A ceremony that was begun with one link is not finished with another.
    const other = await linkFor("bo");
    const begun = await browser.call("POST", "/v1/enrolments/options", { body: { token } });
    const { ceremony, options } = begun.body;
    const body = { ceremony, response: device().create(options), passkey_name: "x" };
    const got = await browser.call("POST", "/v1/enrolments", { body: { ...body, token: other } });
    expect(got.body.code).toBe("link_invalid");
    expect(await server.app.store.passkeys("bo")).toEqual([]);
  });

  it.each([
    ["an algorithm that is not taken", "ES384", {}],
    ["another site's name", "ES256", { rpId: "evil.example" }],
    ["another site's page", "ES256", { origin: "https://evil.example" }],
    ["nobody verified", "ES256", { flags: 0x01 }],
    ["another question", "ES256", { challenge: "AAAA" }],
    ["an assertion's type", "ES256", { type: "webauthn.get" }],
  ] as const)(
    "is not used up by a passkey with %s, which is recorded",
    async (_what, key, claims) => {
      await started();
      await server.person("ana");
      const token = await linkFor("ana");
      const got = await enrol(browserAt(server), token, device(key), { claims });
      expect(got).toMatchObject({ status: 403, body: { code: "signature_invalid" } });
      expect(await entries("enrolment_failed")).toHaveLength(1);
      expect(await server.app.store.passkeys("ana")).toEqual([]);
      expect((await enrol(browserAt(server), token, device())).status).toBe(200);
    },
  );
});

describe("signing in with a passkey", () => {
  it.each(["ES256", "EdDSA", "RS256"] as const)("of %s", async (algorithm) => {
    await started();
    await server.person("ana");
    const key = device(algorithm);
    await enrol(browserAt(server), await linkFor("ana"), key);
    const browser = browserAt(server);
    expect(await signIn(browser, key)).toMatchObject({
      status: 200,
      body: { person: { id: "ana" }, via: "passkey", channel: "web" },
    });
    const me = (await browser.call("GET", "/v1/me")).body;
    expect(me.passkeys).toMatchObject([{ name: "laptop", last_used_at: expect.any(Number) }]);
  });

  it.each([
    ["another key", { otherKey: true }],
    ["another site's page", { origin: "https://evil.example" }],
    ["another site's name", { rpId: "evil.example" }],
    ["nobody verified", { flags: 0x01 }],
    ["nobody present", { flags: 0x04 }],
    ["another question", { challenge: "AAAA" }],
    ["a registration's type", { type: "webauthn.create" }],
    ["a counter that does not grow (a copy)", { counter: 1 }],
  ])("is refused with %s, and recorded", async (_what, claims) => {
    await started();
    const { key } = await enrolled("ana");
    await signIn(browserAt(server), key);
    const browser = browserAt(server);
    const got = await signIn(browser, key, claims);
    expect(got).toMatchObject({ status: 401, body: { code: "sign_in_failed" } });
    expect(browser.cookie()).toBeNull();
    expect(await entries("sign_in_refused")).toHaveLength(1);
  });

  it("takes an answer once, and none to a question that another was asked for", async () => {
    await started();
    const { key, browser } = await enrolled("ana");
    const begun = await browser.call("POST", "/v1/sign-in/passkey/options");
    const { ceremony, options } = begun.body;
    const body = { ceremony, response: key.get(options) };
    const post = () => browserAt(server).call("POST", "/v1/sign-in/passkey", { body });
    const both = await Promise.all([post(), post()]);
    expect(both.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 401]);
    expect((await post()).status).toBe(401);
    const mine = (await browser.call("POST", "/v1/me/passkeys/options")).body;
    const crossed = { ceremony: mine.ceremony, response: key.get(mine.options) };
    const got = await browserAt(server).call("POST", "/v1/sign-in/passkey", { body: crossed });
    expect(got.body.code).toBe("sign_in_failed");
  });

  it("is refused for a stranger's passkey, a revoked one, and a disabled person's", async () => {
    await started();
    const { key, browser, me } = await enrolled("ana");
    expect((await signIn(browserAt(server), device())).status).toBe(401);
    const second = device();
    const begun = (await browser.call("POST", "/v1/me/passkeys/options")).body;
    const body = {
      ceremony: begun.ceremony,
      response: second.create(begun.options),
      name: "phone",
    };
    expect((await browser.call("POST", "/v1/me/passkeys", { body })).status).toBe(201);
    const gone = await browser.call("DELETE", `/v1/me/passkeys/${me.passkeys[0].id}`, {
      body: { reason: "lost" },
    });
    expect(gone.status).toBe(200);
    expect((await signIn(browserAt(server), key)).status).toBe(401);
    expect((await signIn(browserAt(server), second)).status).toBe(200);
    const token = await server.person("olga", ["operator"]);
    await server.call("PUT", "/v1/people/ana", { token, body: { disabled: true } });
    expect((await signIn(browserAt(server), second)).status).toBe(401);
  });

  it("may not be tried as often as one likes: 429 says the limit and when to come back", async () => {
    const signInLimits = { sessionIdleMs: 60_000, sessionMaxMs: 60_000, cliSessionMaxMs: 60_000 };
    const signIn_ = { ...signInLimits, enrolmentMs: 60_000, attemptsPerMinute: 5 };
    await started({ config: { signIn: signIn_ } });
    const browser = browserAt(server);
    const ask = () => browser.call("POST", "/v1/sign-in/passkey/options");
    const statuses = (await Promise.all(Array.from({ length: 8 }, ask))).map((got) => got.status);
    expect(statuses.filter((status) => status === 429)).toHaveLength(3);
    const refused = await ask();
    expect(refused.body).toMatchObject({ limit: { name: "sign_in_attempts", value: 5 } });
    expect(refused.body.retry_after_ms).toBeGreaterThan(0);
    expect(refused.headers.get("retry-after")).not.toBeNull();
  });
});

describe("attempts behind a proxy", () => {
  const statusesOf = async (trustedProxies: readonly string[]): Promise<readonly number[]> => {
    await started({
      config: { trustedProxies, signIn: { ...DEFAULT_SIGN_IN_LIMITS, attemptsPerMinute: 2 } },
    });
    const statuses: number[] = [];
    for (const from of ["192.0.2.1", "192.0.2.2", "192.0.2.3", "192.0.2.3, 192.0.2.1"]) {
      const headers = { "x-forwarded-for": from };
      const got = await browserAt(server).call("POST", "/v1/sign-in/passkey/options", { headers });
      statuses.push(got.status);
    }
    return statuses;
  };

  it("are counted by who called it, where the proxy is trusted", async () => {
    expect(await statusesOf(["127.0.0.0/8"])).toEqual([200, 200, 200, 200]);
  });

  it("are the connection's where it is not: anybody can send the header (T31)", async () => {
    expect(await statusesOf(["10.0.0.0/8"])).toEqual([200, 200, 429, 429]);
  });
});

describe("passkeys of one's own", () => {
  it("registering one gives the browser a new secret; the old one is soon worth nothing", async () => {
    await started();
    const { browser } = await enrolled("ana");
    const before = browser.cookie();
    const begun = (await browser.call("POST", "/v1/me/passkeys/options")).body;
    const body = { ceremony: begun.ceremony, response: device().create(begun.options), name: "p" };
    const got = await browser.call("POST", "/v1/me/passkeys", { body });
    expect(got).toMatchObject({ status: 201, body: { name: "p" } });
    expect(browser.cookie()).not.toBe(before);
    expect((await browser.call("GET", "/v1/me")).body.passkeys).toHaveLength(2);
    const again = await browser.call("POST", "/v1/me/passkeys", { body });
    expect(again.body.code).toBe("signature_invalid");
    expect(await entries("passkey_registered")).toHaveLength(2);
  });

  it("the last way in is not revoked, and it says what to do; with another one it is", async () => {
    await started();
    const { browser, me } = await enrolled("ana");
    const revoke = (id: string) =>
      browser.call("DELETE", `/v1/me/passkeys/${id}`, { body: { reason: "old" } });
    const refused = await revoke(me.passkeys[0].id);
    expect(refused).toMatchObject({ status: 409, body: { code: "last_way_in" } });
    expect(refused.body.detail).toContain("register another passkey first");
    const begun = (await browser.call("POST", "/v1/me/passkeys/options")).body;
    const body = { ceremony: begun.ceremony, response: device().create(begun.options), name: "p" };
    const { id } = (await browser.call("POST", "/v1/me/passkeys", { body })).body;
    const both = await Promise.all([revoke(me.passkeys[0].id), revoke(id)]);
    expect(both.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 409]);
    expect(await entries("passkey_revoked")).toMatchObject([{ data: { reason: "old" } }]);
  });
});
