import type { SavedIdentityView } from "@haltpoint/protocol";
import { useState, type ReactNode } from "react";
import { KEYS } from "../../api/query-client.ts";
import { useAction } from "../../api/use-action.ts";
import { useIsOffline } from "../../live/use-live.ts";
import { useSession } from "../../shell/session.tsx";
import { useAnnounce } from "../../ui/announce.tsx";
import { Dialog } from "../../ui/dialog.tsx";
import { DialogActions, FailureNote, Form } from "../../ui/form.tsx";
import { TextField } from "../../ui/text-field.tsx";

export function RegisterIdentity({ onClose }: { readonly onClose: () => void }): ReactNode {
  const me = useSession();
  const isOffline = useIsOffline();
  const announce = useAnnounce();
  const [id, setId] = useState("");
  const [type, setType] = useState("agent");
  const [owner, setOwner] = useState(me.person.id);
  const [groups, setGroups] = useState("");
  const register = useAction<object, SavedIdentityView>(
    (body) => ({ method: "POST", path: "/v1/identities", body }),
    { refresh: [KEYS.identities] },
  );
  const isMissing = [id, type, owner].some((text) => text.trim() === "");
  const send = async (): Promise<void> => {
    if (isMissing) return;
    const names = groups.split(/[\s,]+/).filter((group) => group !== "");
    const about = { id: id.trim(), type: type.trim(), owner: owner.trim(), groups: names };
    const answer = await register.run(about);
    if (answer?.ok !== true) return;
    const { proposal } = answer.value;
    announce(
      proposal === null
        ? `${id.trim()} is registered. Issue a key so that it can ask.`
        : `${id.trim()} is registered, and acts once somebody approves it.`,
    );
    onClose();
  };
  return (
    <Dialog title="Register an identity" onClose={onClose}>
      <Form onSend={() => void send()}>
        <TextField
          label="Id"
          hint="For ever: policy and the ledger name it so."
          data-focus
          required
          placeholder="purchasing-agent"
          value={id}
          onValue={setId}
        />
        <TextField
          label="Type"
          hint="agent, service_account, workload or bot"
          required
          value={type}
          onValue={setType}
        />
        <TextField
          label="Owner"
          hint="The person who answers for it. They may stop it, and never approve for it."
          required
          value={owner}
          onValue={setOwner}
        />
        <TextField
          label="Groups"
          hint="Optional; separated by commas."
          placeholder="production, finance"
          value={groups}
          onValue={setGroups}
        />
        <FailureNote failure={register.failure} />
        <DialogActions
          button="Register"
          isDisabled={register.isBusy || isOffline || isMissing}
          onClose={onClose}
        />
      </Form>
    </Dialog>
  );
}
