import type { PolicyVersionView, PolicyVersionsView, PolicyView } from "@haltpoint/protocol";
import { useQuery } from "@tanstack/react-query";
import { useState, type ReactNode } from "react";
import { Link } from "wouter";
import { read } from "../../api/call.ts";
import { KEYS } from "../../api/query-client.ts";
import { At } from "../../time/times.tsx";
import { Dialog } from "../../ui/dialog.tsx";
import { Actions } from "../../ui/form.tsx";
import { Panel } from "../../ui/panel.tsx";
import { Empty, Read } from "../../ui/states.tsx";
import type { Draft } from "./propose.tsx";
import { PolicyText } from "./policy-text.tsx";

const SHORT_LENGTH = 12;

const HOW: Readonly<Record<PolicyVersionView["how"], string>> = {
  first: "the first, at set-up",
  proposal: "approved by a second person",
  development: "saved in development",
  recovery: "by an operator on the host",
};

/** What is, or was, in force. `onDraft`: for whoever may propose one of them again. */
export function Versions({
  onDraft,
}: {
  readonly onDraft: ((draft: Draft) => void) | null;
}): ReactNode {
  const [shown, setShown] = useState<string | null>(null);
  const versions = useQuery({
    queryKey: [...KEYS.policy, "versions"],
    queryFn: ({ signal }) => read<PolicyVersionsView>("/v1/policies", signal),
  });
  return (
    <Panel title="Versions" about="What is, or was, in force; the newest first.">
      <Read query={versions} lines={3}>
        {({ items }) =>
          items.length === 0 ? (
            <Empty title="No policy was ever in force" />
          ) : (
            <ol className="policy-versions">
              {items.map((each) => (
                <Version
                  key={`${each.at} ${each.version}`}
                  version={each}
                  onShow={() => setShown(each.version)}
                />
              ))}
            </ol>
          )
        }
      </Read>
      {shown === null ? null : (
        <VersionDialog version={shown} onDraft={onDraft} onClose={() => setShown(null)} />
      )}
    </Panel>
  );
}

function Version({
  version: { version, by, at, how, request, reason },
  onShow,
}: {
  readonly version: PolicyVersionView;
  readonly onShow: () => void;
}): ReactNode {
  const short = version.slice(0, SHORT_LENGTH);
  return (
    <li>
      <span>
        <code title={version}>{short}</code> since <At at={at} />, {HOW[how]}
        {by.startsWith("person:") ? `, from ${by.slice("person:".length)}` : ""}
        {reason === null ? null : <span className="hint any-text"> “{reason}”</span>}{" "}
        {request === null ? null : (
          <Link href={`/r/${request}`} aria-label={`The request of version ${short}`}>
            the request
          </Link>
        )}
      </span>
      <button
        type="button"
        className="button quiet"
        aria-label={`Show version ${short}`}
        onClick={onShow}
      >
        Show
      </button>
    </li>
  );
}

function VersionDialog({
  version,
  onDraft,
  onClose,
}: {
  readonly version: string;
  readonly onDraft: ((draft: Draft) => void) | null;
  readonly onClose: () => void;
}): ReactNode {
  const policy = useQuery({
    queryKey: [...KEYS.policy, version],
    queryFn: ({ signal }) => read<PolicyView>(`/v1/policies/${version}`, signal),
  });
  const short = version.slice(0, SHORT_LENGTH);
  const propose = (text: string): void => {
    onDraft?.({ text, reason: `back to version ${short}` });
    onClose();
  };
  return (
    <Dialog title={`Version ${short}`} onClose={onClose}>
      <Read query={policy} lines={8}>
        {({ text }) => (
          <>
            <PolicyText text={text} label={`Text of version ${short}`} />
            <Actions>
              <button type="button" className="button" onClick={onClose}>
                Close
              </button>
              {onDraft === null ? null : (
                <button type="button" className="button primary" onClick={() => propose(text)}>
                  Propose it again
                </button>
              )}
            </Actions>
          </>
        )}
      </Read>
    </Dialog>
  );
}
