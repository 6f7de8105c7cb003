import type { Random } from "../ports/random.ts";
import type { Store } from "../ports/store.ts";
import type { App, ServerLimits } from "./app.ts";
import { Changes } from "./changes.ts";
import { KnownContent } from "./known-content.ts";
import { KnownFacts } from "./known-facts.ts";
import { Policies } from "./policies.ts";

/** The use cases on a store, with empty caches. `app.changes.close()` stops them listening to it. */
export function createApp(of: {
  readonly store: Store;
  readonly random: Random;
  readonly limits: ServerLimits;
}): App {
  const { store } = of;
  return {
    ...of,
    policies: new Policies(store),
    changes: new Changes(store),
    facts: new KnownFacts(store),
    contents: new KnownContent(),
  };
}
