/**
 * Puts the parts together: the only file that sees everything. What is started here is stopped here,
 * in the opposite order.
 */
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import type { Logger } from "pino";
import type { App, ServerLimits, Site } from "./app/app.ts";
import { createApp } from "./app/create-app.ts";
import { deliverNotices } from "./app/deliver-notices.ts";
import { KnownProvider } from "./app/known-provider.ts";
import { passTime } from "./app/pass-time.ts";
import { publishPolicy } from "./app/publish-policy.ts";
import { seedPeople } from "./app/seed-development.ts";
import type { Config, OidcConfig } from "./config/config.ts";
import { Attempts } from "./edges/http/attempts.ts";
import { DEFAULT_HTTP_LIMITS, type HttpLimits } from "./edges/http/limits.ts";
import { createLog } from "./edges/http/log.ts";
import { channelsOf, createNotifier } from "./edges/notify/notifier.ts";
import { createMetrics, type Metrics } from "./edges/http/metrics.ts";
import { readPageFiles } from "./edges/http/pages/page-files.ts";
import { createHttpServer } from "./edges/http/server.ts";
import { Waiters } from "./edges/http/waiters.ts";
import type { Clock } from "./ports/clock.ts";
import type { Random } from "./ports/random.ts";
import type { Store } from "./ports/store.ts";
import { backUp } from "./storage/sqlite/backup.ts";
import { inspectSqlite, type Inspection } from "./storage/sqlite/inspect.ts";
import { openSqliteStore } from "./storage/sqlite/store.ts";
import { createSeal } from "./system/seal.ts";
import { systemClock } from "./system/system-clock.ts";
import { systemRandom } from "./system/system-random.ts";
import { webAuthn } from "./system/web-authn.ts";
import { watchFile } from "./system/watch-file.ts";

export { seedDevelopment, type Development } from "./app/seed-development.ts";

/** What may be given from outside; default: the machine's own. */
export interface StartOptions {
  readonly log?: Logger;
  readonly clock?: Clock;
  readonly random?: Random;
  readonly httpLimits?: Partial<HttpLimits>;
  /** Where the inbox was built. */
  readonly pagesFolder?: string;
}

export interface OpenedApp {
  readonly app: App;
  readonly close: () => Promise<void>;
}

export interface RunningServer extends OpenedApp {
  /** Where it listens: `http://127.0.0.1:4747`. */
  readonly url: string;
  /** Answers what is under way and lets the store go; within five seconds. */
  readonly close: () => Promise<void>;
}

/** The server was not started, and the message says why and what to do. Nothing is left open. */
export class StartRefused extends Error {
  override readonly name = "StartRefused";
}

/**
 * Starts the server of a configuration; it listens once this resolves.
 *
 * @throws StartRefused where the configuration cannot be served; StoreFault where the store cannot
 * be opened; the system's error where the address cannot be listened on.
 */
export async function startServer(
  config: Config,
  options: StartOptions = {},
): Promise<RunningServer> {
  const log = options.log ?? createLog(config.log.level);
  refuseExposedDevelopment(config, log);
  const opened = await openApp(config, { ...options, log });
  const closers: (() => void | Promise<void>)[] = [() => opened.close()];
  const close = once(async () => {
    for (const each of closers.toReversed()) await each();
  });
  try {
    const { app } = opened;
    await beginPolicy(app, config, log);
    const limits = { ...DEFAULT_HTTP_LIMITS, ...options.httpLimits };
    const waiters = new Waiters(limits.waitingCallersMax, limits.waitingCallersEachMax);
    const streams = new Waiters(limits.eventClientsMax, limits.eventClientsEachMax);
    const walks = new Waiters(limits.walksMax, limits.walksEachMax);
    const metrics = createMetrics({ store: app.store, waiters, streams });
    closers.push(() => metrics.stop());
    timeCommits(app.store, metrics);
    const background = passTime(app, (fault) =>
      log.error({ err: fault }, "background work failed"),
    );
    closers.push(() => background.stop());
    closers.push(tellPeople(app, config, log));
    if (config.dev) closers.push(await followPolicyFile(app, config, log));
    const pages = await readPageFiles(options.pagesFolder ?? pagesFolder());
    if (pages === null) log.warn("the inbox was not built: there are no pages, only the API");
    const attempts = new Attempts(attemptsPerMinute(config));
    const { trustedProxies } = config;
    const places = { waiters, streams, walks };
    const edge = { app, limits, trustedProxies, attempts, log, metrics, ...places, pages };
    const server = await createHttpServer(edge);
    closers.push(() => server.stop());
    const url = await server.listen(config.listen);
    opened.site.listensOn(url);
    log.info({ url, policy: (await app.store.policy())?.version ?? null }, "listening");
    return { url, app, close };
  } catch (fault) {
    await close();
    throw fault;
  }
}

