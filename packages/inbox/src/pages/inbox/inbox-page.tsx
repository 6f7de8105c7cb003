import type { InboxItem } from "@haltpoint/protocol";
import { lazy, Suspense, useRef, useState, type ReactNode } from "react";
import { useKeys } from "../../keys/use-keys.ts";
import { useAnnounce } from "../../ui/announce.tsx";
import { Page } from "../../ui/page.tsx";
import { Empty, Read, Skeleton } from "../../ui/states.tsx";
import { BatchBar, whyNotTogether } from "./batch.tsx";
import { RequestRow } from "./request-row.tsx";
import { useIsWide } from "./use-is-wide.ts";
import { useWaiting, type Waiting } from "./use-waiting.ts";
import "./inbox.css";

const CardPanel = lazy(() => import("./card-panel.tsx"));
const KeysDialog = lazy(async () => ({
  default: (await import("../../card/keys-dialog.tsx")).KeysDialog,
}));

/** What waits for this person; beside it, where there is room, the card. */
export default function InboxPage(): ReactNode {
  const waiting = useWaiting();
  const isWide = useIsWide();
  const [isHelping, setHelping] = useState(false);
  const { listed } = waiting;
  const count = listed.shown.length - listed.gone.size;
  useKeys({ "?": () => setHelping(true) });
  return (
    <Page
      title="Inbox"
      lead={waiting.query.data === undefined ? undefined : countWords(count, waiting.hasMore)}
      actions={
        <>
          <Arrivals waiting={waiting} />
          <button
            type="button"
            className="button quiet for-keys"
            aria-keyshortcuts="?"
            onClick={() => setHelping(true)}
          >
            Keys <kbd aria-hidden="true">?</kbd>
          </button>
        </>
      }
    >
      <Read query={waiting.query} lines={8}>
        {() =>
          listed.shown.length === 0 ? (
            <NothingWaits hasArrivals={listed.arrived.length > 0} />
          ) : (
            <List waiting={waiting} isWide={isWide} />
          )
        }
      </Read>
      {isHelping ? (
        <Suspense fallback={null}>
          <KeysDialog onClose={() => setHelping(false)} />
        </Suspense>
      ) : null}
    </Page>
  );
}

function countWords(count: number, hasMore: boolean): string {
  if (count === 0) return "Nothing waits for you.";
  const words = count === 1 ? "1 action waits for you" : `${count} actions wait for you`;
  return hasMore ? `The oldest ${words}; there are more.` : `${words}, oldest first.`;
}

/** New ones are said, and shown only when asked for. */
function Arrivals({ waiting }: { readonly waiting: Waiting }): ReactNode {
  const { arrived, gone } = waiting.listed;
  useKeys({ n: waiting.loadNew });
  return (
    <span role="status" className="arrivals">
      {arrived.length === 0 && gone.size === 0 ? null : (
        <button
          type="button"
          className={arrived.length === 0 ? "button quiet" : "button"}
          aria-keyshortcuts="N"
          onClick={waiting.loadNew}
        >
          {arrived.length === 0 ? "Tidy up" : `${arrived.length} new`}{" "}
          <kbd aria-hidden="true">N</kbd>
        </button>
      )}
    </span>
  );
}

function List({
  waiting,
  isWide,
}: {
  readonly waiting: Waiting;
  readonly isWide: boolean;
}): ReactNode {
  const { listed, items } = waiting;
  const list = useRef<HTMLUListElement>(null);
  const panel = useRef<HTMLDivElement>(null);
  const [chosenId, setChosenId] = useState<string | null>(null);
  const shown = listed.shown.flatMap((id) => items.get(id) ?? []);
  const current = shown.find(({ id }) => id === chosenId) ?? (isWide ? shown[0] : undefined);
  const { chosen, toggle, clear } = useSelection(shown.filter(({ id }) => !listed.gone.has(id)));

  const move = (by: 1 | -1): void => {
    const at = shown.findIndex(({ id }) => id === (current?.id ?? ""));
    const next = shown[Math.min(Math.max(at + by, 0), shown.length - 1)];
    if (next === undefined) return;
    setChosenId(next.id);
    list.current?.querySelector<HTMLElement>(`[data-request="${CSS.escape(next.id)}"]`)?.focus();
  };
  const open = (item: InboxItem, byKey: boolean): boolean => {
    setChosenId(item.id);
    if (isWide && byKey) panel.current?.focus();
    return isWide;
  };
  useKeys({
    j: () => move(1),
    k: () => move(-1),
    x: () => {
      if (current !== undefined && !listed.gone.has(current.id)) toggle(current);
    },
  });
  return (
    <div className={isWide ? "panes" : "pane"}>
      <div className="pane-list">
        <BatchBar chosen={chosen} onClear={clear} />
        <ul ref={list} className="panel requests" aria-label="Waiting">
          {shown.map((item) => (
            <RequestRow
              key={item.id}
              item={item}
              isGone={listed.gone.has(item.id)}
              isCurrent={item.id === current?.id}
              isSelected={chosen.includes(item)}
              onToggle={() => toggle(item)}
              onOpen={(byKey) => open(item, byKey)}
            />
          ))}
        </ul>
        {waiting.hasMore ? (
          <button type="button" className="button wide" onClick={waiting.loadMore}>
            Show more
          </button>
        ) : null}
      </div>
      {isWide && current !== undefined ? (
        <div ref={panel} className="panel pane-card" tabIndex={-1} role="region" aria-label="Card">
          <Suspense fallback={<Skeleton lines={12} />}>
            <CardPanel key={current.id} id={current.id} />
          </Suspense>
        </div>
      ) : null}
    </div>
  );
}

interface Selection {
  readonly chosen: readonly InboxItem[];
  readonly toggle: (item: InboxItem) => void;
  readonly clear: () => void;
}

/** What is to be decided together, of what still waits. */
function useSelection(waiting: readonly InboxItem[]): Selection {
  const announce = useAnnounce();
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  const chosen = waiting.filter(({ id }) => selected.has(id));
  const toggle = (item: InboxItem): void => {
    if (selected.has(item.id)) {
      setSelected((before) => new Set([...before].filter((id) => id !== item.id)));
      return;
    }
    const why = whyNotTogether(item, chosen);
    if (why === null) setSelected((before) => new Set([...before, item.id]));
    else announce(why);
  };
  return { chosen, toggle, clear: () => setSelected(new Set()) };
}

function NothingWaits({ hasArrivals }: { readonly hasArrivals: boolean }): ReactNode {
  return (
    <Empty title={hasArrivals ? "New requests are waiting" : "Nothing waits for you"}>
      <p>
        {hasArrivals
          ? "Press N to load them."
          : "When an agent asks for something that you may decide, it appears here by itself. To see one, start the server with its demo agent:"}
      </p>
      {hasArrivals ? null : <code>haltpoint dev --demo</code>}
    </Empty>
  );
}
