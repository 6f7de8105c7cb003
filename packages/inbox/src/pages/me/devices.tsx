import type { SessionsView, SessionView, SignedOutView } from "@haltpoint/protocol";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { read } from "../../api/call.ts";
import { deviceName } from "../../api/passkey.ts";
import { KEYS } from "../../api/query-client.ts";
import { useAction } from "../../api/use-action.ts";
import { useIsOffline } from "../../live/use-live.ts";
import { forgetData } from "../../shell/kept-data.ts";
import { Ago } from "../../time/times.tsx";
import { useAnnounce } from "../../ui/announce.tsx";
import { FailureNote } from "../../ui/form.tsx";
import { Panel } from "../../ui/panel.tsx";
import { Empty, Read } from "../../ui/states.tsx";

/** Where one is signed in. */
export function Devices(): ReactNode {
  const client = useQueryClient();
  const announce = useAnnounce();
  const isOffline = useIsOffline();
  const list = useQuery({
    queryKey: KEYS.sessions,
    queryFn: ({ signal }) => read<SessionsView>("/v1/me/sessions", signal),
  });
  const end = useAction<SessionView, unknown>(
    ({ id }) => ({ method: "DELETE", path: `/v1/me/sessions/${encodeURIComponent(id)}` }),
    { refresh: [KEYS.sessions, KEYS.me] },
  );
  const endAll = useAction<null, SignedOutView>(() => ({
    method: "POST",
    path: "/v1/me/sign-out-everywhere",
  }));
  const signOut = async (session: SessionView): Promise<void> => {
    if ((await end.run(session))?.ok === true) announce(`${labelOf(session)} is signed out.`);
  };
  const signOutEverywhere = async (): Promise<void> => {
    if ((await endAll.run(null))?.ok !== true) return;
    forgetData(client);
  };
  return (
    <Panel
      title="Devices"
      about="Where you are signed in. One you do not know: sign out everywhere, then tell an operator."
      actions={
        <button
          type="button"
          className="button danger-quiet"
          disabled={endAll.isBusy || isOffline}
          onClick={() => void signOutEverywhere()}
        >
          Sign out everywhere
        </button>
      }
    >
      <FailureNote failure={end.failure ?? endAll.failure} />
      <Read query={list} lines={3}>
        {({ items }) =>
          items.length === 0 ? (
            <Empty title="Nowhere" />
          ) : (
            <ul className="rows">
              {items.map((session) => (
                <DeviceRow
                  key={session.id}
                  session={session}
                  isDisabled={end.isBusy || isOffline}
                  onSignOut={() => void signOut(session)}
                />
              ))}
            </ul>
          )
        }
      </Read>
    </Panel>
  );
}

function DeviceRow({
  session,
  isDisabled,
  onSignOut,
}: {
  readonly session: SessionView;
  readonly isDisabled: boolean;
  readonly onSignOut: () => void;
}): ReactNode {
  return (
    <li>
      <div className="row-words">
        <p className="row-title" id={session.id} title={session.label}>
          {labelOf(session)}
          {session.current ? (
            <>
              {" "}
              <span className="tag" data-tone="accent">
                this one
              </span>
            </>
          ) : null}
        </p>
        <p className="row-about">
          <span>{session.kind === "web" ? "browser" : "command line"}</span>
          <span>
            seen <Ago at={session.last_seen_at} />
          </span>
          <span>
            signed in <Ago at={session.created_at} />
          </span>
        </p>
      </div>
      {session.current ? null : (
        <button
          type="button"
          className="button"
          aria-describedby={session.id}
          disabled={isDisabled}
          onClick={onSignOut}
        >
          Sign out this device
        </button>
      )}
    </li>
  );
}

/** A browser's long name for itself, in two words; a command line names itself. */
function labelOf({ kind, label }: SessionView): string {
  if (label === "") return "a device without a name";
  return kind === "web" ? deviceName(label) : label;
}
