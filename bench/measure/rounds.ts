/** Rounds: every contestant in every round, in an order that turns, so that none always goes first. */
import { median } from "./figures.ts";
import type { Contestant, Done, Slice } from "./contestant.ts";

export interface Effort {
  readonly rounds: number;
  readonly sliceMs: number;
}

/** `HALTPOINT_BENCH=quick` for trying things out; its figures are not for quoting. */
export function effort(): Effort {
  return process.env["HALTPOINT_BENCH"] === "quick"
    ? { rounds: 3, sliceMs: 500 }
    : { rounds: 7, sliceMs: 2_000 };
}

/** Runs all contestants at one concurrency; a first round warms up and is thrown away. */
export async function inRounds(
  contestants: readonly Contestant[],
  concurrency: number,
  { rounds, sliceMs }: Effort,
): Promise<ReadonlyMap<string, readonly Done[]>> {
  const done = new Map<string, Done[]>(contestants.map(({ name }) => [name, []]));
  for (let round = -1; round < rounds; round += 1) {
    for (let place = 0; place < contestants.length; place += 1) {
      const contestant = contestants[(place + round + 1) % contestants.length];
      if (contestant === undefined) continue;
      const slice: Slice = { concurrency, durationMs: sliceMs };
      const result = await contestant.run(slice);
      if (round >= 0) done.get(contestant.name)?.push(result);
    }
  }
  return done;
}

export function perSecond({ count, elapsedMs }: Done): number {
  return (count / elapsedMs) * 1_000;
}

/** Ours divided by theirs, round by round. */
export function ratios(ours: readonly number[], theirs: readonly number[]): readonly number[] {
  return ours.map((value, round) => value / (theirs[round] ?? Number.NaN));
}

export function medianPerSecond(rounds: readonly Done[]): number {
  return median(rounds.map(perSecond));
}
