/** What every route of this edge works with. */
import type { Logger } from "pino";
import type { App } from "../../app/app.ts";
import type { Attempts } from "./attempts.ts";
import type { HttpLimits } from "./limits.ts";
import type { Metrics } from "./metrics.ts";
import type { PageFiles } from "./pages/page-files.ts";
import type { Waiters } from "./waiters.ts";

export interface Edge {
  readonly app: App;
  readonly limits: HttpLimits;
  /** Whose `X-Forwarded-For` is believed. */
  readonly trustedProxies: readonly string[];
  /** Tries to sign in, by address and by person. */
  readonly attempts: Attempts;
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly waiters: Waiters;
  /** Readers of the event stream; they are let go with the waiters. */
  readonly streams: Waiters;
  /** Callers for whom all that is on record is looked through. */
  readonly walks: Waiters;
  /** The inbox; null where it was not built. */
  readonly pages: PageFiles | null;
}
