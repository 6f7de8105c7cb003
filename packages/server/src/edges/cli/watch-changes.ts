/**
 * Calls back whenever something happened on the server: by its event stream, resumed where it broke
 * off; and by asking again every few seconds while there is none.
 */
import { setTimeout as pause } from "node:timers/promises";

const POLL_MS = 2_000;
/** Several events of one decision are one change. */
const SETTLE_MS = 100;

export interface Watching {
  readonly url: string;
  readonly token: string;
  /** Ends the watch. */
  readonly signal: AbortSignal;
  /** Must be safe to call at any time; a rejection ends the watch. */
  readonly onChange: () => Promise<void>;
}

/** Resolves when the signal aborts. */
export async function watchChanges(watching: Watching): Promise<void> {
  const { signal, onChange } = watching;
  let lastEventId: string | undefined;
  const followed = async (): Promise<void> => {
    for await (const id of eventIds(watching, lastEventId)) {
      lastEventId = id;
      await pause(SETTLE_MS, undefined, { signal });
      await onChange();
    }
  };
  while (!signal.aborted) {
    try {
      await followed();
    } catch (error) {
      if (signal.aborted) return;
      if (!(error instanceof StreamEnded)) throw error;
    }
    await pause(POLL_MS, undefined, { signal }).catch(() => undefined);
    if (!signal.aborted) await onChange();
  }
}

/** The stream broke off, or there is none; not the caller's fault. */
class StreamEnded extends Error {}

async function* eventIds(
  { url, token, signal }: Watching,
  lastEventId: string | undefined,
): AsyncGenerator<string> {
  const headers = {
    authorization: `Bearer ${token}`,
    accept: "text/event-stream",
    ...(lastEventId === undefined ? {} : { "last-event-id": lastEventId }),
  };
  const response = await fetch(`${url}/v1/events`, { headers, signal, redirect: "manual" }).catch(
    (error: unknown) => {
      throw new StreamEnded("no stream", { cause: error });
    },
  );
  if (!response.ok || response.body === null) throw new StreamEnded("no stream");
  const decoder = new TextDecoder();
  let text = "";
  try {
    for await (const chunk of response.body) {
      text += decoder.decode(chunk as Uint8Array, { stream: true });
      const end = text.lastIndexOf("\n\n");
      if (end === -1) continue;
      const ids = [...text.slice(0, end).matchAll(/^id: ?(.+)$/gm)];
      text = text.slice(end + 2);
      const last = ids.at(-1)?.[1];
      if (last !== undefined) yield last;
    }
  } catch (error) {
    throw new StreamEnded("the stream broke off", { cause: error });
  }
}
