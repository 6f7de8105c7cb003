/** The world a point is put into: a server, a network, people, an agent, and a place of effects. */
import { AssertionError } from "node:assert/strict";
import { setTimeout as after } from "node:timers/promises";
import type { EditBody, RequestStatus, RequestView } from "@haltpoint/protocol";
import { type Client, createClient, createPeopleClient, type PeopleClient } from "@haltpoint/sdk";
import type { Arguments, Attempt, PointProcess, PointUnderTest, Told } from "./point.ts";
import { type Effect, EffectSite } from "./testing/effect-site.ts";
import { AGENT, Installation } from "./testing/installation.ts";
import { Network } from "./testing/network.ts";

/** How long what should not happen is given to happen. Nothing can announce it. */
const QUIET_MS = 150;
const LOOK_EVERY_MS = 15;
const ANSWER_WITHIN_MS = 1_000;

export interface AttemptOptions {
  readonly action?: "allowed" | "held" | "denied";
  readonly args?: Arguments;
  readonly key?: string;
  readonly patienceMs?: number;
  readonly by?: PointProcess;
}

export interface WorldOptions {
  /** How long what should happen is waited for, before the point is said to have failed. */
  readonly patienceMs?: number;
}

export class World {
  readonly point: PointUnderTest;
  readonly network: Network;
  readonly site: EffectSite;
  readonly server: Installation;
  readonly #patienceMs: number;
  readonly #people: { readonly ana: PeopleClient; readonly olga: PeopleClient };
  readonly #clients: { readonly agent: Client; readonly other: Client };
  #processes: PointProcess[] = [];
  #agent: PointProcess | null = null;
  #unended = new Set<Attempt>();
  #known = new Set<string>();
  #halts = new Set<string>();
  #count = 0;

