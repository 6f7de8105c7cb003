/** The store's part of accounts at an identity provider: which person they are, and their groups. */

/**
 * One person's account at an identity provider. INVARIANT: T9. It is known by issuer and subject,
 * which never change hands; no name and no address identifies anybody.
 */
export interface StoredAccount {
  readonly issuer: string;
  readonly subject: string;
  readonly person: string;
  /** As the provider last said. */
  readonly groups: readonly string[];
  /** When the provider last confirmed the account and its groups, by the store's clock. */
  readonly confirmedAt: number;
  /** Sealed; null: the provider gave none, so nothing can be confirmed until the next sign-in. */
  readonly refreshToken: string | null;
  /** When the provider said that there is no such account any more. */
  readonly endedAt: number | null;
  readonly linkedAt: number;
  /** Grows by one with each write; the fence of every write. */
  readonly version: number;
}

/** Writes that are their own fence: over any version but the one before, the commit is stale. */
export type AccountWrite =
  /** Linked, changed in its groups, ended or back again: the membership epoch moves. */
  | { readonly kind: "account"; readonly account: StoredAccount }
  /** The same account with another time or token: no decision has to be made again for it. */
  | { readonly kind: "account_kept"; readonly account: StoredAccount }
  /** The person has no account there any more; the membership epoch moves. */
  | { readonly kind: "account_unlinked"; readonly account: StoredAccount };

export type StaleAccountFact = "account";

export interface AccountReads {
  account(issuer: string, subject: string): Promise<StoredAccount | null>;
  /** Of these persons; each has at most one. */
  accountsOf(persons: readonly string[]): Promise<readonly StoredAccount[]>;
  accounts(): Promise<readonly StoredAccount[]>;
}
