/** Numbers that only look random: the same for the same seed, on every machine. */
export interface Random {
  /** 0 to `below` − 1. */
  below(below: number): number;
  of<T>(all: readonly T[]): T;
  /** True this many times of a hundred. */
  chance(percent: number): boolean;
}

/** Mulberry32. */
export function randomOf(seed: number): Random {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  const below = (limit: number): number => Math.floor(next() * limit);
  return {
    below,
    of: (all) => all[below(all.length)]!,
    chance: (percent) => below(100) < percent,
  };
}
