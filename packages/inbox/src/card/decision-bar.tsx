import type { Answer } from "../api/call.ts";
import type { Failure } from "../api/failure.ts";
import type { CardAction, DecisionAnswer } from "@haltpoint/protocol";
import { useState, type ReactNode } from "react";
import { useKeys } from "../keys/use-keys.ts";
import { useIsOffline } from "../live/use-live.ts";
import { useNow } from "../time/use-now.ts";
import { durationWords } from "../time/words.ts";
import { useAnnounce } from "../ui/announce.tsx";
import { ApproveDialog } from "./approve-dialog.tsx";
import { CARD_COMMANDS, type CardCommand } from "./card-commands.ts";
import type { DialogProps } from "./dialog-form.tsx";
import { EditDialog } from "./edit-dialog.tsx";
import { frictionOf } from "./friction.ts";
import { RejectDialog } from "./reject-dialog.tsx";
import {
  AskDialog,
  DelegateDialog,
  ExtendDialog,
  FollowUpDialog,
  InterruptDialog,
  OverrideDialog,
  ResolveDialog,
} from "./small-dialogs.tsx";
import { isOvertaken, useDecide, useDo, type Displayed } from "./use-decide.ts";

/** Shown even where it may not be done, with why not: a person looks for it. */
const ALWAYS_WHILE_HELD: ReadonlySet<CardAction> = new Set(["approve", "reject"]);

const DONE_WORDS: Readonly<Record<CardAction, string>> = {
  approve: "Your approval is recorded.",
  reject: "Rejected. Nothing runs.",
  edit: "Edited. It waits for approval of the new content.",
  ask: "Asked. The deadline is paused for the answer.",
  answer: "Answered.",
  delegate: "Delegated.",
  extend: "Extended.",
  override: "Overridden. A follow-up by somebody else is due.",
  interrupt: "Interrupted.",
  retract: "Undone. It is held again.",
  resolve: "Recorded what happened.",
  follow_up: "Follow-up recorded.",
};

/** All that can be done, each with its key. Nothing here has the focus by itself. */
export function DecisionBar({
  displayed,
  isLocked,
  onOvertaken,
  onRaw,
}: {
  readonly displayed: Displayed;
  readonly isLocked: () => boolean;
  /** Somebody else was quicker, or time was. */
  readonly onOvertaken: (failure: Failure | null) => void;
  readonly onRaw: () => void;
}): ReactNode {
  const { request } = displayed.card;
  const isOffline = useIsOffline();
  const { open, close, settle, start, isBusy } = useCommands(displayed, isLocked, onOvertaken);
  const shown = CARD_COMMANDS.filter(({ action }) => isShown(action, displayed));
  useKeys(
    {
      ...Object.fromEntries(shown.map(({ action, key }) => [key, () => start(action)])),
      v: onRaw,
    },
    { isLocked },
  );
  const Opened = open === null ? null : DIALOGS[open];
  return (
    <div className="decision-bar" data-risk={request.risk}>
      <Undoable displayed={displayed} />
      <div className="commands">
        {shown.map((command) => (
          <CommandButton
            key={command.action}
            command={command}
            tone={command.action === "interrupt" && request.run !== null ? "danger" : command.tone}
            isDisabled={isOffline || isBusy || !displayed.card.can[command.action].allowed}
            onPress={() => start(command.action)}
          />
        ))}
      </div>
      <Refusals displayed={displayed} isOffline={isOffline} />
      {Opened === null || open === null ? null : (
        <Opened displayed={displayed} onClose={close} onDone={(answer) => settle(open, answer)} />
      )}
    </div>
  );
}

interface Commands {
  readonly open: CardAction | null;
  readonly close: () => void;
  readonly start: (action: CardAction) => void;
  readonly settle: (action: CardAction, answer: Answer<DecisionAnswer> | null) => void;
  readonly isBusy: boolean;
}

