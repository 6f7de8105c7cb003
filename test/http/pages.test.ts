import { mkdtemp, mkdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { brotliCompressSync, gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startServer, type RunningServer } from "../../packages/server/src/compose.ts";
import { createLog } from "../../packages/server/src/edges/http/log.ts";
import { configFor } from "./testing/config.ts";

const SHELL = "<!doctype html><title>Haltpoint</title>";
const SCRIPT = `export const word = "${"halt".repeat(100)}";`;

describe("pages for browsers", () => {
  let folder: string;
  let server: RunningServer;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "haltpoint-pages-"));
    const pagesFolder = join(folder, "pages");
    await mkdir(join(pagesFolder, "assets"), { recursive: true });
    await writeFile(join(pagesFolder, "index.html"), SHELL);
    await writeFile(join(pagesFolder, "manifest.json"), "{}");
    await writeFile(join(pagesFolder, "assets/index-a1.js"), SCRIPT);
    await writeFile(join(pagesFolder, "assets/index-a1.js.br"), brotliCompressSync(SCRIPT));
    await writeFile(join(pagesFolder, "assets/index-a1.js.gz"), gzipSync(SCRIPT));
    const config = configFor(join(folder, "haltpoint.db"));
    server = await startServer(config, { log: createLog("silent"), pagesFolder });
  });
  afterAll(async () => {
    await server.close();
    await rm(folder, { recursive: true, force: true });
  });

  const get = (path: string, headers: Record<string, string> = {}, method = "GET") =>
    fetch(`${server.url}${path}`, { method, headers, redirect: "manual" });

  test.each(["/", "/inbox", "/r/req_1", "/running", "/me", "/setup", "/sign-in", "/cli?code=A"])(
    "%s is the shell, to be asked for anew each time, under the policy of the pages (T18)",
    async (path) => {
      const response = await get(path);
      expect(response.status).toBe(200);
      expect(await response.text()).toBe(SHELL);
      expect(response.headers.get("content-type")).toBe("text/html; charset=utf-8");
      expect(response.headers.get("cache-control")).toBe("no-cache");
      expect(response.headers.get("x-content-type-options")).toBe("nosniff");
      const policy = response.headers.get("content-security-policy")?.split("; ");
      expect(policy).toEqual(
        expect.arrayContaining([
          "default-src 'none'",
          "script-src 'self'",
          "frame-ancestors 'none'",
          "base-uri 'none'",
          "form-action 'self'",
          "require-trusted-types-for 'script'",
        ]),
      );
      expect(policy?.join(" ")).not.toMatch(/unsafe|https?:|\*/);
    },
  );

  test("the shell that was kept is not sent again", async () => {
    const etag = (await get("/inbox")).headers.get("etag") ?? "";
    expect((await get("/running", { "if-none-match": etag })).status).toBe(304);
  });

  test("a file is kept for ever, and sent as small as the browser can read it", async () => {
    for (const [accepted, sent] of [
      ["gzip, br", "br"],
      ["gzip, br;q=0", "gzip"],
      ["identity", null],
    ] as const) {
      const response = await get("/assets/index-a1.js", { "accept-encoding": accepted });
      expect(await response.text()).toBe(SCRIPT);
      expect(response.headers.get("content-encoding")).toBe(sent);
      expect(response.headers.get("cache-control")).toBe("public, max-age=31536000, immutable");
      expect(response.headers.get("vary")).toBe("accept-encoding");
    }
  });

  test("HEAD says the same and sends nothing", async () => {
    const response = await get("/inbox", {}, "HEAD");
    expect(response.status).toBe(200);
    expect(response.headers.get("content-length")).toBe(String(SHELL.length));
    expect(await response.text()).toBe("");
  });

  test("a person who mistyped gets a page, a program a problem", async () => {
    const person = await get("/inbxo", { accept: "text/html,application/xhtml+xml" });
    expect([person.status, await person.text()]).toEqual([404, SHELL]);
    const program = await get("/inbxo", { accept: "application/json" });
    expect([program.status, await program.json()]).toMatchObject([404, { code: "not_found" }]);
  });

  test.each(["/v1/nothing", "/auth/nothing", "/access/nothing", "/.well-known/nothing"])(
    "%s is an address of programs and never a page",
    async (path) => {
      const response = await get(path, { accept: "text/html" });
      expect(response.status).toBe(404);
      expect(await response.json()).toMatchObject({ code: "not_found" });
    },
  );

  test.each([
    "/assets/index-a2.js",
    "/assets/../index.html",
    "/assets/..%2Fmanifest.json",
    "/assets/%2e%2e/%2e%2e/haltpoint.db",
    "/manifest.json",
    "/assets/index-a1.js.br",
  ])("%s names no file", async (path) => {
    const response = await get(path);
    expect(response.status).toBe(404);
    await response.text();
  });

  test("a page takes nothing: other methods find nothing there", async () => {
    const response = await get("/inbox", {}, "POST");
    expect(response.status).toBe(404);
    await response.text();
  });
});
