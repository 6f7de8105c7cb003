/**
 * A real server on a real socket and a real file, with people and identities, and a way to call it
 * that holds every answer against what the server documents.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Problem } from "@haltpoint/protocol";
import type { App } from "../../../packages/server/src/app/app.ts";
import { saveIdentity } from "../../../packages/server/src/app/identities.ts";
import { issueCredential, savePerson } from "../../../packages/server/src/app/registry.ts";
import { createSession } from "../../../packages/server/src/app/sessions.ts";
import { publishPolicy } from "../../../packages/server/src/app/publish-policy.ts";
import { startServer, type RunningServer } from "../../../packages/server/src/compose.ts";
import type { Config, ConfigLimits } from "../../../packages/server/src/config/config.ts";
import type { Right } from "../../../packages/server/src/domain/request/commands.ts";
import type { HttpLimits } from "../../../packages/server/src/edges/http/limits.ts";
import { createLog } from "../../../packages/server/src/edges/http/log.ts";
import { problemsOf } from "../../../packages/server/src/edges/http/openapi.ts";
import { ROUTES } from "../../../packages/server/src/edges/http/routes/table.ts";
import { ProblemShape } from "../../../packages/server/src/edges/http/schema/answer-shapes.ts";
import { faultIn } from "../../../packages/server/src/edges/http/schema/fault-in.ts";
import type { StoredIdentity } from "../../../packages/server/src/ports/store.ts";
import { configFor, DEFAULT_TEST_LIMITS } from "./config.ts";
import { POLICY } from "./policy.ts";

const YEAR_MS = 365 * 86_400_000;

export interface Sent {
  readonly token?: string | undefined;
  readonly body?: unknown;
  /** Sent as it is. */
  readonly rawBody?: string | Uint8Array | undefined;
  readonly key?: string | null | undefined;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

export interface Got {
  readonly status: number;
  readonly headers: Headers;
  // Tests say what they expect in it; typing every answer here would only repeat that.
  // oxlint-disable-next-line typescript/no-explicit-any -- answers are asserted member by member
  readonly body: any;
  readonly text: string;
}

export interface UnderTest {
  readonly url: string;
  readonly app: App;
  readonly file: string;
  /** Every line of the log so far. */
  readonly log: readonly string[];
  call(method: string, path: string, sent?: Sent): Promise<Got>;
  /** Registers a person, who is signed in nowhere. */
  register(id: string, rights?: readonly Right[]): Promise<void>;
  /** The secret of a command line that a person signed in by passkey allowed. */
  signIn(id: string): Promise<string>;
  /** Registers a person and signs them in. */
  person(id: string, rights?: readonly Right[]): Promise<string>;
  /** Registers an identity and returns a key. */
  identity(id: string, changes?: Partial<StoredIdentity>): Promise<string>;
  close(): Promise<void>;
}

export interface Setup {
  readonly policy?: string | null;
  readonly limits?: Partial<ConfigLimits>;
  readonly httpLimits?: Partial<HttpLimits>;
  readonly file?: string;
  readonly config?: Partial<Config>;
}

export async function temporaryFolder(): Promise<{ path: string; remove(): Promise<void> }> {
  const path = await mkdtemp(join(tmpdir(), "haltpoint-http-"));
  return { path, remove: () => rm(path, { recursive: true, force: true }) };
}

export async function startUnderTest(setup: Setup = {}): Promise<UnderTest> {
  const folder = await temporaryFolder();
  const file = setup.file ?? join(folder.path, "store.db");
  const log: string[] = [];
  const limits = { ...DEFAULT_TEST_LIMITS, ...setup.limits };
  const server: RunningServer = await startServer(configFor(file, { limits, ...setup.config }), {
    log: createLog("debug", { write: (line: string) => void log.push(line) }),
    ...(setup.httpLimits === undefined ? {} : { httpLimits: setup.httpLimits }),
  });
  const { app, url } = server;
  const policy = setup.policy === undefined ? POLICY : setup.policy;
  if (policy !== null && (await app.store.policy()) === null) {
    const published = await publishPolicy(app, { text: policy, by: "setup", file: "test" });
    if (!published.ok) throw new Error(published.problem.detail);
  }
  return {
    url,
    app,
    file,
    log,
    call: (method, path, sent) => call(url, method, path, sent),
    register: (id, rights) => registerPerson(app, id, rights),
    signIn: (id) => signInCli(app, id),
    person: (id, rights) => addPerson(app, id, rights),
    identity: (id, changes) => addIdentity(app, id, changes),
    close: async () => {
      await server.close();
      await folder.remove();
    },
  };
}

async function registerPerson(app: App, id: string, rights: readonly Right[] = []): Promise<void> {
  const person = { id, name: id, rights, disabled: false };
  const saved = await savePerson(app, person, { by: "operator", mustBe: "new" });
  if (!saved.ok) throw new Error(saved.problem.detail);
}

