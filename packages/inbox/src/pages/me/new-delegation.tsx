import type { DelegationView, NewDelegationBody, PersonName } from "@haltpoint/protocol";
import { useState, type ReactNode } from "react";
import { KEYS } from "../../api/query-client.ts";
import { useAction } from "../../api/use-action.ts";
import { useIsOffline } from "../../live/use-live.ts";
import { useSession } from "../../shell/session.tsx";
import { serverNow } from "../../time/server-clock.ts";
import { useAnnounce } from "../../ui/announce.tsx";
import { Dialog } from "../../ui/dialog.tsx";
import { DialogActions, FailureNote, Field, Form } from "../../ui/form.tsx";
import { TextField } from "../../ui/text-field.tsx";

const dayMs = 86_400_000;
const defaultDays = 7;

export function NewDelegation({
  names,
  onClose,
}: {
  readonly names: readonly PersonName[];
  readonly onClose: () => void;
}): ReactNode {
  const me = useSession();
  const isOffline = useIsOffline();
  const announce = useAnnounce();
  const [to, setTo] = useState("");
  const [until, setUntil] = useState(() => localTime(serverNow() + defaultDays * dayMs));
  const [reason, setReason] = useState("");
  const make = useAction<NewDelegationBody, DelegationView>(
    (body) => ({ method: "POST", path: "/v1/delegations", body }),
    { refresh: [KEYS.delegations] },
  );
  const endsAt = new Date(until).getTime();
  const isMissing = to === "" || reason.trim() === "" || Number.isNaN(endsAt);
  const send = async (): Promise<void> => {
    if (isMissing) return;
    const answer = await make.run({ to, ends_at: endsAt, reason: reason.trim() });
    if (answer?.ok !== true) return;
    announce("They are asked in your place from now on.");
    onClose();
  };
  return (
    <Dialog title="Delegate for a time" onClose={onClose}>
      <Form onSend={() => void send()}>
        <Field label="To" hint="Somebody who may decide the same in their own right.">
          {(control) => (
            <select
              {...control}
              className="input"
              data-focus
              value={to}
              onChange={(event) => setTo(event.target.value)}
            >
              <option value="">Choose…</option>
              {names
                .filter(({ id }) => id !== me.person.id)
                .map(({ id, name }) => (
                  <option key={id} value={id}>
                    {name}
                  </option>
                ))}
            </select>
          )}
        </Field>
        <TextField label="Until" type="datetime-local" value={until} onValue={setUntil} />
        <TextField
          label="Reason"
          placeholder="on leave"
          value={reason}
          onValue={setReason}
          autoComplete="off"
        />
        <FailureNote failure={make.failure} />
        <DialogActions
          button="Delegate"
          isDisabled={make.isBusy || isOffline || isMissing}
          onClose={onClose}
        />
      </Form>
    </Dialog>
  );
}

/** As a date-time field wants it: `2026-11-28T14:30`, in the reader's time zone. */
function localTime(at: number): string {
  const date = new Date(at);
  const shifted = new Date(at - date.getTimezoneOffset() * 60_000);
  return shifted.toISOString().slice(0, 16);
}
