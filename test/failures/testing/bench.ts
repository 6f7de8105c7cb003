/**
 * One installation under test: the real server and an agent as processes of their own, a proxy
 * before each side, and the place where effects happen. Several cells are played on one, in turn.
 */
import { copyFile, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createPeopleClient, type PeopleClient } from "../../../packages/sdk/src/index.ts";
import { Child } from "./child.ts";
import { CutProxy, type Around } from "./cut-proxy.ts";
import { EffectCounter } from "./effect-counter.ts";
import type { Installation, Person } from "./installation.ts";
import type { FromAgent, FromServer, ToAgent, ToServer } from "./messages.ts";

const HALTPOINT = fileURLToPath(new URL("../../../packages/server/bin/haltpoint", import.meta.url));
const FAULT_POINTS = new URL("./fault-points.ts", import.meta.url);
const AGENT = fileURLToPath(new URL("./agent.ts", import.meta.url));
/** Long against a restart, short enough to wait for where a run is lost. */
export const LEASE_MS = 6_000;

/** Who hears of what happens on a bench: the cell that is being played. */
export interface Audience {
  readonly agentSide: Around;
  readonly peopleSide: Around;
  committed(label: string): void;
  faultHit(): void;
  /** The server ended, and nobody here ended it. */
  serverDied(): void;
  agentSaid(message: FromAgent): void;
}

export interface Counts {
  restarts: number;
  serverKills: number;
  agentKills: number;
}

export class Bench {
  readonly effects: EffectCounter;
  readonly installation: Installation;
  readonly counts: Counts = { restarts: 0, serverKills: 0, agentKills: 0 };
  audience: Audience | null = null;
  readonly #folder: string;
  #agentProxy!: CutProxy;
  #peopleProxy!: CutProxy;
  #server: Child<ToServer, FromServer> | null = null;
  #agent: Child<ToAgent, FromAgent> | null = null;
  #url = "";
  #isKilling = false;
  #armed: () => void = () => undefined;

  private constructor(installation: Installation, folder: string, effects: EffectCounter) {
    this.installation = installation;
    this.#folder = folder;
    this.effects = effects;
  }

  static async open(installation: Installation): Promise<Bench> {
    const folder = await mkdtemp(join(tmpdir(), "haltpoint-failures-"));
    await copyFile(installation.file, join(folder, "store.db"));
    const bench = new Bench(installation, folder, await EffectCounter.open());
    bench.#agentProxy = await CutProxy.open(bench.#around("agentSide"));
    bench.#peopleProxy = await CutProxy.open(bench.#around("peopleSide"));
    bench.startAgent();
    await bench.#startServer();
    return bench;
  }

  get agentUrl(): string {
    return this.#agentProxy.url;
  }

  get serverSaid(): string {
    return this.#server?.said ?? "";
  }

  /** A person's client; `direct` is for looking on, past the proxy that loses things. */
  person(who: Person, way: "proxied" | "direct" = "proxied"): PeopleClient {
    const url = way === "direct" ? this.#url : this.#peopleProxy.url;
    return createPeopleClient({ url, token: this.installation.tokens[who] });
  }

  /** The next commit of this label, or the nth from now, goes wrong. Null: none does. */
  async arm(fault: ToServer["arm"]): Promise<void> {
    const armed = new Promise<void>((resolve) => (this.#armed = resolve));
    this.#server?.tell({ arm: fault });
    await Promise.race([armed, this.#server?.ended]);
  }

  tellAgent(message: ToAgent): void {
    this.#agent?.tell(message);
  }

  /** Where none runs. */
  startAgent(): void {
    if (this.#agent?.isRunning === true) return;
    const onMessage = (message: FromAgent): void => this.audience?.agentSaid(message);
    const env = { NODE_COMPILE_CACHE: this.installation.compiled };
    this.#agent = new Child({ args: [AGENT], env, onMessage });
  }

  async killAgent(): Promise<void> {
    this.counts.agentKills += 1;
    await this.#agent?.kill();
  }

  async killServer(): Promise<void> {
    this.#isKilling = true;
    this.#setUpstream(null);
    this.counts.serverKills += 1;
    await this.#server?.kill();
    this.#isKilling = false;
  }

  async restartServer(): Promise<void> {
    this.counts.restarts += 1;
    await this.#startServer();
  }

  /** Ended without being killed, programs leave their compiled code behind for the next. */
  async close(how: "kill" | "stop" = "kill"): Promise<void> {
    this.audience = null;
    this.#isKilling = true;
    await Promise.all([this.#server?.[how](), this.#agent?.[how]()]);
    this.#agentProxy.close();
    this.#peopleProxy.close();
    this.effects.close();
    await rm(this.#folder, { recursive: true, force: true });
  }

  async #startServer(): Promise<void> {
    const server = new Child<ToServer, FromServer>({
      args: ["--import", FAULT_POINTS.href, HALTPOINT, "serve", "--json"],
      env: {
        NODE_COMPILE_CACHE: this.installation.compiled,
        HALTPOINT_STORE_FILE: join(this.#folder, "store.db"),
        HALTPOINT_LISTEN_PORT: "0",
        HALTPOINT_LOG_LEVEL: "error",
        HALTPOINT_LIMITS_LEASE: `${LEASE_MS / 1_000}s`,
        HALTPOINT_LIMITS_HEARTBEAT: "1s",
      },
      onMessage: (message) => this.#serverSaid(message),
    });
    this.#server = server;
    void server.ended.then(() => {
      if (this.#isKilling || this.#server !== server) return;
      this.#setUpstream(null);
      this.counts.serverKills += 1;
      this.audience?.serverDied();
    });
    const [, url = ""] = await server.says(/"url": "(http:[^"]+)"/);
    this.#url = url;
    this.#setUpstream(new URL(url));
  }

  #setUpstream(upstream: URL | null): void {
    this.#agentProxy.upstream = upstream;
    this.#peopleProxy.upstream = upstream;
  }

  #serverSaid(message: FromServer): void {
    if (message.kind === "armed") this.#armed();
    else if (message.kind === "hit") this.audience?.faultHit();
    else this.audience?.committed(message.label);
  }

  #around(side: "agentSide" | "peopleSide"): Around {
    return {
      arrived: async (exchange) => (await this.audience?.[side].arrived(exchange)) ?? null,
      forwarded: (exchange) => this.audience?.[side].forwarded(exchange),
      answered: async (exchange) => (await this.audience?.[side].answered(exchange)) ?? null,
      over: (exchange) => this.audience?.[side].over(exchange),
    };
  }
}
