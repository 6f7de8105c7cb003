import type { InboxItem, PageView } from "@haltpoint/protocol";
import { useQuery, type UseQueryResult } from "@tanstack/react-query";
import { useState } from "react";
import { read, withQuery } from "../../api/call.ts";
import type { CallFailed } from "../../api/failure.ts";
import { KEYS } from "../../api/query-client.ts";
import { listedAfter, listedAnew, NOTHING_LISTED, type Listed } from "./arrivals.ts";

const PAGE = 100;

export interface Waiting {
  readonly query: UseQueryResult<Page, CallFailed>;
  readonly listed: Listed;
  /** Whatever is or was in the list since this page was opened. */
  readonly items: ReadonlyMap<string, InboxItem>;
  /** Older ones were read; there are more. */
  readonly hasMore: boolean;
  readonly loadNew: () => void;
  readonly loadMore: () => void;
}

interface Page {
  readonly items: readonly InboxItem[];
  readonly hasMore: boolean;
}

/** What waits for this person, oldest first, in a list that only moves when they ask for it. */
export function useWaiting(): Waiting {
  const [pages, setPages] = useState(1);
  const query = useQuery<Page, CallFailed>({
    queryKey: [...KEYS.requests, "inbox", pages],
    queryFn: ({ signal }) => readPages(pages, signal),
    placeholderData: (before) => before,
  });
  const [listed, setListed] = useState<Listed | null>(null);
  const [items, setItems] = useState<ReadonlyMap<string, InboxItem>>(new Map());
  const [seen, setSeen] = useState<Page | null>(null);
  const [asked, setAsked] = useState(false);
  const page = query.data;
  // State that follows from a reading is set while rendering: an effect would paint the old one first.
  if (page !== undefined && page !== seen) {
    const ids = page.items.map(({ id }) => id);
    setSeen(page);
    setItems(
      (before) => new Map([...before, ...page.items.map((each) => [each.id, each] as const)]),
    );
    setListed((before) => (before === null || asked ? listedAnew(ids) : listedAfter(before, ids)));
    if (asked && !query.isPlaceholderData) setAsked(false);
  }
  return {
    query,
    listed: listed ?? NOTHING_LISTED,
    items,
    hasMore: page?.hasMore ?? false,
    loadNew: () => setListed(listedAnew((page?.items ?? []).map(({ id }) => id))),
    loadMore: () => {
      setAsked(true);
      setPages((before) => before + 1);
    },
  };
}

type Mark = "for" | "look_alike" | "only_you";

/** An older server marks nothing. */
function withMarks(item: Omit<InboxItem, Mark> & Partial<Pick<InboxItem, Mark>>): InboxItem {
  const { for: routed = [], look_alike: alike = null, only_you: onlyYou = false } = item;
  return { ...item, for: routed, look_alike: alike, only_you: onlyYou };
}

async function readPages(pages: number, signal: AbortSignal): Promise<Page> {
  const items: InboxItem[] = [];
  let cursor: string | null = null;
  for (let page = 0; page < pages; page += 1) {
    const query: Record<string, string | number> = {
      limit: PAGE,
      ...(cursor === null ? {} : { cursor }),
    };
    const answer: PageView<InboxItem> = await read(withQuery("/v1/inbox", query), signal);
    items.push(...answer.items.map(withMarks));
    cursor = answer.cursor;
    if (cursor === null) break;
  }
  return { items, hasMore: cursor !== null };
}
