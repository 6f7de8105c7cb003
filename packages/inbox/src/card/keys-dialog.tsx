import type { ReactNode } from "react";
import { Dialog } from "../ui/dialog.tsx";
import { CARD_COMMANDS, OTHER_KEYS } from "./card-commands.ts";

/** Every key; each has a button as well. */
export function KeysDialog({ onClose }: { readonly onClose: () => void }): ReactNode {
  const commands = CARD_COMMANDS.map(({ key, name }) => ({ keys: key.toUpperCase(), does: name }));
  return (
    <Dialog title="Keys" onClose={onClose}>
      <p className="hint">
        They do nothing while you type, while a key is held down, and for half a second after the
        card changes.
      </p>
      <dl className="keys">
        {[...commands, ...OTHER_KEYS].map(({ keys, does }) => (
          <div key={keys}>
            <dt>
              <kbd>{keys}</kbd>
            </dt>
            <dd>{does}</dd>
          </div>
        ))}
      </dl>
    </Dialog>
  );
}
