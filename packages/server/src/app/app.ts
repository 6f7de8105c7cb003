/** What every use case works with. Nothing in here is truth; that is in the store. */
import type { Organisation } from "../domain/impact/model.ts";
import type { RequestLimits } from "../domain/request/commands.ts";
import type { Passkeys } from "../ports/passkeys.ts";
import type { Random } from "../ports/random.ts";
import type { Store } from "../ports/store.ts";
import type { Changes } from "./changes.ts";
import type { KnownProvider } from "./known-provider.ts";
import type { KnownContent } from "./known-content.ts";
import type { KnownFacts } from "./known-facts.ts";
import type { NoticePlan } from "./notice-plan.ts";
import type { Policies } from "./policies.ts";

export interface App {
  readonly store: Store;
  readonly random: Random;
  readonly policies: Policies;
  readonly changes: Changes;
  readonly facts: KnownFacts;
  readonly contents: KnownContent;
  readonly limits: ServerLimits;
  /** What the organisation calls its own. One object for as long as the server runs. */
  readonly organisation: Organisation;
  readonly site: Site;
  readonly signIn: SignInLimits;
  readonly passkeys: Passkeys;
  /** Null: nobody signs in through one. */
  readonly identityProvider: KnownProvider | null;
  /** Hears of what went wrong beside the use case; it never changes what is answered. */
  readonly onFault: (fault: Error) => void;
  /** Whom and where to tell; rows are written only for channels that are set up. */
  readonly notices: NoticePlan;
  /** Halts whose runs are being told by whoever placed them, who counts them; the background leaves them. */
  readonly sweeping: Set<string>;
}

/** Where people find this server. */
export interface Site {
  /** Known for certain once the server listens; no slash at the end. */
  readonly publicUrl: string;
  /** People prove nothing here (T36). */
  readonly development: boolean;
}

/** How long a sign-in holds. */
export interface SignInLimits {
  /** A session of a browser that is not used for so long has ended. */
  readonly sessionIdleMs: number;
  /** However much it is used. */
  readonly sessionMaxMs: number;
  readonly cliSessionMaxMs: number;
  /** How long an enrolment link is good. */
  readonly enrolmentMs: number;
  /** Sign-ins that one address, or one person, may try in a minute. */
  readonly attemptsPerMinute: number;
}

export const DEFAULT_SIGN_IN_LIMITS: SignInLimits = {
  sessionIdleMs: 3_600_000,
  sessionMaxMs: 12 * 3_600_000,
  cliSessionMaxMs: 8 * 3_600_000,
  enrolmentMs: 86_400_000,
  attemptsPerMinute: 30,
};

/** Named limits; each can be set in the configuration and is answered by its name. */
export interface ServerLimits {
  readonly request: RequestLimits;
  /** How long a request may live until it is decided, extensions and returns included. */
  readonly lifetimeMs: number;
  readonly heldPerIdentityMax: number;
  readonly heldBytesPerIdentityMax: number;
  /** So many requests of one identity may be held newly within the window; one more halts it. 0: any. */
  readonly burstHeldMax: number;
  readonly burstWindowMs: number;
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
  heldBytesPerIdentityMax: 16_777_216,
  burstHeldMax: 60,
  burstWindowMs: 60_000,
  waitMaxMs: 60_000,
  heartbeatMs: 5_000,
  keyLifetimeMaxMs: 366 * 86_400_000,
  liveKeysMax: 2,
  textMax: 4_000,
  pageMax: 200,
};
