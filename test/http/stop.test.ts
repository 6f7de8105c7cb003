/** Stopping, gracefully and not at all: nobody is left hanging, nothing acknowledged is lost. */
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { RequestView, SubmitAnswer } from "@haltpoint/protocol";
import { afterEach, describe, expect, it } from "vitest";
import { openApp } from "../../packages/server/src/compose.ts";
import { publishPolicy } from "../../packages/server/src/app/publish-policy.ts";
import { configFor } from "./testing/config.ts";
import { readEvents } from "./testing/event-reader.ts";
import { POLICY } from "./testing/policy.ts";
import {
  addIdentity,
  addPerson,
  call,
  heldBody,
  newAttempt,
  newKey,
  startUnderTest,
  temporaryFolder,
  type Got,
  type UnderTest,
} from "./testing/server-under-test.ts";
import { until } from "./testing/until.ts";

const STOP_MAX_MS = 5_000;

async function waiting(server: UnderTest, count: number): Promise<void> {
  await until(async () => (await server.call("GET", "/metrics")).text).toContain(
    `haltpoint_waiting_callers ${count}`,
  );
}

describe("a server that is told to stop", () => {
  it("answers everybody who waits with how things stand, and is gone within its time", async () => {
    const server = await startUnderTest();
    await server.person("chen");
    await server.person("ana");
    const operator = await server.person("olga", ["operator"]);
    const agent = await server.identity("agent-1");
    const { body } = await server.call("POST", "/v1/requests", { token: agent, body: heldBody() });
    const { id, version } = body.request as RequestView;
    const attempt = newAttempt();
    const callers: Promise<Got>[] = [
      server.call("GET", `/v1/requests/${id}?wait=50`, { token: agent }),
      server.call("GET", `/v1/requests/${id}?wait=50&version=${version}`, { token: operator }),
      server.call("POST", `/v1/requests/${id}/redeem?wait=50`, { token: agent, body: { attempt } }),
      server.call("POST", "/v1/requests?redeem=true&wait=50", {
        token: agent,
        body: { ...heldBody(), attempt: newAttempt() },
      }),
    ];
    const reader = await readEvents(server.url, { token: operator });
    await waiting(server, callers.length);
    const startedAt = performance.now();
    const closed = server.close();
    const answers = await Promise.all(callers);
    await closed;
    await reader.ended();
    expect(performance.now() - startedAt).toBeLessThan(STOP_MAX_MS);
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 201]);
    const [view, versioned, redeemed, submitted] = answers.map((answer) => answer.body as unknown);
    expect(view).toMatchObject({ status: "held" });
    expect(versioned).toMatchObject({ status: "held" });
    expect(redeemed).toMatchObject({ redemption: null, request: { status: "held" } });
    expect(submitted).toMatchObject({ redemption: null, request: { status: "held" } });
    await expect(server.call("GET", "/healthz")).rejects.toThrow("fetch failed");
  });

  it("finishes the commits it has taken on", async () => {
    const folder = await temporaryFolder();
    const file = join(folder.path, "store.db");
    const server = await startUnderTest({ file });
    await server.person("chen");
    const agent = await server.identity("agent-1");
    const sent = Array.from({ length: 40 }, () =>
      server.call("POST", "/v1/requests", { token: agent, body: heldBody() }).catch(() => null),
    );
    // As soon as one is acknowledged the others are on their way.
    await Promise.race(sent);
    await server.close();
    const answers = await Promise.all(sent);
    const acknowledged = answers.flatMap((answer) =>
      answer?.status === 201 ? [(answer.body as SubmitAnswer).request.id] : [],
    );
    expect(acknowledged.length).toBeGreaterThan(0);
    const turnedAway = answers.filter((answer) => answer !== null && answer.status !== 201);
    for (const answer of turnedAway) expect(answer?.body.code).toBe("unavailable");
    const { app, close } = await openApp(configFor(file));
    for (const id of acknowledged) expect(await app.store.request(id)).not.toBeNull();
    await close();
    await folder.remove();
  });

  it("stops once, however often it is told", async () => {
    const server = await startUnderTest();
    await Promise.all([server.close(), server.close()]);
    await server.close();
    expect(server.log.at(-1)).toBeDefined();
  });
});

const CHILD = fileURLToPath(new URL("./testing/child-server.ts", import.meta.url));

interface Child {
  readonly url: string;
  readonly port: string;
  kill(): Promise<void>;
}

