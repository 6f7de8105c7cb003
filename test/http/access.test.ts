/** Who may call what: every route with every kind of caller, against one pinned table. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { RIGHTS, type Right } from "../../packages/server/src/domain/request/commands.ts";
import { ROUTES } from "../../packages/server/src/edges/http/routes/table.ts";
import type { Route } from "../../packages/server/src/edges/http/route.ts";
import { startUnderTest, type UnderTest } from "./testing/server-under-test.ts";

/** Changing who may call a route changes this table, in the same commit, with a reason. */
const WHO = `
POST   /v1/requests                            identity
GET    /v1/requests                            identity_or_person
GET    /v1/requests/:id                        identity_or_person
POST   /v1/requests/:id/redeem                 identity
POST   /v1/requests/:id/heartbeat              identity
POST   /v1/requests/:id/outcome                identity
POST   /v1/requests/:id/withdraw               identity
POST   /v1/requests/:id/answers                identity
GET    /v1/requests/:id/card                   person
GET    /v1/running                             person
GET    /v1/inbox                               person
POST   /v1/requests/:id/reviews                person
POST   /v1/requests/:id/edits                  person
POST   /v1/requests/:id/questions              person
POST   /v1/requests/:id/retract                person
POST   /v1/requests/:id/extend                 person
POST   /v1/requests/:id/delegate               person
POST   /v1/requests/:id/resolve                person
POST   /v1/requests/:id/interrupt              person
POST   /v1/requests/:id/override               person
POST   /v1/requests/:id/follow-up              person
GET    /v1/requests/:id/entries                person
GET    /v1/halts                               person
POST   /v1/halts                               person
DELETE /v1/halts/:id                           person
GET    /v1/whoami                              identity_or_person
GET    /v1/report                              person
GET    /v1/events                              person
GET    /v1/policies/current                    person
POST   /v1/policies                            person policy_admin
POST   /v1/policies/explain                    person
GET    /v1/identities                          person
POST   /v1/identities                          person operator
GET    /v1/identities/:id                      person
PUT    /v1/identities/:id                      person operator
POST   /v1/identities/:id/keys                 person operator
DELETE /v1/identities/:id/keys/:key_id         person operator
GET    /v1/people                              person operator|auditor
GET    /v1/people/names                        person
POST   /v1/people                              person operator
PUT    /v1/people/:id                          person operator
POST   /v1/people/:id/tokens                   person operator
DELETE /v1/people/:id/tokens/:token_id         person operator
PUT    /v1/on-call/:roster                     person operator
GET    /v1/sign-in                             anyone
POST   /v1/sign-in/development                 anyone
POST   /v1/sign-out                            person
GET    /v1/me                                  person
PUT    /v1/me                                  person
GET    /v1/me/sessions                         person
DELETE /v1/me/sessions/:id                     person
POST   /v1/me/sign-out-everywhere              person
POST   /v1/people/:id/sign-out                 person operator
POST   /v1/sign-in/passkey/options             anyone
POST   /v1/sign-in/passkey                     anyone
POST   /v1/me/passkeys/options                 person
POST   /v1/me/passkeys                         person
DELETE /v1/me/passkeys/:id                     person
POST   /v1/people/:id/enrolments               person operator
POST   /v1/enrolments/options                  anyone
POST   /v1/enrolments                          anyone
GET    /healthz                                anyone
GET    /readyz                                 anyone
GET    /metrics                                anyone
`;

const SOME_ID = "req_01JD0000000000000000000000";
const REFUSED_BY_TABLE = ["unauthenticated", "forbidden"];

function pathOf(route: Route): string {
  return route.path.replace(":id", SOME_ID).replaceAll(/:\w+/g, "x");
}

describe("who may call what", () => {
  let server: UnderTest;
  let agent: string;
  let plain: string;
  const holders = new Map<Right, string>();

  beforeAll(async () => {
    server = await startUnderTest();
    await server.person("chen");
    agent = await server.identity("agent-1");
    plain = await server.person("plain");
    for (const right of RIGHTS) holders.set(right, await server.person(`has-${right}`, [right]));
  });
  afterAll(() => server.close());

  it("is the pinned table", () => {
    const lines = ROUTES.map(({ method, path, access }) =>
      [method, path, access.kind, access.rights.join("|")].filter((part) => part !== "").join(" "),
    );
    const pinned = WHO.trim()
      .split("\n")
      .map((line) => line.trim().split(/\s+/).join(" "));
    expect(lines).toEqual(pinned);
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
        const code = await codeFor(plain);
        if (kind === "identity") expect(code).toBe("forbidden");
        else if (rights.length > 0) expect(code).toBe("right_required");
        else expect(REFUSED_BY_TABLE).not.toContain(code);
      });

      it("asks for a right where it says so", async () => {
        for (const right of RIGHTS) {
          const code = await codeFor(holders.get(right));
          if (kind === "identity") expect(code).toBe("forbidden");
          else if (rights.length === 0) expect(REFUSED_BY_TABLE).not.toContain(code);
          else if (rights.includes(right)) expect(code).not.toBe("right_required");
          else expect([right, code]).toEqual([right, "right_required"]);
        }
      });
    },
  );

  it("takes the credential from nowhere but the header (T16)", async () => {
    const inQuery = await server.call("GET", `/v1/whoami?token=${plain}&access_token=${plain}`);
    expect(inQuery.status).toBe(401);
    const inCookie = await server.call("GET", "/v1/whoami", {
      headers: { cookie: `token=${plain}; authorization=Bearer ${plain}` },
    });
    expect(inCookie.status).toBe(401);
    const basic = Buffer.from(`plain:${plain}`).toString("base64");
    const asBasic = await server.call("GET", "/v1/whoami", {
      headers: { authorization: `Basic ${basic}` },
    });
    expect(asBasic.status).toBe(401);
    expect(asBasic.headers.get("www-authenticate")).toMatch(/^Bearer/);
  });

  it("forgets a person who is disabled and a credential that is revoked, at once", async () => {
    const operator = holders.get("operator");
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
