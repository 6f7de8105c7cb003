/**
 * One simulated history: commands of several people and identities, interleaved at every call of
 * the store, with faults, crashes and passing time, all from one seed.
 */
import { StoreFault } from "../../packages/server/src/ports/store-fault.ts";
import { expireDue } from "../../packages/server/src/app/pass-time.ts";
import { Violation } from "./checker/violation.ts";
import { chooseOperation, publish } from "./choose-operation.ts";
import { Interleaver, type Waiting } from "./interleaver.ts";
import { describe, type Operation } from "./operation.ts";
import { perform } from "./perform.ts";
import { SeededRandom } from "./seeded-random.ts";
import { SimulatedClock } from "./simulated-clock.ts";
import { newFolder, removeFolder, SimulatedServer } from "./simulated-server.ts";
import type { Mishap } from "./stepped-store.ts";
import { World, type Outcome } from "./world.ts";

export interface Plan {
  readonly seed: number;
  /** How many commands are asked. */
  readonly commands: number;
  /** Numbers of commands that are left out; for looking for the shortest trace that still fails. */
  readonly without: ReadonlySet<number>;
}

/** Rounds of expiry until nothing may be live any more. */
const ROUNDS_MAX = 400;
const ATTEMPTS_PER_COMMAND_MAX = 10_000;

export class Simulation {
  readonly plan: Plan;
  readonly world = new World();
  readonly trace: string[] = [];
  readonly #clock = new SimulatedClock();
  readonly #interleaver = new Interleaver();
  /** Chooses what is let through, and what befalls it. */
  readonly #chance: SeededRandom;
  readonly #folder = newFolder();
  readonly #activeMax: number;
  readonly #misfortune: number;
  #server: SimulatedServer | null = null;
  #active = 0;
  #asked = 0;
  #violation: Violation | null = null;

  constructor(plan: Plan) {
    this.plan = plan;
    this.#chance = new SeededRandom(plan.seed, 1);
    this.#activeMax = this.#chance.between(2, 9);
    this.#misfortune = this.#chance.pick([0, 0.002, 0.01]);
  }

