import type { DisposedAs, ReplayChange, ReplayView } from "@haltpoint/protocol";
import type { ReactNode } from "react";
import { Link } from "wouter";
import { At } from "../../time/times.tsx";

const CHANGES: Readonly<Record<`${DisposedAs} ${DisposedAs}`, string>> = {
  "allowed allowed": "Allowed as before",
  "allowed held": "Held that was allowed",
  "allowed denied": "Denied that was allowed",
  "held allowed": "Allowed that was held",
  "held held": "Held as before, but asked otherwise",
  "held denied": "Denied that was held",
  "denied allowed": "Allowed that was denied",
  "denied held": "Held that was denied",
  "denied denied": "Denied as before",
};
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
      {judged > 0 && changes.length === 0 ? (
        <p>Nothing would have been decided otherwise.</p>
      ) : null}
      {changes.map((change) => (
        <Change key={`${change.from} ${change.to}`} change={change} />
      ))}
      {judged === 0 ? null : <Work replay={replay} />}
      <details>
        <summary>What was taken for granted</summary>
        <ul className="assumed">
          {assumed.map((each) => (
            <li key={each}>{each}</li>
          ))}
        </ul>
      </details>
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

function Change({
  change: { from, to, count, rules, examples },
}: {
  readonly change: ReplayChange;
}): ReactNode {
  return (
    <div className="replay-change">
      <p>
        <strong>
          {CHANGES[`${from} ${to}`]}: {count}
        </strong>{" "}
        <span className="hint">{rules.map((each) => `${each.rule} ${each.count}`).join(", ")}</span>
      </p>
      <ul>
        {examples.map(({ id, title, at }) => (
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

function Work({ replay: { decisions, minutes } }: { readonly replay: ReplayView }): ReactNode {
  const { more_per_week: more } = decisions;
  const { per_decision_ms: each, measured, more_per_week: moreMinutes } = minutes;
  return (
    <p>
      Approvals asked for: {decisions.before} before, {decisions.after} with it
      {more === null ? "; less than a day is on record." : `: ${moreOrFewer(more)} a week.`}{" "}
      {each === null || moreMinutes === null
        ? "How many minutes that is cannot be estimated yet."
        : `An estimate: ${moreOrFewer(moreMinutes)} human minutes a week, from ${measured} decisions of which half took at most ${Math.round(each / 1_000)} s.`}
    </p>
  );
}

function moreOrFewer(value: number): string {
  return `${Math.abs(value)} ${value < 0 ? "fewer" : "more"}`;
}
