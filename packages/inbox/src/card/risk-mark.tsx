import type { ReactNode } from "react";
import { RISKS, riskOf } from "./friction.ts";
import "./marks.css";

/** Risk in a word and in bars, so that it is not only a colour. */
export function RiskMark({ risk }: { readonly risk: string }): ReactNode {
  const known = riskOf(risk);
  const level = RISKS.indexOf(known);
  return (
    <span className="risk" data-risk={known}>
      <svg className="risk-bars" viewBox="0 0 16 12" aria-hidden="true" focusable="false">
        {RISKS.map((each, index) => (
          <rect
            key={each}
            x={index * 4}
            y={9 - index * 3}
            width="3"
            height={3 + index * 3}
            className={index <= level ? "on" : "off"}
          />
        ))}
      </svg>
      {known} risk
    </span>
  );
}
