/** What could not be told to people, as operators see it. */
export interface DeliveryView {
  readonly id: string;
  /** What it is about, e.g. `needs_decision`. */
  readonly notice: string;
  readonly channel: "webhook" | "chat" | "mail";
  readonly request_id: string | null;
  /** Whose copy it is; null: everybody's. */
  readonly person: string | null;
  /**
   * `failing`: it will be tried again. `dead`: it was given up. `folded`: people were told of an older
   * request just like it, and are told of this one when that waits no more.
   */
  readonly status: "failing" | "dead" | "folded";
  /** For `folded`: that older request. */
  readonly told_instead: string | null;
  readonly attempts: number;
  readonly last_error: string | null;
  /** When it is tried next; null once it was given up. */
  readonly next_at: number | null;
  readonly dead_at: number | null;
}
