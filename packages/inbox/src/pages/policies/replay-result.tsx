import {
  changeWords,
  NOTHING_OTHERWISE,
  ruleWords,
  workWords,
  type ReplayChange,
  type ReplayView,
} from "@haltpoint/protocol";
import type { ReactNode } from "react";
import { Link } from "wouter";
import { At } from "../../time/times.tsx";
import { Assumed } from "./assumed.tsx";

const EFFECTS = ["allowed", "held", "denied"] as const;

/** What would be different in words, and what it would have decided of what is on record. */
export function ReplayResult({ replay }: { readonly replay: ReplayView }): ReactNode {
  const { difference, judged, recorded, since, until, changes, assumed } = replay;
  return (
    <section className="replay" aria-label="What would be different">
      <h3>Against the policy in force</h3>
      {difference.length === 0 ? (
        <p>It says the same.</p>
      ) : (
        <ul className="difference" dir="ltr">
          {difference.map((line) => (
            <li key={line} className="any-text" data-change={line.charAt(0)}>
              {line}
            </li>
          ))}
        </ul>
      )}
      <h3>On what is on record</h3>
      <p>
        {recorded} {recorded === 1 ? "request" : "requests"}, <At at={since} /> to <At at={until} />
        {judged === recorded ? "." : `; the latest ${judged} of them were judged.`}
      </p>
      {judged === 0 ? null : <Counts replay={replay} />}
      {judged > 0 && changes.length === 0 ? <p>{NOTHING_OTHERWISE}</p> : null}
      {changes.map((change) => (
        <Change key={`${change.from} ${change.to}`} change={change} />
      ))}
      {judged === 0 ? null : <p>{workWords(replay).join(" ")}</p>}
      <Assumed assumed={assumed} />
    </section>
  );
}

function Counts({ replay: { before, after } }: { readonly replay: ReplayView }): ReactNode {
  return (
    <table className="table counts">
      <caption className="hidden">Decisions before and with it</caption>
      <thead>
        <tr>
          <th scope="col">Decision</th>
          <th scope="col">Before</th>
          <th scope="col">With it</th>
        </tr>
      </thead>
      <tbody>
        {EFFECTS.map((effect) => (
          <tr key={effect}>
            <th scope="row">{effect}</th>
            <td className="figures">{before[effect]}</td>
            <td className="figures">{after[effect]}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Change({ change }: { readonly change: ReplayChange }): ReactNode {
  return (
    <div className="replay-change">
      <p>
        <strong>{changeWords(change)}</strong> <span className="hint">{ruleWords(change)}</span>
      </p>
      <ul>
        {change.examples.map(({ id, title, at }) => (
          <li key={id}>
            <Link href={`/r/${id}`}>{title}</Link>{" "}
            <span className="hint">
              <At at={at} />
            </span>
          </li>
        ))}
      </ul>
    </div>
  );
}
