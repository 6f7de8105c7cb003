/** The identity provider: who somebody is, and of which groups they are a member just now. */

/** What one sign-in has to be answered with; kept with the browser, sealed, until it comes back. */
export interface SignInChecks {
  readonly state: string;
  readonly nonce: string;
  readonly verifier: string;
}

/** Somebody as the provider knows them. */
export interface ProviderPerson {
  /** With the issuer, all that identifies them (T9). */
  readonly subject: string;
  readonly groups: readonly string[];
  /** What a person who is new here would be called; null: the provider does not say. */
  readonly personId: string | null;
  readonly name: string | null;
  /** For asking again; null: the provider gave none. */
  readonly refreshToken: string | null;
}

export type SignInAnswer =
  | { readonly kind: "signed_in"; readonly person: ProviderPerson }
  /** The person or the provider said no, or the answer is none to what was asked. */
  | { readonly kind: "refused"; readonly why: string }
  | ProviderUnavailable;

/** What the provider says of an account just now. */
export type RefreshAnswer =
  | {
      readonly kind: "confirmed";
      readonly groups: readonly string[];
      /** The one for the next time; it may be another than the one that was used. */
      readonly refreshToken: string;
    }
  /** It knows no such account any more, or takes its token no more: whoever it is signs in anew. */
  | { readonly kind: "ended" }
  /** `refreshToken`: the old one was used up before it failed. */
  | (ProviderUnavailable & { readonly refreshToken?: string });

/** It did not answer in time, or not usably. Nothing is known. */
export interface ProviderUnavailable {
  readonly kind: "unavailable";
  /** For the log; never a secret. */
  readonly why: string;
}

/** Every call resolves within a few seconds, whatever the provider does, and never rejects. */
export interface IdentityProvider {
  /** What people call it. */
  readonly name: string;
  readonly issuer: string;
  /** Where to send a browser, and what its answer is checked against. */
  begin(
    redirectUri: string,
  ): Promise<
    | { readonly kind: "begun"; readonly url: string; readonly checks: SignInChecks }
    | ProviderUnavailable
  >;
  /** @param callback the URL the browser came back to, complete. */
  finish(callback: URL, checks: SignInChecks): Promise<SignInAnswer>;
  /** The token may be used up by asking: the one in the answer takes its place. */
  refresh(account: {
    readonly subject: string;
    readonly refreshToken: string;
  }): Promise<RefreshAnswer>;
}
