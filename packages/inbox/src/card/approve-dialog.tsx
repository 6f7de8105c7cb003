import type { RequestView } from "@haltpoint/protocol";
import { useState, type ReactNode } from "react";
import { Link } from "wouter";
import { useSession } from "../shell/session.tsx";
import { Field } from "../ui/form.tsx";
import { DialogForm, focusFirst, ReasonField, SAY_WHY, type DialogProps } from "./dialog-form.tsx";
import { frictionOf } from "./friction.ts";
import { RiskMark } from "./risk-mark.tsx";
import { useDecide } from "./use-decide.ts";
import { ServerText, VisibleText } from "./visible-text.tsx";

/** Approving what is not low: statements to tick, a reason, the target typed, a passkey. */
export function ApproveDialog({ displayed, onClose, onDone }: DialogProps): ReactNode {
  const { request, sentence } = displayed.card;
  const friction = frictionOf(request);
  const me = useSession();
  const doing = useDecide(displayed, "approve", friction.passkey);
  const [reason, setReason] = useState("");
  const [typed, setTyped] = useState("");
  const [ticked, setTicked] = useState<ReadonlySet<string>>(new Set());
  const [isTried, setTried] = useState(false);
  const lacksReason = friction.reason && reason.trim() === "";
  const lacksTarget = friction.type !== null && typed.trim() !== friction.type;
  const unticked = request.confirm.filter(({ id }) => !ticked.has(id));

  const send = async (): Promise<void> => {
    setTried(true);
    if (lacksReason || lacksTarget || unticked.length > 0) return;
    const said = reason.trim() === "" ? null : reason.trim();
    onDone(await doing.run({ reason: said, confirmed: request.confirm.map(({ id }) => id) }));
  };
  return (
    <DialogForm
      title="Approve"
      does={friction.passkey ? "Approve with passkey" : "Approve exactly this"}
      isBusy={doing.isBusy}
      failure={doing.failure}
      blocked={friction.passkey && me.passkeys.length === 0 ? <NoPasskey /> : null}
      onSend={() => void send()}
      onClose={onClose}
    >
      <p className="dialog-sentence">
        <ServerText text={sentence} />
      </p>
      <p className="dialog-about">
        <RiskMark risk={request.risk} />{" "}
        <code className="digest" title={displayed.digest}>
          {displayed.digest.slice(0, 12)}
        </code>
      </p>
      <Ticks
        statements={request.confirm}
        ticked={ticked}
        isTried={isTried}
        onToggle={(id) => setTicked((before) => toggled(before, id))}
      />
      <ReasonField
        isFirst={request.confirm.length === 0}
        hint={friction.reason ? "It is part of the record." : "If there is something to say."}
        error={isTried && lacksReason ? SAY_WHY : undefined}
        value={reason}
        onChange={setReason}
      />
      {friction.type === null ? null : (
        <TypeTarget
          target={friction.type}
          typed={typed}
          isWrong={isTried && lacksTarget}
          onType={setTyped}
        />
      )}
    </DialogForm>
  );
}

function Ticks({
  statements,
  ticked,
  isTried,
  onToggle,
}: {
  readonly statements: RequestView["confirm"];
  readonly ticked: ReadonlySet<string>;
  readonly isTried: boolean;
  readonly onToggle: (id: string) => void;
}): ReactNode {
  if (statements.length === 0) return null;
  return (
    <div className="ticks">
      {statements.map(({ id, text }, index) => (
        <label key={id} className="choice">
          <input
            ref={index === 0 ? focusFirst : undefined}
            type="checkbox"
            checked={ticked.has(id)}
            aria-invalid={isTried && !ticked.has(id) ? true : undefined}
            onChange={() => onToggle(id)}
          />{" "}
          <span>
            <VisibleText text={text} />
          </span>
        </label>
      ))}
      {isTried && statements.some(({ id }) => !ticked.has(id)) ? (
        <p className="hint wrong">tick what is true; approve only if all of it is</p>
      ) : null}
    </div>
  );
}

/** Slower than a click, on purpose: what it is done to passes through the fingers. */
function TypeTarget({
  target,
  typed,
  isWrong,
  onType,
}: {
  readonly target: string;
  readonly typed: string;
  readonly isWrong: boolean;
  readonly onType: (text: string) => void;
}): ReactNode {
  return (
    <Field label={`Type ${target} to confirm`} error={isWrong ? `type ${target}` : undefined}>
      {(control) => (
        <input
          {...control}
          className="input"
          type="text"
          autoComplete="off"
          autoCapitalize="off"
          spellCheck={false}
          value={typed}
          onChange={(event) => onType(event.target.value)}
        />
      )}
    </Field>
  );
}

export function NoPasskey(): ReactNode {
  return (
    <>
      This takes a passkey, and you have none. <Link href="/me">Register one</Link>, then come back.
    </>
  );
}

function toggled(set: ReadonlySet<string>, id: string): ReadonlySet<string> {
  const next = new Set(set);
  if (!next.delete(id)) next.add(id);
  return next;
}
