/** One cell, or one story without a fault, being played on a bench. */
import { HaltpointProblem, type PeopleClient, Unreachable } from "../../packages/sdk/src/index.ts";
import type { Cell, Step } from "./cells.ts";
import type { Audience, Bench } from "./testing/bench.ts";
import type { Around, Cut, Exchange } from "./testing/cut-proxy.ts";
import type { Effect, EffectAnswer } from "./testing/effect-counter.ts";
import type { Person } from "./testing/installation.ts";
import type { CommitFault, Ending, FromAgent } from "./testing/messages.ts";

/** How long a caller, agent or person, may be left without a definite answer. */
const ANSWERED_WITHIN_MS = 20_000;
const LOOK_EVERY_MS = 10;
const ASK_AGAIN_MS = 100;
const KEYS_MAX = 3;
const KEY_MS = 3_600_000;

/** Something that must not be, found while a story is played. */
export class Broken extends Error {
  override readonly name = "Broken";
}

export interface CallOptions {
  readonly action: string;
  readonly amount?: string;
  readonly apiKey?: string;
}

type Side = "agent" | "people";
type Reached = Step & { isAnswered: boolean };

let scenes = 0;
let calls = 0;

export class Scene {
  readonly bench: Bench;
  /** The caller's own key, by which it joins its call again; also the resource's id. */
  readonly key: string;
  readonly startedAt = Date.now();
  endedAt = Number.POSITIVE_INFINITY;
  readonly steps: Reached[] = [];
  readonly #cell: Cell | null;
  readonly #byExchange = new Map<Exchange, Reached>();
  readonly #inFlight = new Set<Exchange>();
  readonly #effects: { readonly effect: Effect; readonly answer: EffectAnswer }[] = [];
  #call: CallOptions | null = null;
  /** The last call's; what an earlier one says does not count any more. */
  #callId = 0;
  #requestId: string | null = null;
  #ending: Ending | null = null;
  #people = 0;
  /** Its caller gave it up: nobody makes the call again. */
  #isUnwanted = false;
  #restart: Promise<void> | null = null;
  isHit = false;
  /** The fault ended the caller itself; what it knew is lost. */
  isAgentKilled = false;
  /** How long the server was away. */
  awayMs = 0;
  /** The guard gave up, and its caller made the identical call again. */
  hasCalledAgain = false;
  /** Refusals that people met after such a fault: by then it may be over. */
  readonly refusals: string[] = [];
  /** Whether effects are answered as they come. */
  finishesEffects = true;

  constructor(bench: Bench, cell: Cell | null) {
    this.bench = bench;
    this.#cell = cell;
    scenes += 1;
    this.key = `case-${scenes}`;
  }

  async open(): Promise<void> {
    this.bench.audience = this.#audience();
    this.bench.startAgent();
    this.bench.effects.onEffect = (effect, answer) => void this.#effectDone(effect, answer);
    const { step, fault } = this.#cell ?? {};
    if (step?.side !== "commit") return;
    await this.bench.arm({ label: step.verb, nth: step.nth, fault: fault as CommitFault });
  }

  /** Afterwards the server runs, and nothing is armed any more. */
  async close(): Promise<void> {
    await this.#restart;
    // Once this is acknowledged no commit can end the server any more; until then one may have.
    await this.bench.arm(null);
    await this.#restart;
    this.bench.audience = null;
    this.endedAt = Date.now();
  }

