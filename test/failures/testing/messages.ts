/** What the matrix and the processes it starts say to each other. */

/** What happens to one COMMIT. */
export type CommitFault = "fails" | "done_but_fails" | "killed_before" | "killed_after";

export type ToServer = {
  readonly arm: {
    readonly label: string;
    /** Which one of this label, from 1, counted from now. */
    readonly nth: number;
    readonly fault: CommitFault;
  } | null;
};

export type FromServer =
  | { readonly kind: "armed" }
  | { readonly kind: "commit"; readonly label: string }
  | { readonly kind: "hit" };

/** One call of a guarded function. */
export interface AgentCall {
  readonly kind: "call";
  /** To tell the answers to one call from those to another. */
  readonly call: number;
  readonly url: string;
  readonly apiKey: string;
  readonly effectUrl: string;
  readonly action: string;
  readonly key: string;
  readonly amount: string;
}

export type ToAgent = AgentCall | { readonly kind: "abort"; readonly call: number };

/** How a guarded call ended: what its caller knows. */
export interface Ending {
  /** `ran`, or the code of what it threw. */
  readonly kind: string;
  readonly detail: string;
}

export type FromAgent =
  | { readonly kind: "held"; readonly call: number; readonly id: string }
  /** The server could not be reached; the caller makes the identical call again. */
  | { readonly kind: "called_again"; readonly call: number }
  | { readonly kind: "ended"; readonly call: number; readonly ending: Ending };
