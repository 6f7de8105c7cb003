import type { KeyView } from "@haltpoint/protocol";
import { useState, type ReactNode } from "react";
import { KEYS } from "../../api/query-client.ts";
import { useAction } from "../../api/use-action.ts";
import { useIsOffline } from "../../live/use-live.ts";
import { useAnnounce } from "../../ui/announce.tsx";
import { Dialog } from "../../ui/dialog.tsx";
import { Actions, DialogActions, FailureNote, Field, Form } from "../../ui/form.tsx";
import { SecretOnce } from "../../ui/secret-once.tsx";

interface Issued {
  readonly key: KeyView;
  readonly secret: string;
}

const dayMs = 86_400_000;
const PERIODS = [
  { name: "one day", ms: dayMs },
  { name: "30 days", ms: 30 * dayMs },
  { name: "90 days", ms: 90 * dayMs },
] as const;

export function IssueKey({
  identity,
  onClose,
}: {
  readonly identity: string;
  readonly onClose: () => void;
}): ReactNode {
  const isOffline = useIsOffline();
  const [periodMs, setPeriodMs] = useState<number>(30 * dayMs);
  const [secret, setSecret] = useState<string | null>(null);
  const issue = useAction<number, Issued>(
    (ms) => ({
      method: "POST",
      path: `/v1/identities/${encodeURIComponent(identity)}/keys`,
      body: { expires_in_ms: ms },
    }),
    { refresh: [KEYS.identities] },
  );
  const send = async (): Promise<void> => {
    const answer = await issue.run(periodMs);
    if (answer?.ok === true) setSecret(answer.value.secret);
  };
  if (secret !== null) {
    return (
      <Dialog title="The new key" onClose={onClose}>
        <SecretOnce
          secret={secret}
          about="It is shown this once; here only its hash is kept. Put it where the agent reads it."
        />
        <Actions>
          <button type="button" className="button primary" onClick={onClose}>
            Done
          </button>
        </Actions>
      </Dialog>
    );
  }
  return (
    <Dialog title={`Issue a key for ${identity}`} onClose={onClose}>
      <Form onSend={() => void send()}>
        <Field label="Good for" hint="Issue the next one before it ends; both are good meanwhile.">
          {(control) => (
            <select
              {...control}
              className="input"
              value={periodMs}
              onChange={(event) => setPeriodMs(Number(event.target.value))}
            >
              {PERIODS.map(({ name, ms }) => (
                <option key={ms} value={ms}>
                  {name}
                </option>
              ))}
            </select>
          )}
        </Field>
        <FailureNote failure={issue.failure} />
        <DialogActions button="Issue" isDisabled={issue.isBusy || isOffline} onClose={onClose} />
      </Form>
    </Dialog>
  );
}

export function RevokeKey({
  identity,
  keyId,
  onClose,
}: {
  readonly identity: string;
  readonly keyId: string;
  readonly onClose: () => void;
}): ReactNode {
  const announce = useAnnounce();
  const isOffline = useIsOffline();
  const revoke = useAction<null, KeyView>(
    () => ({
      method: "DELETE",
      path: `/v1/identities/${encodeURIComponent(identity)}/keys/${encodeURIComponent(keyId)}`,
    }),
    { refresh: [KEYS.identities] },
  );
  const send = async (): Promise<void> => {
    if ((await revoke.run(null))?.ok !== true) return;
    announce(`The key of ${identity} is revoked.`);
    onClose();
  };
  return (
    <Dialog title="Revoke a key" onClose={onClose} tone="danger">
      <Form onSend={() => void send()}>
        <p>
          {identity} cannot use it from the next call on. What runs already is not stopped by this;
          to stop it, halt the identity.
        </p>
        <FailureNote failure={revoke.failure} />
        <Actions>
          <button type="button" className="button" data-focus onClick={onClose}>
            Cancel
          </button>
          <button type="submit" className="button danger" disabled={revoke.isBusy || isOffline}>
            Revoke
          </button>
        </Actions>
      </Form>
    </Dialog>
  );
}
