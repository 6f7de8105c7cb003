import type { InboxItem } from "@haltpoint/protocol";
import { useState } from "react";
import { useAnnounce } from "../../ui/announce.tsx";
import { whyNotTogether } from "./batch.tsx";

export interface Selection {
  readonly chosen: readonly InboxItem[];
  /** Takes all of these in, or out where all of them are in. */
  readonly toggle: (items: readonly InboxItem[]) => void;
  readonly clear: () => void;
}

/** What is to be decided together, of what still waits. */
export function useSelection(waiting: readonly InboxItem[]): Selection {
  const announce = useAnnounce();
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  const chosen = waiting.filter(({ id }) => selected.has(id));
  const toggle = (items: readonly InboxItem[]): void => {
    const ids = items.map(({ id }) => id);
    if (ids.every((id) => selected.has(id))) {
      setSelected((before) => new Set([...before].filter((id) => !ids.includes(id))));
      return;
    }
    let together = chosen;
    for (const item of items) {
      if (selected.has(item.id)) continue;
      const why = whyNotTogether(item, together);
      if (why !== null) {
        announce(why);
        break;
      }
      together = [...together, item];
    }
    setSelected(new Set(together.map(({ id }) => id)));
  };
  return { chosen, toggle, clear: () => setSelected(new Set()) };
}
