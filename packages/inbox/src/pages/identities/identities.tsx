import type { IdentityView, PageView } from "@haltpoint/protocol";
import { useQuery } from "@tanstack/react-query";
import { lazy, Suspense, useState, type ReactNode } from "react";
import { read } from "../../api/call.ts";
import { KEYS } from "../../api/query-client.ts";
import { hasRight, useSession } from "../../shell/session.tsx";
import { useNow } from "../../time/use-now.ts";
import { durationWords } from "../../time/words.ts";
import { Empty, Read } from "../../ui/states.tsx";
import { ChangeStage } from "./change-stage.tsx";
import { IssueKey, RevokeKey } from "./key-dialogs.tsx";

const StopDialog = lazy(() => import("../../shell/stop-dialog.tsx"));

type Chosen =
  | { readonly kind: "issue" | "halt"; readonly identity: string }
  | { readonly kind: "stage"; readonly identity: string; readonly stage: string }
  | { readonly kind: "revoke"; readonly identity: string; readonly key: string };

export function Identities(): ReactNode {
  const [chosen, setChosen] = useState<Chosen | null>(null);
  const list = useQuery({
    queryKey: KEYS.identities,
    queryFn: ({ signal }) => read<PageView<IdentityView>>("/v1/identities?limit=200", signal),
  });
  const close = (): void => setChosen(null);
  return (
    <>
      <div className="panel">
        <Read query={list} lines={6}>
          {({ items }) =>
            items.length === 0 ? (
              <Empty title="No identity is registered">
                <p>An agent needs one, and a key, before it can ask for anything.</p>
              </Empty>
            ) : (
              <ul className="rows">
                {items.map((identity) => (
                  <IdentityRow key={identity.id} identity={identity} onChoose={setChosen} />
                ))}
              </ul>
            )
          }
        </Read>
      </div>
      {chosen?.kind === "issue" ? <IssueKey identity={chosen.identity} onClose={close} /> : null}
      {chosen?.kind === "stage" ? (
        <ChangeStage identity={{ id: chosen.identity, stage: chosen.stage }} onClose={close} />
      ) : null}
      {chosen?.kind === "revoke" ? (
        <RevokeKey identity={chosen.identity} keyId={chosen.key} onClose={close} />
      ) : null}
      {chosen?.kind === "halt" ? (
        <Suspense fallback={null}>
          <StopDialog initial={{ kind: "identity", id: chosen.identity }} onClose={close} />
        </Suspense>
      ) : null}
    </>
  );
}

function IdentityRow({
  identity,
  onChoose,
}: {
  readonly identity: IdentityView;
  readonly onChoose: (chosen: Chosen) => void;
}): ReactNode {
  const me = useSession();
  const isOperator = hasRight(me, "operator");
  const { id, owner, stage } = identity;
  // Others are sent none, which does not mean that there is none.
  const seesKeys = isOperator || hasRight(me, "auditor") || owner === me.person.id;
  return (
    <li>
      <div className="row-words">
        <p className="row-title" id={`identity-${id}`}>
          {id}
        </p>
        <IdentityAbout identity={identity} />
        {seesKeys ? (
          <IdentityKeys identity={identity} isOperator={isOperator} onChoose={onChoose} />
        ) : null}
      </div>
      <div className="row-actions">
        {isOperator && stage !== "offboarded" ? (
          <button
            type="button"
            className="button"
            aria-describedby={`identity-${id}`}
            onClick={() => onChoose({ kind: "issue", identity: id })}
          >
            Issue a key
          </button>
        ) : null}
        {isOperator && stage !== "offboarded" ? (
          <button
            type="button"
            className="button"
            aria-describedby={`identity-${id}`}
            onClick={() => onChoose({ kind: "stage", identity: id, stage })}
          >
            Change its stage
          </button>
        ) : null}
        {isOperator || owner === me.person.id ? (
          <button
            type="button"
            className="button danger-quiet"
            aria-describedby={`identity-${id}`}
            onClick={() => onChoose({ kind: "halt", identity: id })}
          >
            Halt this one
          </button>
        ) : null}
      </div>
    </li>
  );
}

function IdentityAbout({ identity }: { readonly identity: IdentityView }): ReactNode {
  const { type, owner, stage, assurance, mode, groups } = identity;
  return (
    <p className="row-about">
      <span>{type.replaceAll("_", " ")}</span>
      <span>owner {owner}</span>
      <span className="tag" data-tone={stage === "active" ? "ok" : "warn"}>
        {stage}
      </span>
      <span
        className="tag"
        title={
          assurance === "mediated"
            ? "only its enforcement point has the credential: it cannot be gone around"
            : "the agent has the credential itself: it could go around"
        }
      >
        {assurance}
      </span>
      {mode === "shadow" ? (
        <span className="tag" data-tone="warn">
          shadow: recorded, never held
        </span>
      ) : null}
      {groups.length === 0 ? null : <span>{groups.join(", ")}</span>}
    </p>
  );
}

function IdentityKeys({
  identity: { id, keys: all },
  isOperator,
  onChoose,
}: {
  readonly identity: IdentityView;
  readonly isOperator: boolean;
  readonly onChoose: (chosen: Chosen) => void;
}): ReactNode {
  const keys = all.filter(({ revoked_at: revokedAt }) => revokedAt === null);
  return (
    <div className="keys">
      {keys.length === 0 ? <p className="hint">no key: it cannot ask for anything</p> : null}
      {keys.map((key) => (
        <div key={key.id} className="key-row">
          <code>{key.prefix}…</code>
          <Expiry at={key.expires_at} />
          {isOperator ? (
            <button
              type="button"
              className="button quiet small danger-quiet"
              onClick={() => onChoose({ kind: "revoke", identity: id, key: key.id })}
            >
              Revoke<span className="hidden"> {key.prefix}</span>
            </button>
          ) : null}
        </div>
      ))}
    </div>
  );
}

function Expiry({ at }: { readonly at: number }): ReactNode {
  const left = at - useNow(60_000);
  return <span className="hint">{left <= 0 ? "expired" : `good for ${durationWords(left)}`}</span>;
}
