/** What holds on every channel that people decide through, and what only some may do. */
import { readFile } from "node:fs/promises";
import type { RequestView, SubmitAnswer } from "@haltpoint/protocol";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createSession } from "../../packages/server/src/app/sessions.ts";
import { DECISION_POLICY } from "./testing/decision-policy.ts";
import { type Reviewer, reviewerAt } from "./testing/reviewer.ts";
import { type Got, startUnderTest, type UnderTest } from "./testing/server-under-test.ts";
import { until } from "./testing/until.ts";

let server: UnderTest;
let agent: string;
let ana: Reviewer;
let bo: Reviewer;
/** Ana's session of the command line. */
let cli: string;

beforeAll(async () => {
  server = await startUnderTest({ policy: DECISION_POLICY });
  ana = await reviewerAt(server, "ana", ["operator"]);
  bo = await reviewerAt(server, "bo", ["override"]);
  for (const id of ["chen", "lea"]) await server.person(id);
  cli = await cliSessionOf("ana");
  agent = await server.identity("agent-1");
});
afterAll(() => server.close());

async function cliSessionOf(person: string): Promise<string> {
  const order = { person, kind: "cli", via: "passkey", label: "test" } as const;
  const made = await createSession(server.app, order);
  if (!made.ok) throw new Error(made.problem.detail);
  return made.value.secret;
}

async function held(action: string): Promise<RequestView> {
  const body = {
    action: { name: action, properties: { amount: "9000.00 USD" } },
    resource: { type: "order", id: "PO-7" },
  };
  const answer = await server.call("POST", "/v1/requests", { token: agent, body });
  expect(answer.body.request?.status).toBe("held");
  return (answer.body as SubmitAnswer).request;
}
const say = (view: RequestView, verdict: "approve" | "reject", more: object = {}) => ({
  verdict,
  digest: view.revision.digest,
  reason: "because",
  ...more,
});
const atCli = (view: RequestView, verb: string, body: object, token = cli): Promise<Got> =>
  server.call("POST", `/v1/requests/${view.id}/${verb}`, { token, body });

