import { useQuery } from "@tanstack/react-query";
import { useState, type ReactNode } from "react";
import type { CliAskedView, CliDecisionView } from "@haltpoint/protocol";
import { read } from "../../api/call.ts";
import { useAction } from "../../api/use-action.ts";
import { useIsOffline } from "../../live/use-live.ts";
import { useSession } from "../../shell/session.tsx";
import { Ago } from "../../time/times.tsx";
import { Actions, FailureNote, Form } from "../../ui/form.tsx";
import { Page } from "../../ui/page.tsx";
import { TextField } from "../../ui/text-field.tsx";
import { Panel } from "../../ui/panel.tsx";
import { Read } from "../../ui/states.tsx";

/** As typed or as in the link; spaces and case do not matter. */
function codeFrom(text: string): string {
  return text.trim().toUpperCase().replaceAll(/\s+/g, "");
}

export default function CliPage(): ReactNode {
  const [code, setCode] = useState(() =>
    codeFrom(new URLSearchParams(location.search).get("code") ?? ""),
  );
  return (
    <Page
      title="Allow a command line"
      lead={
        <>
          Somebody ran <code>haltpoint login</code>. Allow it only if that was you, just now.
        </>
      }
    >
      {code === "" ? (
        <AskCode onCode={setCode} />
      ) : (
        <Decide code={code} onOther={() => setCode("")} />
      )}
    </Page>
  );
}

function AskCode({ onCode }: { readonly onCode: (code: string) => void }): ReactNode {
  const [typed, setTyped] = useState("");
  const send = (): void => onCode(codeFrom(typed));
  return (
    <Panel title="Its code">
      <div className="panel-body">
        <Form onSend={send}>
          <TextField
            label="Code"
            hint="As the command line shows it."
            mono
            autoComplete="one-time-code"
            autoCapitalize="characters"
            value={typed}
            onValue={setTyped}
          />
          <Actions>
            <button type="submit" className="button primary" disabled={codeFrom(typed) === ""}>
              Go on
            </button>
          </Actions>
        </Form>
      </div>
    </Panel>
  );
}

function Decide({
  code,
  onOther,
}: {
  readonly code: string;
  readonly onOther: () => void;
}): ReactNode {
  const isOffline = useIsOffline();
  const [decided, setDecided] = useState<boolean | null>(null);
  const path = `/v1/cli/authorizations/${encodeURIComponent(code)}`;
  const known = useQuery({
    queryKey: ["cli", code],
    queryFn: ({ signal }) => read<CliAskedView>(path, signal),
  });
  const decide = useAction<boolean, CliDecisionView>((allow) => ({
    method: "POST",
    path,
    body: { allow },
  }));
  const send = async (allow: boolean): Promise<void> => {
    if ((await decide.run(allow))?.ok === true) setDecided(allow);
  };
  if (decided !== null) {
    return (
      <div role="status" className="note" data-tone={decided ? "ok" : "warn"}>
        {decided
          ? "Allowed. The command line goes on by itself; you can close this page."
          : "Refused. The command line was not signed in."}
      </div>
    );
  }
  return (
    <Panel title={`Code ${code}`} about="It must be the same code as on the command line.">
      <Read query={known} lines={3}>
        {(asked) => (
          <div className="panel-body">
            <Facts asked={asked} />
            <FailureNote failure={decide.failure} />
            <Actions>
              <button type="button" className="button quiet" onClick={onOther}>
                Another code
              </button>
              <button
                type="button"
                className="button"
                disabled={decide.isBusy || isOffline}
                onClick={() => void send(false)}
              >
                Refuse
              </button>
              <button
                type="button"
                className="button primary"
                disabled={decide.isBusy || isOffline}
                onClick={() => void send(true)}
              >
                Allow
              </button>
            </Actions>
          </div>
        )}
      </Read>
    </Panel>
  );
}

function Facts({
  asked: { label, created_at: at, address },
}: {
  readonly asked: CliAskedView;
}): ReactNode {
  const me = useSession();
  return (
    <dl className="facts">
      <dt>Asked by</dt>
      <dd className="any-text">{label}</dd>
      <dt>From</dt>
      <dd className="any-text mono">{address}</dd>
      <dt>When</dt>
      <dd>
        <Ago at={at} />
      </dd>
      <dt>Acts as</dt>
      <dd>{me.person.name}, for eight hours at most</dd>
    </dl>
  );
}
