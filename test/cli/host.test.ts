import { chmod, mkdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { haltpoint, startHaltpoint, type Running } from "./testing/command-line.ts";
import { POLICY, temporaryFolder } from "./testing/world.ts";

let folder: string;
const servers: Running[] = [];
beforeEach(async () => {
  folder = await temporaryFolder();
});
afterEach(async () => {
  for (const server of servers.splice(0)) await server.stop();
  await rm(folder, { recursive: true, force: true });
});

const run = (...args: string[]) => haltpoint(args, { cwd: folder });
const write = (name: string, text: string) => writeFile(join(folder, name), text);

/** A configuration as an operator writes one, with a policy beside it. */
async function installation(): Promise<void> {
  await write("policy.yaml", POLICY);
  await write(
    "haltpoint.yaml",
    "listen: { port: 0 }\nstore: { file: store.db }\npolicy: { file: policy.yaml }\nlog: { level: silent }\n",
  );
}

async function serve(): Promise<{ readonly server: Running; readonly url: string }> {
  const server = startHaltpoint(["serve"], { cwd: folder });
  servers.push(server);
  const [, url = ""] = await server.shows(/listens on (http:\S+)/);
  return { server, url };
}

describe("the first person", () => {
  it("is made on the host without a token, recorded as the operator's doing; the second is not", async () => {
    await installation();
    const first = await run("person", "add", "ana", "--right", "operator", "--right", "auditor");
    expect(first.status).toBe(0);
    expect(first.err).toContain("recorded as its operator's doing");
    const second = await run("person", "add", "eve", "--right", "operator");
    expect(second.status).toBe(4);
    expect(second.err).toContain("people are registered already");
    const database = new DatabaseSync(join(folder, "store.db"), { readOnly: true });
    const entries = database.prepare("SELECT canonical FROM entries ORDER BY log_index").all();
    database.close();
    const [entry] = entries.map(({ canonical }) => JSON.parse(String(canonical)));
    expect(entry).toMatchObject({
      kind: "person_registered",
      actor: "operator",
      data: { id: "ana" },
    });
    expect(entries.map(({ canonical }) => JSON.parse(String(canonical)).kind)).toEqual([
      "person_registered",
      "enrolment_issued",
    ]);
    expect(first.out).toMatch(/^http:\/\/localhost:\d+\/setup#token=hpe_[\w-]{43}$/m);
  });

  it("is made by a link that each start prints until somebody used one", async () => {
    await installation();
    const link = /(http:\/\/localhost:\d+)\/setup#token=(hpe_\S+)/;
    const first = await serve();
    const [, , before = ""] = await first.server.shows(link);
    await first.server.stop();
    const { server } = await serve();
    const [, origin = "", token = ""] = await server.shows(link);
    const ask = (sent: string) =>
      fetch(`${origin}/v1/enrolments/options`, {
        method: "POST",
        headers: { origin, "content-type": "application/json" },
        body: JSON.stringify({ token: sent, id: "ana" }),
      });
    expect((await ask(before)).status).toBe(410);
    expect((await ask(token)).status).toBe(200);
  });

  it("and whoever lost their passkey gets a link on the host, recorded (T31)", async () => {
    await installation();
    await run("person", "add", "ana", "--right", "operator");
    const again = await run("person", "recover", "ana", "--host", "--reason", "lost laptop");
    expect(again.out).toMatch(/\/setup#token=hpe_/);
    const database = new DatabaseSync(join(folder, "store.db"), { readOnly: true });
    const last = database.prepare("SELECT canonical FROM entries ORDER BY log_index DESC").get();
    database.close();
    expect(JSON.parse(String(last?.["canonical"]))).toMatchObject({
      kind: "enrolment_issued",
      actor: "operator",
      data: { person: "ana", reason: "lost laptop" },
    });
    expect((await run("person", "recover", "eve", "--host")).status).toBe(5);
  });

  it("works from there: an identity, its key, and a server that takes it", async () => {
    await installation();
    await run("person", "add", "ana", "--right", "operator");
    await run("identity", "add", "agent-1", "--owner", "ana", "--host");
    const key = (await run("identity", "key", "add", "agent-1", "--host")).out.trim();
    expect(key).toMatch(/^hpk_/);
    const { url } = await serve();
    const asked = await fetch(`${url}/v1/whoami`, { headers: { authorization: `Bearer ${key}` } });
    expect(await asked.json()).toMatchObject({ kind: "identity", id: "agent-1" });
  });
});

describe("--host", () => {
  it("works on the store alone, for identities, people, rosters and policy", async () => {
    await installation();
    await run("person", "add", "ana", "--host");
    const added = await run("identity", "add", "agent-1", "--owner", "ana", "--host", "--json");
    expect(added.json()).toMatchObject({
      id: "agent-1",
      type: "agent",
      stage: "active",
      may: null,
    });
    await run("identity", "set", "agent-1", "--may", "read.*", "--host");
    await run("identity", "set", "agent-1", "--stage", "probation", "--host");
    const [identity] = (await run("identity", "list", "--host", "--json")).json();
    expect(identity).toMatchObject({ stage: "probation", may: ["read.*"] });
    const key = (await run("identity", "key", "add", "agent-1", "--host", "--json")).json();
    expect((await run("identity", "key", "revoke", "agent-1", key.key.id, "--host")).status).toBe(
      0,
    );
    await run("person", "set", "ana", "--right", "resolver", "--host");
    const [ana] = (await run("person", "list", "--host", "--json")).json();
    expect(ana).toMatchObject({ id: "ana", rights: ["resolver"] });
    expect((await run("oncall", "set", "sre", "--shift", "ana=now/1h", "--host")).status).toBe(0);
    const publish = (...more: string[]) => run("policy", "publish", ...more, "--host", "--yes");
    expect((await publish("policy.yaml")).status).toBe(0);
    await write("other.yaml", `${await readFile(join(folder, "policy.yaml"), "utf8")}# other\n`);
    const unsaid = await publish("other.yaml");
    expect([unsaid.status, unsaid.err]).toEqual([2, expect.stringContaining("--reason")]);
    await write("bad.yaml", "version: 2\n");
    const bad = await publish("bad.yaml", "--reason", "locked out");
    expect([bad.status, bad.err]).toEqual([2, expect.stringMatching(/bad\.yaml:1:10[\s\S]*\^/)]);
    expect((await publish("other.yaml", "--reason", "locked out")).status).toBe(0);
    const database = new DatabaseSync(join(folder, "store.db"), { readOnly: true });
    const entries = database.prepare("SELECT canonical FROM entries ORDER BY log_index").all();
    database.close();
    const published = entries
      .map(({ canonical }) => JSON.parse(String(canonical)) as { kind: string; data: object })
      .filter(({ kind }) => kind.startsWith("policy_"));
    expect(published.map(({ kind, data }) => ({ kind, ...data }))).toMatchObject([
      { kind: "policy_published", how: "first", previous: null },
      { kind: "policy_refused", problems: 1 },
      { kind: "policy_published", how: "recovery", reason: "locked out" },
    ]);
    expect((await run("identity", "add", "no id", "--owner", "ana", "--host")).status).toBe(2);
    expect((await run("identity", "add", "agent-2", "--owner", "eve", "--host")).status).toBe(2);
  });

  it("is refused while a server holds the store, naming it", async () => {
    await installation();
    await serve();
    const ran = await run("person", "list", "--host");
    expect(ran.status).toBe(6);
    expect(ran.err).toContain(`process ${process.pid}`);
    expect(ran.err).toContain("A server runs on this store");
  });
});

describe("serve", () => {
  it("begins with the policy file, and does not apply a changed one by itself", async () => {
    await installation();
    const { server, url } = await serve();
    expect(server.text()).toContain("The first policy is");
    expect(server.text()).toContain("Nobody is registered");
    expect((await fetch(`${url}/readyz`)).status).toBe(200);
    expect((await server.stop()).status).toBe(0);
    await write("policy.yaml", `${POLICY}# changed\n`);
    const again = (await serve()).server;
    expect(again.text()).toContain("is not the policy in force; it is not applied by itself");
  });

  it("needs a policy, a good one, and a good configuration", async () => {
    await write("haltpoint.yaml", "listen: { port: 0 }\n");
    const none = await run("serve");
    expect([none.status, none.err]).toEqual([2, expect.stringContaining("there is no policy")]);
    await installation();
    await write("policy.yaml", "version: 2\n");
    const bad = await run("serve");
    expect([bad.status, bad.err]).toEqual([
      2,
      expect.stringMatching(/policy\.yaml:1:10: expected `1`/),
    ]);
    await write("haltpoint.yaml", "listen: { prot: 0 }\n");
    expect((await run("serve")).err).toContain("did you mean `port`?");
    expect((await run("serve", "--config", "none.yaml")).err).toContain("no file `none.yaml`");
  });

  it("refuses the store of a development server", async () => {
    const dev = startHaltpoint(["dev", "--port", "0"], { cwd: folder });
    await dev.shows(/Ctrl-C stops it/);
    await dev.stop();
    await installation();
    await write(
      "haltpoint.yaml",
      "store: { file: .haltpoint/dev/haltpoint.db }\nlisten: { port: 0 }\n",
    );
    const ran = await run("serve");
    expect(ran.status).toBe(2);
    expect(ran.err).toContain("its people are not authenticated");
  });

  it("says which port is taken", async () => {
    await installation();
    const { url } = await serve();
    await mkdir(join(folder, "b"));
    await write("b/policy.yaml", POLICY);
    const port = new URL(url).port;
    await write("b/haltpoint.yaml", `listen: { port: ${port} }\npolicy: { file: policy.yaml }\n`);
    const ran = await haltpoint(["serve"], { cwd: join(folder, "b") });
    expect(ran.status).toBe(6);
    expect(ran.err).toContain(`port ${port} on 127.0.0.1 is taken`);
  });
});

describe("dev", () => {
  const start = async (...args: string[]): Promise<Running> => {
    const server = startHaltpoint(["dev", "--port", "0", ...args], { cwd: folder });
    servers.push(server);
    await server.shows(/Ctrl-C stops it/);
    return server;
  };

  it("says loudly what it is, keeps tokens to its owner, and prints none", async () => {
    const server = await start();
    expect(server.text()).toContain("DEVELOPMENT: people are not authenticated; loopback only.");
    const file = join(folder, ".haltpoint", "dev.json");
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect((await stat(join(folder, ".haltpoint"))).mode & 0o777).toBe(0o700);
    const { people, identity } = JSON.parse(await readFile(file, "utf8"));
    for (const secret of [...Object.values<string>(people), identity.key]) {
      expect(secret).toMatch(/^hp[kp]_/);
      expect(server.text()).not.toContain(secret);
    }
    await server.stop();
    await expect(stat(file)).rejects.toThrow("ENOENT");
  });

  it("does not use a token file that others can read", async () => {
    await start();
    await chmod(join(folder, ".haltpoint", "dev.json"), 0o644);
    const ran = await run("inbox", "--as", "ana");
    expect(ran.status).toBe(2);
    expect(ran.err).toContain("can be read or was written by somebody else");
  });

  it("sends its people's tokens to its own server and nowhere else (T36)", async () => {
    await start();
    const heard: string[] = [];
    const other = createServer((request, response) => {
      heard.push(request.headers.authorization ?? "none");
      response.writeHead(500).end();
    });
    await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve));
    onTestFinished(() => void other.close());
    const { port } = other.address() as AddressInfo;
    const url = `http://127.0.0.1:${port}`;
    const { url: own } = JSON.parse(await readFile(join(folder, ".haltpoint/dev.json"), "utf8"));
    const ran = await run("inbox", "--as", "ana", "--url", url);
    expect([ran.status, ran.err]).toEqual([2, expect.stringContaining("are sent nowhere else")]);
    const env = { HALTPOINT_URL: url, HALTPOINT_AS: "ana" };
    expect((await haltpoint(["inbox"], { cwd: folder, env })).status).toBe(2);
    expect(heard).toEqual([]);
    expect((await run("inbox", "--as", "ana", "--url", `${own}/`)).status).toBe(0);
  });

  it("does not use a data folder that others may write to (T36)", async () => {
    await (await start()).stop();
    await chmod(join(folder, ".haltpoint"), 0o777);
    const ran = await run("dev", "--port", "0");
    expect([ran.status, ran.err]).toEqual([2, expect.stringContaining("chmod go-w")]);
    const asked = await run("inbox", "--as", "ana");
    expect([asked.status, asked.err]).toEqual([2, expect.stringContaining("chmod go-w")]);
    await chmod(join(folder, ".haltpoint"), 0o755);
    await start();
  });

  it("listens on loopback only", async () => {
    const around = { cwd: folder, env: { HALTPOINT_LISTEN_HOST: "0.0.0.0" } };
    const ran = await haltpoint(["dev", "--port", "0"], around);
    expect(ran.status).toBe(2);
    expect(ran.err).toContain("loopback only");
  });

  it("keeps its store, and begins anew with --fresh, but not under a running server", async () => {
    const first = await start();
    await run("person", "add", "zoe", "--as", "operator-1");
    const busy = await run("dev", "--port", "0", "--fresh");
    expect([busy.status, busy.err]).toEqual([6, expect.stringContaining("stop that first")]);
    await first.stop();
    const second = await start();
    expect((await run("person", "list", "--as", "operator-1")).out).toContain("zoe");
    await second.stop();
    await start("--fresh");
    expect((await run("person", "list", "--as", "operator-1")).out).not.toContain("zoe");
  });

  it("says how to begin anew where the store cannot be read", async () => {
    await (await start()).stop();
    await write(".haltpoint/dev/haltpoint.db", "this is no database".repeat(500));
    const ran = await run("dev", "--port", "0");
    expect([ran.status, ran.err]).toEqual([2, expect.stringContaining("add --fresh")]);
    await start("--fresh");
  });

  it("applies the policy whenever it is saved, and says what is wrong with it", async () => {
    await write("p.yaml", POLICY);
    const server = await start("--policy", "p.yaml");
    await write("p.yaml", POLICY.replace("[ana, bo]", "[ana, bo, gus]"));
    await server.shows(/the changed policy file is in force/);
    await write("p.yaml", POLICY.replace("decision: deny", "decision: dney"));
    await server.shows(/was not applied, the last one stays:\n.*p\.yaml:\d+:\d+: .*`dney`/);
    expect((await run("person", "list", "--as", "operator-1")).out).toContain("gus");
  });

  it("prints one JSON document without secrets with --json", async () => {
    const server = startHaltpoint(["dev", "--port", "0", "--json"], { cwd: folder });
    servers.push(server);
    await server.shows(/\}\s*$/);
    const ready = JSON.parse(server.text());
    expect(ready).toMatchObject({ development: true, url: expect.stringMatching(/^http:/) });
    expect(server.text()).not.toMatch(/hp[kp]_/);
  });

  it("refuses a port that is none", async () => {
    expect((await run("dev", "--port", "high")).status).toBe(2);
  });
});

