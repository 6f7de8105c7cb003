/**
 * The system's Chromium, for tests, screenshots and benches: a real browser that a package manager
 * keeps up to date, instead of one that npm downloads.
 */
import { spawnSync } from "node:child_process";
import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";

const NAMES = ["chromium", "chromium-browser", "google-chrome-stable", "google-chrome"];
const INSTALL_TIMEOUT_MS = 5 * 60_000;

/**
 * Without a sandbox, since inside containers the tests are root; nothing is asked that no page asked
 * for; `proxy` sees whatever leaves this machine.
 */
export function chromiumArguments(proxy: string | null): readonly string[] {
  return [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    ...(proxy === null
      ? []
      : [`--proxy-server=${proxy}`, "--proxy-bypass-list=localhost;127.0.0.1"]),
  ];
}

/**
 * The path of a Chromium; `HALTPOINT_CHROMIUM` names another than the first one found. Where there is
 * none and apt can be used, it is installed.
 *
 * @throws Error that says in one line what to do.
 */
export function chromiumPath(): string {
  const given = process.env["HALTPOINT_CHROMIUM"];
  if (given !== undefined && given !== "") {
    if (isProgram(given)) return given;
    throw new Error(`HALTPOINT_CHROMIUM names \`${given}\`, which is no program`);
  }
  const found = inPath(NAMES) ?? installed();
  if (found === null) {
    throw new Error(
      "no Chromium is installed: install it (Debian: `apt-get install chromium`), or name one with HALTPOINT_CHROMIUM",
    );
  }
  return found;
}

function installed(): string | null {
  if (process.getuid?.() !== 0 || inPath(["apt-get"]) === null) return null;
  process.stderr.write("installing Chromium for the browser tests: apt-get install chromium …\n");
  const apt = (...args: readonly string[]): boolean =>
    spawnSync("apt-get", args, {
      stdio: ["ignore", "ignore", "inherit"],
      timeout: INSTALL_TIMEOUT_MS,
      env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" },
    }).status === 0;
  apt("update", "-qq");
  return apt("install", "-qq", "-y", "--no-install-recommends", "chromium") ? inPath(NAMES) : null;
}

function inPath(names: readonly string[]): string | null {
  const folders = (process.env["PATH"] ?? "").split(delimiter).filter((folder) => folder !== "");
  for (const name of names) {
    const path = folders.map((folder) => join(folder, name)).find(isProgram);
    if (path !== undefined) return path;
  }
  return null;
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
