/** Signing a command line in: asked by anybody, allowed by somebody signed in, collected once. */
import { afterEach, describe, expect, it } from "vitest";
import { DEFAULT_SIGN_IN_LIMITS } from "../../packages/server/src/app/app.ts";
import { credentialHash } from "../../packages/server/src/app/authenticate.ts";
import { commitOnce } from "../../packages/server/src/app/commit-once.ts";
import { createSession } from "../../packages/server/src/app/sessions.ts";
import { browserAt } from "./testing/browser.ts";
import { startUnderTest, type Setup, type UnderTest } from "./testing/server-under-test.ts";

/** So few that none is regained while a test runs. */
const ATTEMPTS = 3;
const FEW_ATTEMPTS = { signIn: { ...DEFAULT_SIGN_IN_LIMITS, attemptsPerMinute: ATTEMPTS } };

let server: UnderTest;
afterEach(() => server.close());

async function started(setup: Setup = {}): Promise<UnderTest> {
  server = await startUnderTest({ config: { dev: true }, ...setup });
  for (const id of ["ana", "chen"]) await server.register(id);
  return server;
}

async function signedIn(person: string) {
  const browser = browserAt(server);
  await browser.signIn(person);
  return browser;
}

interface Asked {
  readonly device_code: string;
  readonly user_code: string;
}

const ask = async (label = "ana on laptop"): Promise<Asked> =>
  (await server.call("POST", "/v1/cli/authorizations", { body: { label } })).body;
const collect = (code: string) =>
  server.call("POST", "/v1/cli/token", { body: { device_code: code } });
const at = (code: string): string => `/v1/cli/authorizations/${code}`;
const entriesOf = async (kind: string) =>
  (await server.app.store.entries("system")).filter((entry) => entry.kind === kind);
const ascending = (a: number, b: number): number => a - b;
const NO_TOKEN = { status: 401, body: { code: "sign_in_failed" } };

describe("a command line that asks", () => {
  it("gets a code to compare, where to allow it, and nothing until somebody did", async () => {
    await started();
    const got = await server.call("POST", "/v1/cli/authorizations", {
      body: { label: "ana on laptop" },
    });
    expect(got.status).toBe(201);
    const { device_code: device, user_code: code, verification_url: url } = got.body;
    expect(code).toMatch(/^[BCDFGHJKLMNPQRSTVWXZ]{4}-[BCDFGHJKLMNPQRSTVWXZ]{4}$/);
    expect(url).toBe(`${server.app.site.publicUrl}/cli?code=${code}`);
    expect(got.body.expires_at - Date.now()).toBeLessThanOrEqual(600_000);
    expect((await collect(device)).body).toEqual({ status: "pending" });
    // Strangers cannot make the record grow.
    expect(JSON.stringify(await server.app.store.entries("system"))).not.toContain("laptop");
  });

  it("leaves the hash of its code in the store and nothing in the log", async () => {
    await started();
    const asked = await ask();
    const by = { deviceHash: credentialHash(asked.device_code) };
    const stored = await server.app.store.cliAuthorization(by);
    expect(stored).toMatchObject({ userCode: asked.user_code.replace("-", ""), decided: null });
    expect(JSON.stringify(stored)).not.toContain(asked.device_code);
    expect(server.log.join("")).not.toContain(asked.device_code);
  });

  it("is told from another site's page, which may not ask (T16)", async () => {
    await started();
    for (const path of ["/v1/cli/authorizations", "/v1/cli/token"]) {
      const headers = { origin: "https://evil.example" };
      const got = await server.call("POST", path, { body: {}, headers });
      expect(got).toMatchObject({ status: 403, body: { code: "cross_site" } });
    }
  });

  it("may not ask as often as it likes", async () => {
    await started({ config: FEW_ATTEMPTS });
    for (let count = 0; count < ATTEMPTS; count += 1) await ask();
    const got = await server.call("POST", "/v1/cli/authorizations", { body: { label: "x" } });
    expect(got).toMatchObject({ status: 429, body: { limit: { name: "sign_in_attempts" } } });
  });
});

