/** The store's part of who looked at what, and of who stands in for whom. */

/** A person looked at a request's card. No evidence of anything: it staggers notices, and is counted. */
export interface StoredLook {
  readonly requestId: string;
  readonly person: string;
  readonly firstAt: number;
  readonly lastAt: number;
  /** How long in all, as the page measured it; null: it did not say. */
  readonly readMs: number | null;
}

/** For a period somebody's requests are routed to another; it gives no right to anybody. */
export interface StoredDelegation {
  /** `del_…` */
  readonly id: string;
  readonly from: string;
  readonly to: string;
  readonly startsAt: number;
  /** Up to and without it: it ends by itself. */
  readonly endsAt: number;
  readonly reason: string;
  readonly createdAt: number;
  /** When somebody ended it before its time. */
  readonly endedAt: number | null;
}

export interface RoutingWrite {
  readonly kind: "delegation";
  readonly delegation: StoredDelegation;
}

export interface RoutingReads {
  looks(requestId: string): Promise<readonly StoredLook[]>;
  /** The latest first. */
  delegations(limit: number): Promise<readonly StoredDelegation[]>;
  delegation(id: string): Promise<StoredDelegation | null>;
  /** In force at that time, to this person. */
  delegationsTo(person: string, at: number): Promise<readonly StoredDelegation[]>;
}
