import type { Card } from "@haltpoint/protocol";
import type { ReactNode } from "react";
import { Link } from "wouter";
import { At } from "../time/times.tsx";

/** Others that would do the same, and that deciding this one decides none of them (T20). */
export function Alike({ card: { alike } }: { readonly card: Card }): ReactNode {
  if (alike === null || alike === undefined) return null;
  const { waiting, others } = alike;
  const hidden = waiting - others.length;
  return (
    <div className="note alike-note" data-tone="warn">
      <p>
        {waiting === 1 ? "1 more like this waits" : `${waiting} more like this wait`} from the same
        agent. Approving this one approves this one.
      </p>
      <ul className="alike-links" aria-label="More like this">
        {others.map(({ id, short_id: short, created_at: at }) => (
          <li key={id}>
            <Link href={`/r/${id}`}>{short}</Link> <At at={at} />
          </li>
        ))}
        {hidden > 0 ? <li>and {hidden} more</li> : null}
      </ul>
    </div>
  );
}
