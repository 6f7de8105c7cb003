import { dehydrate, hydrate, type QueryClient } from "@tanstack/react-query";

/**
 * What was read is kept for this tab, so that a reload without a network still shows it. It is gone
 * with the tab, and with the session: the next person sees nothing of it.
 */
const STORED = "haltpoint-read";
const sizeMax = 2_000_000;
const pauseMs = 1_000;
/** Nothing that lets anybody act, and nothing of who is signed in. */
const NEVER_KEPT: ReadonlySet<unknown> = new Set(["sign-in", "cli"]);

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

export function forgetData(client: QueryClient): void {
  client.clear();
  try {
    sessionStorage.removeItem(STORED);
  } catch {
    // Nothing was kept either.
  }
}

function restore(client: QueryClient): void {
  try {
    const text = sessionStorage.getItem(STORED);
    if (text !== null) hydrate(client, JSON.parse(text));
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
