import { createServer } from "node:http";
import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { runBinary, startBinary, type Process } from "./testing/binary.ts";
import { POLICY, temporaryFolder } from "./testing/world.ts";

let cwd: string;
const started: Process[] = [];
beforeEach(async () => {
  cwd = await temporaryFolder();
});
afterEach(async () => {
  for (const process of started.splice(0)) {
    process.signal("SIGKILL");
    await process.ended;
  }
  await rm(cwd, { recursive: true, force: true });
});

function start(...args: string[]): Process {
  const process = startBinary(args, { cwd });
  started.push(process);
  return process;
}

describe("the program", () => {
  it("prints help without loading what only commands need", async () => {
    const hook =
      'import { registerHooks } from "node:module";' +
      "registerHooks({ load: (url, context, next) => {" +
      ' process.stderr.write(url + "\\n"); return next(url, context); } });';
    const node = ["--import", `data:text/javascript,${encodeURIComponent(hook)}`];
    const { status, out, err } = await runBinary(["--help"], { cwd, node });
    expect(status).toBe(0);
    expect(out).toContain("Usage: haltpoint");
    expect(err).toContain("commander");
    expect(err).not.toMatch(/fastify|\/sdk\/|\/yaml\/|sqlite|clack|pino|compose|deciding/);
  });

  it("has a version", async () => {
    expect(await runBinary(["--version"], { cwd })).toMatchObject({
      status: 0,
      out: expect.stringMatching(/^\d+\.\d+\.\d+\n$/),
      err: "",
    });
  });

  it("says which server does not answer, and how to start one", async () => {
    const env = { HALTPOINT_TOKEN: "hpp_x", HALTPOINT_URL: "http://127.0.0.1:9" };
    const ran = await runBinary(["approve", "7F3K", "--yes"], { cwd, env });
    expect(ran.status).toBe(6);
    expect(ran.out).toBe("");
    expect(ran.err).toContain("no Haltpoint server answers at http://127.0.0.1:9");
    expect(ran.err).toContain("`haltpoint serve`");
    expect(ran.err).not.toMatch(/^\s+at /m);
    const json = await runBinary(["inbox", "--json"], { cwd, env });
    expect(JSON.parse(json.err)).toMatchObject({ code: "unavailable", exit_status: 6 });
    const debug = await runBinary(["inbox"], { cwd, env: { ...env, HALTPOINT_DEBUG: "1" } });
    expect(debug.err).toMatch(/^\s+at /m);
  });

  it("tells another program's server from Haltpoint", async () => {
    const server = createServer((_request, response) => response.end("<html>hello</html>"));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const address = server.address() as { port: number };
    const url = `http://127.0.0.1:${address.port}`;
    const ran = await runBinary(["inbox", "--token", "hpp_x", "--url", url], { cwd });
    server.close();
    expect(ran.status).toBe(1);
    expect(ran.err).toContain(`what answers at ${url} does not speak as a Haltpoint server`);
  });
});

describe("`serve`", () => {
  it("stops in order on SIGTERM", async () => {
    await writeFile(join(cwd, "policy.yaml"), POLICY);
    await writeFile(
      join(cwd, "haltpoint.yaml"),
      "listen: { port: 0 }\npolicy: { file: policy.yaml }\n",
    );
    const server = start("serve");
    const [, url = ""] = await server.shows(/listens on (http:\S+)/);
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
    server.signal("SIGTERM");
    expect((await server.ended).status).toBe(0);
  });
});

describe("`dev --demo`", () => {
  it("shows what the agent wants; the printed command decides it; Ctrl-C ends everything", async () => {
    const dev = start("dev", "--demo", "--port", "0");
    await dev.shows(/procurement-agent wants to: Submit purchase order PO-\d+ \(9,000\.00 USD\)/);
    await dev.shows(/held because: Finance approves/);
    const [, typed = ""] = await dev.shows(/^ +haltpoint (approve \w{4} --as \w+)$/m);
    const approved = await runBinary([...typed.split(" "), "--yes"], { cwd });
    expect(approved).toMatchObject({ status: 0, err: "" });
    await dev.shows(/agent \| ordered from Acme GmbH for 9000\.00 USD/);
    const [, shop = ""] = await dev.shows(/shop ready on (http:\S+)/);
    const { orders } = (await (await fetch(`${shop}/orders`)).json()) as { orders: unknown[] };
    expect(orders).toHaveLength(1);
    dev.signal("SIGINT");
    expect((await dev.ended).status).toBe(0);
    expect(dev.text()).not.toMatch(/hp[kp]_/);
    await expect(fetch(`${shop}/orders`)).rejects.toThrow("fetch failed");
  });

  it("tells the agent why it was rejected", async () => {
    const dev = start("dev", "--demo", "--port", "0");
    const [, id = "", person = ""] = await dev.shows(/reject (\w{4}) --as (\w+)/);
    const args = ["reject", id, "--as", person, "--yes", "--reason", "lease them instead"];
    expect((await runBinary(args, { cwd })).status).toBe(0);
    await dev.shows(/agent \| not ordered\..*lease them instead/);
    dev.signal("SIGTERM");
    expect((await dev.ended).status).toBe(0);
  });
});
