import type { AnalyticsView } from "@haltpoint/protocol";
import type { ReactNode } from "react";
import { durationWords } from "../../time/words.ts";
import { Panel } from "../../ui/panel.tsx";
import { Empty } from "../../ui/states.tsx";

type Load = AnalyticsView["load"];

/** What waits now, and for how many. */
export function LoadPanel({ load }: { readonly load: Load }): ReactNode {
  const { waiting, only_you: onlyYou } = load.you;
  const yours = `${waiting} wait for you; only you can decide ${onlyYou} of them.`;
  return (
    <Panel title="Waiting now" about={waiting === 0 ? "Nothing waits for you." : yours}>
      {load.sources.length === 0 ? (
        <Empty title="Nothing waits for anybody" />
      ) : (
        <SourceTable sources={load.sources} />
      )}
    </Panel>
  );
}

function SourceTable({ sources }: { readonly sources: Load["sources"] }): ReactNode {
  return (
    <div className="table-scroll" tabIndex={0} role="region" aria-label="What waits, by approvers">
      <table className="table">
        <thead>
          <tr>
            <th scope="col">Approvers</th>
            <th scope="col" className="number">
              Wait
            </th>
            <th scope="col" className="number">
              People
            </th>
            <th scope="col" className="number">
              Each
            </th>
            <th scope="col" className="number">
              Longest wait
            </th>
          </tr>
        </thead>
        <tbody>
          {sources.map(
            ({ source, waiting, people, per_person: each, longest_wait_ms: longest }) => (
              <tr key={source}>
                <th scope="row" className="rule-name">
                  {source === "person" ? "named persons" : source.replaceAll("_", " ")}
                </th>
                <td className="number">{waiting}</td>
                <td className="number">{people}</td>
                <td className="number">{each ?? "–"}</td>
                <td className="number">{durationWords(longest)}</td>
              </tr>
            ),
          )}
        </tbody>
      </table>
    </div>
  );
}
