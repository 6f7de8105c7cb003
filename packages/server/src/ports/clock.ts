/** Time as the machine tells it. The store turns it into time that never goes back (I7). */
export interface Clock {
  /** Milliseconds since the epoch; may jump. */
  wallMs(): number;
  /** Milliseconds from an arbitrary start; never goes back and never jumps. */
  monotonicMs(): number;
}
