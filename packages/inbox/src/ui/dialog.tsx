import { useEffect, useId, useRef, type ReactNode } from "react";

/**
 * A modal of the browser itself: it traps focus, ends with Escape and gives focus back. What has
 * `data-focus` is focused; never let that be a button that destroys something.
 */
export function Dialog({
  title,
  onClose,
  children,
  tone = "plain",
}: {
  readonly title: string;
  readonly onClose: () => void;
  readonly children: ReactNode;
  readonly tone?: "plain" | "danger";
}): ReactNode {
  const dialog = useRef<HTMLDialogElement>(null);
  const titleId = useId();
  useEffect(() => {
    const shown = dialog.current;
    if (shown === null || shown.open) return;
    // The browser looks for the attribute, which React does not write: its own focusing comes too early.
    shown.querySelector("[data-focus]")?.setAttribute("autofocus", "");
    shown.showModal();
    return () => shown.close();
  }, []);
  return (
    <dialog
      ref={dialog}
      className="dialog"
      data-tone={tone}
      aria-labelledby={titleId}
      onCancel={(event) => {
        if (event.target !== event.currentTarget) return;
        event.preventDefault();
        onClose();
      }}
    >
      <header className="dialog-head">
        <h2 id={titleId}>{title}</h2>
        <button type="button" className="button quiet square" aria-label="Close" onClick={onClose}>
          <span aria-hidden="true">✕</span>
        </button>
      </header>
      {children}
    </dialog>
  );
}
