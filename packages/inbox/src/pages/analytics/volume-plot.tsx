import type { AnalyticsView } from "@haltpoint/protocol";
import type { ReactNode } from "react";

type Day = AnalyticsView["volume"]["days"][number];

/** In units of the drawing; it scales with its place. */
const height = 120;
const band = 12;
const bar = 8;

const day = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short", timeZone: "UTC" });

/** Requests per day, those held darker. The same figures are in a table for whoever cannot see it. */
export function VolumePlot({ days }: { readonly days: readonly Day[] }): ReactNode {
  const most = Math.max(1, ...days.map(({ requests }) => requests));
  const first = days[0];
  const last = days.at(-1);
  if (first === undefined || last === undefined) return null;
  const busiest = days.reduce((a, b) => (b.requests > a.requests ? b : a));
  return (
    <figure className="plot">
      <svg
        viewBox={`0 0 ${days.length * band} ${height}`}
        preserveAspectRatio="none"
        role="img"
        aria-label={`Requests per day; the most on ${day.format(busiest.day)}: ${busiest.requests}, ${busiest.held} of them held`}
      >
        {days.map(({ day: at, requests, held }, index) => {
          const x = index * band + (band - bar) / 2;
          const all = (requests / most) * height;
          const waited = (held / most) * height;
          return (
            <g key={at}>
              <title>{`${day.format(at)}: ${requests} requests, ${held} held`}</title>
              <rect className="plot-all" x={x} y={height - all} width={bar} height={all} />
              <rect className="plot-held" x={x} y={height - waited} width={bar} height={waited} />
            </g>
          );
        })}
      </svg>
      <figcaption>
        <span>{day.format(first.day)}</span>
        <span className="plot-key">
          <span className="plot-swatch" data-of="all" aria-hidden="true" /> requests
          <span className="plot-swatch" data-of="held" aria-hidden="true" /> held
          <span className="hint">most on a day: {most}</span>
        </span>
        <span>{day.format(last.day)}</span>
      </figcaption>
      <details>
        <summary>As a table</summary>
        <div className="table-scroll">
          <table className="table">
            <thead>
              <tr>
                <th scope="col">Day</th>
                <th scope="col" className="number">
                  Requests
                </th>
                <th scope="col" className="number">
                  Held
                </th>
              </tr>
            </thead>
            <tbody>
              {days.toReversed().map(({ day: at, requests, held }) => (
                <tr key={at}>
                  <td>{day.format(at)}</td>
                  <td className="number">{requests}</td>
                  <td className="number">{held}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      </details>
    </figure>
  );
}
