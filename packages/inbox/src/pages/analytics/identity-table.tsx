import type { AnalyticsView } from "@haltpoint/protocol";
import type { ReactNode } from "react";
import { durationWords } from "../../time/words.ts";
import { Empty } from "../../ui/states.tsx";

export function IdentityTable({
  identities,
}: {
  readonly identities: AnalyticsView["identities"];
}): ReactNode {
  if (identities.length === 0) return <Empty title="No identity asked for anything" />;
  return (
    <div className="table-scroll" tabIndex={0} role="region" aria-label="Figures of each identity">
      <table className="table">
        <thead>
          <tr>
            <th scope="col">Identity</th>
            <th scope="col" className="number">
              Requests
            </th>
            <th scope="col" className="number">
              Held
            </th>
            <th scope="col" className="number">
              Half waited
            </th>
            <th scope="col" className="number">
              Waited in all
            </th>
          </tr>
        </thead>
        <tbody>
          {identities.map(({ identity, requests, held, p50_ms: half, waited_ms: waited }) => (
            <tr key={identity}>
              <th scope="row" className="rule-name">
                {identity}
              </th>
              <td className="number">{requests}</td>
              <td className="number">{held}</td>
              <td className="number">{half === null ? "–" : durationWords(half)}</td>
              <td className="number">{durationWords(waited)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
