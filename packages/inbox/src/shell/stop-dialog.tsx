import type { HaltBody, HaltScope, HaltView } from "@haltpoint/protocol";
import { useState, type ReactNode } from "react";
import { KEYS } from "../api/query-client.ts";
import { useAction } from "../api/use-action.ts";
import { useAnnounce } from "../ui/announce.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { Actions, FailureNote, Field, Form } from "../ui/form.tsx";
import { scopeWords } from "./scope-words.ts";
import { hasRight, useSession } from "./session.tsx";

type Kind = HaltScope["kind"];

/** What may be stopped, the most used first. */
const SCOPES: readonly {
  readonly kind: Kind;
  readonly name: string;
  readonly field: string;
  readonly example: string;
}[] = [
  { kind: "everything", name: "Everything", field: "", example: "" },
  { kind: "identity", name: "An identity", field: "Identity", example: "purchasing-agent" },
  { kind: "owner", name: "An owner", field: "Owner", example: "chen" },
  { kind: "group", name: "A group", field: "Group", example: "production" },
  { kind: "action", name: "An action", field: "Action", example: "payments.transfer" },
  { kind: "impact", name: "An impact", field: "Impact", example: "spend" },
  { kind: "session", name: "A session", field: "Session", example: "the id the agent sent" },
  { kind: "trace", name: "A trace", field: "Trace", example: "the id the agent sent" },
];

/** In an emergency nobody should have to find words first; the ledger says that there were none. */
const NO_REASON = "stopped at once from the inbox; the reason was not written down";

/** Opened by `!`: the reason is focused, and Ctrl or ⌘ with Enter halts. */
export default function StopDialog({
  onClose,
  initial = { kind: "everything", id: "" },
}: {
  readonly onClose: () => void;
  readonly initial?: { readonly kind: Kind; readonly id: string };
}): ReactNode {
  const me = useSession();
  const announce = useAnnounce();
  const isOperator = hasRight(me, "operator");
  const first =
    isOperator || initial.kind !== "everything" ? initial : ({ kind: "identity", id: "" } as const);
  const [kind, setKind] = useState<Kind>(first.kind);
  const [id, setId] = useState(first.id);
  const [reason, setReason] = useState("");
  const halt = useAction<HaltBody, HaltView>(
    (body) => ({ method: "POST", path: "/v1/halts", body }),
    { refresh: [KEYS.halts, KEYS.running] },
  );
  const isMissing = kind !== "everything" && id.trim() === "";
  const send = async (): Promise<void> => {
    if (isMissing) return;
    const scope: HaltScope = kind === "everything" ? { kind } : { kind, id: id.trim() };
    const answer = await halt.run({
      scope,
      reason: reason.trim() === "" ? NO_REASON : reason.trim(),
    });
    if (answer?.ok !== true) return;
    const count = answer.value.interrupted ?? 0;
    announce(`Halted ${scopeWords(scope)}. ${endedWords(count)} Lift it on the page Running.`);
    onClose();
  };
  return (
    <Dialog title="Stop" onClose={onClose} tone="danger">
      <Form onSend={() => void send()}>
        <p>Nothing that matches starts any more, and what runs is told to stop.</p>
        <ScopeChoice kind={kind} id={id} onKind={setKind} onId={setId} />
        <Field label="Reason" hint="For those who find everything stopped. You can go without.">
          {(control) => (
            <textarea
              {...control}
              className="input"
              rows={2}
              data-focus
              value={reason}
              onChange={(event) => setReason(event.target.value)}
            />
          )}
        </Field>
        {isOperator ? null : (
          <p className="hint">
            You may stop identities you own. The rest takes the right operator.
          </p>
        )}
        <FailureNote failure={halt.failure} />
        <Actions>
          <button type="button" className="button" onClick={onClose}>
            Cancel
          </button>
          <button type="submit" className="button danger" disabled={halt.isBusy || isMissing}>
            {kind === "everything" ? "Halt everything" : "Halt"}
          </button>
          <span className="hint keys-hint">
            <kbd>Ctrl</kbd> <kbd>Enter</kbd>
          </span>
        </Actions>
      </Form>
    </Dialog>
  );
}

function ScopeChoice({
  kind,
  id,
  onKind,
  onId,
}: {
  readonly kind: Kind;
  readonly id: string;
  readonly onKind: (kind: Kind) => void;
  readonly onId: (id: string) => void;
}): ReactNode {
  const chosen = SCOPES.find((scope) => scope.kind === kind);
  return (
    <>
      <fieldset className="choices">
        <legend>What</legend>
        {SCOPES.map((scope) => (
          <label key={scope.kind} className="choice">
            <input
              type="radio"
              name="scope"
              checked={kind === scope.kind}
              onChange={() => onKind(scope.kind)}
            />
            <span>{scope.name}</span>
          </label>
        ))}
      </fieldset>
      {chosen === undefined || chosen.field === "" ? null : (
        <Field label={chosen.field}>
          {(control) => (
            <input
              {...control}
              className="input"
              value={id}
              required
              autoComplete="off"
              spellCheck={false}
              placeholder={chosen.example}
              onChange={(event) => onId(event.target.value)}
            />
          )}
        </Field>
      )}
    </>
  );
}

function endedWords(count: number): string {
  if (count === 0) return "Nothing was running.";
  return count === 1 ? "One action was told to stop." : `${count} actions were told to stop.`;
}
