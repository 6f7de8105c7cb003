import { dehydrate, hydrate, type QueryClient } from "@tanstack/react-query";
import { setCsrf } from "../api/call.ts";
import { KEYS } from "../api/query-client.ts";

/**
 * What was read is kept for this tab, so that a reload without a network still shows it. It is gone
 * with the tab, and with the session: the next person sees nothing of it.
 */
const STORED = "haltpoint-read";
const sizeMax = 2_000_000;
const pauseMs = 1_000;
/** Of no use later: how one can sign in, and codes that are good once. Or large: nothing else would fit. */
const NEVER_KEPT: ReadonlySet<unknown> = new Set(["sign-in", "cli", KEYS.coverage[0]]);

export function keepData(client: QueryClient): void {
  let timer: ReturnType<typeof setTimeout> | null = null;
  restore(client);
  client.getQueryCache().subscribe(() => {
    timer ??= setTimeout(() => {
      timer = null;
      store(client);
    }, pauseMs);
  });
}

/** Signed out here: the shell leaves, and nothing of theirs stays for whoever sits here next. */
export function forgetData(client: QueryClient): void {
  setCsrf(null);
  // Set and not removed: the shell looks at this very entry.
  client.setQueryData(KEYS.me, null);
  client.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== KEYS.me[0] });
  try {
    sessionStorage.removeItem(STORED);
  } catch {
    // Nothing was kept either.
  }
}

function restore(client: QueryClient): void {
  try {
    const text = sessionStorage.getItem(STORED);
    if (text === null) return;
    hydrate(client, JSON.parse(text));
    // What changed since was not heard: it is shown, and read again at once.
    void client.invalidateQueries({ refetchType: "none" });
  } catch {
    // Of another build, or damaged: it is read anew.
  }
}

function store(client: QueryClient): void {
  const state = dehydrate(client, {
    shouldDehydrateQuery: ({ state: { status, data }, queryKey }) =>
      status === "success" && data !== null && !NEVER_KEPT.has(queryKey[0]),
    shouldDehydrateMutation: () => false,
  });
  try {
    const text = JSON.stringify(state);
    if (text.length <= sizeMax) sessionStorage.setItem(STORED, text);
  } catch {
    // Full or forbidden: then there is nothing to read without a network.
  }
}
