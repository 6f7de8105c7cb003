import type { RequestView } from "@haltpoint/protocol";
import type { ReactNode } from "react";
import { Link } from "wouter";
import { At } from "../../time/times.tsx";
import { Empty } from "../../ui/states.tsx";
import { StatusTag } from "../../ui/status-tag.tsx";

export function Results({
  items,
  isFiltered,
}: {
  readonly items: readonly RequestView[];
  readonly isFiltered: boolean;
}): ReactNode {
  if (items.length > 0) {
    return (
      <ul className="rows history-rows">
        {items.map((item) => (
          <Result key={item.id} item={item} />
        ))}
      </ul>
    );
  }
  return isFiltered ? (
    <Empty title="Nothing matches">
      <p>Try fewer words, another period, or any outcome.</p>
    </Empty>
  ) : (
    <Empty title="Nothing has happened yet">
      <p>As soon as an agent asks for an action, it is here for good.</p>
    </Empty>
  );
}

function Result({ item }: { readonly item: RequestView }): ReactNode {
  return (
    <li>
      <div className="row-words">
        <p className="row-title">
          <Link href={`/r/${item.id}`}>{item.title}</Link>
        </p>
        <p className="row-about">
          <span>{item.identity.id}</span>
          <span className="mono">{item.short_id}</span>
          <DecidedWords item={item} />
          {item.follow_up === "due" || item.follow_up === "overdue" ? (
            <span className="tag" data-tone="warn">
              follow-up {item.follow_up}
            </span>
          ) : null}
          {item.contradicted ? (
            <span className="tag" data-tone="danger">
              contradicted
            </span>
          ) : null}
        </p>
      </div>
      <div className="history-end">
        <StatusTag status={item.status} />
        <At at={item.created_at} />
      </div>
    </li>
  );
}

/** Who, where a person did; what policy or the clock did is in the status. */
function DecidedWords({ item: { decided } }: { readonly item: RequestView }): ReactNode {
  if (decided === null || !decided.by.startsWith("person:")) return null;
  return (
    <span className="any-text">
      {decided.status} by {decided.by.replace(/^person:/, "")}
      {decided.reason === undefined ? "" : `: ${decided.reason}`}
    </span>
  );
}
