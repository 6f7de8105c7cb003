import type { PublishedPolicy, ReplayView } from "@haltpoint/protocol";
import { useState, type ReactNode } from "react";
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

/** Trying a draft and proposing it: what was tried is proposed, or it is tried again. */
function useProposal({ text, reason }: Draft) {
  const announce = useAnnounce();
  const [triedLast, setTried] = useState<{ readonly text: string; readonly replay: ReplayView }>();
  const [done, setDone] = useState<PublishedPolicy | null>(null);
  const replay = useAction<object, ReplayView>((body) => ({
    method: "POST",
    path: "/v1/policy/replay",
    body,
  }));
  const propose = useAction<object, PublishedPolicy>(
    (body) => ({ method: "POST", path: "/v1/policies", body }),
    { refresh: [KEYS.policy, KEYS.requests] },
  );
  // Another text, wherever it came from, was not tried.
  const tried = triedLast?.text === text ? triedLast.replay : null;
  const forget = (): void => {
    setTried(undefined);
    setDone(null);
  };
  const tryIt = async (): Promise<void> => {
    if (text === "") return;
    forget();
    const answer = await replay.run({ text });
    if (answer?.ok !== true) return;
    setTried({ text, replay: answer.value });
    announce("Tried. What would be different is below the text.");
  };
  const send = async (): Promise<void> => {
    if (tried === null) return;
    const why = reason.trim();
    const answer = await propose.run({ text, ...(why === "" ? {} : { reason: why }) });
    if (answer?.ok !== true) return;
    forget();
    setDone(answer.value);
  };
  const isRefused = replay.failure?.code === "unsupported_policy";
  return {
    tried,
    done,
    forget,
    tryIt,
    send,
    isBusy: replay.isBusy || propose.isBusy,
    refused: isRefused ? (replay.failure?.detail ?? null) : null,
    failure: isRefused ? propose.failure : (replay.failure ?? propose.failure),
  };
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
  const { tried, done, forget, tryIt, send, isBusy, refused, failure } = useProposal(draft);
  const write = (next: string): void => {
    forget();
    onDraft({ ...draft, text: next });
  };
  const isStill = isBusy || isOffline;
  return (
    <Panel
      title="Propose a change"
      about="It is tried on what is on record, and in force once a second policy admin approves it."
    >
      <div className="panel-body">
        <Form onSend={() => void (tried === null ? tryIt() : send())}>
          <PolicyField text={text} onText={write} />
          <TextField
            label="Why"
            hint="For whoever decides it, and for the record."
            value={reason}
            onValue={(value) => onDraft({ ...draft, reason: value })}
          />
          <Refused text={refused} />
          <FailureNote failure={failure} />
          <Actions>
            <button
              type="button"
              className="button quiet"
              disabled={inForce === null}
              onClick={() => write(inForce ?? "")}
            >
              Start from the one in force
            </button>
            <Step isNext={tried === null} isDisabled={isStill || text === ""} onPress={tryIt}>
              Try it
            </Step>
            <Step isNext={tried !== null} isDisabled={isStill || tried === null} onPress={send}>
              Propose it
            </Step>
          </Actions>
        </Form>
        <div role="status">
          {done === null ? null : <Done done={done} />}
          {tried === null ? null : <ReplayResult replay={tried} />}
        </div>
      </div>
    </Panel>
  );
}

function PolicyField({
  text,
  onText,
}: {
  readonly text: string;
  readonly onText: (text: string) => void;
}): ReactNode {
  return (
    <Field label="Policy" hint="The whole text, YAML.">
      {(control) => (
        <textarea
          {...control}
          className="input mono"
          dir="ltr"
          rows={text === "" ? 4 : 14}
          spellCheck={false}
          value={text}
          onChange={(event) => onText(event.target.value)}
        />
      )}
    </Field>
  );
}

function Step({
  isNext,
  isDisabled,
  onPress,
  children,
}: {
  readonly isNext: boolean;
  readonly isDisabled: boolean;
  readonly onPress: () => Promise<void>;
  readonly children: string;
}): ReactNode {
  return (
    <button
      type="button"
      className={isNext ? "button primary" : "button"}
      disabled={isDisabled}
      onClick={() => void onPress()}
    >
      {children}
    </button>
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
