import { mkdtempSync, writeFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { DEFAULT_SERVER_LIMITS } from "../app/app.ts";
import { DEFAULT_LIMITS } from "../domain/request/commands.ts";
import { configSchema } from "./config-schema.ts";
import { loadConfig, urlOf, type LoadedConfig } from "./load-config.ts";
import { SETTINGS } from "./settings.ts";

function folderWith(yaml?: string): string {
  const folder = mkdtempSync(join(tmpdir(), "haltpoint-config-"));
  if (yaml !== undefined) writeFileSync(join(folder, "haltpoint.yaml"), yaml);
  return folder;
}

function load(yaml: string | undefined, env: Record<string, string> = {}): LoadedConfig {
  return loadConfig({ env, cwd: folderWith(yaml) });
}

function problemsOf(loaded: LoadedConfig): string {
  return loaded.ok ? "" : loaded.problems.join("\n");
}

function valueOf(loaded: LoadedConfig, key: string): readonly unknown[] {
  if (!loaded.ok) throw new Error(problemsOf(loaded));
  const { value, from } = loaded.values.find((each) => each.key === key)!;
  return [value, from];
}

describe("configuration", () => {
  it("has a default for everything, and the limits are those of the domain", () => {
    const loaded = load(undefined);
    expect(loaded).toMatchObject({
      ok: true,
      file: null,
      config: {
        listen: { host: "127.0.0.1", port: 4747 },
        publicUrl: "http://localhost:4747",
        policyFile: null,
        dev: false,
        limits: { ...DEFAULT_SERVER_LIMITS, ...DEFAULT_LIMITS },
      },
    });
    expect(loaded.ok && Object.keys(loaded.config.limits).toSorted()).toEqual(
      Object.keys({ ...DEFAULT_SERVER_LIMITS, ...DEFAULT_LIMITS }).toSorted(),
    );
  });

  it("takes addresses and ranges of proxies, and nothing that is neither", () => {
    const loaded = load("listen: { trusted_proxies: '10.0.0.0/8, ::1' }\n");
    expect(loaded).toMatchObject({ config: { trustedProxies: ["10.0.0.0/8", "::1"] } });
    for (const wrong of ["10.0.0.256", "10.0.0.0/33", "10.0.0.0/8/8", "::1/129", "10"]) {
      const problems = problemsOf(load(`listen: { trusted_proxies: '${wrong}' }\n`));
      expect(problems).toContain("listen.trusted_proxies");
      expect(problems).toContain(`\`${wrong}\` is no address and no range`);
    }
  });

  it("takes the file over the default and the environment over the file, and says from where", () => {
    const loaded = load("listen:\n  port: 5000\nlimits: { lease: 20s }\nlog: { level: warn }\n", {
      HALTPOINT_LISTEN_PORT: "6000",
      HALTPOINT_LIMITS_PAGE_MAX: "7",
    });
    expect(loaded).toMatchObject({ config: { listen: { port: 6000 }, log: { level: "warn" } } });
    expect(loaded).toMatchObject({ config: { limits: { leaseMs: 20_000, pageMax: 7 } } });
    expect(valueOf(loaded, "listen.port")).toEqual([6000, "HALTPOINT_LISTEN_PORT"]);
    expect(valueOf(loaded, "limits.lease")).toEqual(["20s", "haltpoint.yaml:3"]);
    expect(valueOf(loaded, "listen.host")).toEqual(["127.0.0.1", "default"]);
  });

  it("resolves paths from the file they stand in, and from the working directory otherwise", () => {
    const folder = folderWith();
    writeFileSync(join(folder, "other.yaml"), "store: { file: data/x.db }\n");
    const cwd = folderWith();
    const env = { HALTPOINT_POLICY_FILE: "p.yaml" };
    const loaded = loadConfig({ file: join(folder, "other.yaml"), env, cwd });
    expect(loaded).toMatchObject({
      config: { store: { file: join(folder, "data/x.db") }, policyFile: join(cwd, "p.yaml") },
    });
  });

  it("refuses unknown keys with line, column, caret and the nearest name", () => {
    const problems = problemsOf(load("listen:\n  prot: 5000\n"));
    expect(problems).toContain("haltpoint.yaml:2:3: unknown field `prot`; did you mean `port`?");
    expect(problems).toContain("   2 |   prot: 5000\n     |   ^");
  });

  it("reports everything that is wrong at once", () => {
    const loaded = load("listen: { port: 70000 }\nlog: { level: loud }\nstoer: 1\n", {
      HALTPOINT_LISTEN_PROT: "1",
      HALTPOINT_LIMITS_LEASE: "soon",
    });
    const problems = problemsOf(loaded);
    expect(problems).toContain("expected a whole number from 0 to 65535, got `70000`");
    expect(problems).toContain("got `loud`");
    expect(problems).toContain("unknown field `stoer`; did you mean `store`?");
    expect(problems).toContain(
      "unknown variable `HALTPOINT_LISTEN_PROT`; did you mean `HALTPOINT_LISTEN_PORT`?",
    );
    expect(problems).toContain("HALTPOINT_LIMITS_LEASE: expected a duration");
  });

  it.each([
    ["limits: { lease: 1s }", "expected a duration from 2s to 1h, got `1s`"],
    ["limits: { heartbeat: 15s }", "`limits.heartbeat` (15s, haltpoint.yaml:1) must be shorter"],
    ["limits: { run_max: 10s }", "must not be longer than `limits.run_max` (10s"],
    ["public_url: ftp://x", "a URL that begins with"],
    ["- a", "expected a mapping, got a list"],
    ["listen: &a { port: 1 }\nstore: *a", "anchor"],
  ])("refuses `%s`", (yaml, expected) => {
    expect(problemsOf(load(yaml))).toContain(expected);
  });

  it("takes an identity provider with its secret from a file, and shows no secret", () => {
    const folder = folderWith(
      "sign_in: { oidc: { issuer: https://id.example, client_id: haltpoint, client_secret_file: s } }\n",
    );
    writeFileSync(join(folder, "s"), "from-the-file\n");
    const loaded = loadConfig({ env: {}, cwd: folder });
    expect(loaded).toMatchObject({
      config: { oidc: { clientSecret: "from-the-file", groupsClaim: "groups" } },
    });
    const written = load("sign_in: { oidc: { issuer: https://id.example, client_id: h } }", {
      HALTPOINT_SIGN_IN_OIDC_CLIENT_SECRET: "hidden",
    });
    expect(written.ok && JSON.stringify(written.values)).not.toContain("hidden");
    expect(valueOf(written, "sign_in.oidc.client_secret")[0]).toBe("(secret)");
  });

  it.each([
    ["{ issuer: http://id.example, client_id: a, client_secret: b }", "begins with `https://`"],
    ["{ issuer: http://localhost.example, client_id: a, client_secret: b }", "begins with"],
    ["{ issuer: https://id.example, client_secret: b }", "takes `sign_in.oidc.client_id` as well"],
    ["{ issuer: https://id.example, client_id: a }", "takes `sign_in.oidc.client_secret` as well"],
    ["{ issuer: https://id.example, client_id: a, client_secret_file: none }", "cannot be read"],
  ])("refuses the identity provider `%s`", (oidc, expected) => {
    expect(problemsOf(load(`sign_in: { oidc: ${oidc} }`))).toContain(expected);
  });

  it("names a file that was asked for and is not there, and takes an empty one", () => {
    const missing = loadConfig({ file: "none.yaml", env: {}, cwd: folderWith() });
    expect(problemsOf(missing)).toContain("there is no file `none.yaml`");
    expect(load("# nothing\n").ok).toBe(true);
  });

  it("ignores variables that are not settings, and empty ones", () => {
    expect(load(undefined, { HALTPOINT_KEY: "x", HALTPOINT_LISTEN_PORT: "" }).ok).toBe(true);
  });

  it.each([
    ["127.0.0.1", "http://127.0.0.1:1"],
    ["::1", "http://[::1]:1"],
    ["0.0.0.0", "http://localhost:1"],
  ])("makes a URL of %s", (host, url) => {
    expect(urlOf(host, 1)).toBe(url);
  });

  it("has a committed schema that is fresh: `haltpoint config schema > docs/haltpoint.schema.json`", async () => {
    const file = new URL("../../../../docs/haltpoint.schema.json", import.meta.url);
    expect(JSON.parse(await readFile(file, "utf8"))).toEqual(
      JSON.parse(JSON.stringify(configSchema())),
    );
    expect(SETTINGS.every(({ form }) => form.description !== undefined)).toBe(true);
  });
});
