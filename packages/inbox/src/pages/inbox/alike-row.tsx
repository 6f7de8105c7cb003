import type { InboxItem } from "@haltpoint/protocol";
import { useId, useState, type MouseEvent, type ReactNode } from "react";
import { Link } from "wouter";
import { batchMost, canBatch } from "../../card/friction.ts";
import { RiskMark } from "../../card/risk-mark.tsx";
import { TimeLeft } from "../../card/time-left.tsx";
import { ServerText, VisibleText } from "../../card/visible-text.tsx";
import { useIsOffline } from "../../live/use-live.ts";
import { Ago } from "../../time/times.tsx";
import { BatchDialog } from "./batch.tsx";
import type { Selection } from "./use-selection.ts";

interface AlikeRowProps {
  /** At least two, the oldest first. */
  readonly members: readonly InboxItem[];
  /** Of these, what no longer waits. */
  readonly gone: ReadonlySet<string>;
  readonly currentId: string | undefined;
  readonly selection: Selection;
  readonly isOpen: boolean;
  readonly onTurn: () => void;
  readonly onOpen: (id: string, byKey: boolean) => boolean;
  /** A row for each. */
  readonly children: ReactNode;
}

/** Requests that would do the same, in one row that opens to each of them. */
export function AlikeRow(props: AlikeRowProps): ReactNode {
  const { members, gone, currentId, selection, isOpen, onOpen, children } = props;
  const listId = useId();
  const waiting = members.filter(({ id }) => !gone.has(id));
  const lead = waiting[0] ?? members[0];
  if (lead === undefined) return null;
  const isGone = waiting.length === 0;
  const open = (event: MouseEvent): void => {
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.button !== 0) return;
    if (onOpen(lead.id, event.detail === 0)) event.preventDefault();
  };
  const isCurrent = !isOpen && members.some(({ id }) => id === currentId);
  return (
    <li className="alike-row">
      <div
        className="request-row"
        data-risk={lead.risk}
        data-current={isCurrent ? true : undefined}
        data-gone={isGone ? true : undefined}
      >
        {canBatch(lead) && !isGone ? (
          <input
            type="checkbox"
            className="select"
            aria-label={`Select all ${waiting.length} like ${lead.title}`}
            checked={waiting.every((item) => selection.chosen.includes(item))}
            onChange={() => selection.toggle(waiting)}
          />
        ) : (
          <span className="select" aria-hidden="true" />
        )}
        <Link
          href={`/r/${lead.id}`}
          className="request-link"
          {...(isOpen ? {} : { "data-request": lead.id })}
          aria-current={isCurrent ? "true" : undefined}
          onClick={open}
        >
          <span className="request-title">
            <ServerText text={lead.title} />
          </span>
          <span className="request-about">
            <span>
              <VisibleText text={lead.identity.id} />
            </span>
            <span>owner {lead.identity.owner}</span>
          </span>
        </Link>
        <span className="request-marks">
          <RiskMark risk={lead.risk} />
          {isGone ? <span className="tag">no longer waiting</span> : <TimeLeft request={lead} />}
        </span>
        <Together {...props} waiting={waiting} lead={lead} listId={listId} />
      </div>
      {isOpen ? (
        <ul id={listId} className="requests alike-members" aria-label={`Like ${lead.title}`}>
          {children}
        </ul>
      ) : null}
    </li>
  );
}

/** How many, since when; opening them, and a no to all of them. */
function Together({
  members,
  waiting,
  lead,
  listId,
  isOpen,
  onTurn,
}: AlikeRowProps & {
  readonly waiting: readonly InboxItem[];
  readonly lead: InboxItem;
  readonly listId: string;
}): ReactNode {
  const isOffline = useIsOffline();
  const [isRejecting, setRejecting] = useState(false);
  const most = batchMost(lead);
  const together = waiting.slice(0, most);
  return (
    <div className="alike">
      <button
        type="button"
        className="button quiet small"
        aria-expanded={isOpen}
        aria-controls={isOpen ? listId : undefined}
        aria-keyshortcuts="L"
        onClick={onTurn}
      >
        {waiting.length === members.length
          ? `${members.length} alike`
          : `${waiting.length} of ${members.length} alike wait`}
        <span className="alike-turn" aria-hidden="true">
          {isOpen ? "−" : "+"}
        </span>
      </button>
      {waiting.length === 0 ? null : (
        <span className="hint">
          the oldest asked <Ago at={lead.created_at} />
        </span>
      )}
      {together.length < 2 ? null : (
        <button
          type="button"
          className="button small"
          disabled={isOffline}
          onClick={() => setRejecting(true)}
        >
          {together.length === waiting.length
            ? `Reject all ${waiting.length}`
            : `Reject the oldest ${together.length}`}
        </button>
      )}
      {isRejecting ? (
        <BatchDialog
          chosen={together}
          verdict="reject"
          areAlike
          onClose={() => setRejecting(false)}
          onDone={() => setRejecting(false)}
        />
      ) : null}
    </div>
  );
}
