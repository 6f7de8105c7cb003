import { useEffect, useEffectEvent } from "react";

/** By `event.key`, letters in lower case. */
export type KeyBindings = Readonly<Record<string, () => void>>;

/**
 * Single keys. They do nothing while somebody types, on auto-repeat, with a modifier, or under an
 * open dialog; `isLocked` lets a page ignore them for longer.
 */
export function useKeys(
  bindings: KeyBindings,
  options: { readonly isLocked?: () => boolean } = {},
): void {
  const onKey = useEffectEvent((event: KeyboardEvent) => {
    if (event.defaultPrevented || event.repeat || event.isComposing) return;
    if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
    if (document.querySelector("dialog[open]") !== null) return;
    const bound = bindings[event.key.length === 1 ? event.key.toLowerCase() : event.key];
    if (bound === undefined || options.isLocked?.() === true) return;
    event.preventDefault();
    bound();
  });
  useEffect(() => {
    document.addEventListener("keydown", onKey);
    return () => document.removeEventListener("keydown", onKey);
  }, []);
}

const TYPED =
  "input:not([type=checkbox],[type=radio],[type=button],[type=submit]), textarea, select, [contenteditable]";

function isTyping(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest(TYPED) !== null;
}
