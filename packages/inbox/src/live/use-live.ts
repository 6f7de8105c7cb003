import type { EventView } from "@haltpoint/protocol";
import { useEffect, useEffectEvent, useSyncExternalStore } from "react";
import { live, type LiveState } from "./live.ts";

export function useLive(): LiveState {
  return useSyncExternalStore(live.watch, () => live.state);
}

/** Decisions are taken only on what is known to be current; nothing is queued for later. */
export function useIsOffline(): boolean {
  return useSyncExternalStore(live.watch, () => live.state.kind === "offline");
}

/** Each event this person may hear, as it happens. */
export function useEvents(listener: (event: EventView) => void): void {
  const hear = useEffectEvent(listener);
  useEffect(() => live.listen((event) => hear(event)), []);
}
