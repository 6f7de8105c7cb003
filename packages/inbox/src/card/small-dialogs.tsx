import { useState, type ReactNode } from "react";
import { useSession } from "../shell/session.tsx";
import { Field } from "../ui/form.tsx";
import { NoPasskey } from "./approve-dialog.tsx";
import { DialogForm, focusFirst, ReasonField, SAY_WHY, type DialogProps } from "./dialog-form.tsx";
import { useDecide, useDo } from "./use-decide.ts";
import { ServerText } from "./visible-text.tsx";

type SendsReason = { readonly reason?: string };

/** Dialogs that take little more than a reason. */
export function AskDialog({ displayed, onClose, onDone }: DialogProps): ReactNode {
  const doing = useDo<{ readonly text: string }>(displayed.card.request.id, "questions");
  const [text, setText] = useState("");
  const [isTried, setTried] = useState(false);
  const send = async (): Promise<void> => {
    setTried(true);
    if (text.trim() !== "") onDone(await doing.run({ text: text.trim() }));
  };
  return (
    <DialogForm
      title="Ask the agent"
      does="Ask"
      isBusy={doing.isBusy}
      failure={doing.failure}
      onSend={() => void send()}
      onClose={onClose}
    >
      <ReasonField
        label="Question"
        isFirst
        hint="It pauses the deadline once, for 30 minutes at most. The answer is the agent’s word, unverified."
        error={isTried && text.trim() === "" ? "write a question" : undefined}
        value={text}
        onChange={setText}
      />
    </DialogForm>
  );
}

export function DelegateDialog({ displayed, onClose, onDone }: DialogProps): ReactNode {
  const { delegates, request } = displayed.card;
  const doing = useDo<SendsReason & { readonly to: string }>(request.id, "delegate");
  const [to, setTo] = useState("");
  const [reason, setReason] = useState("");
  const [isTried, setTried] = useState(false);
  const send = async (): Promise<void> => {
    setTried(true);
    if (to !== "") onDone(await doing.run({ to, ...said(reason) }));
  };
  return (
    <DialogForm
      title="Delegate"
      does="Delegate"
      isBusy={doing.isBusy}
      failure={doing.failure}
      blocked={delegates.length === 0 ? "Nobody else may decide this." : null}
      onSend={() => void send()}
      onClose={onClose}
    >
      <Field
        label="To"
        hint="It is pointed out to them. You may still decide it yourself."
        error={isTried && to === "" ? "choose a person" : undefined}
      >
        {(control) => (
          <select
            {...control}
            className="input"
            ref={focusFirst}
            value={to}
            onChange={(event) => setTo(event.target.value)}
          >
            <option value="">Choose…</option>
            {delegates.map(({ id, name }) => (
              <option key={id} value={id}>
                {name === id ? id : `${name} (${id})`}
              </option>
            ))}
          </select>
        )}
      </Field>
      <ReasonField value={reason} onChange={setReason} />
    </DialogForm>
  );
}

export function ExtendDialog({ displayed, onClose, onDone }: DialogProps): ReactNode {
  const doing = useDo<SendsReason>(displayed.card.request.id, "extend");
  const [reason, setReason] = useState("");
  return (
    <DialogForm
      title="Extend"
      does="Extend"
      isBusy={doing.isBusy}
      failure={doing.failure}
      onSend={() => void doing.run(said(reason)).then(onDone)}
      onClose={onClose}
    >
      <p>Gives it the further time that policy allows, once.</p>
      <ReasonField isFirst value={reason} onChange={setReason} />
    </DialogForm>
  );
}

export function InterruptDialog({ displayed, onClose, onDone }: DialogProps): ReactNode {
  const { request, sentence } = displayed.card;
  const doing = useDo<SendsReason>(request.id, "interrupt");
  const [reason, setReason] = useState("");
  const [isTried, setTried] = useState(false);
  const isMissing = reason.trim() === "";
  const send = async (): Promise<void> => {
    setTried(true);
    if (!isMissing) onDone(await doing.run(said(reason)));
  };
  const isRunning = request.run !== null;
  return (
    <DialogForm
      title="Interrupt"
      does="Interrupt now"
      tone="danger"
      isBusy={doing.isBusy}
      failure={doing.failure}
      onSend={() => void send()}
      onClose={onClose}
    >
      <p className="dialog-sentence">
        <ServerText text={sentence} />
      </p>
      <p>
        {isRunning
          ? "Tells what runs it to stop now. What has been done by then stays done."
          : "Ends it before it runs."}
      </p>
      <ReasonField
        isFirst
        error={isTried && isMissing ? SAY_WHY : undefined}
        value={reason}
        onChange={setReason}
      />
    </DialogForm>
  );
}

