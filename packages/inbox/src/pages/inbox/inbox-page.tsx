import { lazy, Suspense, useState, type ReactNode } from "react";
import { useKeys } from "../../keys/use-keys.ts";
import { Page } from "../../ui/page.tsx";
import { Empty, Read } from "../../ui/states.tsx";
import { useIsWide } from "./use-is-wide.ts";
import { useWaiting, type Waiting } from "./use-waiting.ts";
import { WaitingList } from "./waiting-list.tsx";
import "./inbox.css";

const KeysDialog = lazy(async () => ({
  default: (await import("../../card/keys-dialog.tsx")).KeysDialog,
}));

/** What waits for this person; beside it, where there is room, the card. */
export default function InboxPage(): ReactNode {
  const waiting = useWaiting();
  const isWide = useIsWide();
  const [isHelping, setHelping] = useState(false);
  const { listed } = waiting;
  const waitingIds = listed.shown.filter((id) => !listed.gone.has(id));
  const count = waitingIds.length;
  const onlyYou = waitingIds.filter((id) => waiting.items.get(id)?.only_you === true).length;
  useKeys({ "?": () => setHelping(true) });
  return (
    <Page
      title="Inbox"
      lead={
        waiting.query.data === undefined
          ? undefined
          : countWords({ count, onlyYou }, waiting.hasMore)
      }
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
            <WaitingList waiting={waiting} isWide={isWide} />
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

function countWords(
  { count, onlyYou }: { readonly count: number; readonly onlyYou: number },
  hasMore: boolean,
): string {
  if (count === 0) return "Nothing waits for you.";
  const words = count === 1 ? "1 action waits for you" : `${count} actions wait for you`;
  const alone =
    onlyYou === 0 ? "" : ` Only you can decide ${onlyYou === count ? "them" : onlyYou} now.`;
  return `${hasMore ? `The oldest ${words}; there are more.` : `${words}, oldest first.`}${alone}`;
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
