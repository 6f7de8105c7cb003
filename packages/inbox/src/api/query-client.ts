import { QueryCache, QueryClient } from "@tanstack/react-query";
import { CallFailed, isPassing } from "./failure.ts";

declare module "@tanstack/react-query" {
  interface Register {
    defaultError: CallFailed;
  }
}

/** Names of what is read, so that whatever changes it can say so. The first word is what `live` uses. */
export const KEYS = {
  me: ["me"],
  requests: ["requests"],
  request: (id: string) => ["request", id],
  running: ["running"],
  halts: ["halts"],
  identities: ["identities"],
  people: ["people"],
  policy: ["policy"],
  /** Read from the whole record: no event has it read again. */
  coverage: ["coverage"],
  analytics: ["analytics"],
  delegations: ["delegations"],
  sessions: ["sessions"],
  signIn: ["sign-in"],
} as const;

const triesMax = 2;
const freshMs = 5_000;

export function createQueryClient(): QueryClient {
  const client: QueryClient = new QueryClient({
    queryCache: new QueryCache({
      // Signed out elsewhere, or for too long: the session is looked at again, and the shell reacts.
      onError(error) {
        if (error instanceof CallFailed && error.failure.code === "unauthenticated") {
          void client.invalidateQueries({ queryKey: KEYS.me });
        }
      },
    }),
    defaultOptions: {
      queries: {
        staleTime: freshMs,
        gcTime: Number.POSITIVE_INFINITY,
        networkMode: "always",
        retry: (tries, error) =>
          error instanceof CallFailed && isPassing(error.failure) && tries < triesMax,
      },
    },
  });
  return client;
}
