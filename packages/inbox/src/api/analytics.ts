import type { AnalyticsView } from "@haltpoint/protocol";
import { useQuery, type UseQueryResult } from "@tanstack/react-query";
import { serverNow } from "../time/server-clock.ts";
import { read, withQuery } from "./call.ts";
import type { CallFailed } from "./failure.ts";
import { KEYS } from "./query-client.ts";

const dayMs = 86_400_000;

/** Of so many days up to now. */
export function useAnalytics(days: number): UseQueryResult<AnalyticsView, CallFailed> {
  return useQuery({
    queryKey: [...KEYS.analytics, days],
    queryFn: ({ signal }) => {
      const since = serverNow() - days * dayMs;
      return read<AnalyticsView>(withQuery("/v1/analytics", { since }), signal);
    },
    staleTime: 60_000,
  });
}
