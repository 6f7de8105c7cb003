/** `serve`: the server as it runs in production. */
import { readFileSync } from "node:fs";
import { EXIT } from "@haltpoint/protocol";
import type { App } from "../../app/app.ts";
import { issueSetup } from "../../app/enrolments.ts";
import { publishPolicy } from "../../app/publish-policy.ts";
import type { Config } from "../../config/config.ts";
import type { Call } from "./command.ts";
import { CommandFailure, usageFailure } from "./command-failure.ts";
import type { Host } from "./host.ts";
import { requireConfig } from "./host-store.ts";
import { relativeTime } from "./times.ts";

export async function serve(call: Call): Promise<number> {
  const { screen, host } = call;
  const config = requireConfig(call);
  const composition = await host.compose();
  const opened = await composition.openApp(config);
  try {
    await refuseDevelopmentStore(opened.app, config);
    await requirePolicy(call, opened.app, config);
  } finally {
    await opened.close();
  }
  const stopped = untilStopped(host);
  const server = await listening(() => composition.startServer(config), config);
  screen.printJson({ url: server.url });
  await tellSetup(call, server.app);
  screen.note(`Haltpoint ${host.version} listens on ${server.url}`);
  await stopped;
  screen.note("Stopping: answering who still waits.");
  await server.close();
  return EXIT.ok;
}

/** Until somebody is registered, each start prints a new link; the one before is good no more. */
async function tellSetup({ screen }: Call, app: App): Promise<void> {
  const setup = await issueSetup(app);
  if (setup === null) return;
  screen.note("Nobody is registered, so nothing can be approved yet. Who opens this link first");
  screen.note(`is operator and policy admin; it is good once, ${relativeTime(setup.expiresAt)}:`);
  screen.note(`  ${setup.link}`);
}

/**
 * Resolves at the first request to stop; at the second the process ends at once. Call it before
 * starting, so that a stop that comes meanwhile is not lost.
 */
export function untilStopped(host: Host): Promise<void> {
  return new Promise((resolve) => {
    const off = host.onStop(() => {
      off();
      host.onStop(() => process.exit(EXIT.fault));
      resolve();
    });
  });
}

/** Starts, and tells a port that is taken from everything else. */
export async function listening<T>(start: () => Promise<T>, { listen }: Config): Promise<T> {
  try {
    return await start();
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    if (code === "EADDRINUSE") {
      throw new CommandFailure(
        "unavailable",
        `port ${listen.port} on ${listen.host} is taken, perhaps by another Haltpoint.\n` +
          "Stop that one, or choose a port with HALTPOINT_LISTEN_PORT.",
      );
    }
    if (code === "EACCES") {
      throw new CommandFailure(
        "forbidden",
        `you may not listen on port ${listen.port}; choose one above 1023.`,
      );
    }
    if (code === "EADDRNOTAVAIL" || code === "ENOTFOUND") {
      throw usageFailure(`\`${listen.host}\` is no address of this machine; see \`listen.host\`.`);
    }
    throw error;
  }
}

/**
 * A store that `haltpoint dev` has filled lets in whoever reads its token file; it is no store for
 * production, whatever the configuration says.
 */
async function refuseDevelopmentStore({ store }: App, config: Config): Promise<void> {
  const { now } = await store.time();
  for (const { id } of await store.persons()) {
    const credentials = await store.credentials("person", id);
    const isDevelopment = credentials.some(
      ({ via, revokedAt, expiresAt }) =>
        via === "development" && revokedAt === null && expiresAt > now,
    );
    if (!isDevelopment) continue;
    throw usageFailure(
      `${config.store.file} was made by \`haltpoint dev\`: its people are not authenticated.\n` +
        "Name another file as `store.file`; an empty one begins anew.",
    );
  }
}

/** The first policy is taken from the file; later ones are published by people. */
async function requirePolicy({ screen, host }: Call, app: App, config: Config): Promise<void> {
  const inForce = await app.store.policy();
  const { policyFile } = config;
  if (policyFile === null) {
    if (inForce !== null) return;
    throw usageFailure(
      "there is no policy, so nothing would be allowed and nobody could approve.\n" +
        "Name one as `policy.file` in haltpoint.yaml (or HALTPOINT_POLICY_FILE).",
    );
  }
  const text = policyText(policyFile);
  if (inForce === null) {
    const answer = await publishPolicy(app, { text, by: "setup", file: policyFile });
    if (!answer.ok) throw new CommandFailure("unsupported_policy", answer.problem.detail);
    screen.note(`The first policy is ${policyFile} (version ${answer.value.version}).`);
    return;
  }
  if (inForce.text === text) return;
  screen.note(
    `${policyFile} is not the policy in force; it is not applied by itself. To put it in force:`,
  );
  screen.note(`  ${host.program} policy publish ${policyFile}`);
}

export function policyText(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "unreadable";
    throw usageFailure(`the policy \`${file}\` cannot be read (${code}).`);
  }
}
