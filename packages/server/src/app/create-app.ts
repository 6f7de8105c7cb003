import { NOTHING_OWN, type Organisation } from "../domain/impact/model.ts";
import type { Random } from "../ports/random.ts";
import type { Store } from "../ports/store.ts";
import { NO_PASSKEYS, type Passkeys } from "../ports/passkeys.ts";
import {
  DEFAULT_SIGN_IN_LIMITS,
  type App,
  type ServerLimits,
  type SignInLimits,
  type Site,
} from "./app.ts";
import { Changes } from "./changes.ts";
import { KnownContent } from "./known-content.ts";
import type { KnownProvider } from "./known-provider.ts";
import { KnownFacts } from "./known-facts.ts";
import { NO_NOTICES, type NoticePlan } from "./notice-plan.ts";
import { Policies } from "./policies.ts";

/** The use cases on a store, with empty caches. `app.changes.close()` stops them listening to it. */
export function createApp(of: {
  readonly store: Store;
  readonly random: Random;
  readonly limits: ServerLimits;
  /** Default: nothing is known to be its own. */
  readonly organisation?: Organisation;
  /** Default: nobody signs in here. */
  readonly site?: Site;
  readonly signIn?: SignInLimits;
  readonly passkeys?: Passkeys;
  readonly identityProvider?: KnownProvider;
  readonly onFault?: App["onFault"];
  /** Default: nobody is told anything. */
  readonly notices?: NoticePlan;
}): App {
  const { store, random, limits } = of;
  return {
    store,
    random,
    limits,
    organisation: of.organisation ?? NOTHING_OWN,
    site: of.site ?? { publicUrl: "http://localhost", development: false },
    signIn: of.signIn ?? DEFAULT_SIGN_IN_LIMITS,
    passkeys: of.passkeys ?? NO_PASSKEYS,
    identityProvider: of.identityProvider ?? null,
    onFault: of.onFault ?? (() => undefined),
    notices: of.notices ?? NO_NOTICES,
    policies: new Policies(store),
    changes: new Changes(store),
    facts: new KnownFacts(store),
    contents: new KnownContent(),
    sweeping: new Set(),
  };
}
