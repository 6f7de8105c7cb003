import { useMemo, useState, type ReactNode } from "react";
import { shownText } from "../rendering/shown-value.ts";
import { Field } from "../ui/form.tsx";
import { Changes } from "./change-view.tsx";
import { DialogForm, focusFirst, ReasonField, SAY_WHY, type DialogProps } from "./dialog-form.tsx";
import { draftOfAll, editFields, type Drafts, type EditField } from "./editable-fields.ts";
import { useDo } from "./use-decide.ts";
import { Pieces, Suspicions } from "./visible-text.tsx";

/** A new revision: policy's editable fields, and what becomes of them while somebody types. */
export function EditDialog({ displayed, onClose, onDone }: DialogProps): ReactNode {
  const { request, schema } = displayed.card;
  const { content } = request.revision;
  const fields = useMemo(
    () => editFields(content, schema, request.editable_fields),
    [content, schema, request.editable_fields],
  );
  const doing = useDo<Readonly<Record<string, unknown>>>(request.id, "edits");
  const [drafts, setDrafts] = useState<Drafts>({});
  const [reason, setReason] = useState("");
  const [alsoApprove, setAlsoApprove] = useState(false);
  const [isTried, setTried] = useState(false);
  const draft = useMemo(() => draftOfAll(fields, drafts), [fields, drafts]);
  const isUnchanged = draft.changes.length === 0;
  const isMissing = reason.trim() === "";
  // A signature is over the new revision, which does not exist yet; ticks are made on its own card.
  const mayApprove = request.step_up === "none" && request.confirm.length === 0;

  const send = async (): Promise<void> => {
    setTried(true);
    if (isUnchanged || isMissing || Object.keys(draft.wrong).length > 0) return;
    const approve = mayApprove && alsoApprove ? { approve: true } : {};
    const { digest } = displayed;
    onDone(await doing.run({ digest, set: draft.set, reason: reason.trim(), ...approve }));
  };
  return (
    <DialogForm
      title="Edit"
      does="Save edit"
      isBusy={doing.isBusy}
      failure={doing.failure}
      onSend={() => void send()}
      onClose={onClose}
    >
      <p className="hint">Reviews so far no longer count: people approve what you make of it.</p>
      {fields.map((field, index) => (
        <FieldEditor
          key={field.path}
          field={field}
          isFirst={index === 0}
          error={draft.wrong[field.path]}
          draft={drafts[field.path] ?? field.draft}
          onDraft={(text) => setDrafts((before) => ({ ...before, [field.path]: text }))}
        />
      ))}
      <section aria-label="What changes" className="live-diff" aria-live="polite">
        {isUnchanged ? (
          <p className={isTried ? "hint wrong" : "hint"}>Nothing is changed yet.</p>
        ) : (
          <Changes changes={draft.changes} schema={schema} />
        )}
      </section>
      <ReasonField
        error={isTried && isMissing ? SAY_WHY : undefined}
        value={reason}
        onChange={setReason}
      />
      {mayApprove ? (
        <label className="choice">
          <input
            type="checkbox"
            checked={alsoApprove}
            onChange={() => setAlsoApprove((before) => !before)}
          />{" "}
          Approve it too
        </label>
      ) : null}
    </DialogForm>
  );
}

interface EditorProps {
  readonly field: EditField;
  readonly isFirst: boolean;
  readonly draft: string;
  readonly error: string | undefined;
  readonly onDraft: (text: string) => void;
}

function FieldEditor({ field, isFirst, draft, error, onDraft }: EditorProps): ReactNode {
  const { control, label } = field;
  const ref = isFirst ? focusFirst : undefined;
  const change = (event: { readonly target: { readonly value: string } }): void =>
    onDraft(event.target.value);
  return (
    <Field label={label} hint={field.hint ?? undefined} error={error}>
      {(attributes) => {
        switch (control.kind) {
          case "boolean":
          case "choice": {
            const choices = control.kind === "choice" ? control.choices : [true, false];
            const texts = choices.map((choice) => JSON.stringify(choice));
            return (
              <select {...attributes} className="input" ref={ref} value={draft} onChange={change}>
                {texts.includes(draft) ? null : <option value={draft}>{draft}</option>}
                {texts.map((text) => (
                  <option key={text}>{text}</option>
                ))}
              </select>
            );
          }
          case "number":
            return (
              <input
                {...attributes}
                ref={ref}
                type="text"
                inputMode="decimal"
                autoComplete="off"
                className="input figures"
                value={draft}
                onChange={change}
              />
            );
          case "secret":
            return (
              <input
                {...attributes}
                ref={ref}
                className="input"
                type="password"
                autoComplete="off"
                placeholder="keeps its value"
                value={draft}
                onChange={change}
              />
            );
          case "text":
          case "json":
            return (
              <>
                <textarea
                  {...attributes}
                  className="input"
                  ref={ref}
                  rows={Math.min(8, draft.split("\n").length)}
                  spellCheck={false}
                  dir="auto"
                  value={draft}
                  onChange={change}
                />
                <Unseen text={draft} />
              </>
            );
        }
      }}
    </Field>
  );
}

/** A text box shows nothing of what is invisible: so it is shown beside. */
function Unseen({ text }: { readonly text: string }): ReactNode {
  const shown = shownText(text);
  if (shown.suspicions.length === 0) return null;
  return (
    <div className="unseen">
      <Pieces pieces={shown.pieces} />
      <Suspicions found={shown.suspicions} />
    </div>
  );
}
