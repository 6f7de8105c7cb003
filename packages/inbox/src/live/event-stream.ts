import type { EventView } from "@haltpoint/protocol";
import { EventText } from "./event-text.ts";

export type Heard =
  | { readonly kind: "alive" }
  | { readonly kind: "event"; readonly event: EventView }
  | { readonly kind: "lost" }
  | { readonly kind: "signed_out" };

/** The server says something at least every 15 s; twice that and more is silence. */
const silenceMs = 40_000;
const pauseMinMs = 500;
const pauseMaxMs = 15_000;

/**
 * Reads `/v1/events` for as long as it may, again and again. Read as a stream and not by EventSource:
 * only so are the server's comments heard, and with them how old what is on the screen really is.
 */
export async function followEvents(
  tell: (heard: Heard) => void,
  signal: AbortSignal,
): Promise<void> {
  let after: string | null = null;
  let pauseMs = pauseMinMs;
  while (!signal.aborted) {
    const ended = await readOnce(after, signal, (heard, id) => {
      pauseMs = pauseMinMs;
      after = id ?? after;
      tell(heard);
    });
    if (signal.aborted) return;
    tell({ kind: ended });
    if (ended === "signed_out") return;
    await pauseOrOnline(pauseMs, signal);
    pauseMs = Math.min(pauseMs * 2, pauseMaxMs);
  }
}

async function readOnce(
  after: string | null,
  signal: AbortSignal,
  tell: (heard: Heard, id: string | null) => void,
): Promise<"lost" | "signed_out"> {
  const silence = new AbortController();
  let timer = setTimeout(() => silence.abort(), silenceMs);
  try {
    const response = await fetch("/v1/events", {
      credentials: "same-origin",
      cache: "no-store",
      signal: AbortSignal.any([signal, silence.signal]),
      headers: {
        accept: "text/event-stream",
        ...(after === null ? {} : { "last-event-id": after }),
      },
    });
    if (response.status === 401) return "signed_out";
    if (!response.ok || response.body === null) return "lost";
    const text = new EventText();
    for await (const chunk of response.body.pipeThrough(new TextDecoderStream())) {
      clearTimeout(timer);
      timer = setTimeout(() => silence.abort(), silenceMs);
      tell({ kind: "alive" }, null);
      for (const { data, id } of text.push(chunk)) {
        if (data !== null) tell({ kind: "event", event: JSON.parse(data) as EventView }, id);
      }
    }
  } catch {
    // Cut off, silent or unreadable: the next round says which.
  } finally {
    clearTimeout(timer);
    silence.abort();
  }
  return "lost";
}

/** The browser often knows first that there is a network again. */
function pauseOrOnline(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(finish, ms);
    addEventListener("online", finish);
    signal.addEventListener("abort", finish);
    function finish(): void {
      clearTimeout(timer);
      removeEventListener("online", finish);
      signal.removeEventListener("abort", finish);
      resolve();
    }
  });
}
