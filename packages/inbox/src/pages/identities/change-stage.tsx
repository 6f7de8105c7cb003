import { STAGES, type IdentityView, type SavedIdentityView } from "@haltpoint/protocol";
import { useState, type ReactNode } from "react";
import { Link } from "wouter";
import { KEYS } from "../../api/query-client.ts";
import { useAction } from "../../api/use-action.ts";
import { useIsOffline } from "../../live/use-live.ts";
import { useAnnounce } from "../../ui/announce.tsx";
import { Dialog } from "../../ui/dialog.tsx";
import { Actions, DialogActions, FailureNote, Field, Form } from "../../ui/form.tsx";
import { TextField } from "../../ui/text-field.tsx";

/** What each stage means for whoever is in it. */
const MEANINGS: Readonly<Record<string, string>> = {
  requested: "Starts nothing: nobody has agreed to it yet.",
  provisioned: "Starts nothing yet: agreed to, and not let loose.",
  probation: "Acts, and policy may look closer.",
  active: "Acts.",
  suspended: "Starts nothing. What it was granted ends, and what it runs is told to stop.",
  dormant: "Starts nothing: nobody has used it. What it was granted ends.",
  offboarded: "Its end: no grant, no key, and it never comes back.",
};

/** Changes where an identity is in its life, or asks whoever the policy wants to be asked. */
export function ChangeStage({
  identity: { id, stage: present },
  onClose,
}: {
  readonly identity: Pick<IdentityView, "id" | "stage">;
  readonly onClose: () => void;
}): ReactNode {
  const isOffline = useIsOffline();
  const announce = useAnnounce();
  const others = STAGES.filter((each) => each !== present);
  const [stage, setStage] = useState<string>(others.includes("suspended") ? "suspended" : "active");
  const [reason, setReason] = useState("");
  const [link, setLink] = useState<string | null>(null);
  const change = useAction<object, SavedIdentityView>(
    (body) => ({ method: "PUT", path: `/v1/identities/${encodeURIComponent(id)}`, body }),
    { refresh: [KEYS.identities] },
  );
  const send = async (): Promise<void> => {
    const why = reason.trim();
    const answer = await change.run({ stage, ...(why === "" ? {} : { reason: why }) });
    if (answer?.ok !== true) return;
    const { proposal } = answer.value;
    if (proposal !== null) return setLink(`/r/${proposal.id}`);
    announce(`${id} is ${stage} now.`);
    onClose();
  };
  if (link !== null)
    return <NotYet link={link} about={`${id} is still ${present}`} onClose={onClose} />;
  return (
    <Dialog title={`Change the stage of ${id}`} onClose={onClose}>
      <Form onSend={() => void send()}>
        <p>It is {present}.</p>
        <Field label="Stage" hint={MEANINGS[stage]}>
          {(control) => (
            <select
              {...control}
              className="input"
              data-focus
              value={stage}
              onChange={(event) => setStage(event.target.value)}
            >
              {others.map((each) => (
                <option key={each} value={each}>
                  {each}
                </option>
              ))}
            </select>
          )}
        </Field>
        <TextField
          label="Reason"
          hint="For the record, and for whoever has to approve it."
          value={reason}
          onValue={setReason}
        />
        <FailureNote failure={change.failure} />
        <DialogActions
          button="Change it"
          tone={stage === "offboarded" ? "danger" : "primary"}
          isDisabled={change.isBusy || isOffline}
          onClose={onClose}
        />
      </Form>
    </Dialog>
  );
}

function NotYet({
  about,
  link,
  onClose,
}: {
  readonly about: string;
  readonly link: string;
  readonly onClose: () => void;
}): ReactNode {
  return (
    <Dialog title={about} onClose={onClose}>
      <p role="status">
        Nothing has changed yet: the policy wants <Link href={link}>the request</Link> approved
        first, and not by you.
      </p>
      <Actions>
        <button type="button" className="button primary" onClick={onClose}>
          Done
        </button>
      </Actions>
    </Dialog>
  );
}