export function OverrideDialog({ displayed, onClose, onDone }: DialogProps): ReactNode {
  const { sentence } = displayed.card;
  const me = useSession();
  const doing = useDecide(displayed, "override", true);
  const [reason, setReason] = useState("");
  const [isTried, setTried] = useState(false);
  const isMissing = reason.trim() === "";
  const send = async (): Promise<void> => {
    setTried(true);
    if (!isMissing) onDone(await doing.run({ reason: reason.trim(), confirmed: [] }));
  };
  return (
    <DialogForm
      title="Override"
      does="Override with passkey"
      tone="danger"
      isBusy={doing.isBusy}
      failure={doing.failure}
      blocked={me.passkeys.length === 0 ? <NoPasskey /> : null}
      onSend={() => void send()}
      onClose={onClose}
    >
      <p className="dialog-sentence">
        <ServerText text={sentence} />
      </p>
      <p>
        This approves it without the people whose approval it needs. They are told, it is counted
        under your name, and somebody else has to look into it afterwards.
      </p>
      <ReasonField
        isFirst
        hint="Say why nobody can be waited for."
        error={isTried && isMissing ? SAY_WHY : undefined}
        value={reason}
        onChange={setReason}
      />
    </DialogForm>
  );
}

interface Choice<T extends string> {
  readonly value: T;
  readonly label: string;
}
const FOLLOW_UPS: readonly Choice<"ok" | "violation">[] = [
  { value: "ok", label: "It was right" },
  { value: "violation", label: "It was a violation" },
];
const RESULTS: readonly Choice<"succeeded" | "failed" | "interrupted" | "not_started">[] = [
  { value: "succeeded", label: "It happened" },
  { value: "failed", label: "It failed; something of it may have happened" },
  { value: "interrupted", label: "It was stopped half-way" },
  { value: "not_started", label: "Nothing happened" },
];

export function FollowUpDialog(props: DialogProps): ReactNode {
  return (
    <ChoiceDialog
      {...props}
      title="Follow up"
      does="Record follow-up"
      verb="follow-up"
      member="verdict"
      asks="The quorum was waived for this. Was that right?"
      choices={FOLLOW_UPS}
    />
  );
}

export function ResolveDialog(props: DialogProps): ReactNode {
  return (
    <ChoiceDialog
      {...props}
      title="Resolve"
      does="Record what happened"
      verb="resolve"
      member="result"
      asks="The run went silent. Find out what really happened before you say so here."
      choices={RESULTS}
    />
  );
}

function ChoiceDialog<T extends string>({
  displayed,
  onClose,
  onDone,
  title,
  does,
  verb,
  member,
  asks,
  choices,
}: DialogProps & {
  readonly title: string;
  readonly does: string;
  readonly verb: string;
  readonly member: string;
  readonly asks: string;
  readonly choices: readonly Choice<T>[];
}): ReactNode {
  const doing = useDo<Readonly<Record<string, string>>>(displayed.card.request.id, verb);
  const [choice, setChoice] = useState<T | null>(null);
  const [reason, setReason] = useState("");
  const [isTried, setTried] = useState(false);
  const isMissing = reason.trim() === "";
  const send = async (): Promise<void> => {
    setTried(true);
    if (choice === null || isMissing) return;
    onDone(await doing.run({ [member]: choice, reason: reason.trim() }));
  };
  return (
    <DialogForm
      title={title}
      does={does}
      isBusy={doing.isBusy}
      failure={doing.failure}
      onSend={() => void send()}
      onClose={onClose}
    >
      <fieldset className="choices">
        <legend>{asks}</legend>
        {choices.map(({ value, label }, index) => (
          <label key={value} className="choice">
            <input
              ref={index === 0 ? focusFirst : undefined}
              type="radio"
              name={member}
              checked={choice === value}
              onChange={() => setChoice(value)}
            />{" "}
            {label}
          </label>
        ))}
      </fieldset>
      {isTried && choice === null ? <p className="hint wrong">choose one</p> : null}
      <ReasonField
        error={isTried && isMissing ? SAY_WHY : undefined}
        value={reason}
        onChange={setReason}
      />
    </DialogForm>
  );
}

function said(reason: string): SendsReason {
  return reason.trim() === "" ? {} : { reason: reason.trim() };
}
