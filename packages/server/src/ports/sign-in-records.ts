/** The store's part of signing in: sessions, passkeys, enrolment links, ceremonies. */
import type { SignInVia } from "@haltpoint/protocol";

/** Somebody signed in. The secret is with the browser or the command line; here is its hash. */
export interface StoredSession {
  /** `ses_…`; names and never authorises. */
  readonly id: string;
  readonly person: string;
  readonly hash: string;
  /** The hash before the last rotation, still taken until `previousUntil`; null: none. */
  readonly previousHash: string | null;
  readonly previousUntil: number;
  /** `web`: taken from a cookie only; `cli`: as bearer only. */
  readonly kind: "web" | "cli";
  readonly via: SignInVia;
  /** What the caller calls itself; proves nothing. */
  readonly label: string;
  /** What a change by cookie has to send along. */
  readonly csrf: string;
  readonly createdAt: number;
  readonly rotatedAt: number;
  readonly lastSeenAt: number;
  /** However much it is used. */
  readonly expiresAt: number;
  /** How long it lives without being used. */
  readonly idleMs: number;
  readonly endedAt: number | null;
}

/** A key pair of a person's; the private half never leaves their device or its service. */
export interface StoredPasskey {
  /** `pk_…` */
  readonly id: string;
  readonly person: string;
  /** WebAuthn's, base64url. */
  readonly credentialId: string;
  /** COSE key, base64url. */
  readonly publicKey: string;
  /** COSE number: -8, -7 or -257. */
  readonly algorithm: number;
  readonly counter: number;
  readonly transports: readonly string[];
  readonly backedUp: boolean;
  readonly name: string;
  readonly createdAt: number;
  readonly lastUsedAt: number | null;
  readonly revokedAt: number | null;
}

/** A one-time link by which a person gets a passkey. Its token is in the link only. */
export interface StoredEnrolment {
  /** `enr_…` */
  readonly id: string;
  readonly hash: string;
  /** Null: the setup link, by which the first person comes to be. */
  readonly person: string | null;
  readonly by: string;
  readonly reason: string;
  readonly createdAt: number;
  readonly expiresAt: number;
  readonly usedAt: number | null;
}

export type CeremonyKind = "sign_in" | "register" | "enrol" | "step_up";

/** A challenge that was given out and may be answered once. */
export interface StoredCeremony {
  /** `cer_…` */
  readonly id: string;
  readonly kind: CeremonyKind;
  /** Whose answer is taken; null: anybody's. */
  readonly person: string | null;
  /** What is signed, base64url. */
  readonly challenge: string;
  /** JSON of whoever began it. */
  readonly context: string;
  readonly createdAt: number;
  readonly expiresAt: number;
}

/** A command line that asked to be signed in: whom it becomes is for a browser to say. */
export interface StoredCliAuthorization {
  /** `cla_…` */
  readonly id: string;
  /** Of the code that the command line alone knows. */
  readonly deviceHash: string;
  /** Typed or compared by a person; lets nobody in. */
  readonly userCode: string;
  /** What the command line calls itself; proves nothing. */
  readonly label: string;
  readonly address: string;
  readonly createdAt: number;
  readonly expiresAt: number;
  /** Null: nobody said anything yet. */
  readonly decided: {
    readonly allowed: boolean;
    /** The browser's session it was said in. */
    readonly session: string;
  } | null;
}

/** Writes that are their own fence: a thing that is no longer there makes the commit stale. */
export type SignInWrite =
  | { readonly kind: "session"; readonly session: StoredSession }
  /** It was used; with `rotated` under a new secret from now on. Stale where it has ended. */
  | {
      readonly kind: "session_seen";
      readonly id: string;
      readonly at: number;
      readonly rotated?: {
        readonly from: string;
        readonly to: string;
        readonly previousUntil: number;
      };
    }
  /** Ends one, or all of a person but perhaps one. Those that have ended stay as they are. */
  | {
      readonly kind: "sessions_ended";
      readonly of:
        { readonly session: string } | { readonly person: string; readonly but?: string };
      readonly at: number;
    }
  /** A new one, or a known one that is revoked. */
  | { readonly kind: "passkey"; readonly passkey: StoredPasskey }
  /** It signed. Stale where it was revoked, or where its counter did not grow (zero: it has none). */
  | {
      readonly kind: "passkey_used";
      readonly id: string;
      readonly counter: number;
      readonly backedUp: boolean;
      readonly at: number;
    }
  | { readonly kind: "enrolment"; readonly enrolment: StoredEnrolment }
  /** Stale where it was used already. */
  | { readonly kind: "enrolment_used"; readonly id: string; readonly at: number }
  /** Links that were not used and are good for nothing any more. */
  | { readonly kind: "enrolments_withdrawn"; readonly person: string | null; readonly at: number }
  | { readonly kind: "ceremony"; readonly ceremony: StoredCeremony }
  /** Stale where it was answered already. */
  | { readonly kind: "ceremony_done"; readonly id: string }
  | { readonly kind: "cli_authorization"; readonly authorization: StoredCliAuthorization }
  /** Stale where it was decided already. */
  | {
      readonly kind: "cli_authorization_decided";
      readonly id: string;
      readonly allowed: boolean;
      readonly session: string;
    }
  /** Stale where its token was given out already. */
  | { readonly kind: "cli_authorization_done"; readonly id: string };

export type StaleSignInFact =
  "session" | "passkey" | "enrolment" | "ceremony" | "cli_authorization";

export interface SignInReads {
  /** By the hash in force or the one before it, ended and expired ones included. */
  sessionByHash(hash: string): Promise<StoredSession | null>;
  session(id: string): Promise<StoredSession | null>;
  /** Those that have not ended, newest first; expired ones included. */
  sessions(person: string): Promise<readonly StoredSession[]>;
  /** Revoked ones included, oldest first. */
  passkeys(person: string): Promise<readonly StoredPasskey[]>;
  passkeyByCredential(credentialId: string): Promise<StoredPasskey | null>;
  enrolmentByHash(hash: string): Promise<StoredEnrolment | null>;
  ceremony(id: string): Promise<StoredCeremony | null>;
  /** Expired and decided ones included. */
  cliAuthorization(
    by: { readonly deviceHash: string } | { readonly userCode: string },
  ): Promise<StoredCliAuthorization | null>;
}
