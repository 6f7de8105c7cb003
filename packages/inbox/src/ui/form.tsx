import { useId, type ReactNode } from "react";
import type { Failure } from "../api/failure.ts";

/** A label, its control, and what to know about it. The control gets the ids it has to carry. */
export function Field({
  label,
  hint,
  error,
  children,
}: {
  readonly label: string;
  readonly hint?: ReactNode;
  readonly error?: string | undefined;
  readonly children: (control: {
    readonly id: string;
    readonly "aria-describedby": string | undefined;
    readonly "aria-invalid": boolean | undefined;
  }) => ReactNode;
}): ReactNode {
  const id = useId();
  const about = error ?? hint;
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      {children({
        id,
        "aria-describedby": about === undefined ? undefined : `${id}-about`,
        "aria-invalid": error === undefined ? undefined : true,
      })}
      {about === undefined ? null : (
        <p id={`${id}-about`} className={error === undefined ? "hint" : "hint wrong"}>
          {about}
        </p>
      )}
    </div>
  );
}

/** A form: Enter sends it from a one-line field, Ctrl or ⌘ and Enter from anywhere in it. */
export function Form({
  onSend,
  children,
}: {
  readonly onSend: () => void;
  readonly children: ReactNode;
}): ReactNode {
  return (
    <form
      className="form"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        onSend();
      }}
      onKeyDown={(event) => {
        if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || event.repeat) return;
        event.preventDefault();
        onSend();
      }}
    >
      {children}
    </form>
  );
}

/** Why it did not work, and what to do. Always there, so that it is announced when it comes. */
export function FailureNote({ failure }: { readonly failure: Failure | null }): ReactNode {
  return (
    <div role="alert" className="alert-slot">
      {failure === null ? null : (
        <div className="note" data-tone="danger">
          <p>{failure.detail}</p>
          {failure.decided === undefined ? null : (
            <p>
              {failure.decided.by} {failure.decided.status} it.
              {failure.decided.reason === undefined ? "" : ` “${failure.decided.reason}”`} Your
              click changed nothing.
            </p>
          )}
        </div>
      )}
    </div>
  );
}

/** The buttons at the end of a form or dialog. */
export function Actions({ children }: { readonly children: ReactNode }): ReactNode {
  return <div className="actions">{children}</div>;
}

/** At the end of a dialog: out of it, or what it is for. */
export function DialogActions({
  button,
  tone = "primary",
  isDisabled,
  onClose,
}: {
  readonly button: string;
  readonly tone?: "primary" | "danger";
  readonly isDisabled: boolean;
  readonly onClose: () => void;
}): ReactNode {
  return (
    <Actions>
      <button type="button" className="button" onClick={onClose}>
        Cancel
      </button>
      <button type="submit" className={`button ${tone}`} disabled={isDisabled}>
        {button}
      </button>
    </Actions>
  );
}
