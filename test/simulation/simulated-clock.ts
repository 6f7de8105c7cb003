import type { Clock } from "../../packages/server/src/ports/clock.ts";

/** Where simulated time begins: an ordinary moment, far from any round number. */
const BEGINNING_MS = 1_796_212_345_678;

/** A clock that stands still until it is told to move. */
export class SimulatedClock implements Clock {
  #wallMs = BEGINNING_MS;
  #monotonicMs = 1_000;

  wallMs(): number {
    return this.#wallMs;
  }

  monotonicMs(): number {
    return this.#monotonicMs;
  }

  /** Time passes. */
  advance(byMs: number): void {
    this.#wallMs += byMs;
    this.#monotonicMs += byMs;
  }

  /** Somebody sets the wall clock; no time passes. */
  setWall(byMs: number): void {
    this.#wallMs += byMs;
  }
}