  /** The fault took something that nobody can bring back: the caller, or the effect's own answer. */
  get isEndingChanged(): boolean {
    return this.isAgentKilled || (this.isHit && this.#cell?.step.side === "effect");
  }

  get ending(): Ending | null {
    return this.#ending;
  }

  // What stories are made of.

  /** The agent calls its guarded function; if a fault ends the agent, another calls it alike. */
  call(options: CallOptions): void {
    this.#call = options;
    this.#send();
  }

  abort(): void {
    this.#isUnwanted = true;
    this.bench.tellAgent({ kind: "abort", call: this.#callId });
  }

  /** Ends the agent as part of the story. */
  async loseAgent(): Promise<void> {
    await this.bench.killAgent();
    this.#ending = { kind: "killed", detail: "" };
  }

  /** Another agent process makes the identical call. */
  callAgain(): void {
    this.#ending = null;
    this.bench.startAgent();
    this.#send();
  }

  /** The id of the request, once the agent was told that it is held. */
  async held(): Promise<string> {
    await this.#until("the call is held", () => this.#requestId !== null || this.#ending !== null);
    if (this.#requestId === null)
      throw new Broken(`the call ended: ${JSON.stringify(this.#ending)}`);
    return this.#requestId;
  }

  /** Until the agent's question is at the server, or its call has ended. */
  async asking(verb: string, nth = 1): Promise<void> {
    await this.#until(`the agent asks for ${verb}`, () => {
      if (this.#ending !== null) return true;
      const asked = this.steps.filter((step) => step.side === "agent" && step.verb === verb);
      const isThere = [...this.#inFlight].some((exchange) => exchange.verb === verb);
      return isThere && asked.length >= nth;
    });
  }

  /** Until an answer of this kind has reached the agent, or its call has ended. */
  async answered(verb: string): Promise<void> {
    await this.#until(`the agent hears of ${verb}`, () => {
      if (this.#ending !== null) return true;
      return this.steps.some(
        (step) => step.side === "agent" && step.verb === verb && step.isAnswered,
      );
    });
  }

  get hasBegun(): boolean {
    return this.#effects.length > 0;
  }

  /** Until the effect has begun, or the call has ended without. */
  async begun(): Promise<void> {
    await this.#until("the effect begins", () => this.hasBegun || this.#ending !== null);
  }

  finishEffects(): void {
    this.finishesEffects = true;
    for (const { answer } of this.#effects) answer.done();
  }

  async ended(): Promise<Ending> {
    await this.#until("the caller is answered", () => this.#ending !== null);
    return this.#ending ?? { kind: "none", detail: "" };
  }

  /**
   * A person does something, and does it again with the same key until there is an answer, as the
   * command line does when it is told to.
   */
  async person<T>(
    who: Person,
    act: (client: PeopleClient, options: { readonly key: string }) => Promise<T>,
  ): Promise<T | null> {
    this.#people += 1;
    const key = `${this.key}-${this.#people}`;
    const client = this.bench.person(who);
    const deadline = performance.now() + ANSWERED_WITHIN_MS;
    for (;;) {
      try {
        return await act(client, { key });
      } catch (error) {
        if (error instanceof Unreachable && performance.now() < deadline) {
          await new Promise((resolve) => setTimeout(resolve, ASK_AGAIN_MS));
          continue;
        }
        if (error instanceof HaltpointProblem && this.isEndingChanged) {
          this.refusals.push(error.code);
          return null;
        }
        const said = error instanceof HaltpointProblem ? error.code : String(error);
        throw new Broken(`${who} was not answered: ${said}`);
      }
    }
  }

  /** A new key of an identity; where the answer with its secret was lost, another one. */
  async newKey(identity: string): Promise<string> {
    for (let tries = 0; tries < KEYS_MAX; tries += 1) {
      const made = await this.person("olga", async ({ identities }, options) => {
        try {
          return await identities.createKey(identity, KEY_MS, options);
        } catch (error) {
          if (error instanceof HaltpointProblem && error.code === "already_exists") return null;
          throw error;
        }
      });
      if (made !== null) return made.secret;
    }
    throw new Broken("no key was given out");
  }

  /**
   * Waits until the request stands like this, as seen past everything that loses answers. An agent
   * that hears of its effect's lost answer before it is killed says `failed`, and it stays so.
   */
  async standing(id: string, status: string): Promise<void> {
    const deadline = performance.now() + ANSWERED_WITHIN_MS;
    for (let seen = ""; seen !== status;) {
      if (this.isEndingChanged && seen === "failed") return;
      if (performance.now() > deadline) throw new Broken(`it is \`${seen}\`, not \`${status}\``);
      await new Promise((resolve) => setTimeout(resolve, ASK_AGAIN_MS));
      const looked = this.bench.person("olga", "direct").get(id);
      seen = await looked.then(
        (view) => view.status,
        () => seen,
      );
    }
  }

  /** A person looks at the request and then says something about what was displayed. */
  async review(who: Person, verdict: "approve" | "reject"): Promise<void> {
    const id = await this.held();
    const view = await this.person(who, (client) => client.get(id));
    const digest = view?.revision.digest ?? "";
    const body = { verdict, digest, reason: "seen" } as const;
    await this.person(who, (client, options) => client.review(id, body, options));
  }

  async #until(what: string, isTrue: () => boolean): Promise<void> {
    const deadline = performance.now() + ANSWERED_WITHIN_MS;
    while (!isTrue()) {
      if (performance.now() > deadline) {
        throw new Broken(`nobody saw that ${what} within ${ANSWERED_WITHIN_MS / 1_000} s`);
      }
      await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
    }
  }

  #send(): void {
    const { action, amount = "9000.00 USD", apiKey } = this.#call ?? { action: "" };
    calls += 1;
    this.#callId = calls;
    this.bench.tellAgent({
      kind: "call",
      call: this.#callId,
      url: this.bench.agentUrl,
      effectUrl: this.bench.effects.url,
      apiKey: apiKey ?? this.bench.installation.apiKey,
      action,
      amount,
      key: this.key,
    });
  }

  // What goes wrong.

  #audience(): Audience {
    return {
      agentSide: this.#around("agent"),
      peopleSide: this.#around("people"),
      committed: (label) => void this.#reach("commit", label),
      faultHit: () => (this.isHit = true),
      serverDied: () => {
        this.isHit = true;
        this.#restart = this.#restartServer();
      },
      agentSaid: (message) => this.#agentSaid(message),
    };
  }

  #around(side: Side): Around {
    return {
      arrived: async (exchange) => {
        const step = this.#reach(side, exchange.verb);
        this.#byExchange.set(exchange, step);
        return this.#faultAt(step, "request");
      },
      forwarded: (exchange) => this.#inFlight.add(exchange),
      answered: async (exchange) => {
        this.#inFlight.delete(exchange);
        const step = this.#byExchange.get(exchange);
        if (step === undefined) return null;
        const cut = await this.#faultAt(step, "answer");
        step.isAnswered = cut === null;
        return cut;
      },
      over: (exchange) => void this.#inFlight.delete(exchange),
    };
  }

