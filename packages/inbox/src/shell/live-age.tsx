import type { ReactNode } from "react";
import { useLive } from "../live/use-live.ts";
import { useNow } from "../time/use-now.ts";
import { agoWords, clockWords } from "../time/words.ts";

/** How old what is on the screen is. */
export function LiveAge(): ReactNode {
  const { kind, at } = useLive();
  const now = useNow();
  return (
    <p className="live" data-kind={kind}>
      <span className="live-dot" aria-hidden="true" />
      <span className="figures">{words(kind, at, now)}</span>
    </p>
  );
}

function words(kind: "connecting" | "live" | "offline", at: number, now: number): string {
  switch (kind) {
    case "connecting":
      return "connecting…";
    case "live":
      return `live · ${agoWords(Math.min(at, now), now)}`;
    case "offline":
      return `offline since ${clockWords(at, now)}`;
  }
}

/** Said once when it happens, with what still works. */
export function OfflineBanner(): ReactNode {
  const { kind } = useLive();
  return (
    <div role="status">
      {kind === "offline" ? (
        <p className="banner" data-tone="warn">
          No connection. You see what was read last; decisions wait until it is back.
        </p>
      ) : null}
    </div>
  );
}
