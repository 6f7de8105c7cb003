/**
 * What the suite asks of an enforcement point, so that one in this process, in another, or written
 * in another language can be put under it. How to do that: docs/enforcement.md.
 */
import type { Stoppable } from "@haltpoint/protocol";

/** Arguments of an attempt. `reference` is one that tells attempts apart. */
export type Arguments = Readonly<Record<string, unknown>>;

export interface PointUnderTest {
  readonly name: string;
  /** What it declares of effects that have begun. */
  readonly stoppable: Stoppable;
  /** Lets go and sees no more: owes points 1, 2, 5, 6 and 7. */
  readonly releaseOnly: boolean;
  /** Whether the identical call, made again with the same key, joins or redeems the first. */
  readonly joins: boolean;
  /** The names under which the server hears of three actions; the suite's policy speaks of them. */
  readonly actions: {
    readonly allowed: string;
    readonly held: string;
    readonly denied: string;
  };
  start(setup: PointSetup): Promise<PointProcess>;
}

/** What a point, and the agent behind it, are started with. */
export interface PointSetup {
  /** Haltpoint, through a network that the suite controls. */
  readonly haltpointUrl: string;
  readonly apiKey: string;
  /**
   * Where the effect happens: `POST` the arguments as JSON, with the request's id as
   * `Idempotency-Key`. It counts, may take long, and may fail (500). A connection that is closed
   * before its answer is an effect that was stopped.
   */
  readonly effectUrl: string;
  /** Give up on one answer of Haltpoint's after this time, instead of what is usual. */
  readonly answerWithinMs: number;
}

/** A running point with an agent behind it; several attempts may be under way. */
export interface PointProcess {
  attempt(call: AttemptedCall): Attempt;
  /** Ends the agent, and what waits for it, as `kill -9` does. */
  kill(): Promise<void>;
  /** Stops it in its tracks (`SIGSTOP`), and lets it go on, without its noticing. */
  stall(): void;
  goOn(): void;
}

export interface AttemptedCall {
  readonly action: string;
  readonly args: Arguments;
  /** The same for an identical call that is made again. */
  readonly key: string;
  /** How long the agent waits for people. */
  readonly patienceMs: number;
}

export interface Attempt {
  /** What the agent was told in the end. Never resolves for an agent that was killed. */
  readonly told: Promise<Told>;
  /** The agent goes away; its process does not. */
  abandon(): void;
}

export interface Told {
  /** Whether the agent was told that it was done. */
  readonly isDone: boolean;
  /** All the words that the agent got. */
  readonly words: string;
}