  #reach(side: Step["side"], verb: string): Reached {
    const before = this.steps.filter((step) => step.side === side && step.verb === verb).length;
    const step = { side, verb, nth: before + 1, isAnswered: side === "commit" };
    this.steps.push(step);
    return step;
  }

  async #faultAt(step: Step, at: "request" | "answer"): Promise<Cut | null> {
    const cell = this.#cell;
    if (cell === null || this.isHit) return null;
    const { side, verb, nth } = cell.step;
    if (step.side !== side || step.verb !== verb || step.nth !== nth) return null;
    const { fault } = cell;
    const isBefore = fault === "request_lost" || fault.endsWith("before");
    if (isBefore !== (at === "request")) return null;
    this.isHit = true;
    if (fault === "answer_lost" || fault === "answer_cut") return fault;
    if (fault.startsWith("server")) await this.#killServer();
    if (fault.startsWith("agent")) await this.#killAgent();
    return at === "request" ? "request_lost" : "answer_lost";
  }

  async #effectDone(effect: Effect, answer: EffectAnswer): Promise<void> {
    this.#effects.push({ effect, answer });
    const step = this.#reach("effect", "effect");
    const cut = await this.#faultAt(step, "answer");
    if (cut !== null && this.#cell?.fault !== "server_killed_after") return answer.lose();
    if (this.finishesEffects) answer.done();
  }

  #killServer(): Promise<void> {
    const killed = this.bench.killServer();
    this.#restart = killed.then(() => this.#restartServer());
    return killed;
  }

  async #restartServer(): Promise<void> {
    const since = performance.now();
    await this.bench.restartServer();
    this.awayMs += performance.now() - since;
  }

  async #killAgent(): Promise<void> {
    this.isAgentKilled = true;
    await this.bench.killAgent();
    if (this.#isUnwanted) this.#ending = { kind: "killed", detail: "" };
    else this.callAgain();
  }

  #agentSaid(message: FromAgent): void {
    if (message.call !== this.#callId) return;
    if (message.kind === "held") this.#requestId = message.id;
    else if (message.kind === "ended") this.#ending = message.ending;
    else this.hasCalledAgain = true;
  }
}
