import type { DecisionAnswer, HaltView, PageView, RunningItem } from "@haltpoint/protocol";
import { useQuery } from "@tanstack/react-query";
import { useState, type ReactNode } from "react";
import { Link } from "wouter";
import { read } from "../../api/call.ts";
import { KEYS } from "../../api/query-client.ts";
import { useAction } from "../../api/use-action.ts";
import { useAnnounce } from "../../ui/announce.tsx";
import { Page } from "../../ui/page.tsx";
import { Panel } from "../../ui/panel.tsx";
import { ReasonDialog } from "../../ui/reason-dialog.tsx";
import { Empty, Read } from "../../ui/states.tsx";
import { StatusTag } from "../../ui/status-tag.tsx";
import { useNow } from "../../time/use-now.ts";
import { durationWords } from "../../time/words.ts";
import { Halts } from "./halts.tsx";

const refreshMs = 5_000;

export default function RunningPage(): ReactNode {
  const running = useQuery({
    queryKey: KEYS.running,
    queryFn: ({ signal }) => read<PageView<RunningItem>>("/v1/running", signal),
    refetchInterval: refreshMs,
  });
  const halts = useQuery({
    queryKey: KEYS.halts,
    queryFn: ({ signal }) => read<PageView<HaltView>>("/v1/halts?limit=100", signal),
  });
  const [chosen, setChosen] = useState<RunningItem | null>(null);
  return (
    <Page title="Running" lead="What agents do right now, and what is stopped.">
      <div className="stack">
        <Read query={halts} lines={2}>
          {({ items }) => <Halts halts={items} />}
        </Read>
        <Panel title="Runs">
          <Read query={running}>
            {({ items }) =>
              items.length === 0 ? (
                <Empty title="Nothing runs">
                  <p>Approved actions show up here as soon as their agent starts them.</p>
                </Empty>
              ) : (
                <ul className="rows">
                  {items.map((item) => (
                    <Run key={item.id} item={item} onInterrupt={() => setChosen(item)} />
                  ))}
                </ul>
              )
            }
          </Read>
        </Panel>
      </div>
      {chosen === null ? null : <Interrupt item={chosen} onClose={() => setChosen(null)} />}
    </Page>
  );
}

function Run({
  item,
  onInterrupt,
}: {
  readonly item: RunningItem;
  readonly onInterrupt: () => void;
}): ReactNode {
  const { interrupt } = item.can;
  return (
    <li>
      <div className="row-words">
        <p className="row-title" id={`run-${item.id}`}>
          <Link href={`/r/${item.id}`}>{item.title}</Link>
        </p>
        <p className="row-about">
          <StatusTag status={item.status} />
          <span>{item.identity.id}</span>
          <span>{item.risk} risk</span>
          <RunTimes item={item} />
        </p>
        {item.interrupted_by === null ? null : (
          <p className="row-about">
            stopped by {item.interrupted_by.by.replace(/^person:/, "")}:{" "}
            {item.interrupted_by.reason}
          </p>
        )}
        {item.status === "indeterminate" ? (
          <p className="row-about">
            Its agent went silent. Look at the target, then say on its card what happened.
          </p>
        ) : null}
      </div>
      <div className="row-actions">
        {item.status === "indeterminate" ? (
          <Link href={`/r/${item.id}`} className="button">
            Say what happened
          </Link>
        ) : (
          <button
            type="button"
            className="button danger-quiet"
            aria-describedby={`run-${item.id}`}
            title={interrupt.why ?? undefined}
            disabled={!interrupt.allowed}
            onClick={onInterrupt}
          >
            Interrupt
          </button>
        )}
      </div>
    </li>
  );
}

function RunTimes({ item }: { readonly item: RunningItem }): ReactNode {
  const now = useNow();
  if (item.run === null) return null;
  const { started_at: startedAt, lease_until: leaseUntil } = item.run;
  const isLate = leaseUntil < now;
  return (
    <>
      <span className="figures">for {durationWords(now - startedAt)}</span>
      <span className="figures">
        {isLate ? "not heard from" : `heard from; lease ${durationWords(leaseUntil - now)}`}
      </span>
      {item.stoppable === "yes" ? null : (
        <span>{item.stoppable === "no" ? "cannot be stopped" : "can be stopped until sent"}</span>
      )}
    </>
  );
}

function Interrupt({
  item,
  onClose,
}: {
  readonly item: RunningItem;
  readonly onClose: () => void;
}): ReactNode {
  const announce = useAnnounce();
  const interrupt = useAction<string, DecisionAnswer>(
    (reason) => ({
      method: "POST",
      path: `/v1/requests/${item.id}/interrupt`,
      body: { reason },
    }),
    { refresh: [KEYS.running, KEYS.request(item.id)] },
  );
  const send = async (reason: string): Promise<void> => {
    const answer = await interrupt.run(reason);
    if (answer?.ok !== true) return;
    announce("The agent is being told to stop.");
    onClose();
  };
  return (
    <ReasonDialog
      title="Interrupt"
      tone="danger"
      about={item.title}
      button="Interrupt now"
      hint="The agent is told, and it is written down with your name."
      isBusy={interrupt.isBusy}
      failure={interrupt.failure}
      onSend={(reason) => void send(reason)}
      onClose={onClose}
    />
  );
}
