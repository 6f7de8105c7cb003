import type { EnrolmentView, PersonView, SignedOutView } from "@haltpoint/protocol";
import { useState, type ReactNode } from "react";
import { KEYS } from "../../api/query-client.ts";
import { useAction } from "../../api/use-action.ts";
import { useIsOffline } from "../../live/use-live.ts";
import { useAnnounce } from "../../ui/announce.tsx";
import { Dialog } from "../../ui/dialog.tsx";
import { Actions, DialogActions, FailureNote, Form } from "../../ui/form.tsx";
import { ReasonDialog } from "../../ui/reason-dialog.tsx";
import { SecretOnce } from "../../ui/secret-once.tsx";
import { clockWords } from "../../time/words.ts";
import { serverNow } from "../../time/server-clock.ts";
import { RightsChoice } from "./rights-choice.tsx";

interface About {
  readonly person: PersonView;
  readonly onClose: () => void;
}

function pathOf({ id }: PersonView): string {
  return `/v1/people/${encodeURIComponent(id)}`;
}

/** A link with which they make a passkey: for the first time, or because the old device is gone. */
export function EnrolmentLink({ person, onClose }: About): ReactNode {
  const [made, setMade] = useState<EnrolmentView | null>(null);
  const make = useAction<string, EnrolmentView>((reason) => ({
    method: "POST",
    path: `${pathOf(person)}/enrolments`,
    body: { reason },
  }));
  const send = async (reason: string): Promise<void> => {
    const answer = await make.run(reason);
    if (answer?.ok === true) setMade(answer.value);
  };
  if (made === null) {
    return (
      <ReasonDialog
        title="Enrolment link"
        about={`Whoever has it can sign in as ${person.name}. Make it only after you know who asks: call them back.`}
        button="Make the link"
        isBusy={make.isBusy}
        failure={make.failure}
        onSend={(reason) => void send(reason)}
        onClose={onClose}
      />
    );
  }
  return (
    <Dialog title={`A link for ${person.name}`} onClose={onClose}>
      <SecretOnce
        secret={made.link}
        about={`It is shown this once, works once, and until ${clockWords(made.expires_at, serverNow())}. Give it to nobody else.`}
      />
      <Actions>
        <button type="button" className="button primary" onClick={onClose}>
          Done
        </button>
      </Actions>
    </Dialog>
  );
}

export function ChangeRights({ person, onClose }: About): ReactNode {
  const announce = useAnnounce();
  const isOffline = useIsOffline();
  const [rights, setRights] = useState(person.rights);
  const [disabled, setDisabled] = useState(person.disabled);
  const change = useAction<object, PersonView>(
    (body) => ({ method: "PUT", path: pathOf(person), body }),
    { refresh: [KEYS.people] },
  );
  const send = async (): Promise<void> => {
    if ((await change.run({ rights, disabled }))?.ok !== true) return;
    announce(`Saved. It counts for ${person.name} from now on.`);
    onClose();
  };
  return (
    <Dialog title={`Rights of ${person.name}`} onClose={onClose}>
      <Form onSend={() => void send()}>
        <RightsChoice rights={rights} onRights={setRights} />
        <label className="choice">
          <input
            type="checkbox"
            checked={disabled}
            onChange={(event) => setDisabled(event.target.checked)}
          />
          <span>
            Disabled <span className="hint">may do nothing and counts nowhere</span>
          </span>
        </label>
        <FailureNote failure={change.failure} />
        <DialogActions
          button="Save rights"
          isDisabled={change.isBusy || isOffline}
          onClose={onClose}
        />
      </Form>
    </Dialog>
  );
}

export function SignOutPerson({ person, onClose }: About): ReactNode {
  const announce = useAnnounce();
  const signOut = useAction<string, SignedOutView>((reason) => ({
    method: "POST",
    path: `${pathOf(person)}/sign-out`,
    body: { reason },
  }));
  const send = async (reason: string): Promise<void> => {
    const answer = await signOut.run(reason);
    if (answer?.ok !== true) return;
    const { ended } = answer.value;
    announce(
      `${person.name} is signed out: ${ended} ${ended === 1 ? "session" : "sessions"} ended.`,
    );
    onClose();
  };
  return (
    <ReasonDialog
      title={`Sign out ${person.name}`}
      tone="danger"
      about="Every browser and command line of theirs is signed out at once. They may sign in again; to prevent that, disable them."
      button="Sign out everywhere"
      isBusy={signOut.isBusy}
      failure={signOut.failure}
      onSend={(reason) => void send(reason)}
      onClose={onClose}
    />
  );
}
