import { useSyncExternalStore } from "react";

export type Theme = "system" | "light" | "dark";
export type Direction = "ltr" | "rtl";
export interface Preferences {
  readonly theme: Theme;
  readonly direction: Direction;
}

/** How this browser shows the pages; kept in it alone. */
const STORED = "haltpoint-preferences";
const DEFAULT: Preferences = { theme: "system", direction: "ltr" };
const listeners = new Set<() => void>();
let current = fromAddress(stored());

function stored(): Preferences {
  try {
    const read: unknown = JSON.parse(localStorage.getItem(STORED) ?? "null");
    return typeof read === "object" && read !== null ? preferencesOf(read) : DEFAULT;
  } catch {
    return DEFAULT;
  }
}

function preferencesOf(read: object): Preferences {
  const theme =
    "theme" in read && (read.theme === "light" || read.theme === "dark") ? read.theme : "system";
  const direction = "direction" in read && read.direction === "rtl" ? "rtl" : "ltr";
  return { theme, direction };
}

/** `?dir=rtl` and `?theme=dark` show a page so, and change nothing that is kept. */
function fromAddress(kept: Preferences): Preferences {
  const query = new URLSearchParams(location.search);
  const asked = {
    theme: query.get("theme") ?? kept.theme,
    direction: query.get("dir") ?? kept.direction,
  };
  return preferencesOf(asked);
}

function apply({ theme, direction }: Preferences): void {
  const root = document.documentElement;
  root.dir = direction;
  if (theme === "system") delete root.dataset["theme"];
  else root.dataset["theme"] = theme;
}

export function startPreferences(): void {
  apply(current);
}

export function setPreferences(change: Partial<Preferences>): void {
  current = { ...current, ...change };
  apply(current);
  try {
    localStorage.setItem(STORED, JSON.stringify(current));
  } catch {
    // A browser that keeps nothing shows it so until it is closed.
  }
  for (const listener of listeners) listener();
}

export function usePreferences(): Preferences {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => current,
  );
}
