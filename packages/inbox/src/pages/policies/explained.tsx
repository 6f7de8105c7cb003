import type { ReactNode } from "react";

/** `POST /v1/policies/explain`: the part of it that is shown, beside the text for people. */
export interface Explanation {
  readonly text: string;
  readonly decision: {
    readonly effect: "allow" | "hold" | "deny";
    readonly reasons: readonly string[];
    readonly risk: string;
    readonly impact: string | null;
    readonly traces: readonly Trace[];
  };
}

interface Trace {
  readonly rule: string;
  readonly why: string;
  readonly outcome: "matched" | "error" | "missed" | "shadow";
  readonly effect: "allow" | "hold" | "deny";
  readonly values: Readonly<Record<string, string>>;
  readonly detail?: string;
}

const EFFECTS = {
  allow: { word: "allowed", tone: "ok" },
  hold: { word: "held for a person", tone: "accent" },
  deny: { word: "denied", tone: "danger" },
} as const;

const GROUPS: readonly {
  readonly title: string;
  readonly outcomes: readonly Trace["outcome"][];
}[] = [
  { title: "Matched", outcomes: ["matched", "error"] },
  { title: "In shadow, not enforced", outcomes: ["shadow"] },
  { title: "Nearly matched", outcomes: ["missed"] },
];

export function Explained({
  explanation: { decision, text },
}: {
  readonly explanation: Explanation;
}): ReactNode {
  const { word, tone } = EFFECTS[decision.effect];
  return (
    <div className="explained">
      <p className="verdict">
        <span className="tag" data-tone={tone}>
          {word}
        </span>
        <span>{decision.reasons.join(" ")}</span>
        <span className="hint">
          {decision.risk} risk{decision.impact === null ? "" : `, ${decision.impact}`}
        </span>
      </p>
      {GROUPS.map(({ title, outcomes }) => (
        <Traces
          key={title}
          title={title}
          traces={decision.traces.filter(({ outcome }) => outcomes.includes(outcome))}
        />
      ))}
      <details>
        <summary>The same as text</summary>
        <pre className="note any-text" dir="ltr">
          {text}
        </pre>
      </details>
    </div>
  );
}

function Traces({
  title,
  traces,
}: {
  readonly title: string;
  readonly traces: readonly Trace[];
}): ReactNode {
  if (traces.length === 0) return null;
  return (
    <section className="traces" aria-label={title}>
      <h3>{title}</h3>
      {traces.map((trace) => (
        <div key={`${trace.rule} ${trace.outcome}`} className="trace" data-outcome={trace.outcome}>
          <p>
            <code>{trace.rule}</code> <span className="hint">{EFFECTS[trace.effect].word}</span>
          </p>
          <p>{trace.why}</p>
          {Object.keys(trace.values).length === 0 ? null : (
            <dl className="facts trace-values">
              {Object.entries(trace.values).map(([path, value]) => (
                <div key={path} className="trace-value">
                  <dt className="mono">{path}</dt>
                  <dd className="any-text">{value}</dd>
                </div>
              ))}
            </dl>
          )}
          {trace.detail === undefined ? null : <p className="hint">{trace.detail}</p>}
        </div>
      ))}
    </section>
  );
}
