/** The real server, `haltpoint serve`, as a process of its own on a store that was prepared for it. */
import { spawn, type ChildProcess } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { issueCredential } from "../../packages/server/src/app/registry.ts";
import { createSession } from "../../packages/server/src/app/sessions.ts";
import { buildInbox } from "../../scripts/inbox/build.ts";
import { closeInstallation, IDENTITY, newInstallation, REVIEWER } from "./installation.ts";

const CHECKOUT = fileURLToPath(new URL("../..", import.meta.url));
const HALTPOINT = fileURLToPath(new URL("../../packages/server/bin/haltpoint", import.meta.url));
const DAY_MS = 86_400_000;
const READY_WITHIN_MS = 30_000;

export interface Prepared {
  readonly file: string;
  readonly port: number;
  readonly configFile: string;
  readonly agentKey: string;
  readonly reviewerToken: string;
}

export interface ServerProcess {
  readonly url: string;
  /** From starting the process until `/readyz` said yes. */
  readonly readyAfterMs: number;
  readonly child: ChildProcess;
  stop(): Promise<void>;
}

/** A store with the cast and their credentials, and a configuration that serves it. */
export async function prepareServer(file: string): Promise<Prepared> {
  // A server without its pages would start faster and rest on less than anybody's.
  await buildInbox(CHECKOUT);
  const app = await newInstallation(file);
  const holder = { kind: "identity", id: IDENTITY } as const;
  const issued = await issueCredential(app, {
    holder,
    expiresInMs: DAY_MS,
    via: "key",
    by: "operator",
  });
  if (!issued.ok) throw new Error(issued.problem.detail);
  const session = { person: REVIEWER, kind: "cli", via: "passkey", label: "bench" } as const;
  const signedIn = await createSession(app, session);
  if (!signedIn.ok) throw new Error(signedIn.problem.detail);
  const [agentKey, reviewerToken] = [issued.value.secret, signedIn.value.secret];
  await closeInstallation(app);
  const port = await freePort();
  const configFile = join(dirname(file), "haltpoint.yaml");
  // One identity holds thousands in a minute here.
  const limits = { burst_held_max: 100_000, burst_window: "1s" };
  const listen = { host: "127.0.0.1", port };
  const config = { listen, store: { file }, log: { level: "warn" }, limits };
  writeFileSync(configFile, JSON.stringify(config));
  return { file, port, configFile, agentKey, reviewerToken };
}

export async function startServerProcess(prepared: Prepared): Promise<ServerProcess> {
  const url = `http://127.0.0.1:${prepared.port}`;
  const profile = process.env["HALTPOINT_BENCH_SERVER_NODE_OPTIONS"]?.split(" ") ?? [];
  const startedAt = performance.now();
  const child = spawn(
    process.execPath,
    [...profile, HALTPOINT, "serve", "--config", prepared.configFile],
    { stdio: ["ignore", "ignore", "inherit"] },
  );
  const exited = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  let isGone = false;
  void exited.then(() => (isGone = true));
  while (!(await isReady(url))) {
    if (isGone || performance.now() - startedAt > READY_WITHIN_MS) {
      throw new Error("the server did not become ready");
    }
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  const readyAfterMs = performance.now() - startedAt;
  const stop = async (): Promise<void> => {
    child.kill("SIGTERM");
    await exited;
  };
  return { url, readyAfterMs, child, stop };
}

async function isReady(url: string): Promise<boolean> {
  try {
    return (await fetch(`${url}/readyz`)).ok;
  } catch {
    return false;
  }
}

/** Resident memory in bytes, as the kernel counts it; null where there is no /proc. */
export function residentBytes(child: ChildProcess): number | null {
  const file = `/proc/${child.pid}/status`;
  if (!existsSync(file)) return null;
  const kibibytes = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(file, "utf8"))?.[1];
  return kibibytes === undefined ? null : Number(kibibytes) * 1024;
}

/** A port that was free a moment ago. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      const port = typeof address === "object" && address !== null ? address.port : 0;
      server.close(() => resolve(port));
    });
  });
}
