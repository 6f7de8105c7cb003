import type { DelegationView, PageView, PersonName } from "@haltpoint/protocol";
import { useQuery } from "@tanstack/react-query";
import { useState, type ReactNode } from "react";
import { read } from "../../api/call.ts";
import { KEYS } from "../../api/query-client.ts";
import { useAction } from "../../api/use-action.ts";
import { useIsOffline } from "../../live/use-live.ts";
import { useSession } from "../../shell/session.tsx";
import { At } from "../../time/times.tsx";
import { useAnnounce } from "../../ui/announce.tsx";
import { FailureNote } from "../../ui/form.tsx";
import { Panel } from "../../ui/panel.tsx";
import { Empty, Read } from "../../ui/states.tsx";
import { NewDelegation } from "./new-delegation.tsx";

/** Who is asked in one's place while one is away. */
export function Delegations(): ReactNode {
  const me = useSession();
  const isOffline = useIsOffline();
  const announce = useAnnounce();
  const [isAdding, setAdding] = useState(false);
  const names = useQuery({
    queryKey: [...KEYS.people, "names"],
    queryFn: ({ signal }) => read<PageView<PersonName>>("/v1/people/names?limit=200", signal),
  });
  const list = useQuery({
    queryKey: KEYS.delegations,
    queryFn: ({ signal }) => read<PageView<DelegationView>>("/v1/delegations", signal),
  });
  const end = useAction<DelegationView, unknown>(
    ({ id }) => ({ method: "DELETE", path: `/v1/delegations/${encodeURIComponent(id)}` }),
    { refresh: [KEYS.delegations] },
  );
  const nameOf = (id: string): string =>
    names.data?.items.find((person) => person.id === id)?.name ?? id;
  const stop = async (delegation: DelegationView): Promise<void> => {
    if ((await end.run(delegation))?.ok === true) announce("Ended. You are asked again.");
  };
  return (
    <>
      <Panel
        title="Delegations"
        about="For a time, somebody is asked in your place. It gives them no right they do not have."
        actions={
          <button
            type="button"
            className="button"
            disabled={isOffline}
            onClick={() => setAdding(true)}
          >
            Delegate
          </button>
        }
      >
        <FailureNote failure={end.failure} />
        <Read query={list} lines={2}>
          {({ items }) => (
            <List
              delegations={items.filter(
                ({ from, to, ended_at: endedAt }) =>
                  endedAt === null && (from === me.person.id || to === me.person.id),
              )}
              nameOf={nameOf}
              isDisabled={end.isBusy || isOffline}
              onEnd={(delegation) => void stop(delegation)}
            />
          )}
        </Read>
      </Panel>
      {isAdding ? (
        <NewDelegation names={names.data?.items ?? []} onClose={() => setAdding(false)} />
      ) : null}
    </>
  );
}

function List({
  delegations,
  nameOf,
  isDisabled,
  onEnd,
}: {
  readonly delegations: readonly DelegationView[];
  readonly nameOf: (id: string) => string;
  readonly isDisabled: boolean;
  readonly onEnd: (delegation: DelegationView) => void;
}): ReactNode {
  if (delegations.length === 0) {
    return (
      <Empty title="You decide what is yours">
        <p>Before you go away, say who is asked meanwhile.</p>
      </Empty>
    );
  }
  return (
    <ul className="rows">
      {delegations.map((delegation) => (
        <DelegationRow
          key={delegation.id}
          delegation={delegation}
          nameOf={nameOf}
          isDisabled={isDisabled}
          onEnd={() => onEnd(delegation)}
        />
      ))}
    </ul>
  );
}

function DelegationRow({
  delegation,
  nameOf,
  isDisabled,
  onEnd,
}: {
  readonly delegation: DelegationView;
  readonly nameOf: (id: string) => string;
  readonly isDisabled: boolean;
  readonly onEnd: () => void;
}): ReactNode {
  const isMine = useSession().person.id === delegation.from;
  return (
    <li>
      <div className="row-words">
        <p className="row-title" id={delegation.id}>
          {isMine
            ? `${nameOf(delegation.to)} is asked for you`
            : `You are asked for ${nameOf(delegation.from)}`}
        </p>
        <p className="row-about">
          <span>
            <At at={delegation.starts_at} /> to <At at={delegation.ends_at} />
          </span>
          <span className="tag" data-tone={delegation.active ? "ok" : "plain"}>
            {delegation.active ? "in force" : "not in force"}
          </span>
          <span className="any-text">{delegation.reason}</span>
        </p>
      </div>
      {isMine ? (
        <button
          type="button"
          className="button"
          aria-describedby={delegation.id}
          disabled={isDisabled}
          onClick={onEnd}
        >
          End
        </button>
      ) : null}
    </li>
  );
}
