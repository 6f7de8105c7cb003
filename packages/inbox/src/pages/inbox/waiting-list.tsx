import type { InboxItem } from "@haltpoint/protocol";
import { lazy, Suspense, useRef, useState, type ReactNode, type RefObject } from "react";
import { useKeys } from "../../keys/use-keys.ts";
import { Skeleton } from "../../ui/states.tsx";
import { AlikeRow } from "./alike-row.tsx";
import { BatchBar } from "./batch.tsx";
import { rowsOf, rowWith, visibleIn, type Row } from "./groups.ts";
import { RequestRow } from "./request-row.tsx";
import { useSelection, type Selection } from "./use-selection.ts";
import type { Waiting } from "./use-waiting.ts";

const CardPanel = lazy(() => import("./card-panel.tsx"));

/** The list, and beside it, where there is room, the card of what is chosen in it. */
export function WaitingList({
  waiting,
  isWide,
}: {
  readonly waiting: Waiting;
  readonly isWide: boolean;
}): ReactNode {
  const { listed, items } = waiting;
  const panel = useRef<HTMLDivElement>(null);
  const shown = listed.shown.flatMap((id) => items.get(id) ?? []);
  const selection = useSelection(shown.filter(({ id }) => !listed.gone.has(id)));
  const rows = rowsOf(
    shown.map(({ id }) => id),
    (id) => items.get(id)?.look_alike?.group ?? null,
  );
  const { list, current, opened, choose, turn } = useChoice(waiting, rows, isWide, selection);
  const open = (id: string, byKey: boolean): boolean => {
    choose(id);
    if (isWide && byKey) panel.current?.focus();
    return isWide;
  };
  const rowOf = (item: InboxItem, isAmongAlike: boolean): ReactNode => (
    <RequestRow
      key={item.id}
      item={item}
      isGone={listed.gone.has(item.id)}
      isCurrent={item.id === current?.id}
      isAmongAlike={isAmongAlike}
      isSelected={selection.chosen.includes(item)}
      onToggle={() => selection.toggle([item])}
      onOpen={(byKey) => open(item.id, byKey)}
    />
  );
  return (
    <div className={isWide ? "panes" : "pane"}>
      <div className="pane-list">
        <BatchBar chosen={selection.chosen} onClear={selection.clear} />
        <ul ref={list} className="panel requests" aria-label="Waiting">
          {rows.map((row) => {
            const members = row.members.flatMap((id) => items.get(id) ?? []);
            const [first, second] = members;
            if (first === undefined) return null;
            if (second === undefined) return rowOf(first, false);
            return (
              <AlikeRow
                key={row.key}
                members={members}
                gone={listed.gone}
                currentId={current?.id}
                selection={selection}
                isOpen={opened.has(row.key)}
                onTurn={() => turn(row.key)}
                onOpen={open}
              >
                {members.map((item) => rowOf(item, true))}
              </AlikeRow>
            );
          })}
        </ul>
        {waiting.hasMore ? (
          <button type="button" className="button wide" onClick={waiting.loadMore}>
            Show more
          </button>
        ) : null}
      </div>
      {isWide && current !== undefined ? <Beside id={current.id} panel={panel} /> : null}
    </div>
  );
}

function Beside({
  id,
  panel,
}: {
  readonly id: string;
  readonly panel: RefObject<HTMLDivElement | null>;
}): ReactNode {
  return (
    <div ref={panel} className="panel pane-card" tabIndex={-1} role="region" aria-label="Card">
      <Suspense fallback={<Skeleton lines={12} />}>
        <CardPanel key={id} id={id} />
      </Suspense>
    </div>
  );
}

/** What is chosen, what is open, and the keys that change it. */
function useChoice(
  { listed, items }: Waiting,
  rows: readonly Row[],
  isWide: boolean,
  selection: Selection,
) {
  const list = useRef<HTMLUListElement>(null);
  const [chosenId, setChosenId] = useState<string | null>(null);
  const [opened, setOpened] = useState<ReadonlySet<string>>(new Set());
  const isListed = chosenId !== null && listed.shown.includes(chosenId);
  // The first that is listed, whatever became of it: the card that is read does not change by itself.
  const currentId = isListed ? chosenId : isWide ? listed.shown[0] : undefined;
  const current = currentId === undefined ? undefined : items.get(currentId);
  const visible = visibleIn(rows, opened, listed.gone);
  const row = rowWith(rows, current?.id);
  const turn = (key: string): void => {
    setOpened((before) => {
      const after = new Set(before);
      if (!after.delete(key)) after.add(key);
      return after;
    });
  };
  const move = (by: 1 | -1): void => {
    // What a closed row hides is where its row is.
    const at = visible.findIndex((id) => id === current?.id || row?.members.includes(id) === true);
    const exact = visible.indexOf(current?.id ?? "");
    const next = visible[Math.min(Math.max((exact < 0 ? at : exact) + by, 0), visible.length - 1)];
    if (next === undefined) return;
    setChosenId(next);
    list.current?.querySelector<HTMLElement>(`[data-request="${CSS.escape(next)}"]`)?.focus();
  };
  useKeys({
    j: () => move(1),
    k: () => move(-1),
    l: () => {
      if (row !== undefined && row.members.length > 1) turn(row.key);
    },
    x: () => {
      if (current !== undefined && !listed.gone.has(current.id)) selection.toggle([current]);
    },
  });
  return { list, current, opened, choose: setChosenId, turn };
}
