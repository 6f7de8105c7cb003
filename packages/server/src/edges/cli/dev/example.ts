/** `dev --demo`: an agent of ours that wants something, and the shop it wants it from. */
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { visibleText } from "@haltpoint/protocol";
import { saveIdentity } from "../../../app/identities.ts";
import { issueCredential, revokeCredential } from "../../../app/registry.ts";
import type { App } from "../../../app/app.ts";
import type { Call } from "../command.ts";
import { CommandFailure, usageFailure } from "../command-failure.ts";
import type { RunningServer } from "../host.ts";

const FOLDER = new URL("../../../../../../examples/purchase-order/", import.meta.url);
const BY = "development";
const AGENT = "procurement-agent";
const OWNER = "chen";
const KEY_LIFETIME_MS = 86_400_000;
const SHOP_READY_MS = 10_000;
const END_MS = 3_000;

/** The example's policy; it ships with the source, not with the package. */
export function examplePolicy(): string {
  return fileIn("policy.yaml");
}

function fileIn(name: string): string {
  const file = fileURLToPath(new URL(name, FOLDER));
  if (existsSync(file)) return file;
  throw usageFailure(
    "the example is not part of this installation: leave --demo out, or take Haltpoint's source.",
  );
}

/** Starts shop and agent; the returned function ends both. */
export async function startExample(
  call: Call,
  server: RunningServer,
): Promise<() => Promise<void>> {
  const key = await keyForAgent(server.app);
  const children: ChildProcess[] = [];
  const end = async (): Promise<void> => {
    for (const child of children) await endChild(child);
  };
  try {
    const shop = start(call, { name: "shop", script: fileIn("shop.ts"), env: {} });
    children.push(shop.child);
    const shopUrl = await shop.says(/(http:\/\/127\.0\.0\.1:\d+)/);
    const env = { HALTPOINT_URL: server.url, HALTPOINT_KEY: key, SHOP_URL: shopUrl };
    const agent = start(call, { name: "agent", script: fileIn("agent.ts"), env });
    children.push(agent.child);
    agent.child.once("exit", (code) => {
      if (code === null) return;
      call.screen.print(
        `The example's agent has ended. Start it again with Ctrl-C and the same command.`,
      );
    });
  } catch (error) {
    await end();
    throw error;
  }
  return end;
}

/** A key for this run. Those of earlier runs are revoked: two may be live at once. */
async function keyForAgent(app: App): Promise<string> {
  const owner = (await app.store.person(OWNER)) === null ? "operator-1" : OWNER;
  const identity = {
    id: AGENT,
    type: "agent",
    owner,
    stage: "active",
    groups: [],
    labels: {},
    actsForPeople: false,
    assurance: "cooperative",
    mode: "enforce",
    may: null,
  } as const;
  const isKnown = (await app.store.identity(AGENT)) !== null;
  const saved = await saveIdentity(app, identity, { by: BY, mustBe: isKnown ? "known" : "new" });
  if (!saved.ok) throw new CommandFailure(saved.problem.code, saved.problem.detail);
  const holder = { kind: "identity", id: AGENT } as const;
  const order = { holder, expiresInMs: KEY_LIFETIME_MS, via: BY, by: BY } as const;
  for (const { id, revokedAt } of await app.store.credentials(holder.kind, holder.id)) {
    if (revokedAt === null) await revokeCredential(app, { holder, id, by: BY });
  }
  const issued = await issueCredential(app, order);
  if (!issued.ok) throw new CommandFailure(issued.problem.code, issued.problem.detail);
  return issued.value.secret;
}

interface Started {
  readonly child: ChildProcess;
  /** The first group of the first line that matches. */
  says(pattern: RegExp): Promise<string>;
}

/** Starts a program of the example; what it prints appears with its name in front. */
function start(
  { host, screen }: Call,
  program: {
    readonly name: string;
    readonly script: string;
    readonly env: Readonly<Record<string, string>>;
  },
): Started {
  const { name, script, env } = program;
  const child = spawn(process.execPath, [script], {
    cwd: host.cwd,
    env: { ...host.env, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const lines: string[] = [];
  const hear = (line: string): void => {
    lines.push(line);
    screen.print(`${name.padEnd(5)} | ${visibleText(line)}`);
    child.emit("line", line);
  };
  createInterface({ input: child.stdout }).on("line", hear);
  createInterface({ input: child.stderr }).on("line", hear);
  return { child, says };

  async function says(pattern: RegExp): Promise<string> {
    const signal = AbortSignal.timeout(SHOP_READY_MS);
    try {
      for (;;) {
        const found = lines
          .map((line) => pattern.exec(line)?.[1])
          .find((each) => each !== undefined);
        if (found !== undefined) return found;
        await once(child, "line", { signal });
      }
    } catch {
      throw new CommandFailure(
        "internal",
        `the example's ${name} did not start; it said:\n${lines.join("\n")}`,
      );
    }
  }
}

/** Asks the process to end, and makes it end when it does not. Only ever by its own id. */
async function endChild(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, "exit");
  child.kill("SIGTERM");
  const timer = setTimeout(() => child.kill("SIGKILL"), END_MS);
  await exited;
  clearTimeout(timer);
}
