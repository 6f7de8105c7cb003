/** Plays stories with and without faults on several benches at once. */
import { type Cell, cellsOf, nameOf, type Played } from "./cells.ts";
import { faultsOf, isSettled, kindsOf, lastingOf, recordOf, recordsOf } from "./judge.ts";
import type { Record } from "./judge.ts";
import { Broken, Scene } from "./scene.ts";
import { STORIES, type Story } from "./stories.ts";
import { Bench, type Counts } from "./testing/bench.ts";
import type { Installation } from "./testing/installation.ts";

/** After so many findings the others would only say the same. */
const BROKEN_MAX = 3;
/** A fault that has not come up is tried again: what comes with time may come late. */
const TRIES_MAX = 2;

/** What was played: how it stands is looked at now, or later where a lease has to lapse first. */
interface Performance {
  readonly name: string;
  readonly story: Story;
  readonly cell: Cell | null;
  readonly scene: Scene;
}

interface Lasting {
  readonly name: string;
  readonly id: string;
  readonly lasting: unknown;
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
  readonly #played: Played[] = [];
  /** With what was played on them. */
  readonly #benches = new Map<Bench, Lasting[]>();
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

  /** Plays these stories without a fault. Returns the cells that this shows there are. */
  async enumerate(stories: readonly Story[]): Promise<readonly Cell[]> {
    await this.#onBenches(stories, (bench, story) => this.#perform(bench, story, null));
    const order = STORIES.map(({ name }) => name);
    this.#played.sort((one, other) => order.indexOf(one.story) - order.indexOf(other.story));
    return this.#played.flatMap(cellsOf);
  }

  /** How long each story takes without a fault. */
  get tookMs(): ReadonlyMap<string, number> {
    return new Map(this.#played.map(({ story, tookMs }) => [story, tookMs]));
  }

  /** Plays these cells, each with its fault. */
  async play(cells: readonly Cell[]): Promise<void> {
    await this.#onBenches(cells, async (bench, cell) => {
      const story = STORIES.find(({ name }) => name === cell.story);
      if (story === undefined) throw new Error(`there is no story \`${cell.story}\``);
      this.totals.cells += 1;
      for (let tries = 1; ; tries += 1) {
        const performance = await this.#perform(bench, story, cell);
        if (performance === null || performance.scene.isHit) return performance;
        if (tries < TRIES_MAX) continue;
        this.missed.push(nameOf(cell));
        return performance;
      }
    });
  }

  /** Restarts every server once more, which must change nothing about what was played on it. */
  async close(): Promise<void> {
    for (const [bench, lasting] of this.#benches) {
      if (this.broken.length < BROKEN_MAX) await this.#restartOnce(bench, lasting);
      await this.#close(bench);
    }
    this.#benches.clear();
  }

  /** Hands out work to benches until it is done. */
  async #onBenches<T>(
    work: readonly T[],
    play: (bench: Bench, item: T) => Promise<Performance | null>,
  ): Promise<void> {
    const waiting = [...work];
    const idle = [...this.#benches.keys()];
    const worker = async (): Promise<void> => {
      while (waiting.length > 0 && this.broken.length < BROKEN_MAX) {
        const bench = idle.pop() ?? (await Bench.open(this.#installation));
        const lasting = this.#benches.get(bench) ?? [];
        this.#benches.set(bench, lasting);
        const before = this.broken.length;
        const played = await this.#playOn(bench, waiting, play).catch((error: unknown) => {
          throw new Error(`the server said:\n${bench.serverSaid}`, { cause: error });
        });
        lasting.push(...played);
        // What is broken may lie about what would come after it: the rest begins anew.
        if (this.broken.length === before || waiting.length === 0) continue;
        this.#benches.delete(bench);
        await this.#close(bench);
      }
    };
    await Promise.all(Array.from({ length: this.#benchesMax }, worker));
  }

  /** Until there is no more to play, or something is broken. */
  async #playOn<T>(
    bench: Bench,
    waiting: T[],
    play: (bench: Bench, item: T) => Promise<Performance | null>,
  ): Promise<readonly Lasting[]> {
    const later: Performance[] = [];
    const lasting: Lasting[] = [];
    const before = this.broken.length;
    while (this.broken.length === before) {
      const item = waiting.shift();
      if (item === undefined) break;
      const performance = await play(bench, item);
      if (performance === null) break;
      if (await isSettled(performance.scene)) lasting.push(...(await this.#judge(performance)));
      else later.push(performance);
    }
    for (const performance of later) lasting.push(...(await this.#judge(performance)));
    return lasting;
  }

  /** Null where it could not be played to its end. */
  async #perform(bench: Bench, story: Story, cell: Cell | null): Promise<Performance | null> {
    const scene = new Scene(bench, cell);
    const name = cell === null ? `${story.name}, without a fault` : nameOf(cell);
    try {
      await scene.open();
      await story.play(scene);
      await scene.ended();
      return { name, story, cell, scene };
    } catch (error) {
      if (!(error instanceof Broken)) throw error;
      this.broken.push(`${name}: ${error.message}`);
      return null;
    } finally {
      await scene.close();
    }
  }

  async #judge({ name, story, cell, scene }: Performance): Promise<readonly Lasting[]> {
    const records: readonly Record[] = await recordsOf(scene);
    const usual = this.#usual.get(story.name) ?? null;
    const faults = faultsOf(scene, { story, records, usual });
    this.broken.push(...faults.map((fault) => `${name}: ${fault}`));
    const [record] = records;
    if (record === undefined || faults.length > 0) return [];
    if (cell === null) {
      this.#usual.set(story.name, kindsOf(record));
      const steps = scene.steps.filter((step) => isCertain(story, step));
      this.#played.push({ story: story.name, steps, tookMs: scene.endedAt - scene.startedAt });
    }
    if (record.view.status === "indeterminate") this.totals.indeterminate += 1;
    return [{ name, id: record.view.id, lasting: lastingOf(record) }];
  }

  async #restartOnce(bench: Bench, all: readonly Lasting[]): Promise<void> {
    await bench.killServer();
    await bench.restartServer();
    for (const { name, id, lasting } of all) {
      const was = JSON.stringify(lasting);
      const is = JSON.stringify(lastingOf(await recordOf(bench, id)));
      if (is !== was) this.broken.push(`${name}: a restart changed ${was} to ${is}`);
    }
  }

  async #close(bench: Bench): Promise<void> {
    const { counts, effects } = bench;
    this.totals.restarts += counts.restarts;
    this.totals.serverKills += counts.serverKills;
    this.totals.agentKills += counts.agentKills;
    this.totals.effects += effects.effects.length;
    await bench.close();
  }
}

/** What comes with time, and not with the story, is a step only where the story waits for it. */
function isCertain(story: Story, { verb }: { readonly verb: string }): boolean {
  return story.hasHeartbeat === true || (verb !== "heartbeat" && verb !== "lease");
}
