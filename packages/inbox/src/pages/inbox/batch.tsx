import { revisionDigest, type InboxItem } from "@haltpoint/protocol";
import { useMemo, useState, type ReactNode } from "react";
import { KEYS } from "../../api/query-client.ts";
import { useAction } from "../../api/use-action.ts";
import { DialogForm, ReasonField, SAY_WHY } from "../../card/dialog-form.tsx";
import { canBatch } from "../../card/friction.ts";
import { Fields } from "../../card/value-view.tsx";
import { ServerText, VisibleText } from "../../card/visible-text.tsx";
import { useIsOffline } from "../../live/use-live.ts";
import { shownValue } from "../../rendering/shown-value.ts";
import { useAnnounce } from "../../ui/announce.tsx";

const BATCH_MAX = 50;

/** Answer of `POST /v1/reviews`: each item stands for itself. */
interface BatchAnswer {
  readonly results: readonly {
    readonly id: string;
    readonly ok: boolean;
    readonly problem?: { readonly detail: string };
  }[];
}

/** Why this one cannot be decided together with those; null where it can (T35). */
export function whyNotTogether(item: InboxItem, chosen: readonly InboxItem[]): string | null {
  if (!canBatch(item)) return "only low risk that asks for nothing more is decided together";
  if (chosen.length >= BATCH_MAX) return `at most ${BATCH_MAX} are decided together`;
  const [first] = chosen;
  if (first === undefined) return null;
  const isSame =
    first.identity.id === item.identity.id &&
    first.revision.content.action.name === item.revision.content.action.name;
  return isSame ? null : "only one action of one agent is decided together";
}

export function BatchBar({
  chosen,
  onClear,
}: {
  readonly chosen: readonly InboxItem[];
  readonly onClear: () => void;
}): ReactNode {
  const isOffline = useIsOffline();
  const [verdict, setVerdict] = useState<"approve" | "reject" | null>(null);
  if (chosen.length === 0) return null;
  return (
    <div className="batch-bar" role="region" aria-label="Selected">
      <span className="figures">{chosen.length} selected</span>
      <button
        type="button"
        className="button primary small"
        disabled={isOffline}
        onClick={() => setVerdict("approve")}
      >
        Approve selected
      </button>
      <button
        type="button"
        className="button danger small"
        disabled={isOffline}
        onClick={() => setVerdict("reject")}
      >
        Reject selected
      </button>
      <button type="button" className="button quiet small" onClick={onClear}>
        Clear
      </button>
      {verdict === null ? null : (
        <BatchDialog
          chosen={chosen}
          verdict={verdict}
          onClose={() => setVerdict(null)}
          onDone={onClear}
        />
      )}
    </div>
  );
}

/** Everything of every one of them, before they are decided; of look-alikes once. */
export function BatchDialog({
  chosen,
  verdict,
  areAlike = false,
  onClose,
  onDone,
}: {
  readonly chosen: readonly InboxItem[];
  readonly verdict: "approve" | "reject";
  /** They would all do the same: then one stands for the others, and only where it is a no. */
  readonly areAlike?: boolean;
  readonly onClose: () => void;
  readonly onDone: () => void;
}): ReactNode {
  const { doing, reason, setReason, isMissing, refusals, send } = useBatch(chosen, verdict, onDone);
  const isContradictory = useMemo(
    () => chosen.some(({ revision }) => revisionDigest(revision.content) !== revision.digest),
    [chosen],
  );
  const name = verdict === "approve" ? "Approve" : "Reject";
  const spelledOut = areAlike && verdict === "reject" ? chosen.slice(0, 1) : chosen;
  const others = chosen.slice(spelledOut.length);
  return (
    <DialogForm
      title={`${name} ${chosen.length} together`}
      does={verdict === "approve" ? "Approve exactly these" : "Reject these"}
      tone={verdict === "approve" ? "plain" : "danger"}
      isBusy={doing.isBusy}
      failure={doing.failure}
      blocked={
        isContradictory ? "One of them contradicts its digest; nothing can be decided." : null
      }
      onSend={() => void send()}
      onClose={onClose}
    >
      <ol className="batch">
        {spelledOut.map((item) => (
          <li key={item.id}>
            <p className="dialog-sentence">
              <ServerText text={item.title} />
            </p>
            <BatchContent item={item} />
          </li>
        ))}
      </ol>
      {others.length === 0 ? null : (
        <p className="hint">
          And {others.length} that would do the same, each with its own entry:{" "}
          <code>{others.map(({ short_id: short }) => short).join(" ")}</code>
        </p>
      )}
      {refusals.map((text) => (
        <p key={text} className="note" data-tone="danger" role="alert">
          <VisibleText text={text} />
        </p>
      ))}
      <ReasonField error={isMissing ? SAY_WHY : undefined} value={reason} onChange={setReason} />
    </DialogForm>
  );
}

function useBatch(chosen: readonly InboxItem[], verdict: "approve" | "reject", onDone: () => void) {
  const announce = useAnnounce();
  const [reason, setReason] = useState("");
  const [isTried, setTried] = useState(false);
  const [refusals, setRefusals] = useState<readonly string[]>([]);
  const doing = useAction<unknown, BatchAnswer>(
    (body) => ({ method: "POST", path: "/v1/reviews", body }),
    { refresh: [KEYS.requests, KEYS.running, ["request"]] },
  );
  const lacksReason = verdict === "reject" && reason.trim() === "";
  const send = async (): Promise<void> => {
    setTried(true);
    if (lacksReason) return;
    const items = chosen.map(({ id, revision }) => ({ id, digest: revision.digest }));
    const said = reason.trim() === "" ? {} : { reason: reason.trim() };
    const answer = await doing.run({ items, verdict, ...said });
    if (answer?.ok !== true) return;
    const refused = answer.value.results.filter(({ ok }) => !ok);
    announce(`${items.length - refused.length} of ${items.length} decided.`);
    if (refused.length === 0) onDone();
    else
      setRefusals(refused.map(({ id, problem }) => `${id}: ${problem?.detail ?? "not decided"}`));
  };
  return { doing, reason, setReason, isMissing: isTried && lacksReason, refusals, send };
}

function BatchContent({ item }: { readonly item: InboxItem }): ReactNode {
  const { action, resource, context } = item.revision.content;
  const shown = useMemo(
    () =>
      shownValue({
        ...action.properties,
        on: resource,
        ...(context === undefined ? {} : { "says, unverified": context }),
      }),
    [action.properties, resource, context],
  );
  return shown.kind === "object" ? <Fields shown={shown} /> : null;
}