describe("config, doctor, backup", () => {
  it("says each value in force and where it is from, or all that is wrong", async () => {
    await installation();
    const around = { cwd: folder, env: { HALTPOINT_LIMITS_LEASE: "20s" } };
    const good = await haltpoint(["config", "check"], around);
    expect(good.status).toBe(0);
    expect(good.out).toMatch(/^listen\.port +0 +haltpoint\.yaml:1$/m);
    expect(good.out).toMatch(/^limits\.lease +20s +HALTPOINT_LIMITS_LEASE$/m);
    expect(good.out).toMatch(/^limits\.heartbeat +5s +default$/m);
    await write("haltpoint.yaml", "listn: {}\n");
    const bad = await run("config", "check", "--json");
    expect([bad.status, bad.json().ok]).toEqual([2, false]);
    expect(bad.json().problems[0]).toContain("haltpoint.yaml:1:1");
    expect((await run("config", "schema")).json()).toMatchObject({ type: "object" });
    await installation();
    await write("policy.yaml", POLICY.replace("decision: deny", "decision: maybe"));
    const policy = await run("config", "check");
    expect([policy.status, policy.out]).toEqual([
      2,
      expect.stringMatching(/policy\.yaml:\d+:\d+: [\s\S]*\n +\| +\^[\s\S]*nothing would start\./),
    ]);
    await rm(join(folder, "policy.yaml"));
    expect((await run("config", "check")).out).toContain("`policy.file`: there is no file");
  });

  it("finds everything well, with and without a server, and damage where there is some", async () => {
    await installation();
    await serve();
    const states = async (): Promise<Record<string, string>> => {
      const { findings } = (await run("doctor", "--json")).json();
      return Object.fromEntries(
        findings.map(({ check, state }: { check: string; state: string }) => [check, state]),
      );
    };
    expect(await states()).toMatchObject({
      node: "ok",
      configuration: "ok",
      "policy file": "ok",
      store: "ok",
      "store lock": "ok",
      clock: "ok",
    });
    expect((await run("doctor")).out).toContain(`held by process ${process.pid}`);
    await servers.pop()?.stop();
    expect((await run("doctor")).out).toMatch(/ok +store lock +free/);
    await write("policy.yaml", "version: 2\n");
    await write("store.db", "this is no database".repeat(500));
    const ran = await run("doctor");
    expect(ran.status).toBe(1);
    expect(await states()).toMatchObject({ store: "fail", "policy file": "fail" });
  });

  it("copies the store while the server runs, and never over another file", async () => {
    await installation();
    await serve();
    const ran = await run("backup", "copy.db", "--json");
    expect(ran.status).toBe(0);
    expect(ran.json().bytes).toBeGreaterThan(1_000);
    const copy = new DatabaseSync(join(folder, "copy.db"), { readOnly: true });
    expect(copy.prepare("SELECT count(*) AS n FROM entries").get()).toMatchObject({ n: 2 });
    copy.close();
    const again = await run("backup", "copy.db");
    expect([again.status, again.err]).toEqual([3, expect.stringContaining("exists already")]);
    await rm(join(folder, "haltpoint.yaml"));
    expect((await run("backup", "other.db")).err).toContain("there is no store");
  });
});
