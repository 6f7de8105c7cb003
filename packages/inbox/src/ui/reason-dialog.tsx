import { useState, type ReactNode } from "react";
import type { Failure } from "../api/failure.ts";
import { useIsOffline } from "../live/use-live.ts";
import { Dialog } from "./dialog.tsx";
import { DialogActions, FailureNote, Field, Form } from "./form.tsx";

/** One question, one reason, one button that does it. */
export function ReasonDialog({
  title,
  about,
  button,
  tone = "plain",
  isBusy,
  failure,
  hint,
  onSend,
  onClose,
}: {
  readonly title: string;
  readonly about: ReactNode;
  readonly button: string;
  readonly tone?: "plain" | "danger";
  readonly isBusy: boolean;
  readonly failure: Failure | null;
  readonly hint?: string;
  readonly onSend: (reason: string) => void;
  readonly onClose: () => void;
}): ReactNode {
  const [reason, setReason] = useState("");
  const [isMissing, setMissing] = useState(false);
  const isOffline = useIsOffline();
  const send = (): void => {
    setMissing(reason.trim() === "");
    if (reason.trim() !== "" && !isBusy && !isOffline) onSend(reason.trim());
  };
  return (
    <Dialog title={title} onClose={onClose} tone={tone}>
      <Form onSend={send}>
        <div className="any-text">{about}</div>
        <Field
          label="Reason"
          hint={hint ?? "It is written down with your name."}
          error={isMissing ? "write a reason: whoever reads this later needs it" : undefined}
        >
          {(control) => (
            <textarea
              {...control}
              className="input"
              rows={2}
              data-focus
              required
              value={reason}
              onChange={(event) => setReason(event.target.value)}
            />
          )}
        </Field>
        <FailureNote failure={failure} />
        <DialogActions
          button={button}
          tone={tone === "danger" ? "danger" : "primary"}
          isDisabled={isBusy || isOffline}
          onClose={onClose}
        />
      </Form>
    </Dialog>
  );
}
