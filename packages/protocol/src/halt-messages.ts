/** The kill switch: what is halted, by whom, and the lifts. */

export type HaltScope =
  | { readonly kind: "everything" }
  | { readonly kind: "identity"; readonly id: string }
  | { readonly kind: "owner"; readonly id: string }
  | { readonly kind: "group"; readonly id: string }
  | { readonly kind: "session"; readonly id: string }
  | { readonly kind: "trace"; readonly id: string }
  | { readonly kind: "action"; readonly id: string }
  | { readonly kind: "impact"; readonly id: string };

export interface HaltBody {
  readonly scope: HaltScope;
  readonly reason: string;
}
export interface HaltView {
  readonly id: string;
  readonly scope: HaltScope;
  readonly reason: string;
  /** `person:ana`; `haltpoint`: the server itself, because of a burst. */
  readonly by: string;
  readonly at: number;
  readonly active: boolean;
  readonly lifts: readonly { readonly by: string; readonly at: number; readonly reason: string }[];
  readonly lifted_at: number | null;
  /** In the answer to placing it: runs told to stop and approvals ended. Else null. */
  readonly interrupted: number | null;
}
