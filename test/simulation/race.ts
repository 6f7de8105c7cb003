/**
 * Two commands, one of which is carried out whole in the middle of the other: between any two of
 * its calls of the store, and above all between the facts being read and the commit.
 */
import { expireDue } from "../../packages/server/src/app/pass-time.ts";
import type { Store } from "../../packages/server/src/ports/store.ts";
import type { Clause, Hold, Rule, Variant } from "./policy-variant.ts";
import { policyText, versionOf } from "./policy-variant.ts";
import { Interleaver } from "./interleaver.ts";
import type { Operation } from "./operation.ts";
import { perform } from "./perform.ts";
import { SeededRandom } from "./seeded-random.ts";
import { SimulatedClock } from "./simulated-clock.ts";
import { SimulatedServer } from "./simulated-server.ts";
import { World, type Outcome } from "./world.ts";

const RIVAL = 2;
const ROUNDS_MAX = 100;

export class Race {
  readonly world = new World();
  readonly clock = new SimulatedClock();
  readonly #interleaver = new Interleaver();
  readonly #server: SimulatedServer;
  #keys = 0;

  private constructor(
    server: SimulatedServer,
    race: Pick<Race, "world" | "clock">,
    interleaver: Interleaver,
  ) {
    this.#server = server;
    this.world = race.world;
    this.clock = race.clock;
    this.#interleaver = interleaver;
  }

  /** @param prepared a database with the cast. */
  static async open(prepared: string, folder: string): Promise<Race> {
    const [world, clock, interleaver] = [new World(), new SimulatedClock(), new Interleaver()];
    const options = {
      folder,
      clock,
      random: new SeededRandom(1),
      interleaver,
      events: {
        mishapOf: () => "none" as const,
        committed: world.sawCommit.bind(world),
        stale: (_command: number, what: keyof World["stale"]) => {
          world.stale[what] += 1;
        },
        faulted: () => undefined,
      },
    };
    const server = await SimulatedServer.open(options, prepared);
    await world.lookAgain(server.store);
    return new Race(server, { world, clock }, interleaver);
  }

  get store(): Store {
    return this.#server.store;
  }

  get app() {
    return this.#server.app;
  }

  newKey(): string {
    this.#keys += 1;
    return `k${this.#keys}`;
  }

  /** Carries it out with nobody else about. */
  async alone(operation: Operation): Promise<Outcome> {
    const { app, store, world, clock } = this;
    const outcome = await perform({ app, store, world, clock }, operation);
    await world.lookAgain(store);
    return outcome;
  }

  /**
   * Carries out `command`, and `rival` whole as soon as `isTime` says so of where the command is
   * about to go. `met`: whether that moment came at all.
   */
  async within(
    command: Operation,
    rival: Operation,
    isTime: (point: string, step: number) => boolean,
  ): Promise<{ readonly outcome: Outcome; readonly rival: Outcome; readonly met: boolean }> {
    const first = this.#begin(1, command);
    let second: { outcome: Outcome | null } | null = null;
    for (let step = 0; ; step += 1) {
      await this.#interleaver.rest();
      const [waiting] = this.#interleaver.waiting;
      if (second === null && waiting !== undefined && isTime(waiting.point, step)) {
        second = this.#begin(RIVAL, rival);
        await this.#finish(RIVAL);
      }
      if (waiting === undefined) break;
      await this.#interleaver.letThrough([waiting]);
    }
    const met = second !== null;
    if (second === null) {
      second = this.#begin(RIVAL, rival);
      await this.#finish(RIVAL);
    }
    return { outcome: ended(first), rival: ended(second), met };
  }

  #begin(command: number, operation: Operation): { outcome: Outcome | null } {
    const { app, store, world, clock } = this;
    const answer: { outcome: Outcome | null } = { outcome: null };
    world.operations.set(command, operation);
    this.#interleaver.start(command, async () => {
      try {
        answer.outcome = await perform({ app, store, world, clock }, operation);
      } catch (error) {
        answer.outcome = { kind: "fault", detail: String(error) };
      }
    });
    return answer;
  }

  async #finish(command: number): Promise<void> {
    for (;;) {
      await this.#interleaver.rest();
      const own = this.#interleaver.waiting.filter((waiting) => waiting.command === command);
      if (own.length === 0) return;
      await this.#interleaver.letThrough(own);
    }
  }

  /** Lets time end everything, so that the whole history can be looked at. */
  async letEverythingEnd(): Promise<void> {
    for (let round = 0; round < ROUNDS_MAX; round += 1) {
      const next = await this.store.nextDue();
      if (next === null) return;
      this.clock.advance(Math.max(0, next - this.clock.wallMs()));
      await expireDue(this.app);
    }
  }

  close(): Promise<void> {
    return this.#server.close();
  }
}

function ended(answer: { readonly outcome: Outcome | null }): Outcome {
  if (answer.outcome === null) throw new Error("a command never ended");
  return answer.outcome;
}

const HOLD: Hold = {
  self: false,
  clauses: [],
  editable: true,
  editorMayApprove: false,
  ownerMayApprove: false,
  onBehalfOfMayApprove: false,
  exclude: [],
  confirm: false,
  passkey: false,
  deadlineS: 60,
  extendS: 0,
  undoS: 0,
  haltSession: false,
};

export function holdBy(clause: Clause, more: Partial<Hold> = {}): Hold {
  return { ...HOLD, clauses: [clause], ...more };
}

const RULE = { above: 0, vetoS: 0, grantS: 60, hold: null } as const;

/** Orders are held for finance, notes are allowed. */
export const USUAL: Variant = {
  groups: { finance: ["bo", "cy"], security: ["di", "ed"] },
  fallback: null,
  rules: [
    rule("orders", "order.submit", holdBy({ count: 1, from: ["group:finance"] })),
    { ...RULE, id: "notes", action: "note.send", decision: "allow" },
  ],
};

export function rule(id: string, action: string, hold: Hold): Rule {
  return { ...RULE, id, action, decision: "hold", hold };
}

/** Nothing is allowed any more. */
export const FORBIDDEN: Variant = {
  ...USUAL,
  rules: USUAL.rules.map((each) => ({ ...each, decision: "deny", hold: null })),
};

export function publishing(world: World, variant: Variant): Operation {
  const text = policyText(variant);
  world.variants.set(versionOf(text), variant);
  return { kind: "publish", text };
}
