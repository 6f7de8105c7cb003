/**
 * `dev`: a server to try things with. Its people are not authenticated, so it is on loopback only
 * and says so loudly; everything here that makes life easy exists here only (T36).
 */
import { mkdirSync, rmSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { EXIT, visibleText } from "@haltpoint/protocol";
import type { Config } from "../../../config/config.ts";
import { publicUrlOf } from "../../../config/load-config.ts";
import { StoreFault, type StoreFaultCode } from "../../../ports/store-fault.ts";
import type { Call } from "../command.ts";
import { dataFolder, makeDataFolder, writeDevelopmentFile } from "../development-file.ts";
import { CommandFailure, usageFailure } from "../command-failure.ts";
import type { Composition, Development, RunningServer } from "../host.ts";
import { readConfig, requireConfig } from "../host-store.ts";
import { listening, policyText, untilStopped } from "../serve.ts";
import { announce } from "./announce.ts";
import { createDevelopmentLog } from "./development-log.ts";
import { examplePolicy, startExample } from "./example.ts";
import { starterPolicy } from "./starter-policy.ts";

export async function dev(call: Call): Promise<number> {
  const { screen, host, options } = call;
  const folder = dataFolder(call);
  const composition = await host.compose();
  const config = developmentConfig(call, folder);
  prepareFolder(call, composition, { folder, config });
  screen.note(BANNER);
  const stopped = untilStopped(host);
  const log = isLogLevelChosen(call)
    ? {}
    : { log: createDevelopmentLog((text) => screen.note(text)) };
  const start = (): Promise<RunningServer> =>
    composition.startServer(config, log).catch((error: unknown) => {
      throw withFreshHint(error);
    });
  const server = await listening(start, config);
  const closers: (() => void | Promise<void>)[] = [() => server.close()];
  try {
    const made = await composition.seedDevelopment(server.app, policyText(config.policyFile ?? ""));
    closers.push(writeDevelopmentFile(folder, { url: server.url, ...made }));
    tellReady(call, { url: server.url, folder, config, made });
    const people = made.people.map(({ id }) => id);
    closers.push(await announce(call, server.app, people, options.flag("demo")));
    if (options.flag("demo")) closers.push(await startExample(call, server));
    await stopped;
    screen.note("\nStopping.");
  } finally {
    for (const close of closers.toReversed()) await close();
  }
  return EXIT.ok;
}

const BANNER = [
  "=".repeat(72),
  "  DEVELOPMENT: people are not authenticated; loopback only.",
  "  Whoever can use this machine can decide here. Not for production.",
  "=".repeat(72),
].join("\n");

function developmentConfig(call: Call, folder: string): Config {
  const { options, host } = call;
  const config = requireConfig(call);
  const port = portOf(options.text("port")) ?? config.listen.port;
  const given = options.text("policy");
  makeDataFolder(folder);
  const policyFile =
    given === undefined
      ? (config.policyFile ?? (options.flag("demo") ? examplePolicy() : starterPolicy(folder)))
      : resolve(host.cwd, given);
  policyText(policyFile);
  return {
    ...config,
    listen: { ...config.listen, port },
    publicUrl: publicUrlOf(config.listen.host, port),
    store: { file: join(folder, STORE_FOLDER, "haltpoint.db") },
    policyFile,
    dev: true,
  };
}

const STORE_FOLDER = "dev";

function portOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (/^\d{1,5}$/.test(text) && Number(text) <= 65_535) return Number(text);
  throw usageFailure(`\`${text}\` is no port: write a number from 0 (any free one) to 65535`);
}

function isLogLevelChosen(call: Call): boolean {
  const loaded = readConfig(call);
  return (
    loaded.ok && loaded.values.some(({ key, from }) => key === "log.level" && from !== "default")
  );
}

/** With `--fresh` the store goes, but never from under a server that uses it. */
function prepareFolder(
  { options }: Call,
  composition: Composition,
  { folder, config }: { readonly folder: string; readonly config: Config },
): void {
  if (options.flag("fresh")) {
    const { holder } = composition.inspectStore(config);
    if (holder !== null) {
      throw new CommandFailure(
        "unavailable",
        `the store in ${folder} is in use by ${holder}: stop that first.`,
      );
    }
    rmSync(join(folder, STORE_FOLDER), { recursive: true, force: true });
  }
  mkdirSync(join(folder, STORE_FOLDER), { recursive: true, mode: 0o700 });
}

/** A store of another build cannot be read; in development nobody minds losing it. */
function withFreshHint(error: unknown): unknown {
  if (!(error instanceof StoreFault) || !UNREADABLE.has(error.code)) return error;
  return usageFailure(`${error.message}.\nBegin with an empty store: add --fresh.`);
}

const UNREADABLE: ReadonlySet<StoreFaultCode> = new Set([
  "foreign_schema",
  "newer_schema",
  "not_a_database",
]);

interface Ready {
  readonly url: string;
  readonly folder: string;
  readonly config: Config;
  readonly made: Development;
}

function tellReady({ screen, host }: Call, { url, folder, config, made }: Ready): void {
  const people = made.people.map(({ id }) => id);
  const { id: identity } = made.identity;
  const file = join(folder, "dev.json");
  screen.printJson({
    url,
    development: true,
    people,
    identity,
    credentials_file: file,
    policy_file: config.policyFile,
    store_file: config.store.file,
  });
  const shown = (path: string): string => {
    const near = relative(host.cwd, path);
    return near.startsWith("..") ? path : near;
  };
  screen.print(`Haltpoint is at ${url}`);
  screen.print(`  policy      ${shown(config.policyFile ?? "")} (applied whenever you save it)`);
  screen.print(
    `  people      ${people.map((id) => visibleText(id)).join(", ")}: be one of them with --as NAME`,
  );
  screen.print(`  identity    ${identity}, for agents of yours; its key is in ${shown(file)}`);
  screen.print(`  inbox       ${config.publicUrl.replace(/:0$/, `:${new URL(url).port}`)}/inbox`);
  screen.print(`              ${host.program} inbox --as ${people[0] ?? "NAME"}`);
  screen.print("Ctrl-C stops it.\n");
}
