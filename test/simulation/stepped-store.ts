/**
 * The real store, seen by commands that are stopped at each call, answered with faults, and cut off
 * by crashes. Calls from outside of any command go straight through.
 */
import type { RequestState } from "../../packages/server/src/domain/request/model.ts";
import { StoreFault } from "../../packages/server/src/ports/store-fault.ts";
import type {
  Commit,
  CommitResult,
  StaleFact,
  Store,
} from "../../packages/server/src/ports/store.ts";
import type { Interleaver } from "./interleaver.ts";

/** What a call of the store meets on its way. */
export type Mishap =
  | "none"
  /** Never reached the store. */
  | "lost"
  /** Done, and the answer was lost. */
  | "unanswered";

/** A commit as the port saw it happen. */
export interface SeenCommit {
  readonly command: number;
  readonly commit: Commit;
  /** The store's clock at the commit. */
  readonly now: number;
  /** Log indexes of its entries: above the first, up to the second. */
  readonly after: number;
  readonly upTo: number;
  /** The request as it was before, where the commit changed one. */
  readonly before: RequestState | null;
}

export interface StoreEvents {
  mishapOf(point: string): Mishap;
  committed(seen: Omit<SeenCommit, "before">): void;
  stale(command: number, what: StaleFact): void;
  faulted(command: number, point: string, mishap: Mishap): void;
}

/** Neither stopped nor broken: they are no part of a command. */
const UNTOUCHED: ReadonlySet<string> = new Set(["onCommitted", "backup", "close"]);

type Method = (...args: readonly unknown[]) => unknown;

export class SteppedStore {
  readonly #real: Store;
  readonly #interleaver: Interleaver;
  readonly #events: StoreEvents;
  /** Set by a crash: whoever comes back from the store is gone. */
  #isGone = false;

  constructor(real: Store, interleaver: Interleaver, events: StoreEvents) {
    this.#real = real;
    this.#interleaver = interleaver;
    this.#events = events;
  }

  crash(): void {
    this.#isGone = true;
  }

  /** The store that commands work with. */
  get store(): Store {
    return new Proxy(this.#real, {
      get: (real, name) => {
        const method: unknown = Reflect.get(real, name);
        if (typeof method !== "function" || typeof name !== "string") return method;
        const call = (method as Method).bind(real);
        if (UNTOUCHED.has(name)) return call;
        if (name === "commit") return (commit: Commit) => this.#commit(commit);
        return (...args: readonly unknown[]) => this.#read(name, () => call(...args));
      },
    });
  }

  async #read(point: string, call: () => unknown): Promise<unknown> {
    const command = this.#interleaver.current;
    if (command === undefined) return call();
    await this.#interleaver.gate(point);
    if (this.#events.mishapOf(point) !== "none") {
      this.#events.faulted(command, point, "lost");
      throw new StoreFault("failed", `${point} failed`);
    }
    const answer = await call();
    if (this.#isGone) return this.#interleaver.vanish();
    return answer;
  }

  async #commit(commit: Commit): Promise<CommitResult> {
    const command = this.#interleaver.current;
    if (command === undefined) return this.#real.commit(commit);
    await this.#interleaver.gate("commit");
    const mishap = this.#events.mishapOf("commit");
    if (mishap === "lost") {
      this.#events.faulted(command, "commit", mishap);
      throw new StoreFault("failed", "the commit failed and nothing was changed");
    }
    const result = await this.#real.commit(commit);
    if (this.#isGone) return this.#interleaver.vanish();
    if (result.kind === "stale") this.#events.stale(command, result.what);
    else {
      const count = commit.writes.filter((write) => write.kind === "entry").length;
      const { now, logIndex: upTo } = result;
      this.#events.committed({ command, commit, now, after: upTo - count, upTo });
    }
    if (mishap === "unanswered") {
      this.#events.faulted(command, "commit", mishap);
      throw new StoreFault("commit_unknown", "it is not known whether the commit happened");
    }
    await this.#interleaver.gate("committed");
    return result;
  }
}