/** The store and the use cases without HTTP, for commands on the host. */
export async function openApp(
  config: Config,
  options: StartOptions = {},
): Promise<OpenedApp & { readonly site: ConfiguredSite }> {
  const { clock = systemClock, random = systemRandom } = options;
  const store = await openSqliteStore({ file: config.store.file, clock, random });
  const site = new ConfiguredSite(config);
  const { signIn } = config;
  const { chatAfterMs, mailAfterMs } = config.notify;
  const notices = { channels: channelsOf(config.notify), chatAfterMs, mailAfterMs };
  const identityProvider = config.oidc === null ? {} : await providerOf(config.oidc, store, random);
  const onFault = (err: Error): void => options.log?.warn({ err }, "beside an answer");
  const parts = {
    store,
    random,
    limits: limitsOf(config),
    organisation: config.organisation,
    site,
    signIn,
    onFault,
    passkeys: webAuthn,
    notices,
  };
  const app = createApp({ ...parts, ...identityProvider });
  const close = once(async () => {
    app.changes.close();
    await store.close();
  });
  return { app, site, close };
}

/** A copy of the store alone opens no token: its key is made from the client's secret as well. */
async function providerOf(
  oidc: OidcConfig,
  store: Store,
  random: Random,
): Promise<{ readonly identityProvider: KnownProvider }> {
  const stored = await store.secret("provider-accounts");
  const seal = createSeal(random, { stored, configured: oidc.clientSecret });
  // Only where it is set up: a server starts in half a second, and this is a tenth of it.
  const { createOidcProvider } = await import("./system/oidc.ts");
  return { identityProvider: new KnownProvider(createOidcProvider(oidc), seal) };
}

/** The public URL, with the port that the system chose where none was configured. */
class ConfiguredSite implements Site {
  publicUrl: string;
  readonly development: boolean;

  constructor({ publicUrl, dev }: Config) {
    this.publicUrl = publicUrl;
    this.development = dev;
  }

  listensOn(url: string): void {
    this.publicUrl = this.publicUrl.replace(/:0$/, `:${new URL(url).port}`);
  }
}

/** Signing in for development proves nothing, so there is nothing to guess: only floods matter. */
function attemptsPerMinute({ dev, signIn }: Config): number {
  return dev ? Math.max(DEVELOPMENT_ATTEMPTS, signIn.attemptsPerMinute) : signIn.attemptsPerMinute;
}

const DEVELOPMENT_ATTEMPTS = 3_000;

/** A consistent copy of the store, also while a server runs. @throws StoreFault */
export function backUpStore(config: Config, target: string): Promise<void> {
  return backUp(config.store.file, target);
}

/** Looks at the store without opening it for work; changes nothing. */
export function inspectStore(config: Config): Inspection {
  return inspectSqlite(config.store.file);
}

/** Where the pages are: beside the installed server, or in a checkout where the inbox is built. */
function pagesFolder(): string {
  const installed = fileURLToPath(new URL("../pages", import.meta.url));
  if (existsSync(installed)) return installed;
  return fileURLToPath(new URL("../../inbox/dist/pages", import.meta.url));
}

