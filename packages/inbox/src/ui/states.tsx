import type { UseQueryResult } from "@tanstack/react-query";
import type { ReactNode } from "react";
import type { CallFailed, Failure } from "../api/failure.ts";

/** Grey lines where text will be, of the same height, so that nothing moves when it comes. */
export function Skeleton({ lines = 3 }: { readonly lines?: number }): ReactNode {
  return (
    <div className="skeleton" aria-hidden="true">
      {Array.from({ length: lines }, (_, line) => (
        <span key={line} className="skeleton-line" />
      ))}
    </div>
  );
}

export function Empty({
  title,
  children,
}: {
  readonly title: string;
  readonly children?: ReactNode;
}): ReactNode {
  return (
    <div className="empty">
      <p className="empty-title">{title}</p>
      {children}
    </div>
  );
}

/** What could not be read, why, and what to do about it. */
export function Unreadable({
  failure,
  retry,
}: {
  readonly failure: Failure;
  readonly retry: () => void;
}): ReactNode {
  const isForbidden = failure.status === 403;
  return (
    <div className="empty" role="alert">
      <p className="empty-title">{isForbidden ? "Not for you" : "This could not be read"}</p>
      <p>{failure.detail}</p>
      {isForbidden ? null : (
        <button type="button" className="button" onClick={retry}>
          Try again
        </button>
      )}
    </div>
  );
}

/**
 * A query in all its states. What was read stays on the screen when reading it again fails: the age
 * at the top says how old it is.
 */
export function Read<T>({
  query,
  lines = 4,
  children,
}: {
  readonly query: UseQueryResult<T, CallFailed>;
  readonly lines?: number;
  readonly children: (value: T) => ReactNode;
}): ReactNode {
  if (query.data !== undefined) return children(query.data);
  if (query.isError) {
    return <Unreadable failure={query.error.failure} retry={() => void query.refetch()} />;
  }
  return (
    <div aria-busy="true">
      <span className="hidden">Loading…</span>
      <Skeleton lines={lines} />
    </div>
  );
}
