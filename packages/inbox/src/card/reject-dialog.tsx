import { useRef, useState, type KeyboardEvent, type ReactNode } from "react";
import { useSession } from "../shell/session.tsx";
import { DialogForm, focusFirst, ReasonField, SAY_WHY, type DialogProps } from "./dialog-form.tsx";
import { useDecide } from "./use-decide.ts";
import { ServerText } from "./visible-text.tsx";

/** Said often; the digit picks it. */
const REASONS = [
  "Wrong recipient or target",
  "Wrong amount",
  "Not needed now",
  "Not enough information to decide",
  "Looks like a mistake of the agent",
  "Looks like manipulation",
  "A duplicate",
  "To be done another way",
  "Against our rules",
] as const;

/** A no is always as easy as signing in: a passkey only signs it where there is one. */
export function RejectDialog({ displayed, onClose, onDone }: DialogProps): ReactNode {
  const { request, sentence } = displayed.card;
  const me = useSession();
  const isSigned = request.step_up === "passkey" && me.passkeys.length > 0;
  const doing = useDecide(displayed, "reject", isSigned);
  const [reason, setReason] = useState("");
  const [isTried, setTried] = useState(false);
  const form = useRef<HTMLDivElement>(null);
  const isMissing = reason.trim() === "";

  const send = async (): Promise<void> => {
    setTried(true);
    if (isMissing) return;
    onDone(await doing.run({ reason: reason.trim(), confirmed: [] }));
  };
  const pick = (index: number): void => {
    setReason(REASONS[index] ?? "");
    // So that Enter sends what was just picked.
    form.current?.closest("form")?.querySelector<HTMLElement>("button[type=submit]")?.focus();
  };
  const onKey = (event: KeyboardEvent): void => {
    if (event.target instanceof HTMLTextAreaElement) return;
    if (event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
    if (event.key >= "1" && event.key <= "9") {
      event.preventDefault();
      pick(Number(event.key) - 1);
    } else if (event.key.length === 1 && /\p{L}/u.test(event.key)) {
      // Whoever starts to write means the reason.
      form.current?.querySelector("textarea")?.focus();
    }
  };
  return (
    <DialogForm
      title="Reject"
      does="Reject"
      tone="danger"
      isBusy={doing.isBusy}
      failure={doing.failure}
      onSend={() => void send()}
      onClose={onClose}
    >
      <div ref={form} className="reject" onKeyDown={onKey}>
        <p className="dialog-sentence">
          <ServerText text={sentence} />
        </p>
        <div className="presets" role="group" aria-label="Reasons">
          {REASONS.map((text, index) => (
            <button
              key={text}
              ref={index === 0 ? focusFirst : undefined}
              type="button"
              className="preset"
              aria-pressed={reason === text}
              onClick={() => pick(index)}
            >
              <kbd>{index + 1}</kbd> {text}
            </button>
          ))}
        </div>
        <ReasonField
          hint="The agent reads it, and it is part of the record."
          error={isTried && isMissing ? SAY_WHY : undefined}
          value={reason}
          onChange={setReason}
        />
      </div>
    </DialogForm>
  );
}
