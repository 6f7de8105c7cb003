import assert from "node:assert/strict";
import type { Attempt, PointUnderTest } from "../point.ts";
import type { Answer, Asked, Fault } from "../testing/network.ts";
import { carriesRedemption } from "../testing/network.ts";
import type { World } from "../world.ts";

/** The seven points of the enforcement contract; what each asks is in docs/enforcement.md. */
export type ContractPoint = 1 | 2 | 3 | 4 | 5 | 6 | 7;

/** One thing that a point of the contract asks. */
export interface ConformanceCase {
  readonly point: ContractPoint;
  /** What is so, and the invariants and threats it answers. */
  readonly name: string;
  /** Which enforcement points owe it; default: all that owe its point of the contract. */
  readonly isOwedBy?: (point: PointUnderTest) => boolean;
  /** @throws AssertionError where it is not so. Anything else is a fault of the suite or machine. */
  readonly run: (world: World) => Promise<void>;
}

/** Nothing began, also not a little later. */
export async function nothingRan(world: World): Promise<void> {
  await world.quiet();
  assert.deepEqual(
    world.effects.map(({ args }) => args),
    [],
    "no effect may begin",
  );
}

/** The attempt ended, nothing began, and the agent was not told otherwise. */
export async function endsWithoutEffect(world: World, attempt: Attempt): Promise<void> {
  const { isDone, words } = await world.told(attempt);
  await nothingRan(world);
  assert.equal(isDone, false, `the agent was told that it was done: ${words}`);
}

export function ranOnce(world: World): void {
  assert.equal(world.effects.length, 1, "exactly one effect");
}

/** Something that waits until the case lets it go on. */
export function gate() {
  let open: () => void = () => undefined;
  let reach: () => void = () => undefined;
  const opened = new Promise<void>((resolve) => (open = resolve));
  const reached = new Promise<void>((resolve) => (reach = resolve));
  const pass = async (): Promise<null> => {
    reach();
    await opened;
    return null;
  };
  return { reached, open, pass };
}

/** Does something to answers that give leave to run, and to no others. */
export function onRedemption(fault: (answer: Answer) => Fault | null | Promise<Fault | null>) {
  return (_asked: Asked, answer: Answer) => (carriesRedemption(answer) ? fault(answer) : null);
}
