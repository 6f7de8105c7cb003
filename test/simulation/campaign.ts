/** Many histories, what they did in numbers, and the shortest trace of one that failed. */
import { checkHistory } from "./check-history.ts";
import { Violation } from "./checker/violation.ts";
import { newFolder, prepareDatabase, removeFolder } from "./simulated-server.ts";
import { Simulation, type Plan } from "./simulation.ts";

const COMMANDS = 45;
/** Runs spent on shortening a failure. */
const SHORTENINGS_MAX = 120;

export interface Failure {
  readonly plan: Plan;
  readonly violation: Violation;
  readonly trace: readonly string[];
}

export class Campaign {
  readonly counts = {
    runs: 0,
    commands: 0,
    commits: 0,
    stale: 0,
    faults: 0,
    crashes: 0,
    effects: 0,
  };
  /** How often each kind of entry was written, and each kind of stale fact met. */
  readonly seen = new Map<string, number>();
  readonly #folder = newFolder();
  #prepared = "";

  async open(): Promise<void> {
    this.#prepared = await prepareDatabase(this.#folder);
  }

  close(): void {
    removeFolder(this.#folder);
  }

  /** One history; null: everything held. */
  async run(plan: Plan): Promise<Failure | null> {
    const simulation = new Simulation(plan);
    const { world, trace } = simulation;
    try {
      await simulation.run(this.#prepared);
      const entries = await checkHistory(simulation.server.store, world);
      for (const { kind, data } of entries) this.#saw(kind, data["why"]);
      for (const [fact, count] of Object.entries(world.stale))
        this.#saw(`stale: ${fact}`, "", count);
      for (const { outcome } of world.answers) {
        if (outcome.kind === "refusal") this.#saw(`refused: ${outcome.problem.code}`, "");
      }
      return null;
    } catch (error) {
      if (!(error instanceof Violation)) throw error;
      return { plan, violation: error, trace };
    } finally {
      this.#count(simulation);
      await simulation.close();
    }
  }

  /** The trace of one seed; not counted. */
  async traceOf(seed: number): Promise<readonly string[]> {
    const simulation = new Simulation({ seed, commands: COMMANDS, without: new Set() });
    try {
      await simulation.run(this.#prepared);
      return simulation.trace;
    } finally {
      await simulation.close();
    }
  }

  /** Runs from one seed on; stops at the first failure and returns its shortest form. */
  async search(firstSeed: number, runs: number): Promise<Failure | null> {
    for (let seed = firstSeed; seed < firstSeed + runs; seed += 1) {
      const failure = await this.run({ seed, commands: COMMANDS, without: new Set() });
      if (failure !== null) return this.shorten(failure);
    }
    return null;
  }

  /** Fewer commands, then without each of them, as long as the same invariant breaks. */
  async shorten(failure: Failure): Promise<Failure> {
    let shortest = failure;
    let left = SHORTENINGS_MAX;
    const attempt = async (plan: Plan): Promise<boolean> => {
      left -= 1;
      const shorter = left < 0 ? null : await this.run(plan);
      if (shorter?.violation.invariant !== failure.violation.invariant) return false;
      shortest = shorter;
      return true;
    };
    for (let step = COMMANDS >> 1; step > 0; step >>= 1) {
      while (shortest.plan.commands > step) {
        const { plan } = shortest;
        if (!(await attempt({ ...plan, commands: plan.commands - step }))) break;
      }
    }
    for (let command = shortest.plan.commands; command > 0; command -= 1) {
      const { plan } = shortest;
      await attempt({ ...plan, without: new Set([...plan.without, command]) });
    }
    return shortest;
  }

  #count({ world, plan }: Simulation): void {
    this.counts.runs += 1;
    this.counts.commands += plan.commands;
    this.counts.commits += world.commits.length;
    this.counts.stale += Object.values(world.stale).reduce((sum, count) => sum + count, 0);
    this.counts.faults += world.faults;
    this.counts.crashes += world.crashes;
    this.counts.effects += world.points.effects.length;
  }

  #saw(kind: string, why: unknown, count = 1): void {
    const name = typeof why === "string" && why !== "" ? `${kind}: ${why}` : kind;
    this.seen.set(name, (this.seen.get(name) ?? 0) + count);
  }
}

/** What a person needs to understand and repeat a failure. */
export function failureText({ plan, violation, trace }: Failure): string {
  const { seed, commands, without } = plan;
  const left = without.size === 0 ? "" : `, without ${[...without].sort((a, b) => a - b).join()}`;
  return [
    `${violation.message}`,
    `seed ${seed}, ${commands} commands${left}; the whole history: HALTPOINT_SEED=${seed}`,
    ...trace,
  ].join("\n");
}
