import type { PublishedPolicy, ReplayView } from "@haltpoint/protocol";
import { useRef, useState, type ReactNode } from "react";
import { Link } from "wouter";
import { KEYS } from "../../api/query-client.ts";
import { useAction } from "../../api/use-action.ts";
import { useIsOffline } from "../../live/use-live.ts";
import { useAnnounce } from "../../ui/announce.tsx";
import { Actions, FailureNote, Field, Form } from "../../ui/form.tsx";
import { Panel } from "../../ui/panel.tsx";
import { TextField } from "../../ui/text-field.tsx";
import { ReplayResult } from "./replay-result.tsx";

/** A text that somebody is writing, and why. */
export interface Draft {
  readonly text: string;
  readonly reason: string;
}

/** A change of policy: tried on what is on record, then proposed to a second policy admin. */
export function Propose({
  draft,
  onDraft,
  inForce,
}: {
  readonly draft: Draft;
  readonly onDraft: (draft: Draft) => void;
  readonly inForce: string | null;
}): ReactNode {
  const { text, reason } = draft;
  const isOffline = useIsOffline();
  const announce = useAnnounce();
  const [tried, setTried] = useState<{ readonly text: string; readonly replay: ReplayView } | null>(
    null,
  );
  const [done, setDone] = useState<PublishedPolicy | null>(null);
  const result = useRef<HTMLDivElement>(null);
  const replay = useAction<object, ReplayView>((body) => ({
    method: "POST",
    path: "/v1/policy/replay",
    body,
  }));
  const propose = useAction<object, PublishedPolicy>(
    (body) => ({ method: "POST", path: "/v1/policies", body }),
    { refresh: [KEYS.policy, KEYS.requests] },
  );
  const write = (next: Draft): void => {
    if (next.text !== text) setTried(null);
    setDone(null);
    onDraft(next);
  };
  const tryIt = async (): Promise<void> => {
    if (text === "") return;
    setDone(null);
    const answer = await replay.run({ text });
    setTried(answer?.ok === true ? { text, replay: answer.value } : null);
    if (answer?.ok === true) announce("Tried. What would be different is below the text.");
  };
  const send = async (): Promise<void> => {
    if (tried === null) return;
    const why = reason.trim();
    const answer = await propose.run({ text, ...(why === "" ? {} : { reason: why }) });
    if (answer?.ok !== true) return;
    setTried(null);
    setDone(answer.value);
    result.current?.focus();
  };
  const isBusy = replay.isBusy || propose.isBusy;
  return (
    <Panel
      title="Propose a change"
      about="It is tried on what is on record, and in force once a second policy admin approves it."
    >
      <div className="panel-body">
        <Form onSend={() => void (tried === null ? tryIt() : send())}>
          <Field label="Policy" hint="The whole text, YAML.">
            {(control) => (
              <textarea
                {...control}
                className="input mono"
                dir="ltr"
                rows={text === "" ? 4 : 14}
                spellCheck={false}
                value={text}
                onChange={(event) => write({ ...draft, text: event.target.value })}
              />
            )}
          </Field>
          <TextField
            label="Why"
            hint="For whoever decides it, and for the record."
            value={reason}
            onValue={(value) => write({ ...draft, reason: value })}
          />
          <Refused
            text={replay.failure?.code === "unsupported_policy" ? replay.failure.detail : null}
          />
          <FailureNote
            failure={
              replay.failure?.code === "unsupported_policy"
                ? propose.failure
                : (replay.failure ?? propose.failure)
            }
          />
          <Actions>
            <button
              type="button"
              className="button quiet"
              disabled={inForce === null}
              onClick={() => write({ ...draft, text: inForce ?? "" })}
            >
              Start from the one in force
            </button>
            <button
              type="button"
              className={tried === null ? "button primary" : "button"}
              disabled={isBusy || isOffline || text === ""}
              onClick={() => void tryIt()}
            >
              Try it
            </button>
            <button
              type="button"
              className={tried === null ? "button" : "button primary"}
              disabled={isBusy || isOffline || tried === null}
              onClick={() => void send()}
            >
              Propose it
            </button>
          </Actions>
        </Form>
        <div role="status" ref={result} tabIndex={-1}>
          {done === null ? null : <Done done={done} />}
          {tried === null ? null : <ReplayResult replay={tried.replay} />}
        </div>
      </div>
    </Panel>
  );
}

/** What is wrong with a text, with its place and a caret below the spot. */
function Refused({ text }: { readonly text: string | null }): ReactNode {
  return (
    <div role="alert" className="alert-slot">
      {text === null ? null : (
        <pre className="note any-text refused-policy" data-tone="danger" dir="ltr" tabIndex={0}>
          {text}
        </pre>
      )}
    </div>
  );
}

function Done({ done: { changed, proposal } }: { readonly done: PublishedPolicy }): ReactNode {
  if (proposal === null) {
    return <p>{changed ? "It is in force." : "This very policy is in force already."}</p>;
  }
  return (
    <p>
      Proposed. Nothing has changed yet: a second policy admin decides{" "}
      <Link href={`/r/${proposal.id}`}>the request</Link>.
    </p>
  );
}