  get server(): SimulatedServer {
    if (this.#server === null) throw new Error("the simulation has not begun");
    return this.#server;
  }

  /** @param prepared a database with the cast. @throws Violation as soon as one shows. */
  async run(prepared: string): Promise<void> {
    await this.#open(prepared);
    for (let steps = 0; this.#asked < this.plan.commands || this.#active > 0; steps += 1) {
      if (steps > this.plan.commands * ATTEMPTS_PER_COMMAND_MAX) {
        throw new Violation("I15", "commands go round and round and never end");
      }
      await this.#step();
      if (this.#violation !== null) throw this.#violation;
    }
    await this.#letEverythingEnd();
  }

  async close(): Promise<void> {
    await this.#server?.close();
    removeFolder(this.#folder);
  }

  async #open(prepared: string): Promise<void> {
    const { seed } = this.plan;
    this.#server = await SimulatedServer.open(
      {
        folder: this.#folder,
        clock: this.#clock,
        random: new SeededRandom(seed, 2),
        interleaver: this.#interleaver,
        events: {
          mishapOf: (point) => this.#mishapOf(point),
          committed: (seen) => {
            this.world.sawCommit(seen);
            const kinds = seen.commit.writes.map((write) =>
              write.kind === "entry" ? write.draft.kind : write.kind,
            );
            this.#note(seen.command, `commits ${kinds.join(", ")} (log ${seen.upTo})`);
          },
          stale: (command, what) => {
            this.world.stale[what] += 1;
            this.#note(command, `is stale: ${what}`);
          },
          faulted: (command, point, mishap) => {
            this.world.faults += 1;
            this.#note(command, `${point} is ${mishap}`);
          },
        },
      },
      prepared,
    );
    const first = publish(this.world, new SeededRandom(seed, 3));
    this.trace.push(describe(first));
    const { app, store } = this.server;
    await perform({ app, store, world: this.world, clock: this.#clock }, first);
    await this.world.lookAgain(store);
  }

  async #step(): Promise<void> {
    const chance = this.#chance;
    const mayAsk = this.#asked < this.plan.commands && this.#active < this.#activeMax;
    if (mayAsk && (this.#active === 0 || chance.chance(0.3))) return this.#ask();
    if (chance.chance(0.03)) return this.#passTime();
    if (chance.chance(this.#misfortune / 2)) return this.#crash();
    const { waiting } = this.#interleaver;
    await this.#interleaver.letThrough(this.#chosen(waiting));
  }

  /** Usually one; those that are about to commit may be taken together, into one group. */
  #chosen(waiting: readonly Waiting[]): readonly Waiting[] {
    if (waiting.length === 0) throw new Violation("I15", "a command waits for nothing");
    const commits = waiting.filter(({ point }) => point === "commit");
    if (commits.length > 1 && this.#chance.chance(0.3)) return commits;
    return [this.#chance.pick(waiting)];
  }

  async #ask(): Promise<void> {
    this.#asked += 1;
    const command = this.#asked;
    // A stream of its own: what others ask does not change what this one asks.
    const operation = chooseOperation(
      this.world,
      new SeededRandom(this.plan.seed, 10 + command),
      command,
    );
    if (this.plan.without.has(command)) return;
    this.#note(command, describe(operation));
    this.world.asked.push(operation);
    this.world.operations.set(command, operation);
    this.#active += 1;
    const askedAt = this.world.durableUpTo;
    const { jumpedAtMs } = this.world;
    this.#interleaver.start(command, async () => {
      const outcome = await this.#outcomeOf(operation);
      this.#active -= 1;
      this.#note(command, `is answered: ${outcomeText(outcome)}`);
      this.world.answers.push({
        command,
        operation,
        outcome,
        askedAt,
        answeredAt: this.world.durableUpTo,
        answeredAtMs: this.#clock.monotonicMs(),
        jumpedAtMs,
      });
    });
    await this.#interleaver.rest();
  }

  /** Faults of the store are answers; whatever else is thrown is a bug. */
  async #outcomeOf(operation: Operation): Promise<Outcome> {
    const { app, store } = this.server;
    try {
      return await perform({ app, store, world: this.world, clock: this.#clock }, operation);
    } catch (error) {
      const detail = error instanceof Error ? (error.stack ?? error.message) : String(error);
      const expected =
        error instanceof StoreFault && (error.code === "failed" || error.code === "commit_unknown");
      if (!expected) this.#violation ??= new Violation("a fault of our own", detail);
      return { kind: "fault", detail };
    }
  }

  #mishapOf(point: string): Mishap {
    if (!this.#chance.chance(this.#misfortune)) return "none";
    if (point !== "commit") return this.#chance.chance(0.3) ? "lost" : "none";
    return this.#chance.chance(0.5) ? "lost" : "unanswered";
  }

  async #passTime(): Promise<void> {
    const clock = this.#clock;
    const how = this.#chance.weighted({ little: 66, seconds: 20, next: 11, minute: 2, jump: 1 });
    if (how === "jump") {
      const byMs = this.#chance.pick([-20_000, 20_000]);
      this.trace.push(`the wall clock is set by ${byMs} ms`);
      this.world.jumpedAtMs = clock.monotonicMs();
      return clock.setWall(byMs);
    }
    const byMs = {
      little: this.#chance.between(1, 40),
      seconds: this.#chance.between(500, 6_000),
      minute: 60_000,
      next: await this.#untilNextDue(),
    }[how];
    this.trace.push(`${byMs} ms pass`);
    clock.advance(byMs);
  }

  /** To just before, at or just after the next deadline of all. */
  async #untilNextDue(): Promise<number> {
    const next = await this.server.store.nextDue();
    if (next === null) return 1;
    return Math.max(0, next - this.#clock.wallMs() + this.#chance.between(-1, 1));
  }

  /** Everything in flight is gone, with the memory of some enforcement points. */
  async #crash(): Promise<void> {
    const { world } = this;
    const commit = this.#interleaver.waiting.find(({ point }) => point === "commit");
    const isTorn = commit !== undefined && this.#chance.chance(0.6);
    if (isTorn) {
      const before = this.server.logBytes();
      this.server.cutOff();
      await this.#interleaver.letThrough([commit]);
      const bytes = this.#chance.between(before, this.server.logBytes());
      this.trace.push(`crash while command ${commit.command} commits (log file ${bytes} bytes)`);
      await this.server.crash(bytes);
    } else {
      this.trace.push("crash");
      await this.server.crash();
    }
    this.#active = 0;
    world.crashes += 1;
    world.jumpedAtMs = null;
    for (const attempt of world.points.attempts) {
      if (this.#chance.chance(0.2)) attempt.phase = "lost";
    }
    await world.lookAgain(this.server.store);
  }

  /** INVARIANT: I15. With nobody doing anything, time alone ends everything. */
  async #letEverythingEnd(): Promise<void> {
    const { app, store } = this.server;
    for (let round = 0; round < ROUNDS_MAX; round += 1) {
      const next = await store.nextDue();
      if (next === null) return;
      this.#clock.advance(Math.max(0, next - this.#clock.wallMs()));
      await expireDue(app);
    }
    throw new Violation("I15", "something is due for ever");
  }

  #note(command: number, what: string): void {
    this.trace.push(`#${command} ${what}`);
  }
}

function outcomeText(outcome: Outcome): string {
  switch (outcome.kind) {
    case "value":
      return `${outcome.state?.status ?? "done"}${outcome.replayed ? " (as before)" : ""}`;
    case "refusal":
      return `refused, ${outcome.problem.code}: ${outcome.problem.detail ?? ""}`;
    case "fault":
      return `fault, ${outcome.detail.split("\n")[0] ?? ""}`;
  }
}
