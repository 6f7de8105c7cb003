import { useQueryClient } from "@tanstack/react-query";
import { lazy, Suspense, useEffect, useRef, useState, type ReactNode } from "react";
import { Link, useLocation } from "wouter";
import { KEYS } from "../api/query-client.ts";
import { useKeys } from "../keys/use-keys.ts";
import { live } from "../live/live.ts";
import { Mark } from "../ui/icons.tsx";
import { LiveAge, OfflineBanner } from "./live-age.tsx";
import { Navigation } from "./navigation.tsx";
import { useRefresh } from "./refresh.ts";
import { useSession } from "./session.tsx";

const loadStop = () => import("./stop-dialog.tsx");
const StopDialog = lazy(loadStop);

/** What stands around every page: where one is, how old it is, and the way to stop everything. */
export function Shell({ children }: { readonly children: ReactNode }): ReactNode {
  const me = useSession();
  const client = useQueryClient();
  const [isStopping, setStopping] = useState(false);
  const main = useFocusOnNavigation();
  useRefresh();
  useKeys({ "!": () => setStopping(true) });
  useEffect(() => live.start(() => void client.invalidateQueries({ queryKey: KEYS.me })), [client]);
  // It must open at once, also when the network has gone by then.
  useEffect(() => void loadStop().catch(() => undefined), []);
  return (
    <div className="shell">
      <a className="skip" href="#main">
        Skip to the page
      </a>
      <header className="top">
        {me.development ? (
          <p className="development">
            Development: people are not authenticated here. Never use this for real actions.
          </p>
        ) : null}
        <div className="top-bar">
          <Link href="/inbox" className="brand" aria-label="Haltpoint">
            <Mark />
            <span aria-hidden="true">Haltpoint</span>
          </Link>
          <LiveAge />
          <span className="who" title={`signed in by ${me.via}`}>
            {me.person.name}
          </span>
          <button
            type="button"
            className="button stop"
            aria-keyshortcuts="!"
            onClick={() => setStopping(true)}
          >
            STOP
          </button>
        </div>
      </header>
      <Navigation />
      <main id="main" ref={main} tabIndex={-1} className="main">
        <OfflineBanner />
        {children}
      </main>
      {isStopping ? (
        <Suspense fallback={null}>
          <StopDialog onClose={() => setStopping(false)} />
        </Suspense>
      ) : null}
    </div>
  );
}

/** A page that was gone to is read from its beginning; the first one is where the reader is already. */
function useFocusOnNavigation() {
  const main = useRef<HTMLElement>(null);
  const [path] = useLocation();
  const last = useRef(path);
  useEffect(() => {
    if (last.current === path) return;
    last.current = path;
    main.current?.focus({ preventScroll: true });
    scrollTo(0, 0);
  }, [path]);
  return main;
}
