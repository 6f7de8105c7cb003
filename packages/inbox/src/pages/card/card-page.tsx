import { useState, type ReactNode } from "react";
import { Link, Redirect } from "wouter";
import { CardView } from "../../card/card-view.tsx";
import { KeysDialog } from "../../card/keys-dialog.tsx";
import { useCard } from "../../card/use-card.ts";
import { useKeys } from "../../keys/use-keys.ts";
import { useTitle } from "../../ui/page.tsx";
import { Read } from "../../ui/states.tsx";

/** A card on its own page; short ids lead to it as well. */
export default function CardPage({ id }: { readonly id: string }): ReactNode {
  const card = useCard(id);
  const [isHelping, setHelping] = useState(false);
  useTitle(card.data?.sentence ?? "Request");
  useKeys({ "?": () => setHelping(true) });
  return (
    <div className="card-page">
      <p className="card-page-head">
        <Link href="/inbox" className="button quiet small">
          <span aria-hidden="true">←</span> All that waits
        </Link>
        <button
          type="button"
          className="button quiet small for-keys"
          aria-keyshortcuts="?"
          onClick={() => setHelping(true)}
        >
          Keys <kbd aria-hidden="true">?</kbd>
        </button>
      </p>
      {card.data === undefined ? <h1 className="hidden">Request</h1> : null}
      <Read query={card} lines={12}>
        {(read) =>
          read.request.id === id ? (
            <CardView key={id} card={read} level={1} />
          ) : (
            <Redirect to={`/r/${read.request.id}`} replace />
          )
        }
      </Read>
      {isHelping ? <KeysDialog onClose={() => setHelping(false)} /> : null}
    </div>
  );
}
