import type { PageView, RequestView } from "@haltpoint/protocol";
import { keepPreviousData, useInfiniteQuery } from "@tanstack/react-query";
import { useEffect, useState, type ReactNode } from "react";
import { useLocation, useSearch } from "wouter";
import { read, withQuery } from "../../api/call.ts";
import { KEYS } from "../../api/query-client.ts";
import { Page } from "../../ui/page.tsx";
import { Skeleton, Unreadable } from "../../ui/states.tsx";
import { FilterBar } from "./filter-bar.tsx";
import { filtersFrom, queryFor, searchFor, type Filters } from "./filters.ts";
import { Results } from "./results.tsx";
import "./history.css";

const pageSize = 50;
const typingPauseMs = 300;

export default function HistoryPage(): ReactNode {
  const [, go] = useLocation();
  const search = useSearch();
  const [filters, setFilters] = useState(() => filtersFrom(search));
  const asked = useSettled(filters);
  useEffect(() => go(`/history${searchFor(asked)}`, { replace: true }), [asked, go]);
  const list = useInfiniteQuery({
    queryKey: [...KEYS.requests, "history", queryFor(asked)],
    queryFn: ({ signal, pageParam }) =>
      read<PageView<RequestView>>(
        withQuery("/v1/requests", { ...queryFor(asked), limit: pageSize, cursor: pageParam }),
        signal,
      ),
    initialPageParam: "",
    getNextPageParam: ({ cursor }) => cursor,
    placeholderData: keepPreviousData,
  });
  const items = list.data?.pages.flatMap((page) => page.items);
  return (
    <Page
      title="History"
      lead="Every action an agent asked for that you may see, the newest first."
    >
      <FilterBar filters={filters} onChange={setFilters} />
      <div className="panel" aria-busy={list.isFetching}>
        {items !== undefined ? (
          <Results items={items} isFiltered={searchFor(asked) !== ""} />
        ) : list.isError ? (
          <Unreadable failure={list.error.failure} retry={() => void list.refetch()} />
        ) : (
          <Skeleton lines={8} />
        )}
      </div>
      <p role="status" className="hidden">
        {items === undefined || list.isFetching ? "" : `${items.length} shown`}
      </p>
      {list.hasNextPage ? (
        <p className="history-more">
          <button
            type="button"
            className="button"
            disabled={list.isFetchingNextPage}
            onClick={() => void list.fetchNextPage()}
          >
            Show older
          </button>
        </p>
      ) : null}
    </Page>
  );
}

/** What is typed, once it has settled. */
function useSettled(filters: Filters): Filters {
  const [settled, setSettled] = useState(filters);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(filters), typingPauseMs);
    return () => clearTimeout(timer);
  }, [filters]);
  return settled;
}
