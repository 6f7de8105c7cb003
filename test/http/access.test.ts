/** Who may call what: every route with every kind of caller, against one table. */
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createSession, signOut } from "../../packages/server/src/app/sessions.ts";
import { RIGHTS, type Right } from "../../packages/server/src/domain/request/commands.ts";
import { ROUTES } from "../../packages/server/src/edges/http/routes/table.ts";
import type { Route } from "../../packages/server/src/edges/http/route.ts";
import { checkout } from "../../scripts/check/step.ts";
import { startUnderTest, type UnderTest } from "./testing/server-under-test.ts";

const SOME_ID = "req_01JD0000000000000000000000";
const REFUSED_BY_TABLE = ["unauthenticated", "forbidden"];

function pathOf(route: Route): string {
  return route.path.replace(":id", SOME_ID).replaceAll(/:\w+/g, "x");
}

describe("who may call what", () => {
  let server: UnderTest;
  let agent: string;
  /** Each call has a session of its own: some calls end it. */
  const plain = () => server.signIn("plain");
  const holderOf = (right: Right) => server.signIn(`has-${right}`);
  let browser: { readonly cookie: string; readonly csrf: string };
  let ended: string;

  const signedIn = async () => {
    const order = { person: "browsing", kind: "web", via: "passkey", label: "test" } as const;
    const made = await createSession(server.app, order);
    if (!made.ok) throw new Error(made.problem.detail);
    const { session, secret } = made.value;
    return { ...session, cookie: `haltpoint_session=${secret}` };
  };

  beforeAll(async () => {
    server = await startUnderTest();
    await server.person("chen");
    agent = await server.identity("agent-1");
    await server.register("plain");
    await server.register("browsing");
    browser = await signedIn();
    const left = await signedIn();
    ended = left.cookie;
    await signOut(server.app, { by: "person:browsing", person: "browsing", session: left.id });
    for (const right of RIGHTS) await server.register(`has-${right}`, [right]);
  });
  afterAll(() => server.close());

  it("is the page: changing who may call a route changes docs/access.md in the same commit", () => {
    const script = join(checkout, "scripts/access-page.ts");
    const check = (): string =>
      execFileSync(process.execPath, [script, "--check"], { encoding: "utf8", stdio: "pipe" });
    expect(check).not.toThrow();
  });

  it("lets no identity do what people do, and an auditor change nothing by that right", () => {
    const ofRights = ROUTES.filter(({ access }) => access.rights.length > 0);
    expect(ofRights.filter(({ access }) => access.kind !== "person")).toEqual([]);
    const byAuditors = ofRights.filter(({ access }) => access.rights.includes("auditor"));
    expect(byAuditors.length).toBeGreaterThan(0);
    expect(byAuditors.filter(({ method }) => method !== "GET")).toEqual([]);
  });

  describe.each(ROUTES.map((route) => [`${route.method} ${route.path}`, route] as const))(
    "%s",
    (_name, route) => {
      const { kind, rights } = route.access;
      /** Headers of a stream come at once; its end is not waited for. */
      const ask = async (token: string | undefined) => {
        if (route.stream === null) return server.call(route.method, pathOf(route), { token });
        const abort = new AbortController();
        const authorization = token === undefined ? {} : { authorization: `Bearer ${token}` };
        const response = await fetch(`${server.url}${pathOf(route)}`, {
          headers: authorization,
          signal: abort.signal,
        });
        const body = response.ok ? null : ((await response.json()) as { code: string });
        abort.abort();
        return { status: response.status, body };
      };
      const codeFor = async (token: string | undefined): Promise<string | null> => {
        const { body } = await ask(token);
        return (body as { code?: string } | null)?.code ?? null;
      };

      it("asks for a credential, and for a real one", async () => {
        if (kind === "anyone" && route.origin === "if_sent") {
          // Programs call it, and have nothing yet; what they send is looked at (here: no body).
          for (const token of [undefined, "garbage"])
            expect(await codeFor(token)).toBe("invalid_json");
          return;
        }
        const open = route.method === "GET" ? null : "cross_site";
        const wanted = kind === "anyone" ? open : "unauthenticated";
        expect(await codeFor(undefined)).toBe(wanted);
        expect(await codeFor("garbage")).toBe(wanted);
        expect(await codeFor(`hpk_${"A".repeat(43)}`)).toBe(wanted);
        expect(await codeFor(`hpp_${"A".repeat(43)}`)).toBe(wanted);
      });

      it("takes identities where it says so, and only there", async () => {
        const code = await codeFor(agent);
        if (kind === "person") expect(code).toBe("forbidden");
        else expect(REFUSED_BY_TABLE).not.toContain(code);
      });

      it("takes people where it says so, and only there", async () => {
        const code = await codeFor(await plain());
        if (kind === "identity") expect(code).toBe("forbidden");
        else if (rights.length > 0) expect(code).toBe("right_required");
        else expect(REFUSED_BY_TABLE).not.toContain(code);
      });

      it("takes a browser's change from a page of ours only, while it is signed in (T16)", async () => {
        if (kind === "anyone" || kind === "identity" || route.stream !== null) return;
        const page = { origin: server.app.site.publicUrl, "x-haltpoint-csrf": browser.csrf };
        const as = async (headers: Record<string, string>): Promise<string | null> => {
          const got = await server.call(route.method, pathOf(route), { headers });
          return (got.body as { code?: string } | null)?.code ?? null;
        };
        const changes = route.method !== "GET";
        const { cookie } = browser;
        expect(await as({ ...page, cookie: ended })).toBe("unauthenticated");
        if (rights.length > 0) {
          expect(await as({ ...page, cookie })).toBe("right_required");
          return;
        }
        const forged = [{ cookie }, { ...page, cookie, origin: "https://evil.example" }];
        for (const headers of [...forged, { cookie, origin: page.origin }]) {
          if (changes) expect(await as(headers)).toBe("cross_site");
          else expect(REFUSED_BY_TABLE).not.toContain(await as(headers));
        }
        // Ending itself would leave nothing for the routes after it.
        if (route.id === "signOut" || route.id === "signOutEverywhere") return;
        expect(["cross_site", ...REFUSED_BY_TABLE]).not.toContain(await as({ ...page, cookie }));
      });

      it("asks for a right where it says so", async () => {
        for (const right of RIGHTS) {
          const code = await codeFor(await holderOf(right));
          if (kind === "identity") expect(code).toBe("forbidden");
          else if (rights.length === 0) expect(REFUSED_BY_TABLE).not.toContain(code);
          else if (rights.includes(right)) expect(code).not.toBe("right_required");
          else expect([right, code]).toEqual([right, "right_required"]);
        }
      });
    },
  );

  it("takes the credential from nowhere but the header (T16)", async () => {
    const token = await plain();
    const inQuery = await server.call("GET", `/v1/whoami?token=${token}&access_token=${token}`);
    expect(inQuery.status).toBe(401);
    const inCookie = await server.call("GET", "/v1/whoami", {
      headers: { cookie: `token=${token}; authorization=Bearer ${token}` },
    });
    expect(inCookie.status).toBe(401);
    const basic = Buffer.from(`plain:${token}`).toString("base64");
    const asBasic = await server.call("GET", "/v1/whoami", {
      headers: { authorization: `Basic ${basic}` },
    });
    expect(asBasic.status).toBe(401);
    expect(asBasic.headers.get("www-authenticate")).toMatch(/^Bearer/);
  });

  it("forgets a person who is disabled and a credential that is revoked, at once", async () => {
    const operator = await holderOf("operator");
    const token = await server.person("leaver");
    expect((await server.call("GET", "/v1/whoami", { token })).status).toBe(200);
    await server.call("PUT", "/v1/people/leaver", { token: operator, body: { disabled: true } });
    expect((await server.call("GET", "/v1/whoami", { token })).status).toBe(401);

    const issued = await server.call("POST", "/v1/identities/agent-1/keys", {
      token: operator,
      body: { expires_in_ms: 60_000 },
    });
    const { secret, key } = issued.body as { secret: string; key: { id: string } };
    expect((await server.call("GET", "/v1/whoami", { token: secret })).status).toBe(200);
    await server.call("DELETE", `/v1/identities/agent-1/keys/${key.id}`, { token: operator });
    expect((await server.call("GET", "/v1/whoami", { token: secret })).status).toBe(401);
  });
});
