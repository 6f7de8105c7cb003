/** `haltpoint login` and `logout`, against a real server and a person at a browser. */
import { chmod, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { browserAt } from "../http/testing/browser.ts";
import { startUnderTest, type UnderTest } from "../http/testing/server-under-test.ts";
import { haltpoint, startHaltpoint } from "./testing/command-line.ts";
import { temporaryFolder } from "./testing/world.ts";

let server: UnderTest;
let cwd: string;
let file: string;
beforeAll(async () => {
  server = await startUnderTest({ config: { dev: true } });
  for (const id of ["ana", "chen"]) await server.person(id);
});
beforeEach(async () => {
  cwd = await temporaryFolder();
  file = join(cwd, "haltpoint", "credentials.json");
});
afterAll(() => server.close());

const around = () => ({ cwd, env: { XDG_CONFIG_HOME: cwd } });
const run = (...args: readonly string[]) => haltpoint(args, around());

/** Begins a login and answers it in a browser; resolves with how it ended. */
async function login(answer: boolean | null, ...more: readonly string[]) {
  const running = startHaltpoint(["login", "--url", server.url, ...more], around());
  const [, code = ""] = await running.shows(/\/cli\?code=([A-Z]{4}-[A-Z]{4})/);
  const browser = browserAt(server);
  await browser.signIn("ana");
  if (answer !== null) {
    const path = `/v1/cli/authorizations/${code}`;
    const decided = await browser.call("POST", path, { body: { allow: answer } });
    expect(decided.status).toBe(200);
  }
  return running.stop();
}

describe("haltpoint login", () => {
  it("prints an address and the code, and signs in once it is allowed there", async () => {
    const ran = await login(true);
    expect([ran.status, ran.out]).toEqual([
      0,
      expect.stringMatching(/^Signed in at .* as ana, until/),
    ]);
    expect(ran.err).toContain(`${server.app.site.publicUrl}/cli?code=`);
    expect(ran.err).toMatch(/must show the code [A-Z]{4}-[A-Z]{4}/);
    expect(ran.out + ran.err).not.toContain("hps_");
  });

  it("keeps the session where only its owner can read it, by the server's address (T36)", async () => {
    await login(true);
    const { mode } = await stat(file);
    expect(mode & 0o777).toBe(0o600);
    expect((await stat(join(cwd, "haltpoint"))).mode & 0o077).toBe(0);
    const { servers } = JSON.parse(await readFile(file, "utf8"));
    expect(Object.keys(servers)).toEqual([server.url]);
    expect(servers[server.url]).toMatchObject({
      person: "ana",
      token: expect.stringMatching(/^hps_/),
    });
    await chmod(file, 0o644);
    const ran = await run("inbox", "--url", server.url);
    expect([ran.status, ran.err]).toEqual([2, expect.stringContaining("can be read")]);
  });

  it("makes every command act as that person, at that server and at no other", async () => {
    const ran = await login(true, "--json");
    expect(ran.json()).toMatchObject({ url: server.url, person: { id: "ana" } });
    for (const args of [
      ["inbox", "--json"],
      ["inbox", "--json", "--url", `${server.url}/`],
    ]) {
      expect(await run(...args)).toMatchObject({ status: 0 });
    }
    const elsewhere = await run("inbox", "--url", "http://127.0.0.1:1");
    expect([elsewhere.status, elsewhere.err]).toEqual([
      2,
      expect.stringContaining("haltpoint login"),
    ]);
    const token = await server.person("dee");
    const named = await run("inbox", "--token", `${token}x`, "--url", server.url);
    expect(named.err).toContain("does not know this token");
  });

  it("says that it was refused, and keeps nothing", async () => {
    const ran = await login(false);
    expect([ran.status, ran.err]).toEqual([4, expect.stringContaining("refused in the browser")]);
    await expect(stat(file)).rejects.toThrow("ENOENT");
  });

  it("has the answer that a session has ended: sign in again", async () => {
    await login(true);
    const browser = browserAt(server);
    await browser.signIn("ana");
    await browser.call("POST", "/v1/me/sign-out-everywhere");
    const ran = await run("inbox");
    expect([ran.status, ran.err]).toEqual([
      4,
      expect.stringContaining(`run \`haltpoint login --url ${server.url}\``),
    ]);
    expect((await run("logout")).status).toBe(0);
    await expect(stat(file)).rejects.toThrow("ENOENT");
  });
});

describe("haltpoint logout", () => {
  it("ends the session at the server and forgets it here", async () => {
    await login(true);
    const { servers } = JSON.parse(await readFile(file, "utf8"));
    const { token } = servers[server.url] as { token: string };
    expect((await server.call("GET", "/v1/me", { token })).status).toBe(200);
    const ran = await run("logout");
    expect([ran.status, ran.out]).toEqual([0, `Signed out: ana at ${server.url}.\n`]);
    expect((await server.call("GET", "/v1/me", { token })).status).toBe(401);
    await expect(stat(file)).rejects.toThrow("ENOENT");
    expect((await run("logout", "--url", server.url)).out).toContain("Nobody is signed in");
  });

  it("keeps the session while the server cannot be told", async () => {
    await login(true);
    const { servers } = JSON.parse(await readFile(file, "utf8"));
    const url = "http://127.0.0.1:1";
    await writeFile(file, JSON.stringify({ servers: { ...servers, [url]: servers[server.url] } }));
    expect((await run("inbox")).err).toContain("several servers");
    expect((await run("logout", "--url", url)).status).toBe(6);
    expect(Object.keys(JSON.parse(await readFile(file, "utf8")).servers)).toHaveLength(2);
  });
});