describe("somebody who is signed in", () => {
  it("sees what asks and from where; looking decides nothing (T16)", async () => {
    await started();
    const asked = await ask("ana on \u202Elaptop");
    const ana = await signedIn("ana");
    for (const code of [asked.user_code, asked.user_code.replace("-", "").toLowerCase()]) {
      const got = await ana.call("GET", at(code));
      expect(got.body).toMatchObject({ label: "ana on «U+202E»laptop", address: "127.0.0.1" });
    }
    expect((await collect(asked.device_code)).body).toEqual({ status: "pending" });
  });

  it("allows it: it is them on the channel `cli`, and the record says who allowed what", async () => {
    await started();
    const asked = await ask();
    const ana = await signedIn("ana");
    const allowed = await ana.call("POST", at(asked.user_code), { body: { allow: true } });
    expect(allowed.body).toEqual({ allowed: true });
    const { body } = await collect(asked.device_code);
    expect(body).toMatchObject({ person: { id: "ana", name: "ana" } });
    expect(body.token).toMatch(/^hps_[\w-]{43}$/);
    expect(body.expires_at - Date.now()).toBeGreaterThan(7 * 3_600_000);
    const me = (await server.call("GET", "/v1/me", { token: body.token })).body;
    expect(me).toMatchObject({ person: { id: "ana" }, channel: "cli", via: "development" });
    const [entry] = await entriesOf("cli_allowed");
    expect(entry).toMatchObject({
      actor: "person:ana",
      data: { label: "ana on laptop", address: "127.0.0.1" },
    });
    const last = (await entriesOf("signed_in")).at(-1);
    expect(last).toMatchObject({ data: { kind: "cli", session: me.session } });
    expect(JSON.stringify(await server.app.store.entries("system"))).not.toMatch(/hp[sd]_/);
  });

  it("refuses it: it is told so and gets nothing, and so it stays", async () => {
    await started();
    const asked = await ask();
    const ana = await signedIn("ana");
    await ana.call("POST", at(asked.user_code), { body: { allow: false } });
    const got = await collect(asked.device_code);
    expect(got).toMatchObject(NO_TOKEN);
    expect(got.body.detail).toContain("refused");
    const again = await ana.call("POST", at(asked.user_code), { body: { allow: true } });
    expect(again).toMatchObject({ status: 404, body: { code: "not_found" } });
    expect(await collect(asked.device_code)).toMatchObject(NO_TOKEN);
    expect(await entriesOf("cli_refused")).toHaveLength(1);
  });

  it("allows one command line by one code: neither code is good twice (T31)", async () => {
    await started();
    const asked = await ask();
    const [ana, chen] = [await signedIn("ana"), await signedIn("chen")];
    const order = { body: { allow: true } };
    const both = await Promise.all(
      [ana, chen].map((who) => who.call("POST", at(asked.user_code), order)),
    );
    expect(both.map(({ status }) => status).toSorted(ascending)).toEqual([200, 404]);
    const tokens = await Promise.all([1, 2, 3].map(() => collect(asked.device_code)));
    expect(tokens.map(({ status }) => status).toSorted(ascending)).toEqual([200, 401, 401]);
    expect(await collect(asked.device_code)).toMatchObject(NO_TOKEN);
    expect(
      (await entriesOf("signed_in")).filter(({ data }) => data["kind"] === "cli"),
    ).toHaveLength(1);
  });

  it("takes it back by signing out before it was collected (T31)", async () => {
    await started();
    const asked = await ask();
    const ana = await signedIn("ana");
    await ana.call("POST", at(asked.user_code), { body: { allow: true } });
    await ana.call("POST", "/v1/sign-out");
    expect(await collect(asked.device_code)).toMatchObject(NO_TOKEN);
  });

  it("does so in the browser: a command line allows no other", async () => {
    await started();
    const asked = await ask();
    const order = { person: "ana", kind: "cli", via: "passkey", label: "test" } as const;
    const made = await createSession(server.app, order);
    const bearer = await server.person("olga", ["operator"]);
    for (const token of [made.ok ? made.value.secret : "", bearer]) {
      const looked = await server.call("GET", at(asked.user_code), { token });
      expect(looked).toMatchObject({ status: 403, body: { code: "channel_not_allowed" } });
      const sent = { token, body: { allow: true } };
      const allowed = await server.call("POST", at(asked.user_code), sent);
      expect(allowed).toMatchObject({ status: 403, body: { code: "channel_not_allowed" } });
    }
    expect((await collect(asked.device_code)).body).toEqual({ status: "pending" });
  });

  it("cannot try codes until one is somebody's (T31)", async () => {
    await started({ config: FEW_ATTEMPTS });
    const { user_code: code } = await ask();
    const order = { person: "ana", kind: "web", via: "passkey", label: "test" } as const;
    const made = await createSession(server.app, order);
    if (!made.ok) throw new Error(made.problem.detail);
    const { secret, session } = made.value;
    const headers = {
      cookie: `haltpoint_session=${secret}`,
      origin: server.app.site.publicUrl,
      "x-haltpoint-csrf": session.csrf,
    };
    const statuses = new Set<number>();
    for (let count = 0; count <= ATTEMPTS; count += 1) {
      const guess = `BCDF-GHJ${"KLMNPQRSTV"[count % 10] ?? ""}`;
      statuses.add((await server.call("GET", at(guess), { headers })).status);
    }
    expect([...statuses].toSorted(ascending)).toEqual([404, 429]);
    const body = { allow: true };
    const allow = await server.call("POST", at(code), { headers, body });
    expect(allow).toMatchObject({ status: 429, body: { code: "too_many_requests" } });
  });
});

describe("ten minutes later", () => {
  it("nothing of it is good any more, allowed or not", async () => {
    await started();
    const ana = await signedIn("ana");
    const session = (await ana.call("GET", "/v1/me")).body.session as string;
    const { now } = await server.app.store.time();
    for (const [userCode, decided] of [
      ["BBBBCCCC", null],
      ["BBBBDDDD", { allowed: true, session }],
    ] as const) {
      const device = `hpd_${userCode}${"A".repeat(35)}`;
      const authorization = {
        id: `cla_${userCode}`,
        deviceHash: credentialHash(device),
        userCode,
        label: "late",
        address: "127.0.0.1",
        createdAt: now - 600_000,
        expiresAt: now,
        decided: null,
      };
      await commitOnce(server.app, {
        expected: {},
        writes: [
          { kind: "cli_authorization", authorization },
          ...(decided === null
            ? []
            : [{ kind: "cli_authorization_decided" as const, id: authorization.id, ...decided }]),
        ],
      });
      expect(await collect(device)).toMatchObject(NO_TOKEN);
      expect((await ana.call("GET", at(userCode))).status).toBe(404);
      const allow = await ana.call("POST", at(userCode), { body: { allow: true } });
      expect(allow.status).toBe(404);
    }
  });
});
