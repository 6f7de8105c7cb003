import type { PasskeyView } from "@haltpoint/protocol";
import { useQueryClient } from "@tanstack/react-query";
import { useState, type ReactNode } from "react";
import { deviceName, makePasskey } from "../../api/passkey.ts";
import { KEYS } from "../../api/query-client.ts";
import { useAction } from "../../api/use-action.ts";
import { useTask } from "../../api/use-task.ts";
import { useIsOffline } from "../../live/use-live.ts";
import { useSession } from "../../shell/session.tsx";
import { Ago } from "../../time/times.tsx";
import { useAnnounce } from "../../ui/announce.tsx";
import { Dialog } from "../../ui/dialog.tsx";
import { DialogActions, FailureNote, Form } from "../../ui/form.tsx";
import { Panel } from "../../ui/panel.tsx";
import { ReasonDialog } from "../../ui/reason-dialog.tsx";
import { Empty } from "../../ui/states.tsx";
import { TextField } from "../../ui/text-field.tsx";

export function Passkeys(): ReactNode {
  const { passkeys } = useSession();
  const isOffline = useIsOffline();
  const [isAdding, setAdding] = useState(false);
  const [revoked, setRevoked] = useState<PasskeyView | null>(null);
  return (
    <>
      <Panel
        title="Passkeys"
        about="They prove that it is you who approves what is risky. Have two, on two devices."
        actions={
          <button
            type="button"
            className="button"
            disabled={isOffline}
            onClick={() => setAdding(true)}
          >
            Add a passkey
          </button>
        }
      >
        {passkeys.length === 0 ? (
          <Empty title="No passkey">
            <p>Without one you cannot approve what policy wants signed.</p>
          </Empty>
        ) : (
          <ul className="rows">
            {passkeys.map((passkey) => (
              <li key={passkey.id}>
                <div className="row-words">
                  <p className="row-title" id={`passkey-${passkey.id}`}>
                    {passkey.name}
                  </p>
                  <p className="row-about">
                    <span>
                      made <Ago at={passkey.created_at} />
                    </span>
                    <span>
                      {passkey.last_used_at === null ? (
                        "never used"
                      ) : (
                        <>
                          used <Ago at={passkey.last_used_at} />
                        </>
                      )}
                    </span>
                    {passkey.backed_up ? <span>synced between your devices</span> : null}
                  </p>
                </div>
                <button
                  type="button"
                  className="button danger-quiet"
                  aria-describedby={`passkey-${passkey.id}`}
                  disabled={isOffline}
                  onClick={() => setRevoked(passkey)}
                >
                  Revoke
                </button>
              </li>
            ))}
          </ul>
        )}
      </Panel>
      {isAdding ? <AddPasskey onClose={() => setAdding(false)} /> : null}
      {revoked === null ? null : (
        <RevokePasskey passkey={revoked} onClose={() => setRevoked(null)} />
      )}
    </>
  );
}

function AddPasskey({ onClose }: { readonly onClose: () => void }): ReactNode {
  const client = useQueryClient();
  const announce = useAnnounce();
  const task = useTask();
  const [name, setName] = useState(() => deviceName(navigator.userAgent));
  const add = async (): Promise<void> => {
    if (name.trim() === "") return;
    const isDone = await task.run(async () => {
      const made = await makePasskey<PasskeyView>({
        optionsPath: "/v1/me/passkeys/options",
        optionsBody: {},
        path: "/v1/me/passkeys",
        body: { name: name.trim() },
      });
      return made.ok ? null : made.failure;
    });
    if (!isDone) return;
    // The session is a new one from here on, and so is its token.
    await client.invalidateQueries({ queryKey: KEYS.me });
    announce("The passkey is added.");
    onClose();
  };
  return (
    <Dialog title="Add a passkey" onClose={onClose}>
      <Form onSend={() => void add()}>
        <TextField
          label="Name"
          hint="So that you find it when you lose the device."
          data-focus
          value={name}
          onValue={setName}
        />
        <FailureNote failure={task.failure} />
        <DialogActions
          button="Create it on this device"
          isDisabled={task.isBusy || name.trim() === ""}
          onClose={onClose}
        />
      </Form>
    </Dialog>
  );
}

function RevokePasskey({
  passkey,
  onClose,
}: {
  readonly passkey: PasskeyView;
  readonly onClose: () => void;
}): ReactNode {
  const announce = useAnnounce();
  const revoke = useAction<string, unknown>(
    (reason) => ({
      method: "DELETE",
      path: `/v1/me/passkeys/${encodeURIComponent(passkey.id)}`,
      body: { reason },
    }),
    { refresh: [KEYS.me] },
  );
  const send = async (reason: string): Promise<void> => {
    if ((await revoke.run(reason))?.ok !== true) return;
    announce(`${passkey.name} is revoked.`);
    onClose();
  };
  return (
    <ReasonDialog
      title="Revoke a passkey"
      tone="danger"
      about={`${passkey.name} signs nothing any more. What it signed before stays valid.`}
      button="Revoke passkey"
      isBusy={revoke.isBusy}
      failure={revoke.failure}
      onSend={(reason) => void send(reason)}
      onClose={onClose}
    />
  );
}
