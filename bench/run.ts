/**
 * `npm run bench -- P2 P4`: runs the named benches, or all. Prints one JSON line for each case as it
 * is measured and a table at the end; exits with 1 where a bar is missed. What we are measured
 * against is installed into this folder on the first run.
 */
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { cpus } from "node:os";
import { fileURLToPath } from "node:url";
import { tableOf, type CaseLine } from "./measure/case-line.ts";

const HERE = fileURLToPath(new URL(".", import.meta.url));

type Bench = () => AsyncGenerator<CaseLine>;

const BENCHES: Readonly<Record<string, () => Promise<Bench>>> = {
  P0: async () => (await import("./cases/p0-start-and-rest.ts")).p0,
  P1: async () => (await import("./cases/p1-allowed-over-http.ts")).p1,
  P2: async () => (await import("./cases/p2-held-cycle.ts")).p2,
  P4: async () => (await import("./cases/p4-policy-decision.ts")).p4,
  P11: async () => (await import("./cases/p11-inbox.ts")).p11,
};

const asked = process.argv.slice(2).map((name) => name.toUpperCase());
const unknown = asked.filter((name) => !Object.hasOwn(BENCHES, name));
if (unknown.length > 0) {
  const known = Object.keys(BENCHES).join(" ");
  process.stderr.write(`there is no bench \`${unknown.join(" ")}\`; there are ${known}\n`);
  process.exit(2);
}
installPeers();
process.stderr.write(`${machine()}\n`);

const lines: CaseLine[] = [];
for (const [name, load] of Object.entries(BENCHES)) {
  if (asked.length > 0 && !asked.includes(name)) continue;
  process.stderr.write(`${name} …\n`);
  for await (const line of (await load())()) {
    process.stdout.write(`${JSON.stringify(line)}\n`);
    lines.push(line);
  }
}
process.stdout.write(`\n${tableOf(lines)}\n`);
process.exitCode = lines.some(({ met }) => met === false) ? 1 : 0;

/** Once, and again when the lock file has changed since. */
function installPeers(): void {
  const installed = `${HERE}node_modules/.package-lock.json`;
  if (existsSync(installed) && sameVersions(installed)) return;
  process.stderr.write("installing what we are measured against …\n");
  const { status } = spawnSync("npm", ["ci"], { cwd: HERE, stdio: ["ignore", 2, 2] });
  if (status !== 0) process.exit(status ?? 1);
}

type Lock = { readonly packages: Readonly<Record<string, { readonly version?: string }>> };

function sameVersions(installed: string): boolean {
  const read = (file: string) => (JSON.parse(readFileSync(file, "utf8")) as Lock).packages;
  const present = read(installed);
  const wanted = Object.entries(read(`${HERE}package-lock.json`)).filter(([path]) => path !== "");
  return wanted.every(([path, { version }]) => present[path]?.version === version);
}

function machine(): string {
  const [cpu] = cpus();
  return `Node ${process.version}, ${cpus().length} × ${cpu?.model ?? "unknown processor"}`;
}
