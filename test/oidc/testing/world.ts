/** Haltpoint with a real identity provider beside it, and a clock that a test moves on. */
import { join } from "node:path";
import { DEFAULT_SIGN_IN_LIMITS, type App } from "../../../packages/server/src/app/app.ts";
import { publishPolicy } from "../../../packages/server/src/app/publish-policy.ts";
import { startServer } from "../../../packages/server/src/compose.ts";
import type { OidcConfig } from "../../../packages/server/src/config/config.ts";
import { createLog } from "../../../packages/server/src/edges/http/log.ts";
import { configFor } from "../../http/testing/config.ts";
import {
  addIdentity,
  addPerson,
  call,
  heldBody,
  newAttempt,
  temporaryFolder,
  type Got,
} from "../../http/testing/server-under-test.ts";
import { CLIENT, startProvider, type TestProvider } from "./provider.ts";
import { Visitor } from "./visitor.ts";

const POLICY = `
version: 1
default: { decision: hold, approvers: group:finance, owner: chen, deadline: 4h }
`;
const COOKIE = "haltpoint_session";

export interface SignedIn {
  readonly visitor: Visitor;
  readonly id: string;
  readonly csrf: string;
}

export interface World {
  readonly provider: TestProvider;
  readonly app: App;
  /** As browsers have it. */
  readonly origin: string;
  readonly log: readonly string[];
  readonly agent: string;
  /** Time passes. */
  later(ms: number): void;
  startUrl(query?: string): string;
  /** The whole way there and back as this subject; `id` is who they are here. */
  signIn(subject: string, query?: string): Promise<SignedIn>;
  callAs(who: SignedIn, method: string, path: string, body?: unknown): Promise<Got>;
  submit(): Promise<string>;
  approve(who: SignedIn, id: string): Promise<Got>;
  redeem(id: string): Promise<Got>;
  close(): Promise<void>;
}

export async function startWorld(oidc: Partial<OidcConfig> = {}): Promise<World> {
  const folder = await temporaryFolder();
  const provider = await startProvider();
  const log: string[] = [];
  let passedMs = 0;
  const clock = {
    wallMs: () => Date.now() + passedMs,
    monotonicMs: () => performance.now() + passedMs,
  };
  const config = configFor(join(folder.path, "store.db"), {
    signIn: { ...DEFAULT_SIGN_IN_LIMITS, attemptsPerMinute: 10_000 },
    oidc: {
      name: "Example ID",
      issuer: provider.issuer,
      clientId: CLIENT.id,
      clientSecret: CLIENT.secret,
      scopes: "openid profile groups offline_access",
      groupsClaim: "groups",
      personIdFrom: "preferred_username",
      ...oidc,
    },
  });
  const write = (line: string): void => void log.push(line);
  const server = await startServer(config, { log: createLog("debug", { write }), clock });
  const { app, url } = server;
  const origin = app.site.publicUrl;
  provider.serve(`${origin}/auth/oidc/callback`);
  const published = await publishPolicy(app, { text: POLICY, by: "setup", file: "test" });
  if (!published.ok) throw new Error(published.problem.detail);
  await addPerson(app, "chen");
  const agent = await addIdentity(app, "agent-1");

  const startUrl = (query = ""): string => `${origin}/auth/oidc/start${query}`;
  const callAs: World["callAs"] = ({ visitor, csrf }, method, path, body) =>
    call(url, method, path, {
      ...(body === undefined ? {} : { body }),
      headers: {
        cookie: `${COOKIE}=${visitor.cookie(origin, COOKIE)}`,
        origin,
        "x-haltpoint-csrf": csrf,
      },
    });
  return {
    provider,
    app,
    origin,
    log,
    agent,
    startUrl,
    callAs,
    later: (ms) => {
      passedMs += ms;
    },
    async signIn(subject, query) {
      provider.signedInAs = subject;
      const visitor = new Visitor();
      const isHome = (next: string): boolean =>
        next.startsWith(origin) && !next.includes("/auth/oidc/");
      const last = await visitor.follow(startUrl(query), isHome);
      if (last.status !== 303) throw new Error(`${last.status} ${last.url} ${last.text}`);
      const me = await callAs({ visitor, id: "", csrf: "" }, "GET", "/v1/me");
      return { visitor, id: me.body.person.id as string, csrf: me.body.csrf as string };
    },
    async submit() {
      const got = await call(url, "POST", "/v1/requests", { token: agent, body: heldBody() });
      return got.body.request.id as string;
    },
    async approve(who, id) {
      const seen = await callAs(who, "GET", `/v1/requests/${id}`);
      const { digest } = seen.body.revision as { digest: string };
      const body = { verdict: "approve", digest, reason: "seen" };
      return callAs(who, "POST", `/v1/requests/${id}/reviews`, body);
    },
    redeem: (id) =>
      call(url, "POST", `/v1/requests/${id}/redeem`, {
        token: agent,
        body: { attempt: newAttempt() },
      }),
    async close() {
      await server.close();
      await provider.close();
      await folder.remove();
    },
  };
}