export async function addPerson(app: App, id: string, rights?: readonly Right[]): Promise<string> {
  await registerPerson(app, id, rights);
  return signInCli(app, id);
}

export async function addIdentity(
  app: App,
  id: string,
  changes: Partial<StoredIdentity> = {},
): Promise<string> {
  const identity = {
    id,
    type: "agent",
    owner: "chen",
    stage: "active",
    groups: [],
    labels: {},
    actsForPeople: false,
    assurance: "cooperative",
    mode: "enforce",
    may: null,
    ...changes,
  } as const;
  const saved = await saveIdentity(app, identity, { by: "operator", mustBe: "new" });
  if (!saved.ok) throw new Error(saved.problem.detail);
  const holder = { kind: "identity", id } as const;
  return secretOf(
    await issueCredential(app, { holder, expiresInMs: YEAR_MS, via: "key", by: "operator" }),
  );
}

/** A session as `haltpoint login` leaves one behind, without the browser that allows it. */
async function signInCli(app: App, person: string): Promise<string> {
  const order = { person, kind: "cli", via: "passkey", label: "test" } as const;
  const signedIn = await createSession(app, order);
  if (!signedIn.ok) throw new Error(signedIn.problem.detail);
  return signedIn.value.secret;
}

function secretOf(issued: Awaited<ReturnType<typeof issueCredential>>): string {
  if (!issued.ok) throw new Error(issued.problem.detail);
  return issued.value.secret;
}

let keys = 0;
/** A key nobody has used. */
export function newKey(): string {
  keys += 1;
  return `test-${process.pid}-${keys}`;
}

/** One call; its answer must be one that the route documents. */
export async function call(
  url: string,
  method: string,
  path: string,
  sent: Sent = {},
): Promise<Got> {
  const { token, body, rawBody, key = newKey(), headers = {}, signal } = sent;
  const payload = rawBody ?? (body === undefined ? undefined : JSON.stringify(body));
  const response = await fetch(`${url}${path}`, {
    method,
    headers: {
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...(key === null || method === "GET" || method === "HEAD" ? {} : { "idempotency-key": key }),
      ...(payload === undefined ? {} : { "content-type": "application/json" }),
      ...headers,
    },
    ...(payload === undefined ? {} : { body: payload }),
    ...(signal === undefined ? {} : { signal }),
  });
  const text = await response.text();
  const isJson = /json/.test(response.headers.get("content-type") ?? "");
  const got = {
    status: response.status,
    headers: response.headers,
    body: isJson && text !== "" ? (JSON.parse(text) as unknown) : null,
    text,
  };
  if (method !== "HEAD") expectDocumented(method, path, got);
  return got;
}

function expectDocumented(
  method: string,
  path: string,
  got: Omit<Got, "body"> & { body: unknown },
): void {
  const route = routeAt(method, path);
  const undocumented = (what: string): Error =>
    new Error(`${what}: ${method} ${path} → ${got.status} ${got.text.slice(0, 500)}`);
  if (got.status >= 400) {
    if (got.headers.get("content-type") !== "application/problem+json") throw undocumented("type");
    if (!ProblemShape.fits(got.body)) throw undocumented(misfit(ProblemShape.schema, got.body));
    const { code, status } = got.body as Problem;
    if (status !== got.status) throw undocumented("two statuses");
    if (route !== undefined && !problemsOf(route).includes(code)) throw undocumented(code);
    return;
  }
  if (route === undefined) return;
  const shape = route.answers[got.status];
  if (shape === undefined) throw undocumented("a status");
  if (route.id === "metrics" || route.stream !== null) return;
  if (!shape.fits(got.body)) throw undocumented(misfit(shape.schema, got.body));
}

function misfit(schema: object, body: unknown): string {
  return faultIn(schema, body)?.detail ?? "an answer that does not fit";
}

/** The route of the table that answers this. */
function routeAt(method: string, path: string) {
  const plain = path.split("?", 1)[0] ?? "";
  const fits = (pattern: string): boolean =>
    new RegExp(`^${pattern.replaceAll(/:\w+/g, "[^/]+")}$`).test(plain);
  const exact = ROUTES.find((route) => route.method === method && route.path === plain);
  return exact ?? ROUTES.find((route) => route.method === method && fits(route.path));
}

/** A submission that this policy holds. */
export const heldBody = (amount = "9000.00 USD") => ({
  action: { name: "orders.submit", properties: { amount, vendor: "Acme" } },
  resource: { type: "purchase_order", id: "PO-7" },
});
/** A submission that this policy allows. */
export const allowedBody = () => ({
  action: { name: "files.read" },
  resource: { type: "file", id: "a.txt" },
});

/** A fresh attempt of the length the protocol asks for. */
export function newAttempt(): string {
  return Buffer.from(crypto.getRandomValues(new Uint8Array(24))).toString("base64url");
}
