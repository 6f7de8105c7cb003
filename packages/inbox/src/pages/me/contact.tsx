import type { Me, MyContactBody } from "@haltpoint/protocol";
import { useState, type ReactNode } from "react";
import { KEYS } from "../../api/query-client.ts";
import { useAction } from "../../api/use-action.ts";
import { useIsOffline } from "../../live/use-live.ts";
import { useSession } from "../../shell/session.tsx";
import { useAnnounce } from "../../ui/announce.tsx";
import { Actions, FailureNote, Form } from "../../ui/form.tsx";
import { Panel } from "../../ui/panel.tsx";
import { TextField } from "../../ui/text-field.tsx";

/** Where one is told that something waits. */
export function Contact(): ReactNode {
  const { person } = useSession();
  const isOffline = useIsOffline();
  const announce = useAnnounce();
  const [email, setEmail] = useState(person.email ?? "");
  const [slack, setSlack] = useState(person.slack ?? "");
  const save = useAction<MyContactBody, Me>((body) => ({ method: "PUT", path: "/v1/me", body }), {
    refresh: [KEYS.me],
  });
  const isUnchanged = email === (person.email ?? "") && slack === (person.slack ?? "");
  const send = async (): Promise<void> => {
    if (isUnchanged) return;
    const answer = await save.run({ email: orNull(email), slack: orNull(slack) });
    if (answer?.ok === true) announce("Saved.");
  };
  return (
    <Panel title="Contact" about="Where you are told that something waits. No message can approve.">
      <div className="panel-body">
        <Form onSend={() => void send()}>
          <div className="form contact">
            <TextField
              label="E-mail"
              type="email"
              autoComplete="email"
              value={email}
              onValue={setEmail}
            />
            <TextField
              label="Slack member id"
              hint="In your Slack profile under “Copy member ID”."
              placeholder="U012AB3CD"
              value={slack}
              onValue={setSlack}
            />
            <FailureNote failure={save.failure} />
            <Actions>
              <button
                type="submit"
                className="button"
                disabled={save.isBusy || isOffline || isUnchanged}
              >
                Save contact
              </button>
            </Actions>
          </div>
        </Form>
      </div>
    </Panel>
  );
}

function orNull(text: string): string | null {
  return text.trim() === "" ? null : text.trim();
}
