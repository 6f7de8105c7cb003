/** What can be done to a card: its name, its key, and what decides whether it may be done. */
import type { CardAction } from "@haltpoint/protocol";

export interface CardCommand {
  readonly action: CardAction;
  /** The accessible name of its button. */
  readonly name: string;
  readonly key: string;
  readonly tone: "primary" | "danger" | "plain" | "quiet";
}

/** In the order of the buttons. */
export const CARD_COMMANDS: readonly CardCommand[] = [
  { action: "approve", name: "Approve", key: "a", tone: "primary" },
  { action: "reject", name: "Reject", key: "r", tone: "danger" },
  { action: "edit", name: "Edit", key: "e", tone: "plain" },
  { action: "ask", name: "Ask the agent", key: "q", tone: "plain" },
  { action: "delegate", name: "Delegate", key: "d", tone: "plain" },
  { action: "extend", name: "Extend", key: "t", tone: "plain" },
  { action: "retract", name: "Undo", key: "z", tone: "plain" },
  { action: "interrupt", name: "Interrupt", key: "i", tone: "plain" },
  { action: "resolve", name: "Resolve", key: "s", tone: "plain" },
  { action: "follow_up", name: "Follow up", key: "f", tone: "plain" },
  { action: "override", name: "Override", key: "o", tone: "quiet" },
];

/** Keys that belong to the list and to the page. */
export const OTHER_KEYS: readonly { readonly keys: string; readonly does: string }[] = [
  { keys: "J K", does: "next and previous in the list" },
  { keys: "Enter", does: "open the card" },
  { keys: "L", does: "show look-alikes one by one, or as one row" },
  { keys: "X", does: "select for deciding together (low risk)" },
  { keys: "N", does: "load what is new" },
  { keys: "V", does: "show raw bytes" },
  { keys: "1–9", does: "a reason, when rejecting" },
  { keys: "Ctrl/⌘ Enter", does: "confirm in a dialog" },
  { keys: "Esc", does: "close a dialog" },
  { keys: "!", does: "STOP" },
  { keys: "?", does: "this help" },
];
