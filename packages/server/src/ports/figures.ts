/** The store's part of counting: sums that it makes of its own records. Nothing here is truth. */

/** From, and up to and without; milliseconds since the epoch. */
export interface Period {
  readonly since: number;
  readonly until: number;
}

/** Nearest-rank; null where there was nothing to rank. */
export interface Spread {
  readonly count: number;
  readonly p50: number | null;
  readonly p90: number | null;
}

/** About requests submitted in the period. */
export interface RequestCounts {
  readonly days: readonly {
    readonly day: number;
    readonly requests: number;
    readonly held: number;
  }[];
  /** Requests of which the same rules said something. */
  readonly ruleSets: readonly {
    readonly rules: readonly string[];
    readonly requests: number;
    readonly held: number;
    readonly denied: number;
    readonly decided: number;
    readonly approved: number;
    readonly rejected: number;
    readonly edited: number;
    readonly expired: number;
  }[];
  readonly identities: readonly (Spread & {
    readonly identity: string;
    readonly requests: number;
    readonly held: number;
    readonly waitedMs: number;
  })[];
  readonly waiting: Spread;
  readonly deciding: Spread;
  /** What has an impact and ran on policy alone. `minorUnits`: of those with an amount. */
  readonly unattended: readonly {
    readonly impact: string;
    readonly currency: string | null;
    readonly count: number;
    readonly minorUnits: bigint | null;
  }[];
}

/** What one person decided in the period, of one identity's requests under the same rules. */
export interface DecisionCounts {
  readonly person: string;
  readonly identity: string;
  readonly rules: readonly string[];
  readonly approved: number;
  readonly rejected: number;
  readonly overridden: number;
  readonly interrupted: number;
  /** How many of these were looked at before, so that their time is known. */
  readonly measured: number;
  readonly readMs: number;
  /** Decided in less time than it takes to read what was decided. */
  readonly fasterThanReading: number;
}

/** How long reading takes at least, and how long a look may count. */
export interface ReadingPace {
  readonly perCharacterMs: number;
  readonly leastMs: number;
  readonly mostMs: number;
}

export interface FigureReads {
  requestCounts(period: Period): Promise<RequestCounts>;
  decisionCounts(period: Period, pace: ReadingPace): Promise<readonly DecisionCounts[]>;
  /** How long this person, or anybody, looked before they decided; of the decisions where it is known. */
  readingSpread(person: string | null, period: Period, pace: ReadingPace): Promise<Spread>;
}
