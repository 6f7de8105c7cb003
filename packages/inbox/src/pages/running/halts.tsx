import type { HaltView } from "@haltpoint/protocol";
import { useState, type ReactNode } from "react";
import { KEYS } from "../../api/query-client.ts";
import { useAction } from "../../api/use-action.ts";
import { scopeWords } from "../../shell/scope-words.ts";
import { hasRight, useSession } from "../../shell/session.tsx";
import { Ago } from "../../time/times.tsx";
import { useAnnounce } from "../../ui/announce.tsx";
import { Panel } from "../../ui/panel.tsx";
import { ReasonDialog } from "../../ui/reason-dialog.tsx";

/** What is stopped now; nothing where nothing is. */
export function Halts({ halts }: { readonly halts: readonly HaltView[] }): ReactNode {
  const [chosen, setChosen] = useState<HaltView | null>(null);
  const inForce = halts.filter(({ active }) => active);
  if (inForce.length === 0) return null;
  return (
    <>
      <Panel title="Halts in force" about="Nothing that matches starts until they are lifted.">
        <ul className="rows">
          {inForce.map((halt) => (
            <HaltRow key={halt.id} halt={halt} onLift={() => setChosen(halt)} />
          ))}
        </ul>
      </Panel>
      {chosen === null ? null : <Lift halt={chosen} onClose={() => setChosen(null)} />}
    </>
  );
}

function HaltRow({
  halt,
  onLift,
}: {
  readonly halt: HaltView;
  readonly onLift: () => void;
}): ReactNode {
  const me = useSession();
  const asked = halt.lifts.at(-1);
  const isMine = halt.lifts.some(({ by }) => by === `person:${me.person.id}`);
  return (
    <li>
      <div className="row-words">
        <p className="row-title" id={halt.id}>
          Stopped: {scopeWords(halt.scope)}
        </p>
        <p className="row-about">
          <span>
            {nameOf(halt.by)}, <Ago at={halt.at} />
          </span>
          <span className="any-text">{halt.reason}</span>
        </p>
        {asked === undefined ? null : (
          <p className="row-about">
            <span className="tag" data-tone="warn">
              a second operator has to lift it, too
            </span>
            <span>
              {nameOf(asked.by)} asked <Ago at={asked.at} />: {asked.reason}
            </span>
          </p>
        )}
      </div>
      <div className="row-actions">
        <button
          type="button"
          className="button"
          aria-label={`Lift the halt of ${scopeWords(halt.scope)}`}
          aria-describedby={halt.id}
          disabled={isMine || !hasRight(me, "operator")}
          title={
            isMine
              ? "you asked already; a second operator has to"
              : hasRight(me, "operator")
                ? undefined
                : "lifting takes the right operator"
          }
          onClick={onLift}
        >
          Lift
        </button>
      </div>
    </li>
  );
}

function Lift({
  halt,
  onClose,
}: {
  readonly halt: HaltView;
  readonly onClose: () => void;
}): ReactNode {
  const announce = useAnnounce();
  const lift = useAction<string, HaltView>(
    (reason) => ({ method: "DELETE", path: `/v1/halts/${halt.id}`, body: { reason } }),
    { refresh: [KEYS.halts] },
  );
  const send = async (reason: string): Promise<void> => {
    const answer = await lift.run(reason);
    if (answer?.ok !== true) return;
    announce(
      answer.value.active
        ? "You asked for the lift. A second operator has to lift it, too."
        : `Lifted: ${scopeWords(halt.scope)}. Held actions go on.`,
    );
    onClose();
  };
  return (
    <ReasonDialog
      title="Lift a halt"
      about={
        <>
          <p>Actions may start again: {scopeWords(halt.scope)}.</p>
          <p className="hint">
            Stopped by {nameOf(halt.by)}: {halt.reason}
          </p>
        </>
      }
      button="Lift halt"
      isBusy={lift.isBusy}
      failure={lift.failure}
      onSend={(reason) => void send(reason)}
      onClose={onClose}
    />
  );
}

function nameOf(actor: string): string {
  return actor === "haltpoint" ? "Haltpoint itself" : actor.replace(/^person:/, "");
}
