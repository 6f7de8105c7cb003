import type { Me } from "@haltpoint/protocol";
import { useQuery, type UseQueryResult } from "@tanstack/react-query";
import { call, setCsrf } from "./call.ts";
import { CallFailed } from "./failure.ts";
import { KEYS } from "./query-client.ts";
import { setServerTime } from "../time/server-clock.ts";

/** Who is signed in; null: nobody. */
export function useMe(): UseQueryResult<Me | null, CallFailed> {
  return useQuery({ queryKey: KEYS.me, queryFn: ({ signal }) => readMe(signal) });
}

async function readMe(signal: AbortSignal): Promise<Me | null> {
  const answer = await call<Me>({ method: "GET", path: "/v1/me", signal });
  if (answer.ok) {
    setCsrf(answer.value.csrf);
    setServerTime(answer.value.server_time);
    return answer.value;
  }
  if (answer.failure.code !== "unauthenticated") throw new CallFailed(answer.failure);
  setCsrf(null);
  return null;
}
