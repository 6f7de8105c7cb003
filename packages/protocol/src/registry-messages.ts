/** Who there is: identities with their keys, and people, as the registry shows them. */

/**
 * Where an identity is in its life, in the order of a life that goes well; `suspended` and `dormant` are
 * stops on the way.
 */
export const STAGES = [
  "requested",
  "provisioned",
  "probation",
  "active",
  "suspended",
  "dormant",
  "offboarded",
] as const;
export type Stage = (typeof STAGES)[number];

export interface IdentityView {
  readonly id: string;
  readonly type: string;
  readonly owner: string;
  readonly stage: string;
  readonly groups: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
  readonly acts_for_people: boolean;
  readonly assurance: "mediated" | "cooperative";
  readonly mode: "enforce" | "shadow";
  readonly may: readonly string[] | null;
  readonly keys: readonly KeyView[];
}

/** An identity after a change of it was asked for. */
export interface SavedIdentityView extends IdentityView {
  /** The request that somebody decides, until when nothing is changed; null: none is needed. */
  readonly proposal: { readonly id: string; readonly link: string } | null;
}

export interface KeyView {
  readonly id: string;
  readonly prefix: string;
  readonly created_at: number;
  readonly expires_at: number;
  readonly revoked_at: number | null;
}

export interface PersonView {
  readonly id: string;
  readonly name: string;
  readonly rights: readonly string[];
  readonly disabled: boolean;
  /** Where they are told of what waits for them. */
  readonly email: string | null;
  readonly slack: string | null;
}