/** Starts what a key or a button asks for, and says what came of it. */
function useCommands(
  displayed: Displayed,
  isLocked: () => boolean,
  onOvertaken: (failure: Failure | null) => void,
): Commands {
  const { request, can } = displayed.card;
  const announce = useAnnounce();
  const isOffline = useIsOffline();
  const [open, setOpen] = useState<CardAction | null>(null);
  const approval = useDecide(displayed, "approve", false);
  const undoing = useDo<Readonly<Record<string, never>>>(request.id, "retract");
  const settle = (action: CardAction, answer: Answer<DecisionAnswer> | null): void => {
    if (answer === null) return;
    if (answer.ok) {
      setOpen(null);
      onOvertaken(null);
      announce(DONE_WORDS[action]);
    } else if (isOvertaken(answer.failure)) {
      setOpen(null);
      onOvertaken(answer.failure);
    } else if (open === null) {
      // No dialog is there to say it.
      onOvertaken(answer.failure);
    }
  };
  const start = (action: CardAction): void => {
    if (isOffline || isLocked() || !can[action].allowed) return;
    if (action === "approve" && frictionOf(request).atOnce) {
      void approval.run({ reason: null, confirmed: [] }).then((answer) => settle(action, answer));
    } else if (action === "retract") {
      void undoing.run({}).then((answer) => settle(action, answer));
    } else {
      setOpen(action);
    }
  };
  const isBusy = approval.isBusy || undoing.isBusy;
  return { open, close: () => setOpen(null), start, settle, isBusy };
}

function isShown(action: CardAction, { card }: Displayed): boolean {
  if (card.can[action].allowed) return true;
  return card.request.status === "held" && ALWAYS_WHILE_HELD.has(action);
}

function CommandButton({
  command,
  tone,
  isDisabled,
  onPress,
}: {
  readonly command: CardCommand;
  readonly tone: CardCommand["tone"];
  readonly isDisabled: boolean;
  readonly onPress: () => void;
}): ReactNode {
  const { name, key } = command;
  return (
    <button
      type="button"
      className={tone === "plain" ? "button" : `button ${tone}`}
      disabled={isDisabled}
      aria-keyshortcuts={key.toUpperCase()}
      onClick={onPress}
    >
      {name} <kbd aria-hidden="true">{key.toUpperCase()}</kbd>
    </button>
  );
}

/** Why somebody who looks for a button may not press it. */
function Refusals({
  displayed,
  isOffline,
}: {
  readonly displayed: Displayed;
  readonly isOffline: boolean;
}): ReactNode {
  const { request, can } = displayed.card;
  if (isOffline) {
    return (
      <p className="why-not">
        Offline: nothing can be decided, and nothing is kept to be sent later.
      </p>
    );
  }
  if (request.status !== "held") return null;
  const reasons = [can.approve, can.reject].flatMap(({ allowed, why }) =>
    allowed || why === null ? [] : [why],
  );
  return [...new Set(reasons)].map((why) => (
    <p key={why} className="why-not">
      {why}
    </p>
  ));
}

/** Counts down to where an approval takes effect. */
function Undoable({ displayed }: { readonly displayed: Displayed }): ReactNode {
  const { request, can } = displayed.card;
  const now = useNow();
  const left = request.not_before === null ? 0 : request.not_before - now;
  if (request.status !== "approved" || left <= 0) return null;
  return (
    <p className="undo-window">
      Takes effect in <span className="figures">{durationWords(left)}</span>.
      {can.retract.allowed ? " Until then you can undo it." : ""}
    </p>
  );
}

const DIALOGS: Readonly<Record<CardAction, ((props: DialogProps) => ReactNode) | null>> = {
  approve: ApproveDialog,
  reject: RejectDialog,
  edit: EditDialog,
  ask: AskDialog,
  answer: null,
  delegate: DelegateDialog,
  extend: ExtendDialog,
  override: OverrideDialog,
  interrupt: InterruptDialog,
  retract: null,
  resolve: ResolveDialog,
  follow_up: FollowUpDialog,
};
