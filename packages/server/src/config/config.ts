/** The configuration of one server, complete and checked: what `compose.ts` starts from. */
import type { ServerLimits, SignInLimits } from "../app/app.ts";
import type { Organisation } from "../domain/impact/model.ts";
import type { RequestLimits } from "../domain/request/commands.ts";

export const LOG_LEVELS = ["fatal", "error", "warn", "info", "debug", "silent"] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** All limits flat, as the file names them: `run_max` is `runMaxMs`. */
export type ConfigLimits = Omit<ServerLimits, "request"> & RequestLimits;

/** Where people are told; null: that channel is not set up. */
export interface NotifySettings {
  readonly webhook: { readonly url: string; readonly secret: string } | null;
  readonly chat: {
    readonly token: string;
    readonly channel: string;
    readonly apiUrl: string;
  } | null;
  readonly mail: {
    readonly url: string;
    readonly user: string | null;
    readonly password: string | null;
    readonly from: string;
  } | null;
  readonly chatAfterMs: number;
  readonly mailAfterMs: number;
}

export interface OidcConfig {
  readonly name: string;
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly scopes: string;
  readonly groupsClaim: string;
  /** The claim that names a person who is new here; afterwards only issuer and subject count. */
  readonly personIdFrom: string;
}

export interface Config {
  readonly listen: {
    readonly host: string;
    /** 0: any free port. */
    readonly port: number;
  };
  /** Addresses and ranges whose `X-Forwarded-For` is believed; none by default. */
  readonly trustedProxies: readonly string[];
  /** How people and agents reach this server; no slash at the end. */
  readonly publicUrl: string;
  readonly store: {
    /** Absolute path of the SQLite file. */
    readonly file: string;
  };
  /** Absolute path of the policy that an empty store begins with; null: none is named. */
  readonly policyFile: string | null;
  /** What is the organisation's own; everything else is outside. */
  readonly organisation: Organisation;
  readonly limits: ConfigLimits;
  readonly signIn: SignInLimits;
  /** The identity provider people sign in through; null: none. */
  readonly oidc: OidcConfig | null;
  readonly log: { readonly level: LogLevel };
  readonly notify: NotifySettings;
  /** Development conveniences: people are not authenticated, loopback only. Never from a file. */
  readonly dev: boolean;
}
