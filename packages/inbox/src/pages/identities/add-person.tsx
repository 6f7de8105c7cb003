import type { PersonView } from "@haltpoint/protocol";
import { useState, type ReactNode } from "react";
import { KEYS } from "../../api/query-client.ts";
import { useAction } from "../../api/use-action.ts";
import { useIsOffline } from "../../live/use-live.ts";
import { useAnnounce } from "../../ui/announce.tsx";
import { Dialog } from "../../ui/dialog.tsx";
import { DialogActions, FailureNote, Form } from "../../ui/form.tsx";
import { TextField } from "../../ui/text-field.tsx";
import { RightsChoice } from "./rights-choice.tsx";

export function AddPerson({ onClose }: { readonly onClose: () => void }): ReactNode {
  const announce = useAnnounce();
  const isOffline = useIsOffline();
  const [id, setId] = useState("");
  const [name, setName] = useState("");
  const [rights, setRights] = useState<readonly string[]>([]);
  const add = useAction<object, PersonView>(
    (body) => ({ method: "POST", path: "/v1/people", body }),
    { refresh: [KEYS.people] },
  );
  const isMissing = id.trim() === "" || name.trim() === "";
  const send = async (): Promise<void> => {
    if (isMissing) return;
    const answer = await add.run({ id: id.trim(), name: name.trim(), rights });
    if (answer?.ok !== true) return;
    announce(`${name.trim()} is registered. Make a link so that they can sign in.`);
    onClose();
  };
  return (
    <Dialog title="Add a person" onClose={onClose}>
      <Form onSend={() => void send()}>
        <TextField
          label="Id"
          hint="For ever; never an e-mail address, which may change hands."
          data-focus
          required
          placeholder="ana"
          value={id}
          onValue={setId}
        />
        <TextField label="Name" required placeholder="Ana" value={name} onValue={setName} />
        <RightsChoice rights={rights} onRights={setRights} />
        <FailureNote failure={add.failure} />
        <DialogActions
          button="Add"
          isDisabled={add.isBusy || isOffline || isMissing}
          onClose={onClose}
        />
      </Form>
    </Dialog>
  );
}
