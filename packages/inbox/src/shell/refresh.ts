import type { EventView } from "@haltpoint/protocol";
import { useQueryClient, type QueryKey } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import { KEYS } from "../api/query-client.ts";
import { useEvents, useLive } from "../live/use-live.ts";

/** A burst of events is one reading. */
const togetherMs = 400;
const SYSTEM_KEYS: readonly QueryKey[] = [
  KEYS.halts,
  KEYS.identities,
  KEYS.people,
  KEYS.policy,
  KEYS.delegations,
];

/** Reads again what events say has changed, and everything that is shown after a silence. */
export function useRefresh(): void {
  const client = useQueryClient();
  const due = useRef(new Map<string, QueryKey>());
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const refresh = (keys: readonly QueryKey[]): void => {
    for (const key of keys) due.current.set(JSON.stringify(key), key);
    timer.current ??= setTimeout(() => {
      timer.current = undefined;
      const together = [...due.current.values()];
      due.current.clear();
      for (const queryKey of together) void client.invalidateQueries({ queryKey });
    }, togetherMs);
  };
  useEvents((event) => refresh(keysFor(event)));
  const { kind } = useLive();
  const wasOffline = useRef(false);
  useEffect(() => {
    if (kind === "offline") wasOffline.current = true;
    if (kind !== "live" || !wasOffline.current) return;
    wasOffline.current = false;
    void client.invalidateQueries();
  }, [kind, client]);
}

function keysFor({ request_id: id }: EventView): readonly QueryKey[] {
  return id === null ? SYSTEM_KEYS : [KEYS.requests, KEYS.request(id), KEYS.running];
}
