import type { Card } from "@haltpoint/protocol";
import { useQuery, type UseQueryResult } from "@tanstack/react-query";
import { useCallback, useEffect, useRef } from "react";
import { call, read } from "../api/call.ts";
import type { CallFailed } from "../api/failure.ts";
import { KEYS } from "../api/query-client.ts";

export function cardPath(id: string, verb: string): string {
  return `/v1/requests/${encodeURIComponent(id)}/${verb}`;
}

export function useCard(id: string): UseQueryResult<Card, CallFailed> {
  return useQuery({
    queryKey: KEYS.request(id),
    queryFn: ({ signal }) => read<Card>(cardPath(id, "card"), signal),
  });
}

/** A key pressed for the card that was there a moment ago is not meant for this one. */
const LOCK_MS = 500;

/** Whether the card has only just become what it is. */
export function useCardLock(state: string): () => boolean {
  const until = useRef(Infinity);
  useEffect(() => {
    until.current = performance.now() + LOCK_MS;
  }, [state]);
  return useCallback(() => performance.now() < until.current, []);
}

/** Looked at for less, it was only passed by. */
const SEEN_AFTER_MS = 1_000;
const STEP_MS = 250;

/**
 * How long the card has been in front of the person: counted while the page is visible, recorded and
 * never enforced. Tells the server once that somebody looks, so that it need not tell others.
 */
export function useReadingTime(id: string): () => number {
  const readMs = useRef(0);
  useEffect(() => {
    readMs.current = 0;
    let isTold = false;
    const timer = setInterval(() => {
      if (document.visibilityState !== "visible") return;
      readMs.current += STEP_MS;
      if (isTold || readMs.current < SEEN_AFTER_MS) return;
      isTold = true;
      void tellSeen(id, readMs.current);
    }, STEP_MS);
    return () => clearInterval(timer);
  }, [id]);
  return useCallback(() => readMs.current, []);
}

/** Nothing is lost if this is: it only spares others a notice. */
async function tellSeen(id: string, readMs: number): Promise<void> {
  await call({
    method: "POST",
    path: cardPath(id, "seen"),
    key: crypto.randomUUID(),
    body: { read_ms: readMs },
  });
}