/** The file's flat limits, as the use cases take them. */
function limitsOf({ limits }: Config): ServerLimits {
  const { leaseMs, runMaxMs, grantAttendedMs, questionPauseMs } = limits;
  const { followUpMs, redemptionsMax, releaseRepeatMs, ...rest } = limits;
  const request = {
    leaseMs,
    runMaxMs,
    grantAttendedMs,
    questionPauseMs,
    followUpMs,
    redemptionsMax,
    releaseRepeatMs,
  };
  return { ...rest, request };
}

/**
 * INVARIANT: development people exist on loopback only: their tokens prove nothing (T36). Elsewhere
 * bearer tokens cross a network, so something in front has to encrypt it.
 */
function refuseExposedDevelopment(config: Config, log: Logger): void {
  const { host } = config.listen;
  if (isLoopback(host)) return;
  if (config.dev) {
    throw new StartRefused(
      `development runs on loopback only, and \`${host}\` is not: use \`127.0.0.1\`, or start without development`,
    );
  }
  log.warn(
    { host },
    "LISTENING BEYOND THIS MACHINE WITHOUT ENCRYPTION: keys and tokens are readable on the way unless a proxy with TLS stands in front",
  );
}

export function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || /^127(\.\d{1,3}){3}$/.test(host);
}

/**
 * The first policy comes from the file, exempt from review and recorded so. After that a file is
 * only a proposal: it changes nothing by itself (T40).
 */
async function beginPolicy(app: App, config: Config, log: Logger): Promise<void> {
  const { policyFile: file, dev } = config;
  const inForce = await app.store.policy();
  if (file === null) {
    if (inForce === null) log.warn("no policy is in force: everything is denied until one is");
    return;
  }
  const text = await readPolicy(file);
  if (inForce !== null && !dev) {
    if (inForce.text !== text) {
      log.warn(
        { file, in_force: inForce.version },
        "the policy file differs from the policy in force and was not applied; `haltpoint policy publish FILE` shows the difference and puts it in force",
      );
    }
    return;
  }
  const by = inForce === null ? "setup" : "development";
  const published = await publishPolicy(app, { text, by, file });
  if (!published.ok) throw new StartRefused(published.problem.detail);
  if (published.value.changed)
    log.info({ file, version: published.value.version }, "policy in force");
}

async function readPolicy(file: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch (fault) {
    const why = fault instanceof Error ? fault.message : String(fault);
    throw new StartRefused(`the policy file cannot be read: ${why}`);
  }
}

/** In development a saved file is in force at once, and whoever it newly names exists. */
async function followPolicyFile(app: App, config: Config, log: Logger): Promise<() => void> {
  const { policyFile: file } = config;
  if (file === null) return () => undefined;
  return watchFile(file, await readPolicy(file), async (text) => {
    try {
      const published = await publishPolicy(app, { text, by: "development", file });
      if (!published.ok) {
        log.error(
          `the policy file was not applied, the last one stays:\n${published.problem.detail}`,
        );
        return;
      }
      const added = await seedPeople(app, text);
      log.info({ version: published.value.version, added }, "the changed policy file is in force");
    } catch (fault) {
      log.error({ err: fault }, "the policy file could not be applied");
    }
  });
}

/** Delivers what people are to be told, where any channel is set up. */
function tellPeople(app: App, config: Config, log: Logger): () => Promise<void> {
  const notifier = createNotifier(config.notify);
  if (notifier.channels.size === 0) return () => Promise.resolve();
  const onTrouble = (trouble: unknown): void => log.warn({ trouble }, "people were not told");
  const job = deliverNotices(app, { notifier, onTrouble });
  return async () => {
    await job.stop();
    await notifier.close();
  };
}

/** Measures every commit of this store, whoever makes it. */
function timeCommits(store: Store, metrics: Metrics): void {
  const commit = store.commit.bind(store);
  store.commit = async (asked) => {
    const startedAt = performance.now();
    let outcome = "failed";
    try {
      const result = await commit(asked);
      outcome = result.kind;
      return result;
    } finally {
      metrics.commitTook(performance.now() - startedAt, outcome);
    }
  };
}

/** Closing twice is closing once. */
function once(work: () => Promise<void>): () => Promise<void> {
  let done: Promise<void> | null = null;
  return () => (done ??= work());
}