const children = new Set<ChildProcess>();
// One that outlives its test would keep the whole run waiting for its output.
afterEach(() => {
  for (const child of children) child.kill("SIGKILL");
  children.clear();
});

async function startChild(file: string, port = "0"): Promise<Child> {
  const child: ChildProcess = spawn(process.execPath, [CHILD, file, port], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  children.add(child);
  let text = "";
  for await (const chunk of child.stdout!) {
    text += String(chunk);
    if (text.includes("\n")) break;
  }
  const url = text.trim();
  return {
    url,
    port: new URL(url).port,
    kill: async () => {
      const exited = once(child, "exit");
      child.kill("SIGKILL");
      await exited;
    },
  };
}

describe("a server that is killed", () => {
  it("keeps what is held; it is approved after the restart, and the waiting client gets it", async () => {
    const folder = await temporaryFolder();
    const file = join(folder.path, "store.db");
    const opened = await openApp(configFor(file));
    await publishPolicy(opened.app, { text: POLICY, by: "setup", file: "test" });
    await addPerson(opened.app, "chen");
    const ana = await addPerson(opened.app, "ana");
    const agent = await addIdentity(opened.app, "agent-1");
    await opened.close();

    const first = await startChild(file);
    const submissions = await Promise.all(
      Array.from({ length: 20 }, () =>
        call(first.url, "POST", "/v1/requests", { token: agent, body: heldBody() }),
      ),
    );
    const held = submissions.map((answer) => (answer.body as SubmitAnswer).request);
    const [waited] = held;
    const attempt = newAttempt();
    const path = `/v1/requests/${waited!.id}/redeem?wait=50`;
    const poll = call(first.url, "POST", path, { token: agent, body: { attempt } });
    const lost = poll.then(
      () => "answered",
      () => "lost",
    );
    await until(async () => (await call(first.url, "GET", "/metrics")).text).toContain(
      "haltpoint_waiting_callers 1",
    );
    await first.kill();
    expect(await lost).toBe("lost");

    const second = await startChild(file, first.port);
    try {
      expect(second.url).toBe(first.url);
      const again = call(second.url, "POST", path, { token: agent, body: { attempt } });
      for (const view of held) {
        const shown = await call(second.url, "GET", `/v1/requests/${view.id}`, { token: ana });
        expect(shown.body).toEqual(view);
        const { status } = await call(second.url, "POST", `/v1/requests/${view.id}/reviews`, {
          token: ana,
          body: { verdict: "approve", digest: view.revision.digest },
        });
        expect(status).toBe(200);
      }
      expect((await again).body.redemption).toMatchObject({ request_id: waited!.id });
    } finally {
      await second.kill();
    }
    await folder.remove();
  });

  it("has lost nothing it acknowledged while submissions poured in", async () => {
    const folder = await temporaryFolder();
    const file = join(folder.path, "store.db");
    const opened = await openApp(configFor(file));
    await publishPolicy(opened.app, { text: POLICY, by: "setup", file: "test" });
    await addPerson(opened.app, "chen");
    await addPerson(opened.app, "ana");
    const agent = await addIdentity(opened.app, "agent-1");
    await opened.close();

    const child = await startChild(file);
    const acknowledged: { readonly key: string; readonly id: string }[] = [];
    let isKilled = false;
    const pour = async (): Promise<void> => {
      while (!isKilled && acknowledged.length < 10_000) {
        const key = newKey();
        const answer = await call(child.url, "POST", "/v1/requests", {
          token: agent,
          body: heldBody(),
          key,
        }).catch(() => null);
        if (answer?.status === 201) {
          acknowledged.push({ key, id: (answer.body as SubmitAnswer).request.id });
        }
      }
    };
    const pouring = Array.from({ length: 8 }, pour);
    try {
      await until(() => acknowledged.length).toBeGreaterThan(50);
      await child.kill();
    } finally {
      isKilled = true;
    }
    await Promise.all(pouring);

    const { app, close } = await openApp(configFor(file));
    for (const { key, id } of acknowledged) {
      expect((await app.store.request(id))?.status).toBe("held");
      expect((await app.store.key("identity:agent-1", key))?.requestId).toBe(id);
      expect((await app.store.entries(id)).map((entry) => entry.kind)).toEqual(["submitted"]);
    }
    await close();
    await folder.remove();
  });
});