describe("the invariants of every channel", () => {
  it("1: a decision carries the digest displayed; another one is 409 with a diff (T19)", async () => {
    const view = await held("medium.do");
    const { digest } = view.revision;
    const set = { "action.properties.amount": "1.00 USD" };
    await ana.act(view.id, "edits", { digest, set, reason: "less" });
    for (const got of [
      await bo.act(view.id, "reviews", say(view, "approve")),
      await bo.act(view.id, "reviews", say(view, "reject")),
      await bo.act(view.id, "override", { digest, reason: "because" }),
      await atCli(view, "reviews", say(view, "approve")),
    ]) {
      expect([got.status, got.body.code]).toEqual([409, "stale_revision"]);
      expect(got.body.diff).toHaveLength(1);
    }
    const batch = { items: [{ id: view.id, digest }], verdict: "approve" };
    const { body } = await bo.post("/v1/reviews", batch);
    expect(body.results[0].problem).toMatchObject({ code: "stale_revision", diff: [{}] });
  });

  it("2: a channel that cannot show everything never approves, and always may say no (T17)", async () => {
    for (const action of ["high.do", "signed.do"]) {
      const view = await held(action);
      const { body, status } = await atCli(view, "reviews", say(view, "approve"));
      expect([status, body.code]).toEqual([403, "channel_not_allowed"]);
      expect(body.detail).toContain(`${server.app.site.publicUrl}/r/${view.id}`);
      const rejected = await atCli(view, "reviews", say(view, "reject"));
      expect(rejected.body.request.status).toBe("rejected");
    }
    const stopped = await held("high.do");
    const { body } = await atCli(stopped, "interrupt", { reason: "stop" });
    expect(body.request.status).toBe("interrupted");
    for (const action of ["low.do", "medium.do"]) {
      const view = await held(action);
      const approved = await atCli(view, "reviews", say(view, "approve"));
      expect(approved.body.request.status).toBe("approved");
    }
  });

  it("2: an override is for the web, whatever its risk (T23)", async () => {
    const view = await held("low.do");
    const token = await cliSessionOf("bo");
    const body = { digest: view.revision.digest, reason: "because" };
    const got = await atCli(view, "override", body, token);
    expect(got.body.code).toBe("channel_not_allowed");
    expect((await ana.look(view.id)).status).toBe("held");
  });

  it("2: a signature does not lift what a channel may not do", async () => {
    const view = await held("high.do");
    const words = { for: "review", verdict: "approve", reason: "because" };
    const signature = await ana.sign(view, words);
    const got = await atCli(view, "reviews", say(view, "approve", { signature }));
    expect(got.body.code).toBe("channel_not_allowed");
    // Nothing was used up: the page may still send it.
    const sent = await ana.act(view.id, "reviews", say(view, "approve", { signature }));
    expect(sent.body.request.status).toBe("approved");
  });

  it("3: GET and HEAD never decide (T16)", async () => {
    const view = await held("low.do");
    for (const verb of ["reviews", "override", "challenges", "edits", "interrupt", "retract"]) {
      const query = `?verdict=approve&digest=${view.revision.digest}`;
      const path = `/v1/requests/${view.id}/${verb}${query}`;
      for (const method of ["GET", "HEAD"]) {
        const got = await server.call(method, path, { token: cli });
        expect(got.status).toBeGreaterThanOrEqual(400);
      }
    }
    expect((await ana.look(view.id)).version).toBe(view.version);
  });

  it("4: whoever comes later is told who, when and what, by every channel (T5)", async () => {
    const view = await held("high.do");
    await bo.act(view.id, "reviews", say(view, "reject"));
    const batch = {
      items: [{ id: view.id, digest: view.revision.digest }],
      verdict: "approve",
    };
    const lost = [
      await ana.act(view.id, "reviews", say(view, "approve")),
      await atCli(view, "reviews", say(view, "approve")),
      await ana.challenge(view, { for: "review", verdict: "approve" }),
    ].map(({ body }) => body);
    for (const body of lost) {
      expect(body).toMatchObject({
        code: "already_decided",
        decided: { status: "rejected", by: "person:bo", reason: "because" },
      });
      expect(body.decided.at).toBeGreaterThan(0);
    }
    expect((await ana.post("/v1/reviews", batch)).body.code).toBe("batch_refused");
    const low = await held("low.do");
    await bo.act(low.id, "reviews", say(low, "reject"));
    const items = [{ id: low.id, digest: low.revision.digest }];
    const { body } = await ana.post("/v1/reviews", { items, verdict: "approve" });
    expect(body.results[0].problem).toMatchObject({
      code: "already_decided",
      decided: { by: "person:bo" },
    });
  });

  it("5: what one channel decided is what every other shows", async () => {
    const view = await held("medium.do");
    await atCli(view, "reviews", say(view, "approve"));
    const web = await bo.look(view.id);
    const shown = await server.call("GET", `/v1/requests/${view.id}`, { token: cli });
    expect(shown.body).toEqual(web);
    expect(web).toMatchObject({ status: "approved", decided: { by: "person:ana" } });
    const inbox = await bo.get("/v1/inbox?limit=100");
    expect(JSON.stringify(inbox.body)).not.toContain(view.id);
  });

  it("6: what time, its agent or a stop ended is never shown as a person's no", async () => {
    const late = await held("short.do");
    await until(async () => (await ana.look(late.id)).status).toBe("expired");
    const gone = await held("low.do");
    await server.call("POST", `/v1/requests/${gone.id}/withdraw`, { token: agent, body: {} });
    const stopped = await held("low.do");
    await ana.act(stopped.id, "interrupt", { reason: "incident" });
    for (const [view, status, by] of [
      [late, "expired", "clock"],
      [gone, "cancelled", "identity:agent-1"],
      [stopped, "interrupted", "person:ana"],
    ] as const) {
      const shown = await bo.look(view.id);
      expect(shown).toMatchObject({ status, decided: { status, by }, reviews: [] });
      expect(shown.message.toLowerCase()).not.toContain("reject");
      const tried = await bo.act(view.id, "reviews", say(view, "approve"));
      expect(tried.body.code).toBe(status === "expired" ? "expired" : "already_decided");
      expect(tried.body.decided.status).toBe(status);
    }
  });

  it("are in one place: no edge reaches the machine for a person by another way", async () => {
    const routes = new URL("../../packages/server/src/edges/http/routes/", import.meta.url);
    for (const file of ["decisions.ts", "reviewing.ts"]) {
      const source = await readFile(new URL(file, routes), "utf8");
      expect(source).not.toMatch(/app\/(execute|edit-request)\.ts/);
    }
  });
});

describe("development sign-ins (T36)", () => {
  it("approve any risk on a development server, and the record says what they are", async () => {
    const dev = await startUnderTest({ policy: DECISION_POLICY, config: { dev: true } });
    try {
      for (const id of ["ana", "bo", "lea", "chen"]) await dev.person(id);
      const key = await dev.identity("agent-1");
      const token = await developmentToken(dev);
      const body = { action: { name: "high.do" }, resource: { type: "order", id: "1" } };
      const { request } = (await dev.call("POST", "/v1/requests", { token: key, body }))
        .body as SubmitAnswer;
      const path = `/v1/requests/${request.id}/reviews`;
      const got = await dev.call("POST", path, { token, body: say(request, "approve") });
      expect(got.body.request.status).toBe("approved");
      const { items } = (await dev.call("GET", `/v1/requests/${request.id}/entries`, { token }))
        .body as { items: readonly { kind: string; canonical: string }[] };
      const entry = items.find(({ kind }) => kind === "reviewed");
      expect(entry?.canonical).toContain('"via":"development"');
    } finally {
      await dev.close();
    }
  });

  it("of a development server is nobody on a server that is none (T36)", async () => {
    const plain = await startUnderTest();
    try {
      await plain.person("ana");
      const token = await developmentToken(plain);
      const got = await plain.call("GET", "/v1/whoami", { token });
      expect(got).toMatchObject({ status: 401, body: { code: "unauthenticated" } });
    } finally {
      await plain.close();
    }
  });
});

async function developmentToken({ app }: UnderTest): Promise<string> {
  const { issueCredential } = await import("../../packages/server/src/app/registry.ts");
  const holder = { kind: "person", id: "ana" } as const;
  const order = { holder, expiresInMs: 3_600_000, via: "development", by: "development" } as const;
  const issued = await issueCredential(app, order);
  if (!issued.ok) throw new Error(issued.problem.detail);
  return issued.value.secret;
}
