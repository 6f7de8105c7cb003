/**
 * Passkeys (WebAuthn): what a browser is asked, and whether its answer holds. Pure of storage: who
 * calls keeps challenges, takes each once, and keeps the counter that comes back.
 */

/** For whom the browser signs: the public URL's host name, and the origin pages are served from. */
export interface RelyingParty {
  readonly id: string;
  readonly name: string;
  readonly origins: readonly string[];
}

export type JsonObject = Readonly<Record<string, unknown>>;

export interface NewCredential {
  /** base64url, like everything binary here. */
  readonly credentialId: string;
  /** COSE. */
  readonly publicKey: string;
  readonly algorithm: number;
  readonly counter: number;
  readonly transports: readonly string[];
  readonly backedUp: boolean;
}

export type Verified<T> =
  | { readonly ok: true; readonly value: T }
  /** For the log and for people; never what was sent. */
  | { readonly ok: false; readonly why: string };

/** What was signed, as it can be checked again later by anybody with the public key. */
export interface SignedAssertion {
  readonly credentialId: string;
  readonly clientDataJson: string;
  readonly authenticatorData: string;
  readonly signature: string;
  readonly counter: number;
  readonly backedUp: boolean;
}

export interface Passkeys {
  /** The user is verified (PIN, fingerprint), the credential discoverable; -8, -7 or -257. */
  registrationOptions(of: {
    readonly party: RelyingParty;
    readonly challenge: string;
    readonly person: { readonly id: string; readonly name: string };
    /** Credentials they have, so that one device does not get two. */
    readonly known: readonly string[];
  }): Promise<JsonObject>;
  verifyRegistration(of: {
    readonly party: RelyingParty;
    readonly challenge: string;
    readonly response: JsonObject;
  }): Promise<Verified<NewCredential>>;
  /** `allowed` empty: whichever passkey of this site the person chooses. */
  assertionOptions(of: {
    readonly party: RelyingParty;
    readonly challenge: string;
    readonly allowed: readonly { readonly id: string; readonly transports: readonly string[] }[];
  }): Promise<JsonObject>;
  /** Which credential an answer claims to be of; null: none is named. */
  credentialIdOf(response: JsonObject): string | null;
  verifyAssertion(of: {
    readonly party: RelyingParty;
    readonly challenge: string;
    readonly response: JsonObject;
    readonly credential: {
      readonly credentialId: string;
      readonly publicKey: string;
      readonly counter: number;
    };
  }): Promise<Verified<SignedAssertion>>;
}

const NONE = { ok: false, why: "this server takes no passkeys" } as const;

/** Where nobody signs in: every answer is refused. */
export const NO_PASSKEYS: Passkeys = {
  registrationOptions: () => Promise.resolve({}),
  verifyRegistration: () => Promise.resolve(NONE),
  assertionOptions: () => Promise.resolve({}),
  credentialIdOf: () => null,
  verifyAssertion: () => Promise.resolve(NONE),
};
