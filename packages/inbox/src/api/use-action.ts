import { useQueryClient, type QueryKey } from "@tanstack/react-query";
import { useRef, useState } from "react";
import { call, type Answer, type Ask } from "./call.ts";
import type { Failure } from "./failure.ts";
import { Intent, sendIntent } from "./intent.ts";

export interface Action<B, T> {
  /** Does it; while it is under way another click does nothing and answers null. */
  readonly run: (body: B) => Promise<Answer<T> | null>;
  readonly isBusy: boolean;
  /** Why the last try failed, until the next one. */
  readonly failure: Failure | null;
  readonly clear: () => void;
}

/**
 * Something a person does. Keeps the key of their intent over retries, and reads again what it
 * changed. Nothing is ever queued: what cannot be sent now has failed, and says so.
 */
export function useAction<B, T>(
  askFor: (body: B) => Ask,
  options: { readonly refresh?: readonly QueryKey[] } = {},
): Action<B, T> {
  const client = useQueryClient();
  const intent = useRef<Intent>(null);
  const busy = useRef(false);
  const [isBusy, setBusy] = useState(false);
  const [failure, setFailure] = useState<Failure | null>(null);

  const run = async (body: B): Promise<Answer<T> | null> => {
    if (busy.current) return null;
    busy.current = true;
    intent.current ??= new Intent(() => crypto.randomUUID());
    setBusy(true);
    setFailure(null);
    try {
      const answer = await sendIntent<T>(intent.current, askFor(body), call, pause);
      if (!answer.ok) setFailure(answer.failure);
      await Promise.all(
        (options.refresh ?? []).map((queryKey) => client.invalidateQueries({ queryKey })),
      );
      return answer;
    } finally {
      busy.current = false;
      setBusy(false);
    }
  };
  return { run, isBusy, failure, clear: () => setFailure(null) };
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
