import { useQuery, type UseQueryResult } from "@tanstack/react-query";
import { call, setCsrf } from "./call.ts";
import { CallFailed } from "./failure.ts";
import { KEYS } from "./query-client.ts";
import { setServerTime } from "../time/server-clock.ts";

/** `GET /v1/me`. */
export interface Me {
  readonly person: {
    readonly id: string;
    readonly name: string;
    readonly email: string | null;
    readonly slack: string | null;
    readonly rights: readonly string[];
  };
  readonly via: "oidc" | "passkey" | "development";
  readonly channel: string;
  readonly csrf: string;
  readonly session: string | null;
  readonly expires_at: number;
  readonly groups: readonly string[];
  readonly passkeys: readonly Passkey[];
  readonly development: boolean;
  readonly server_time: number;
  readonly public_url: string;
  readonly may_override: boolean;
}
export interface Passkey {
  readonly id: string;
  readonly name: string;
  readonly created_at: number;
  readonly last_used_at: number | null;
}

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
