import type { InboxItem } from "@haltpoint/protocol";
import type { MouseEvent, ReactNode } from "react";
import { Link } from "wouter";
import { canBatch } from "../../card/friction.ts";
import { RiskMark } from "../../card/risk-mark.tsx";
import { TimeLeft } from "../../card/time-left.tsx";
import { ServerText, VisibleText } from "../../card/visible-text.tsx";
import { Ago } from "../../time/times.tsx";

export interface RowProps {
  readonly item: InboxItem;
  /** It no longer waits; its place is kept. */
  readonly isGone: boolean;
  readonly isCurrent: boolean;
  readonly isSelected: boolean;
  /** Others that would do the same are beside it: said is what tells them apart. */
  readonly isAmongAlike: boolean;
  readonly onToggle: () => void;
  /** Whether the click was taken care of here, beside the list. */
  readonly onOpen: (byKey: boolean) => boolean;
}

/** One request: what, how grave, who, how long. The whole row leads to the card. */
export function RequestRow(props: RowProps): ReactNode {
  const { item, isGone, isCurrent, isSelected, isAmongAlike, onToggle, onOpen } = props;
  const { quorum } = item;
  const open = (event: MouseEvent): void => {
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.button !== 0) return;
    // A click that no pointer made is Enter.
    if (onOpen(event.detail === 0)) event.preventDefault();
  };
  return (
    <li
      className="request-row"
      data-risk={item.risk}
      data-current={isCurrent ? true : undefined}
      data-gone={isGone ? true : undefined}
    >
      {canBatch(item) && !isGone ? (
        <input
          type="checkbox"
          className="select"
          aria-label={`Select ${item.title}${isAmongAlike ? `, ${item.short_id}` : ""}`}
          checked={isSelected}
          onChange={onToggle}
        />
      ) : (
        <span className="select" aria-hidden="true" />
      )}
      <Link
        href={`/r/${item.id}`}
        className="request-link"
        data-request={item.id}
        aria-current={isCurrent ? "true" : undefined}
        onClick={open}
      >
        <span className="request-title">
          <ServerText text={item.title} />
        </span>
        <span className="request-about">
          <span>
            <VisibleText text={item.identity.id} />
          </span>
          {isAmongAlike ? (
            <span>
              <code>{item.short_id}</code> asked <Ago at={item.created_at} />
            </span>
          ) : (
            <span>owner {item.identity.owner}</span>
          )}
          {quorum !== null && quorum.slots > 1 ? (
            <span className="figures">
              {quorum.filled} of {quorum.slots} approvals
            </span>
          ) : null}
          {item.changes.length === 0 ? null : <span>edited</span>}
          {item.question === null ? null : (
            <span>{item.question.answer === null ? "question open" : "question answered"}</span>
          )}
          {item.for.map((person) => (
            <span key={person} className="tag" data-tone="accent">
              for {person}
            </span>
          ))}
        </span>
      </Link>
      <span className="request-marks">
        <RiskMark risk={item.risk} />
        {isGone ? <span className="tag">no longer waiting</span> : <TimeLeft request={item} />}
      </span>
    </li>
  );
}
