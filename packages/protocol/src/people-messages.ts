/** What travels between the server and the people who look after it: signing in, and themselves. */

import type { PersonName } from "./card-messages.ts";

/** How somebody proved who they are; `token`: a person's bearer token. */
export type SignInVia = "oidc" | "passkey" | "development";
/** Where a person acts from; what may be decided there follows from it. */
export type Channel = "web" | "cli";

/** `GET /v1/sign-in`: how somebody can sign in here. */
export interface SignInView {
  readonly methods: {
    readonly passkey: boolean;
    readonly oidc: { readonly name: string } | null;
    /** Under `haltpoint dev` only: people who prove nothing. */
    readonly development: readonly PersonName[] | null;
  };
  /** Nobody is registered yet: the setup link that the server printed makes the first person. */
  readonly setup: boolean;
}

/** What the browser is asked to sign: WebAuthn's options, and what they are known by here. */
export interface CeremonyView {
  readonly ceremony: string;
  readonly expires_at: number;
  /** `PublicKeyCredentialCreationOptionsJSON` or `PublicKeyCredentialRequestOptionsJSON`. */
  readonly options: Readonly<Record<string, unknown>>;
}

/** `POST /v1/sign-in/passkey`. */
export interface PasskeySignInBody {
  readonly ceremony: string;
  /** What `navigator.credentials.get` gave, as JSON. */
  readonly response: Readonly<Record<string, unknown>>;
}

/** `POST /v1/sign-in/development`. */
export interface DevelopmentSignInBody {
  readonly person: string;
}

/** `GET /v1/me`, and the answer of every sign-in. */
export interface Me {
  readonly person: {
    readonly id: string;
    readonly name: string;
    readonly email: string | null;
    readonly slack: string | null;
    readonly rights: readonly string[];
  };
  readonly via: SignInVia;
  readonly channel: Channel;
  /** To be sent as `x-haltpoint-csrf` with every change; null: not signed in by cookie. */
  readonly csrf: string | null;
  /** `ses_…`; null: a bearer token. */
  readonly session: string | null;
  /** When one has to sign in again at the latest; null: with the token. */
  readonly expires_at: number | null;
  /** Groups of the policy in force. */
  readonly groups: readonly string[];
  readonly passkeys: readonly PasskeyView[];
  /** Nobody is authenticated here. */
  readonly development: boolean;
  readonly may_override: boolean;
  readonly server_time: number;
  readonly public_url: string;
}

/** `PUT /v1/me`; null takes a contact away, a member left out stays. */
export interface MyContactBody {
  readonly email?: string | null;
  readonly slack?: string | null;
}

export interface PasskeyView {
  readonly id: string;
  readonly name: string;
  readonly created_at: number;
  readonly last_used_at: number | null;
  /** Kept by a service of its owner's, so that it outlives the device. */
  readonly backed_up: boolean;
}

/** `POST /v1/me/passkeys`. */
export interface NewPasskeyBody {
  readonly ceremony: string;
  readonly response: Readonly<Record<string, unknown>>;
  readonly name: string;
}

/** One item of `GET /v1/me/sessions`. */
export interface SessionView {
  readonly id: string;
  readonly kind: "web" | "cli";
  readonly via: SignInVia;
  /** What the browser or the command line calls itself. */
  readonly label: string;
  readonly created_at: number;
  readonly last_seen_at: number;
  readonly expires_at: number;
  /** The one this call came by. */
  readonly current: boolean;
}

export interface SessionsView {
  readonly items: readonly SessionView[];
}

/** How many sessions a sign-out ended. */
export interface SignedOutView {
  readonly ended: number;
}

/** `POST /v1/people/:id/enrolments`: shown once. */
export interface EnrolmentView {
  readonly link: string;
  readonly expires_at: number;
}

/** `POST /v1/enrolments/options`; only the setup link lets `id` and `name` be chosen. */
export interface EnrolmentOptionsBody {
  readonly token: string;
  readonly id?: string;
  readonly name?: string;
}

export interface EnrolmentCeremonyView extends CeremonyView {
  readonly person: PersonName;
}

/** `POST /v1/enrolments`. */
export interface EnrolmentBody {
  readonly token: string;
  readonly ceremony: string;
  readonly response: Readonly<Record<string, unknown>>;
  readonly passkey_name: string;
}

/** `POST /v1/cli/authorizations`: a command line asks to be allowed, by whoever opens the address. */
export interface CliAuthorizationBody {
  /** What asks, and from where, in its own words; shown to whoever is asked to allow it. */
  readonly label: string;
}

export interface CliAuthorizationView {
  /** For the command line alone: whoever has it is given the token. */
  readonly device_code: string;
  /** To be compared by eye. */
  readonly user_code: string;
  readonly verification_url: string;
  readonly expires_at: number;
  /** How long to wait between two asks for the token. */
  readonly interval_ms: number;
}

/** `GET /v1/cli/authorizations/:user_code`: what would be allowed. */
export interface CliAskedView {
  readonly label: string;
  readonly created_at: number;
  /** Where it was asked from, as the server sees it. */
  readonly address: string;
}

/** `POST /v1/cli/authorizations/:user_code`. */
export interface CliDecisionBody {
  readonly allow: boolean;
}

export interface CliDecisionView {
  readonly allowed: boolean;
}

/** `POST /v1/cli/token`. */
export interface CliTokenBody {
  readonly device_code: string;
}

export type CliTokenView =
  | { readonly status: "pending" }
  /** Shown this once. */
  | { readonly token: string; readonly person: PersonName; readonly expires_at: number };
