/** Plays stories with and without faults on several benches at once. */
import { type Cell, cellsOf, nameOf, type Played } from "./cells.ts";
import { faultsOf, kindsOf, lastingOf, recordOf, recordsOf, type Record } from "./judge.ts";
import { Broken, Scene } from "./scene.ts";
import { STORIES, type Story } from "./stories.ts";
import { Bench, type Counts } from "./testing/bench.ts";
import type { Installation } from "./testing/installation.ts";

/** After so many broken cells the others would only say the same. */
const BROKEN_MAX = 3;
/** A fault that has not come up is tried again: what comes with time may come late. */
const TRIES_MAX = 2;

interface Lasting {
  readonly name: string;
  readonly id: string;
  readonly lasting: unknown;
}

interface Ended {
  readonly scene: Scene;
  readonly record: Record | null;
  readonly faults: readonly string[];
}

export interface Totals extends Counts {
  effects: number;
  cells: number;
  /** Runs whose outcome nobody knows, and which say so. */
  indeterminate: number;
}

export class Matrix {
  readonly #installation: Installation;
  readonly #benchesMax: number;
  readonly #usual = new Map<string, readonly string[]>();
  /** What must not be, one line each. */
  readonly broken: string[] = [];
  /** Cells whose fault never came up. */
  readonly missed: string[] = [];
  readonly totals: Totals = {
    cells: 0,
    restarts: 0,
    serverKills: 0,
    agentKills: 0,
    effects: 0,
    indeterminate: 0,
  };

  constructor(installation: Installation, benchesMax: number) {
    this.#installation = installation;
    this.#benchesMax = benchesMax;
  }

  /** Plays every story without a fault. Returns the cells that this shows there are. */
  async enumerate(): Promise<readonly Cell[]> {
    const played: Played[] = [];
    await this.#onBenches(STORIES, async (bench, story) => {
      const { scene, faults, record } = await playOne(bench, story, null, null);
      this.broken.push(...faults.map((fault) => `${story.name}, without a fault: ${fault}`));
      if (record === null) return null;
      this.#usual.set(story.name, kindsOf(record));
      const steps = scene.steps.filter((step) => isCertain(story, step));
      played.push({ story: story.name, steps });
      return { name: story.name, id: record.view.id, lasting: lastingOf(record) };
    });
    const order = STORIES.map(({ name }) => name);
    played.sort((one, other) => order.indexOf(one.story) - order.indexOf(other.story));
    return played.flatMap(cellsOf);
  }

  /** Plays these cells, each with its fault. */
  async play(cells: readonly Cell[]): Promise<void> {
    await this.#onBenches(cells, async (bench, cell) => {
      const story = STORIES.find(({ name }) => name === cell.story);
      if (story === undefined) return null;
      const name = nameOf(cell);
      for (let tries = 1; ; tries += 1) {
        const usual = this.#usual.get(story.name) ?? null;
        const { scene, faults, record } = await playOne(bench, story, cell, usual);
        this.broken.push(...faults.map((fault) => `${name}: ${fault}`));
        if (faults.length === 0 && !scene.isHit && tries < TRIES_MAX) continue;
        if (faults.length === 0 && !scene.isHit) this.missed.push(name);
        this.totals.cells += 1;
        if (record?.view.status === "indeterminate") this.totals.indeterminate += 1;
        if (record === null || faults.length > 0) return null;
        return { name, id: record.view.id, lasting: lastingOf(record) };
      }
    });
  }

  /**
   * Hands out work to benches until it is done, then restarts each server once more: that must not
   * change anything about what was played on it.
   */
  async #onBenches<T>(
    work: readonly T[],
    play: (bench: Bench, item: T) => Promise<Lasting | null>,
  ): Promise<void> {
    const waiting = [...work];
    const worker = async (): Promise<void> => {
      while (waiting.length > 0 && this.broken.length < BROKEN_MAX) {
        const bench = await Bench.open(this.#installation);
        const lasting: Lasting[] = [];
        for (let item = waiting.shift(); item !== undefined; item = waiting.shift()) {
          const done = await play(bench, item);
          // What is broken may lie about what comes after it: the rest begins anew.
          if (done === null) break;
          lasting.push(done);
          if (this.broken.length >= BROKEN_MAX) break;
        }
        await this.#restartedOnce(bench, lasting);
        this.#count(bench);
        await bench.close();
      }
    };
    await Promise.all(Array.from({ length: this.#benchesMax }, worker));
  }

  async #restartedOnce(bench: Bench, all: readonly Lasting[]): Promise<void> {
    await bench.killServer();
    await bench.restartServer();
    for (const { name, id, lasting } of all) {
      const now = lastingOf(await recordOf(bench, id));
      if (JSON.stringify(now) === JSON.stringify(lasting)) continue;
      this.broken.push(
        `${name}: a restart changed ${JSON.stringify(lasting)} to ${JSON.stringify(now)}`,
      );
    }
  }

  #count({ counts, effects }: Bench): void {
    this.totals.restarts += counts.restarts;
    this.totals.serverKills += counts.serverKills;
    this.totals.agentKills += counts.agentKills;
    this.totals.effects += effects.effects.length;
  }
}

/** What comes with time, and not with the story, is a step only where the story waits for it. */
function isCertain(story: Story, { verb }: { readonly verb: string }): boolean {
  return story.hasHeartbeat === true || (verb !== "heartbeat" && verb !== "lease");
}

async function playOne(
  bench: Bench,
  story: Story,
  cell: Cell | null,
  usual: readonly string[] | null,
): Promise<Ended> {
  const scene = new Scene(bench, cell);
  try {
    await scene.open();
    await story.play(scene);
    await scene.ended();
    await scene.close();
    const records = await recordsOf(scene);
    const faults = faultsOf(scene, story, records, usual);
    return { scene, record: records[0] ?? null, faults };
  } catch (error) {
    if (!(error instanceof Broken)) throw error;
    return { scene, record: null, faults: [error.message] };
  }
}
