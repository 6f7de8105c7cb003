import type { DecisionAnswer } from "@haltpoint/protocol";
import type { ReactNode } from "react";
import type { Answer } from "../api/call.ts";
import type { Failure } from "../api/failure.ts";
import { useIsOffline } from "../live/use-live.ts";
import { Dialog } from "../ui/dialog.tsx";
import { Actions, FailureNote, Field, Form } from "../ui/form.tsx";
import type { Displayed } from "./use-decide.ts";

/** What every dialog of the card gets, and what it tells the card when there is an answer. */
export interface DialogProps {
  readonly displayed: Displayed;
  readonly onClose: () => void;
  readonly onDone: (answer: Answer<DecisionAnswer> | null) => void;
}

interface DialogFormProps {
  readonly title: string;
  /** The name of the button that does it. */
  readonly does: string;
  readonly tone?: "plain" | "danger";
  readonly isBusy: boolean;
  readonly failure: Failure | null;
  /** Why it cannot be sent as it is. */
  readonly blocked?: ReactNode;
  readonly onSend: () => void;
  readonly onClose: () => void;
  readonly children: ReactNode;
}

/** A dialog that does one thing. Its button never has the focus at first. */
export function DialogForm({
  title,
  does,
  tone = "plain",
  isBusy,
  failure,
  blocked,
  onSend,
  onClose,
  children,
}: DialogFormProps): ReactNode {
  const isOffline = useIsOffline();
  const isBlocked = blocked !== undefined && blocked !== null;
  return (
    <Dialog title={title} tone={tone} onClose={onClose}>
      <Form
        onSend={() => {
          if (!isOffline && !isBlocked && !isBusy) onSend();
        }}
      >
        {children}
        {isBlocked ? (
          <p className="note" data-tone="warn">
            {blocked}
          </p>
        ) : null}
        {isOffline ? (
          <p className="note" data-tone="warn">
            Offline: nothing can be decided, and nothing is kept to be sent later.
          </p>
        ) : null}
        <FailureNote failure={failure} />
        <Actions>
          <span className="hint keys-hint" aria-hidden="true">
            <kbd>Ctrl</kbd> or <kbd>⌘</kbd> <kbd>Enter</kbd>
          </span>
          <button type="button" className="button" onClick={onClose}>
            Cancel
          </button>
          <button
            type="submit"
            className={tone === "danger" ? "button danger" : "button primary"}
            disabled={isOffline || isBlocked || isBusy}
          >
            {does}
          </button>
        </Actions>
      </Form>
    </Dialog>
  );
}

/** Focused when its dialog opens: React's own `autoFocus` comes before the dialog is shown. */
export function focusFirst(element: HTMLElement | null): void {
  element?.setAttribute("autofocus", "");
}

export function ReasonField({
  label = "Reason",
  hint,
  error,
  value,
  onChange,
  isFirst = false,
}: {
  readonly label?: string;
  readonly hint?: string;
  readonly error?: string | undefined;
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly isFirst?: boolean;
}): ReactNode {
  return (
    <Field label={label} hint={hint} error={error}>
      {(control) => (
        <textarea
          {...control}
          className="input"
          ref={isFirst ? focusFirst : undefined}
          rows={2}
          maxLength={4_000}
          value={value}
          onChange={(event) => onChange(event.target.value)}
        />
      )}
    </Field>
  );
}

export const SAY_WHY = "say why; the reason is part of the record";