  private constructor(
    point: PointUnderTest,
    parts: { network: Network; site: EffectSite; server: Installation },
    patienceMs: number,
  ) {
    this.point = point;
    this.network = parts.network;
    this.site = parts.site;
    this.server = parts.server;
    this.#patienceMs = patienceMs;
    const { url, credentials } = parts.server;
    this.#people = {
      ana: createPeopleClient({ url, token: credentials.ana }),
      olga: createPeopleClient({ url, token: credentials.olga }),
    };
    this.#clients = {
      agent: createClient({ url, apiKey: credentials.agent }),
      other: createClient({ url, apiKey: credentials.otherAgent }),
    };
  }

  static async open(point: PointUnderTest, options: WorldOptions = {}): Promise<World> {
    const server = await Installation.open(point.actions);
    const network = await Network.open(() => server.url);
    const site = await EffectSite.open();
    const world = new World(point, { network, site, server }, options.patienceMs ?? 20_000);
    site.standing = () => (server.isRunning ? world.requests() : Promise.resolve([]));
    return world;
  }

  async close(): Promise<void> {
    await Promise.all(this.#processes.map((each) => each.kill()));
    this.network.close();
    this.site.close();
    await this.server.close();
  }

  /** Leaves nothing of a case to the next one. */
  async tidy(): Promise<void> {
    if (!this.server.isRunning) await this.server.start();
    // An attempt that is still under way would act in the next case.
    if (this.#unended.size > 0) await this.killAgent();
    this.#unended.clear();
    this.network.reset();
    this.site.reset();
    for (const halt of this.#halts) await this.lift(halt);
    for (const { id } of await this.requests()) this.#known.add(id);
  }

  // The agent

  agent(): Promise<PointProcess> {
    return this.#agent === null ? this.#startAgent() : Promise.resolve(this.#agent);
  }

  /** Another principal behind a point of the same kind. */
  otherAgent(): Promise<PointProcess> {
    return this.#start(this.server.credentials.otherAgent);
  }

  /** Ends the agent as `kill -9` does; the next attempt is by a new one. */
  async killAgent(): Promise<void> {
    await this.#agent?.kill();
    this.#agent = null;
  }

  /** Arguments of every kind that JSON has. */
  args(changes: Arguments = {}): Arguments {
    this.#count += 1;
    return {
      reference: `R-${this.#count}`,
      amount: "9000.00 USD",
      payee: { name: "Ångström & Söhne", account: "DE02 1203", verified: false },
      lines: [{ item: "laptop", count: 3 }, { item: "dock", count: 0 }, []],
      note: "",
      urgent: true,
      cost_centre: null,
      discount: -0.5,
      ...changes,
    };
  }

  async attempt(options: AttemptOptions = {}): Promise<Attempt> {
    const { action = "held", args = this.args(), by = await this.agent() } = options;
    const key = options.key ?? `key-${String(args["reference"])}`;
    const patienceMs = options.patienceMs ?? this.#patienceMs;
    const attempt = by.attempt({ action: this.point.actions[action], args, key, patienceMs });
    this.#unended.add(attempt);
    const isOver = () => this.#unended.delete(attempt);
    attempt.told.then(isOver, isOver);
    return attempt;
  }

  /** What the agent was told in the end. */
  told(attempt: Attempt): Promise<Told> {
    return this.within(attempt.told, "the agent is told how its attempt ended");
  }

  // What the server has on record

  /** Requests made in this case, by both agents, the oldest first. */
  async requests(): Promise<readonly RequestView[]> {
    const { agent, other } = this.#clients;
    const pages = await Promise.all([agent.list(), other.list()]);
    const all = pages.flatMap(({ items }) => items).filter(({ id }) => !this.#known.has(id));
    return all.toSorted((a, b) => a.created_at - b.created_at);
  }

  /** The case's only request, once it is in one of these states. */
  async request(...statuses: readonly RequestStatus[]): Promise<RequestView> {
    const [request] = await this.eventually(
      () => this.requests(),
      (all) => all.length === 1 && (statuses.length === 0 || statuses.includes(all[0]!.status)),
      `there is one request${statuses.length === 0 ? "" : `, and it is ${statuses.join(" or ")}`}`,
    );
    return request!;
  }

  // People

  approve({ id, revision: { digest } }: RequestView): Promise<unknown> {
    return this.#people.ana.review(id, { verdict: "approve", digest });
  }

  reject({ id, revision: { digest } }: RequestView, reason: string): Promise<unknown> {
    return this.#people.ana.review(id, { verdict: "reject", digest, reason });
  }

  /** Changes it and approves it as changed. */
  edit(
    { id, revision: { digest } }: RequestView,
    set: EditBody["set"],
    reason: string,
  ): Promise<unknown> {
    return this.#people.ana.edit(id, { digest, set, reason, approve: true });
  }

  interrupt({ id }: RequestView, reason: string): Promise<unknown> {
    return this.#people.olga.interrupt(id, { reason });
  }

  /** Halts the agent's identity. */
  async halt(reason: string): Promise<string> {
    const scope = { kind: "identity", id: AGENT } as const;
    const { id } = await this.#people.olga.halt({ scope, reason });
    this.#halts.add(id);
    return id;
  }

  async lift(id: string): Promise<void> {
    await this.#people.olga.lift(id, { reason: "over" });
    this.#halts.delete(id);
  }

  // What happened

  get effects(): readonly Effect[] {
    return this.site.effects;
  }

  async effect(state?: Effect["state"]): Promise<Effect> {
    const [effect] = await this.eventually(
      () => Promise.resolve(this.effects),
      (all) => all.length > 0 && (state === undefined || all[0]!.state === state),
      `an effect has begun${state === undefined ? "" : `, and is ${state}`}`,
    );
    return effect!;
  }

  /** Gives what must not happen the time to happen. */
  quiet(): Promise<void> {
    return after(QUIET_MS);
  }

  /** @throws AssertionError where it is not so in time. */
  async eventually<T>(
    read: () => Promise<T>,
    isSo: (value: T) => boolean,
    what: string,
  ): Promise<T> {
    const deadline = performance.now() + this.#patienceMs;
    for (;;) {
      const value = await read();
      if (isSo(value)) return value;
      if (performance.now() > deadline) throw unmet(what, value);
      await after(LOOK_EVERY_MS);
    }
  }

  /** @throws AssertionError where it does not resolve in time. */
  async within<T>(promise: Promise<T>, what: string): Promise<T> {
    const timer = new AbortController();
    const over = after(this.#patienceMs, undefined, { signal: timer.signal }).then(() => {
      throw unmet(what);
    });
    over.catch(() => undefined);
    try {
      return await Promise.race([promise, over]);
    } finally {
      timer.abort();
    }
  }

  async #startAgent(): Promise<PointProcess> {
    this.#agent = await this.#start(this.server.credentials.agent);
    return this.#agent;
  }

  async #start(apiKey: string): Promise<PointProcess> {
    const process = await this.point.start({
      haltpointUrl: this.network.url,
      apiKey,
      effectUrl: this.site.url,
      answerWithinMs: ANSWER_WITHIN_MS,
    });
    this.#processes.push(process);
    return process;
  }
}

function unmet(what: string, actual?: unknown): AssertionError {
  const seen = actual === undefined ? "" : `\nseen last: ${JSON.stringify(actual).slice(0, 2_000)}`;
  return new AssertionError({ message: `not in time: ${what}${seen}` });
}
