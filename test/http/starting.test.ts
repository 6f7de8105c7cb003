/** Starting: the first policy, changed files, development, and what is refused. */
import { rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  seedDevelopment,
  startServer,
  type RunningServer,
} from "../../packages/server/src/compose.ts";
import { createLog } from "../../packages/server/src/edges/http/log.ts";
import type { Config } from "../../packages/server/src/config/config.ts";
import { configFor } from "./testing/config.ts";
import { POLICY } from "./testing/policy.ts";
import { call, heldBody, temporaryFolder } from "./testing/server-under-test.ts";
import { until } from "./testing/until.ts";

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let log: string[];
const running: RunningServer[] = [];

beforeEach(async () => {
  folder = await temporaryFolder();
  log = [];
});
afterEach(async () => {
  for (const server of running.splice(0)) await server.close();
  await folder.remove();
});

const policyFile = () => join(folder.path, "policy.yaml");
async function start(changes: Partial<Config> = {}): Promise<RunningServer> {
  const config = configFor(join(folder.path, "store.db"), changes);
  const server = await startServer(config, {
    log: createLog("debug", { write: (line: string) => void log.push(line) }),
  });
  running.push(server);
  return server;
}
async function stop(): Promise<void> {
  for (const server of running.splice(0)) await server.close();
}

describe("a server without a policy", () => {
  it("is alive and not ready, and says so in its log", async () => {
    const { url } = await start();
    expect((await call(url, "GET", "/healthz")).body).toEqual({ status: "ok" });
    const ready = await call(url, "GET", "/readyz");
    expect(ready).toMatchObject({ status: 503, body: { code: "unavailable" } });
    expect(log.join("")).toContain("no policy is in force");
  });
});

describe("a server with a policy file", () => {
  it("publishes it where the store has none, recorded as set-up", async () => {
    await writeFile(policyFile(), POLICY);
    const { url, app } = await start({ policyFile: policyFile() });
    expect((await call(url, "GET", "/readyz")).body).toEqual({ status: "ready" });
    expect(await app.store.policy()).toMatchObject({ text: POLICY, by: "setup" });
    const [entry] = (await app.store.entries("system")).filter(
      (each) => each.kind === "policy_published",
    );
    expect(entry).toMatchObject({ actor: "setup" });
  });

  it("does not apply a changed file by itself, and says how (T40)", async () => {
    await writeFile(policyFile(), POLICY);
    await start({ policyFile: policyFile() });
    await stop();
    await writeFile(policyFile(), POLICY.replace("decision: deny", "decision: allow"));
    const { app } = await start({ policyFile: policyFile() });
    expect((await app.store.policy())?.text).toBe(POLICY);
    expect(log.join("")).toMatch(/was not applied; .*policy publish/);
  });

  it("does not start with one that does not load, and leaves nothing open", async () => {
    await writeFile(policyFile(), "version: 1\nrules: [{ id: x }]\n");
    await expect(start({ policyFile: policyFile() })).rejects.toThrow(/policy\.yaml:2[\s\S]*\^/);
    await expect(start({ policyFile: join(folder.path, "none.yaml") })).rejects.toThrow(
      /the policy file cannot be read/,
    );
    // The store was let go: a server without a file starts on it.
    await start();
  });
});

describe("an address", () => {
  it("that is not plainly this machine is allowed with a loud warning", async () => {
    // Loopback in another spelling, so that this test opens nothing to a network.
    const { url } = await start({ listen: { host: "::ffff:127.0.0.1", port: 0 } });
    expect(url).toMatch(/^http:/);
    const line = log.map((each) => JSON.parse(each) as { level: string; msg: string });
    expect(line.find(({ level }) => level === "warn")?.msg).toMatch(/WITHOUT ENCRYPTION/);
  });

  it("that is taken is refused, and leaves nothing open", async () => {
    const { url } = await start();
    const port = Number(new URL(url).port);
    const other = configFor(join(folder.path, "other.db"), { listen: { host: "127.0.0.1", port } });
    const quiet = { log: createLog("silent") };
    await expect(startServer(other, quiet)).rejects.toMatchObject({ code: "EADDRINUSE" });
    const again = await startServer(configFor(join(folder.path, "other.db")), quiet);
    running.push(again);
  });
});

describe("development", () => {
  it.each(["0.0.0.0", "::", "192.168.1.5", "example.org", "127.0.0.1.example.org"])(
    "is refused on %s (T36)",
    async (host) => {
      await expect(start({ dev: true, listen: { host, port: 0 } })).rejects.toThrow(
        /loopback only/,
      );
    },
  );

  it("makes the policy's people, two operators and an identity, whose doings say so", async () => {
    await writeFile(policyFile(), POLICY);
    const { url, app } = await start({ dev: true, policyFile: policyFile() });
    const { people, identity } = await seedDevelopment(app, POLICY);
    expect(people.map(({ id }) => id).sort()).toEqual(
      ["ana", "bo", "chen", "dee", "eli", "operator-1", "operator-2"].sort(),
    );
    const tokenOf = (id: string) => people.find((person) => person.id === id)?.token;
    const whoami = await call(url, "GET", "/v1/whoami", { token: tokenOf("ana") });
    expect(whoami.body).toEqual({ kind: "person", id: "ana", rights: [], via: "development" });
    const rights = await app.store.persons();
    for (const person of rights) expect(person.rights.length).toBeLessThan(5);
    const { body } = await call(url, "POST", "/v1/requests", {
      token: identity.key,
      body: heldBody(),
    });
    const approved = await call(url, "POST", `/v1/requests/${body.request.id}/reviews`, {
      token: tokenOf("ana"),
      body: { verdict: "approve", digest: body.request.revision.digest },
    });
    expect(approved.body.request.status).toBe("approved");
    const entries = await app.store.entries(body.request.id as string);
    const reviewed = entries.find((entry) => entry.kind === "reviewed");
    expect(reviewed?.canonical).toContain('"via":"development"');
  });

  it("gives new tokens with each start and revokes the old", async () => {
    await writeFile(policyFile(), POLICY);
    const { url, app } = await start({ dev: true, policyFile: policyFile() });
    const first = await seedDevelopment(app, POLICY);
    const second = await seedDevelopment(app, POLICY);
    const third = await seedDevelopment(app, POLICY);
    for (const old of [first, second]) {
      const { status } = await call(url, "GET", "/v1/whoami", { token: old.identity.key });
      expect(status).toBe(401);
    }
    const token = third.people[0]?.token;
    expect((await call(url, "GET", "/v1/whoami", { token })).status).toBe(200);
  });

  it("puts a saved policy in force at once, and keeps the last where it does not load", async () => {
    await writeFile(policyFile(), POLICY);
    const { app } = await start({ dev: true, policyFile: policyFile() });
    const changed = POLICY.replace("security: [dee, eli]", "security: [dee, eli, gus]");
    await writeFile(policyFile(), changed);
    await until(async () => (await app.store.policy())?.text).toBe(changed);
    await until(async () => app.store.person("gus")).not.toBeNull();
    expect(await app.store.policy()).toMatchObject({ by: "development" });

    await writeFile(policyFile(), `${changed}nonsense: true\n`);
    await until(() => log.join("")).toContain("the policy file was not applied");
    expect((await app.store.policy())?.text).toBe(changed);

    // As most editors save: a new file in place of the old one.
    const fresh = join(folder.path, "policy.yaml.tmp");
    await writeFile(fresh, POLICY);
    await rename(fresh, policyFile());
    await until(async () => (await app.store.policy())?.text).toBe(POLICY);
  });
});
