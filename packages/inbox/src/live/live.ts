/**
 * One stream of events for all tabs: whoever holds the lock reads it and tells the others, so that a
 * browser with many tabs does not use up its connections to the server, or the server's readers.
 */
import type { EventView } from "@haltpoint/protocol";
import { followEvents, type Heard } from "./event-stream.ts";
import { serverNow } from "../time/server-clock.ts";

export interface LiveState {
  readonly kind: "connecting" | "live" | "offline";
  /** When the server was last heard, on its clock; for `offline`: since when it is not. */
  readonly at: number;
}

type Listener = (event: EventView) => void;

/** A tab that opens asks whether anything is heard; it would else wait for the next comment. */
interface Hello {
  readonly kind: "hello";
}
const ALIVE: Heard = { kind: "alive" };

const CHANNEL = "haltpoint-live";
/** A tab that only listens hears of the server as often as its leader does. */
const silenceMs = 45_000;

class Live {
  #state: LiveState = { kind: "connecting", at: serverNow() };
  readonly #watchers = new Set<() => void>();
  readonly #listeners = new Set<Listener>();
  #silence: ReturnType<typeof setTimeout> | undefined;

  get state(): LiveState {
    return this.#state;
  }

  readonly watch = (watcher: () => void): (() => void) => {
    this.#watchers.add(watcher);
    return () => this.#watchers.delete(watcher);
  };

  readonly listen = (listener: Listener): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** Begins; the function ends it. `onSignedOut`: the session is over. */
  start(onSignedOut: () => void): () => void {
    const end = new AbortController();
    const channel = new BroadcastChannel(CHANNEL);
    const hear = (heard: Heard): void => {
      this.#hear(heard);
      if (heard.kind === "signed_out") onSignedOut();
    };
    let isLeader = false;
    channel.addEventListener("message", ({ data }: MessageEvent<Heard | Hello>) => {
      if (data.kind !== "hello") hear(data);
      else if (isLeader && this.#state.kind === "live") channel.postMessage(ALIVE);
    });
    channel.postMessage({ kind: "hello" } satisfies Hello);
    const lead = async (): Promise<void> => {
      isLeader = true;
      await followEvents((heard) => {
        hear(heard);
        channel.postMessage(heard);
      }, end.signal);
    };
    const goOffline = (): void => this.#hear({ kind: "lost" });
    addEventListener("offline", goOffline);
    void leading(lead, end.signal);
    return () => {
      end.abort();
      channel.close();
      clearTimeout(this.#silence);
      removeEventListener("offline", goOffline);
    };
  }

  #hear(heard: Heard): void {
    if (heard.kind === "lost" || heard.kind === "signed_out") {
      if (this.#state.kind !== "offline") this.#set({ kind: "offline", at: serverNow() });
      return;
    }
    clearTimeout(this.#silence);
    this.#silence = setTimeout(() => this.#hear({ kind: "lost" }), silenceMs);
    this.#set({ kind: "live", at: serverNow() });
    if (heard.kind === "event") for (const listener of this.#listeners) listener(heard.event);
  }

  #set(state: LiveState): void {
    this.#state = state;
    for (const watcher of this.#watchers) watcher();
  }
}

/** Locks need a secure context; without them each tab reads for itself. */
async function leading(lead: () => Promise<void>, signal: AbortSignal): Promise<void> {
  if (!("locks" in navigator)) return lead();
  try {
    await navigator.locks.request(CHANNEL, { signal }, lead);
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}

export const live = new Live();
