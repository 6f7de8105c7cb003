/** Requests that wait and would do the same: told apart by their ids only. */

export interface LookAlikes {
  /** Keyed MAC of what would be done; equal for look-alikes, and says nothing else. */
  readonly group: string;
  /** How many of them wait. */
  readonly waiting: number;
  /** When the oldest of them was submitted. */
  readonly oldestAt: number;
}

/** A request that was edited is like those that ask for the same as it does now. */
export interface LookAlikeWrite {
  readonly kind: "look_alike";
  readonly requestId: string;
  readonly group: string;
}

export interface LookAlikeReads {
  /** Of those of these requests that wait; one that nothing is like is alone in its group. */
  lookAlikes(requestIds: readonly string[]): Promise<ReadonlyMap<string, LookAlikes>>;
  /** Ids of a group that wait, the oldest first. */
  waitingAlike(group: string, limit: number): Promise<readonly string[]>;
}
