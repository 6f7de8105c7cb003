/** What every use case works with. Nothing in here is truth; that is in the store. */
import type { RequestLimits } from "../domain/request/commands.ts";
import type { Random } from "../ports/random.ts";
import type { Store } from "../ports/store.ts";
import type { Changes } from "./changes.ts";
import type { KnownContent } from "./known-content.ts";
import type { KnownFacts } from "./known-facts.ts";
import type { Policies } from "./policies.ts";

export interface App {
  readonly store: Store;
  readonly random: Random;
  readonly policies: Policies;
  readonly changes: Changes;
  readonly facts: KnownFacts;
  readonly contents: KnownContent;
  readonly limits: ServerLimits;
}

/** Named limits; each can be set in the configuration and is answered by its name. */
export interface ServerLimits {
  readonly request: RequestLimits;
  /** How long a request may live until it is decided, extensions and returns included. */
  readonly lifetimeMs: number;
  readonly heldPerIdentityMax: number;
  readonly waitMaxMs: number;
  readonly heartbeatMs: number;
  readonly keyLifetimeMaxMs: number;
  readonly liveKeysMax: number;
  readonly textMax: number;
  readonly pageMax: number;
}

export const DEFAULT_SERVER_LIMITS: Omit<ServerLimits, "request"> = {
  lifetimeMs: 7 * 86_400_000,
  heldPerIdentityMax: 1_000,
  waitMaxMs: 60_000,
  heartbeatMs: 5_000,
  keyLifetimeMaxMs: 366 * 86_400_000,
  liveKeysMax: 2,
  textMax: 4_000,
  pageMax: 200,
};
